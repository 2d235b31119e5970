# SPDX-License-Identifier: MIT
"""Certified source behind the switch's port ``reference``: direct currents, and biphasic pulses of them."""

from collections.abc import Sequence
from typing import Any

from instruments.errors import BenchError
from instruments.scpi import SafeSteps, ScpiInstrument
from instruments.settings import number, switch, word


class ReferenceSource(ScpiInstrument):
    """Reference source with the SCPI subsystems SOURce and OUTPut.

    :param adapter: an open door, or a VISA resource string.
    :param currents: the currents that its certificate states, A.
    :param pulsed: those of them that it states as the amplitude of pulses, A.
    """

    safe_steps = SafeSteps(off=(":OUTP OFF",), ask=((":OUTP?", "0"),))

    def __init__(
        self,
        adapter: Any,
        name: str = "current reference",
        *,
        currents: Sequence[float],
        pulsed: Sequence[float] = (),
        role: str = "reference",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._currents, self._pulsed = tuple(currents), tuple(pulsed)

    source_current = number(
        ":SOUR:CURR",
        """Control the current in A, positive out of the active terminal (float strictly from -0.1 to 0.1).""",
        -0.1,
        0.1,
    )
    shape = word(
        ":SOUR:FUNC",
        """Control the shape of the current (strict discrete set of ``DC``, ``PULS``).""",
        "DC",
        "PULS",
    )
    output_enabled = switch(":OUTP", """Control whether the output is on (bool).""")

    def set_current(self, amperes: float) -> None:
        """Choose one of the certified currents (A) and switch the output on."""
        self._switch_on(amperes, self._currents, "DC")

    def set_pulses(self, amperes: float) -> None:
        """Choose certified pulses by their amplitude (A, the sign of the first phase) and switch the output on."""
        self._switch_on(amperes, self._pulsed, "PULS")

    def _switch_on(self, amperes: float, certified: Sequence[float], shape: str) -> None:
        if amperes not in certified:
            known = ", ".join(f"{current:g}" for current in certified) or "none"
            what = "current" if shape == "DC" else "pulses"
            raise BenchError(f"{self._who} has no certified {what} of {amperes:g} A; it has {known}", role=self.role)
        self.change(shape=shape, source_current=amperes, output_enabled=True)

    def off(self) -> None:
        """Switch the output off, and read back that it is."""
        self.change(output_enabled=False)
