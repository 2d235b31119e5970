# SPDX-License-Identifier: MIT
"""The certified current source behind the port ``reference``."""

from instruments.sim.bench import SimulatedBench
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query

CURRENTS = (5e-4, -5e-4, 5e-3, -5e-3)
"""The currents that its certificate names, A; it has no others."""


class CurrentReference(ScpiInstrument):
    """The reference source."""

    role = "reference"

    def __init__(self, bench: SimulatedBench) -> None:
        super().__init__(bench)
        self._current = CURRENTS[0]

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,CURRENT-REFERENCE,SIM-REF-01,1.0"

    def reset(self) -> None:
        """Switch the output off and choose +500 µA."""
        self._current = CURRENTS[0]
        self._output(on=False)

    @command("SOURce:CURRent[:LEVel]")
    def set_current(self, arguments: Arguments) -> None:
        """Choose one of the certified currents, A."""
        wanted = arguments.number(0)
        found = [current for current in CURRENTS if abs(current - wanted) <= 1e-6 * abs(current)]
        if not found:
            raise ScpiError(-222)
        self._current = found[0]
        if self.bench.circuit.reference is not None:
            self._output(on=True)

    @query("SOURce:CURRent[:LEVel]")
    def current(self, arguments: Arguments) -> str:
        """Return the chosen current, A."""
        return f"{self._current:+.6E}"

    @command("OUTPut[:STATe]")
    def set_output(self, arguments: Arguments) -> None:
        """Switch the output."""
        self._output(on=arguments.boolean(0))

    @query("OUTPut[:STATe]")
    def output(self, arguments: Arguments) -> str:
        """Return whether the output is on."""
        return str(int(self.bench.circuit.reference is not None))

    def _output(self, *, on: bool) -> None:
        wanted = self._current if on else None
        if self.bench.circuit.reference != wanted:
            self.bench.circuit.reference = wanted
            self.bench.log.write("reference", on=on, current=self._current)
