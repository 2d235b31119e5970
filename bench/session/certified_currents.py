# SPDX-License-Identifier: MIT
"""Which of the reference's certified currents prove a range of the SMU, and which ranges none of them proves."""

import math
from collections.abc import Sequence

from bench.session.inputs import Inputs
from bench.session.planner import ranges_in_use
from instruments.station_file import ReferenceCurrent

# About 90 % of a range: where gain shows most, and a reference that is somewhat strong is still no overflow.
_SHARE, _LOWEST_SHARE, _HIGHEST_SHARE = 0.9, 0.5, 1.0


def currents_for(entries: Sequence[ReferenceCurrent], full_scale: float) -> list[ReferenceCurrent]:
    """Return the certified current of each sign that proves a range best: near 90 % of it, else what comes nearest.

    :param full_scale: of the SMU's range, A.
    """
    found = []
    for sign in (1, -1):
        shares = [(sign * entry.value.si / full_scale, entry) for entry in entries if sign * entry.value.si > 0]
        if shares:
            found.append(min(shares, key=lambda pair: _distance(pair[0]))[1])
    return found


def near_full_scale(entry: ReferenceCurrent, full_scale: float) -> bool:
    """Whether a certified current proves a range of the SMU (A), and not only its lower end."""
    return _LOWEST_SHARE <= abs(entry.value.si) / full_scale <= _HIGHEST_SHARE


def unproven_ranges(inputs: Inputs) -> list[float]:
    """Return the SMU ranges (A) a plan uses that no certified current of both signs proves near full scale."""
    entries = inputs.station.references
    full_scales = sorted({setup.smu_range for setup in ranges_in_use(inputs)})
    return [r for r in full_scales if sum(near_full_scale(e, r) for e in currents_for(entries, r)) < 2]


def _distance(share: float) -> float:
    """Return how badly a share of full scale serves: the farther from 90 % the worse, and beyond 100 % worst."""
    return abs(math.log(share / _SHARE)) + (100.0 if share > _HIGHEST_SHARE else 0.0)
