# SPDX-License-Identifier: MIT
"""Certified current source behind the switch's port ``reference``."""

from collections.abc import Sequence
from typing import Any

from instruments.errors import BenchError
from instruments.scpi import SafeSteps, ScpiInstrument
from instruments.settings import number, switch


class ReferenceSource(ScpiInstrument):
    """Reference source with the SCPI subsystems SOURce and OUTPut.

    :param adapter: an open door, or a VISA resource string.
    :param currents: the currents that its certificate states, A.
    """

    safe_steps = SafeSteps(off=(":OUTP OFF",), ask=((":OUTP?", "0"),))

    def __init__(
        self,
        adapter: Any,
        name: str = "current reference",
        *,
        currents: Sequence[float],
        role: str = "reference",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._currents = tuple(currents)

    source_current = number(
        ":SOUR:CURR",
        """Control the current in A, positive out of the active terminal (float strictly from -0.1 to 0.1).""",
        -0.1,
        0.1,
    )
    output_enabled = switch(":OUTP", """Control whether the output is on (bool).""")

    def set_current(self, amperes: float) -> None:
        """Choose one of the certified currents (A) and switch the output on."""
        if amperes not in self._currents:
            known = ", ".join(f"{current:g}" for current in self._currents)
            raise BenchError(f"{self._who} has no certified current of {amperes:g} A; it has {known}", role=self.role)
        self.change(source_current=amperes, output_enabled=True)

    def off(self) -> None:
        """Switch the output off, and read back that it is."""
        self.change(output_enabled=False)
