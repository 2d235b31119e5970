# SPDX-License-Identifier: MIT
"""A resistance decade that speaks like an IET PRS-200: one digit per decade, and silence about what it cannot do."""

import re

from instruments.sim.bench import SimulatedBench
from instruments.sim.faults import STUCK_LOAD
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query
from instruments.sim.specifications import BOX_TIME

_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
DECADES = 7
"""The box has the decades 0.1 Ω … 100 kΩ; digits further to the left set nothing, and no error tells."""


class LoadBox(ScpiInstrument):
    """The load box: it sets, and has no way to tell what it has set."""

    role = "load_box"

    def __init__(self, bench: SimulatedBench) -> None:
        super().__init__(bench)
        self._set("0")

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "IET LABS,PRS-200,SIM-PRS-01,1.0"

    def reset(self) -> None:
        """Go to 0 Ω."""
        self._change("0")

    @command("SOURce:DATA")
    def source_data(self, arguments: Arguments) -> None:
        """Set one digit per decade; the last one is the 0.1 Ω decade."""
        digits = arguments.raw(0)
        if not _DIGITS.fullmatch(digits):
            raise ScpiError(-104)
        self._change(digits)

    @query("SYSTem:ERRor[:NEXT]")
    @query("SYSTem:ERRor:COUNt")
    @query("SYSTem:VERSion")
    def _absent(self, arguments: Arguments) -> str:
        raise ScpiError(-113)

    def _change(self, digits: str) -> None:
        self.bench.advance(BOX_TIME)
        self._set(digits)
        self.bench.log.write("load", sent=digits, ohms=self.bench.circuit.box)

    def _set(self, digits: str) -> None:
        ohms = int(digits[-DECADES:]) / 10
        if "load_wrong_decade" in self.bench.faults:
            ohms = int(digits[-DECADES:]) // 10 / 10
        self.bench.circuit.box = STUCK_LOAD if "load_stuck" in self.bench.faults else ohms
