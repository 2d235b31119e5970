# SPDX-License-Identifier: MIT
"""From readings that do not fit to the cause, as far as electricity can tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from instruments.errors import BenchError
from stimcert.quantity import show

# Two loads that differ by more than this and measure the same are one and the same resistor.
_SAME = 0.02


@dataclass(frozen=True, kw_only=True)
class LoadCheck:
    """One load as set and as measured, Ω."""

    nominal: float
    measured: float
    allowed: float

    @property
    def good(self) -> bool:
        """Whether the measured value fits; NaN and infinity do not."""
        return abs(self.measured - self.nominal) <= self.allowed


def diagnose_loads(checks: Sequence[LoadCheck]) -> None:
    """Pass when every load fits.

    :raises BenchError: ``load_stuck`` when different loads measure the same, ``load_wrong_decade`` when all are off by
        the same power of ten, else ``load_wrong``.
    """
    wrong = [check for check in checks if not check.good]
    if not wrong:
        return
    asked = ", ".join(show(check.nominal, "Ω") for check in wrong)
    measured = ", ".join(show(check.measured, "Ω") for check in wrong)
    code = _load_code(checks, wrong)
    raise BenchError(
        f"load box: set {asked}, measured {measured}, allowed ± {show(wrong[0].allowed, 'Ω')}; "
        "check box, contacts, leads",
        code=code,
        asked=asked,
        measured=measured,
        allowed=show(wrong[0].allowed, "Ω"),
    )


def _load_code(checks: Sequence[LoadCheck], wrong: Sequence[LoadCheck]) -> str:
    values = [check.measured for check in checks]
    if len(checks) > 1 and max(values) - min(values) <= _SAME * max(values):
        return "load_stuck"
    # Box and shunt are in series: only the box's part is shifted, so the ratio of the whole lies between 1 and 10.
    if _steps_fit_a_decade(checks):
        return "load_wrong_decade"
    return "load_wrong"


def _steps_fit_a_decade(checks: Sequence[LoadCheck]) -> bool:
    """Compare differences between loads: the shunt and the contacts drop out of them."""
    ordered = sorted(checks, key=lambda check: check.nominal)
    if len(ordered) < 2:
        return False
    ratios = [(b.measured - a.measured) / (b.nominal - a.nominal) for a, b in zip(ordered, ordered[1:], strict=False)]
    return any(all(abs(ratio / factor - 1) < _SAME for ratio in ratios) for factor in (0.01, 0.1, 10.0, 100.0))


def diagnose_reference(expected: float, certificate: float, found: Sequence[tuple[str, float, float]]) -> None:
    """Pass when every path reads the certified current.

    :param certificate: expanded uncertainty of the reference, A.
    :param found: (path, value, allowed half-width) per current path, A.
    :raises BenchError: ``leads_swapped`` when all paths agree on the opposite current, ``reference_wrong`` when a path
        is off, ``paths_disagree`` when each fits but not both together.
    """
    if all(abs(value + expected) <= allowed + certificate for _, value, allowed in found):
        _fail("leads_swapped", expected, found[0])
    for entry in found:
        _, value, allowed = entry
        if not abs(value - expected) <= allowed + certificate:
            _fail("reference_wrong", expected, entry)
    if len(found) == 2:
        (_, first, a), (_, second, b) = found
        # The same current flows through both: the reference's own error is common to them and no excuse.
        if not abs(first - second) <= a + b:
            raise BenchError(
                f"smu reads {show(first, 'A')}, digitizer {show(second, 'A')} of the same current, "
                f"allowed is a difference of {show(a + b, 'A')}",
                code="paths_disagree",
                first=show(first, "A"),
                second=show(second, "A"),
                allowed=show(a + b, "A"),
            )


def _fail(code: str, expected: float, entry: tuple[str, float, float]) -> None:
    path, value, allowed = entry
    raise BenchError(
        f"the reference of {show(expected, 'A')} reads {show(value, 'A')} by {path}, allowed ± {show(allowed, 'A')}",
        code=code,
        asked=show(expected, "A"),
        measured=show(value, "A"),
        path=path,
        allowed=show(allowed, "A"),
    )
