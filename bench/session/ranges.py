# SPDX-License-Identifier: MIT
"""Which current to be ready for in a mode, and which shunt goes with it."""

from collections.abc import Mapping, Sequence

from instruments.station_file import Shunt
from stimcert.limits import LimitRow
from stimcert.metrics import METRICS
from stimcert.plan import Mode, Plan
from stimcert.quantity import Dimension

# The burden of the shunt stays small against skin, and the digitizer's lowest range is used.
SHUNT_VOLTAGE = 0.1


def worst_case(plan: Plan, limits: Mapping[str, LimitRow], mode: Mode) -> float | None:
    """Return the largest current to be ready for, A: as the plan says, else the largest bound or declared value.

    :returns: None where the plan says nothing that would tell.
    """
    if mode.worst_case is not None:
        return mode.worst_case.si
    names = {name for case in plan.cases if mode.name in case.modes for name in case.limits}
    rows = [limits[name] for name in names if name in limits and _is_current(limits[name].metric)]
    bounds = [abs(bound.si) for row in rows for bound in (row.lower, row.upper) if bound is not None]
    declared = [entry.bounds[1] for entry in mode.declared if _is_current(entry.metric)]
    return max(bounds + declared, default=None)


def _is_current(metric: str) -> bool:
    return METRICS[metric].dimension is Dimension.CURRENT


def choose_shunt(shunts: Sequence[Shunt], worst: float) -> Shunt:
    """Return the largest shunt that keeps within :data:`SHUNT_VOLTAGE` at the worst case (A), else the smallest."""
    fitting = [shunt for shunt in shunts if shunt.value.si * worst <= SHUNT_VOLTAGE * (1 + 1e-9)]
    return max(fitting or [min(shunts, key=_ohms)], key=_ohms)


def _ohms(shunt: Shunt) -> float:
    return shunt.value.si
