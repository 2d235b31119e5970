# SPDX-License-Identifier: MIT
"""Whether a device has been shown to deliver: no absence of current may pass an upper limit.

Output is proven at a mode, level and load by a current within the declared value ± tolerance; with nothing declared,
by one above ten times its standard uncertainty and above that of the level below. The top level is proven by one more
"up" that changes nothing; what sags by itself, as with a battery, is no other level. All of this is about magnitudes:
the sign is judged elsewhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from stimcert.measured import Measured
from stimcert.quantity import show

ABOVE_NOISE = 10.0
"""How many standard uncertainties a current must exceed to be one, where nothing is declared."""

_DIFFERENCE = 2.0  # standard uncertainties by which two magnitudes must differ to be called different


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A value that the manufacturer declares, as a magnitude.

    :param value: in the unit of what is measured; its sign is ignored.
    :param tolerance: half-width, in the same unit, ≥ 0.
    """

    value: float
    tolerance: float

    @classmethod
    def relative(cls, value: float, share: float) -> "Declared":
        """Return a declared value with its tolerance as a share: 0.3 for ± 30 %."""
        return cls(value=value, tolerance=abs(value) * share)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Whether something was proven, and if not, why: a reason code with the facts that fill its sentence."""

    proven: bool
    code: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


_PROVEN = Proof(proven=True)


def prove_output(measured: Measured, *, declared: Declared | None = None, below: Measured | None = None) -> Proof:
    """Tell whether the device delivers at a mode, level and load.

    :param measured: the current there, by whatever metric is declared; its sign is ignored.
    :param declared: what is declared for this mode, level and load; None when nothing applies.
    :param below: the same metric at the level below, same mode and load; None at the lowest level.
    """
    if declared is not None:
        return _within_declared(measured, declared)
    noise = ABOVE_NOISE * measured.uncertainty.standard
    if measured.bound is not None or not abs(measured.value) > noise:
        return _unproven(measured, f"more than {show(noise, measured.unit)}, ten times its standard uncertainty")
    if below is not None and not _differs(measured, below):
        return _unproven(measured, f"more than {_shown(below)} at the level below")
    return _PROVEN


def _within_declared(measured: Measured, declared: Declared) -> Proof:
    """Compare magnitudes; a tolerance of about 100 % or more does not make noise a proof."""
    low = max(abs(declared.value) - declared.tolerance, 0.0)
    high = abs(declared.value) + declared.tolerance
    noise = measured.uncertainty.expanded if low > 0.0 else ABOVE_NOISE * measured.uncertainty.standard
    something = max(low, noise)
    if measured.bound is None and something < abs(measured.value) < high:
        return _PROVEN
    expected = f"{show(low, measured.unit)} … {show(high, measured.unit)}"
    if abs(measured.value) >= high > 0.0:
        # Something flows for certain; it is not what was to be looked at.
        params = {"found": _shown(measured), "expected": expected}
        return Proof(proven=False, code="output_above_declared", params=params)
    return _unproven(measured, f"{expected} as declared")


def top_level_proven(before: Measured, after: Measured, *, below: Measured | None = None) -> Proof:
    """Tell whether one more "up" left the current as it was.

    A change up to twice the standard uncertainty of a difference is none. The uncertainties are taken as independent
    although one instrument read both: between two presses the device itself wanders, and no level is so near another.
    A rise beyond that is another level. A fall beyond it is none while it stays under half of the step from the level
    below: a device that begins again at its lowest level falls by a whole step at least, one that sags does not.

    :param before: at the top level of the plan.
    :param after: the same, after one more "up".
    :param below: at the level below the top one, where there is one: where that is no different, no step up could
        have been seen, and it is the output that is not proven.
    """
    rise, doubt = abs(after.value) - abs(before.value), _doubt(before, after)
    bounded = before.bound is not None or after.bound is not None
    stepped = below is not None and _differs(before, below)
    if not bounded and below is not None and not stepped and abs(rise) < doubt:
        return _unproven(after, f"more than {_shown(below)} at the level below")
    sag = (abs(before.value) - abs(below.value)) / 2.0 if below is not None and stepped else 0.0
    if not bounded and rise < doubt and -rise < max(doubt, sag - doubt):
        return _PROVEN
    params = {"before": _shown(before), "after": _shown(after)}
    return Proof(proven=False, code="top_level_not_proven", params=params)


def _differs(upper: Measured, below: Measured) -> bool:
    """Tell whether ``upper`` is certainly the larger magnitude."""
    return below.bound is None and abs(upper.value) - abs(below.value) > _doubt(upper, below)


def _doubt(a: Measured, b: Measured) -> float:
    """Return the difference of two results that may be nothing, in their unit."""
    return _DIFFERENCE * math.hypot(a.uncertainty.standard, b.uncertainty.standard)


def _unproven(measured: Measured, expected: str) -> Proof:
    return Proof(proven=False, code="no_output_proven", params={"found": _shown(measured), "expected": expected})


def _shown(measured: Measured) -> str:
    return ("at least " if measured.bound else "") + show(measured.value, measured.unit)
