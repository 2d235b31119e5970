# SPDX-License-Identifier: MIT
"""IET Labs PRS-200 class resistance decade box.

The box takes one digit per decade, silently ignores the digits of decades that it does not have, and cannot be asked
for its value: so digits are derived exactly, and whatever the decades cannot make is refused before anything is sent.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from instruments.errors import BenchError
from instruments.roles import Clock
from instruments.scpi import POWER_ON, ScpiInstrument

DIGITS = 10
"""Digits of a complete setting; the last is that of the 0.1 Ω decade. Source: IET PRS-200 manual, ``SOURce:DATA``."""
LAST_DIGIT = Decimal("0.1")
DECADES = (0.1, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
ERROR_BITS = 0b0011_1100
"""Query, device, execution and command error of the standard event register. Source: IEEE 488.2-1992, 11.5.1.1."""


class PRS200(ScpiInstrument):
    """IET Labs PRS-200. It has no energy to take away.

    :param adapter: an open door, or a VISA resource string.
    :param decades: value of one step of each decade that the box has, Ω, ascending.
    :param clock: waits for ``settle``.
    :param settle: bench time until the contacts are still, s.
    """

    def __init__(
        self,
        adapter: Any,
        name: str = "IET PRS-200",
        *,
        decades: Sequence[float] = DECADES,
        clock: Clock | None = None,
        settle: float = 0.0,
        role: str = "load_box",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._decades = tuple(decades)
        self._clock = clock
        self._settle = settle
        self._restarted = False

    def set_resistance(self, ohms: float) -> None:
        """Set the box.

        :param ohms: exactly what the decades can make, Ω.
        :raises BenchError: for anything else; nothing was sent.
        """
        try:
            digits = digits_for(ohms, self._decades)
        except ValueError as error:
            raise BenchError(f"{self._who} cannot be set: {error}", role=self.role, ohms=ohms) from error
        self.write(f"SOURce:DATA {digits}")
        self._finish()
        if self._clock and self._settle:
            self._clock.wait(self._settle)

    def reset(self) -> None:
        """Set the box to 0 Ω and empty its event register."""
        self.write("*RST")
        self.write("*CLS")
        self._finish()

    def check_errors(self) -> list[Any]:
        """Read the standard event register: this box has no error queue.

        :raises InstrumentRefused: when it tells of an error.
        """
        events = int(self.parsed("*ESR?", str(self.ask("*ESR?")), int))
        self._restarted = self._restarted or bool(events & POWER_ON)
        asked = list(self._unchecked)
        self._unchecked.clear()
        if events & ERROR_BITS:
            raise self.refused(f"after {asked} its event register is {events}", asked=asked, events=events)
        return []

    def restarted(self) -> bool:
        """Return whether the box was switched on anew; its register is read, and so cleared, after each setting too."""
        seen, self._restarted = self._restarted or super().restarted(), False
        return seen

    def _finish(self) -> None:
        """Wait until the box has done what it was told, and find out whether it understood."""
        self.complete("*OPC?")
        self.check_errors()


def digits_for(ohms: float, decades: Sequence[float] = DECADES) -> str:
    """Return the ten digits that set ``ohms`` Ω.

    >>> digits_for(600567.9)
    '0006005679'

    :param decades: value of one step of each decade, Ω.
    :raises ValueError: when the decades cannot make that value exactly.
    """
    value = Decimal(repr(float(ohms)))
    if not value.is_finite() or value < 0:
        raise ValueError(f"{ohms!r} is no resistance")
    steps = value / LAST_DIGIT
    text = f"{steps:f}".partition(".")[0].rjust(DIGITS, "0")
    if steps != steps.to_integral_value() or len(text) > DIGITS:
        raise ValueError(f"{ohms:.9g} Ω is no sum of steps of {LAST_DIGIT} Ω in {DIGITS} digits")
    present = {Decimal(repr(float(decade))) for decade in decades}
    for place, digit in enumerate(reversed(text)):
        if digit != "0" and LAST_DIGIT.scaleb(place) not in present:
            raise ValueError(
                f"{ohms:.9g} Ω needs a decade of {LAST_DIGIT.scaleb(place):f} Ω, which the box does not have"
            )
    return text
