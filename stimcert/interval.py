# SPDX-License-Identifier: MIT
"""Where a value may lie, and questions that such a value answers with yes, no, or not at all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stimcert.measured import Measured
from stimcert.quantity import show


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The values from ``low`` to ``high``, both included; an end that nothing bounds is infinite.

    :raises ValueError: for an end that is no number, ends out of order, or an interval without a finite value.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what would answer every question with no."""
        if not self.low <= self.high or self.low == math.inf or self.high == -math.inf:
            raise ValueError(f"from {self.low!r} to {self.high!r}: two numbers in order are needed")

    @classmethod
    def about(cls, value: float, expanded: float) -> "Interval":
        """Return value ± U.

        :param expanded: U ≥ 0, in the unit of the value.
        :raises ValueError: when one of them is not finite, or U is negative.
        """
        if not (math.isfinite(value) and 0.0 <= expanded < math.inf):
            raise ValueError(f"{value!r} ± {expanded!r}: a finite value and U ≥ 0 are needed")
        return cls(low=value - expanded, high=value + expanded)

    @classmethod
    def of(cls, measured: Measured) -> "Interval":
        """Return the interval of a measurement result; a censored one is a magnitude and has no upper end."""
        around = cls.about(measured.value, measured.uncertainty.expanded)
        return cls(low=around.low, high=math.inf) if measured.bound else around

    @property
    def magnitude(self) -> "Interval":
        """Where the magnitude of the value may lie."""
        crosses = self.low <= 0.0 <= self.high
        ends = abs(self.low), abs(self.high)
        return Interval(low=0.0 if crosses else min(ends), high=max(ends))

    def below(self, limit: float) -> bool | None:
        """Whether every value is less than a limit (True), greater (False), or it cannot be told (None)."""
        if self.high < limit:
            return True
        return False if self.low > limit else None

    def words(self, unit: str) -> str:
        """Write the interval for people, in the SI unit given: ``480 µA ± 1.2 µA``, ``at least 1 mA``."""
        if math.isinf(self.low) or math.isinf(self.high):
            return self._open_words(unit)
        half = (self.high - self.low) / 2.0
        middle = show(self.low + half, unit)
        return f"{middle} ± {show(half, unit, digits=2)}" if half > 0.0 else middle

    def _open_words(self, unit: str) -> str:
        if math.isfinite(self.low):
            return f"at least {show(self.low, unit)}"
        return f"at most {show(self.high, unit)}" if math.isfinite(self.high) else "unknown"


def hull(intervals: Sequence[Interval]) -> Interval:
    """Return the smallest interval that holds all of them.

    :raises ValueError: for none.
    """
    return Interval(low=min(each.low for each in intervals), high=max(each.high for each in intervals))


def largest(intervals: Sequence[Interval]) -> Interval:
    """Return where the largest of several values may lie.

    :raises ValueError: for none.
    """
    return Interval(low=max(each.low for each in intervals), high=max(each.high for each in intervals))


def smallest(intervals: Sequence[Interval]) -> Interval:
    """Return where the smallest of several values may lie.

    :raises ValueError: for none.
    """
    return Interval(low=min(each.low for each in intervals), high=min(each.high for each in intervals))
