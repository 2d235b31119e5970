# SPDX-License-Identifier: MIT
"""The 2450's ranges and what is kept for each measure function. Source: SPEC-2450 Rev. A, July 2013, p. 2."""

from dataclasses import dataclass

from instruments.sim.scpi import Arguments
from instruments.sim.specifications import SMU_OVERRANGE

_ROUNDING = 1 + 1e-9


@dataclass(frozen=True)
class FunctionRanges:
    """The full scales of one quantity, ascending.

    :param step: display resolution as a share of full scale (6½ digits).
    """

    nominal: tuple[float, ...]
    step: float

    @property
    def smallest(self) -> float:
        """Return the lowest full scale."""
        return self.nominal[0]

    @property
    def largest(self) -> float:
        """Return the highest full scale."""
        return self.nominal[-1]

    def holding(self, value: float) -> float:
        """Return the lowest full scale whose 105 % reach ``value``, or the highest there is."""
        fits = (full for full in self.nominal if abs(value) <= full * SMU_OVERRANGE * _ROUNDING)
        return next(fits, self.largest)

    def parse(self, arguments: Arguments) -> float:
        """Return the range for the largest value expected, as a range header's parameter gives it.

        :raises ScpiError: -222 when no range holds it.
        """
        top = self.largest * SMU_OVERRANGE
        low, high = self.smallest, self.largest
        return self.holding(arguments.number(0, -top, top, minimum=low, maximum=high, default=low))

    def asked(self, arguments: Arguments, present: float) -> float:
        """Return what a range query asks for: the present range, or what MIN, MAX or DEF stand for."""
        return arguments.asked(0, present, minimum=self.smallest, maximum=self.largest, default=self.smallest)


CURRENT = FunctionRanges((1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0), step=1e-6)
VOLTAGE = FunctionRanges((0.02, 0.2, 2.0, 20.0, 200.0), step=5e-7)
RESISTANCE = FunctionRanges((20.0, 200.0, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8), step=5e-7)


@dataclass
class SenseSettings:
    """What is kept for each measure function.

    :param range: full scale, in the function's unit.
    :param nplc: aperture in power line cycles.
    :param average_count: readings per result while ``averaging``.
    """

    range: float
    auto_range: bool = True
    nplc: float = 1.0
    remote_sense: bool = False
    auto_zero: bool = True
    averaging: bool = False
    average_count: int = 10
