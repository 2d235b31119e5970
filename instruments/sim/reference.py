# SPDX-License-Identifier: MIT
"""The certified source behind the port ``reference``: direct currents of both signs, and biphasic pulses."""

from instruments.sim.bench import SimulatedBench
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, nr3, query
from instruments.sim.specifications import PULSE_TOLERANCE
from instruments.sim.waveforms import Train, repeated

CURRENTS = tuple(sign * size for size in (9e-5, 5e-4, 9e-4, 5e-3, 9e-3, 9e-2) for sign in (1, -1))
"""The currents that its certificate names, A; it has no others. Pulses have them as their amplitude."""

WIDTH, PERIOD = 2e-4, 10e-3
"""Duration of each of the two phases, which follow each other without a gap, and time from pulse to pulse, s."""


class CurrentReference(ScpiInstrument):
    """The reference source."""

    role = "reference"

    def __init__(self, bench: SimulatedBench) -> None:
        super().__init__(bench)
        self._current = CURRENTS[2]
        self._pulsed = False

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,CURRENT-REFERENCE,SIM-REF-01,1.0"

    def reset(self) -> None:
        """Switch the output off and choose +500 µA, direct."""
        self._current, self._pulsed = CURRENTS[2], False
        self._output(on=False)

    @command("SOURce:CURRent[:LEVel]")
    def set_current(self, arguments: Arguments) -> None:
        """Choose one of the certified currents, A."""
        wanted = arguments.number(0)
        found = [current for current in CURRENTS if abs(current - wanted) <= 1e-6 * abs(current)]
        if not found:
            raise ScpiError(-222)
        self._current = found[0]
        self._change()

    @query("SOURce:CURRent[:LEVel]")
    def current(self, arguments: Arguments) -> str:
        """Return the chosen current, A."""
        return f"{self._current:+.6E}"

    @command("SOURce:FUNCtion[:SHAPe]")
    def set_shape(self, arguments: Arguments) -> None:
        """Choose a direct current, or biphasic pulses of it."""
        self._pulsed = arguments.keyword(0, "DC", "PULSe") != "DC"
        self._change()

    @query("SOURce:FUNCtion[:SHAPe]")
    def shape(self, arguments: Arguments) -> str:
        """Return the chosen shape."""
        return "PULS" if self._pulsed else "DC"

    @query("SOURce:PULSe:WIDTh")
    def width(self, arguments: Arguments) -> str:
        """Return the nominal duration of a phase, s."""
        return nr3(WIDTH)

    @query("SOURce:PULSe:PERiod")
    def period(self, arguments: Arguments) -> str:
        """Return the time from pulse to pulse, s."""
        return nr3(PERIOD)

    @command("OUTPut[:STATe]")
    def set_output(self, arguments: Arguments) -> None:
        """Switch the output."""
        self._output(on=arguments.boolean(0))

    @query("OUTPut[:STATe]")
    def output(self, arguments: Arguments) -> str:
        """Return whether the output is on."""
        return str(int(self.bench.circuit.reference is not None))

    def _change(self) -> None:
        if self.bench.circuit.reference is not None:
            self._output(on=True)

    def _output(self, *, on: bool) -> None:
        wanted, circuit = self._current if on else None, self.bench.circuit
        circuit.reference_pulses = self._train() if on and self._pulsed else None
        if circuit.reference != wanted:
            circuit.reference = wanted
            self.bench.log.write("reference", on=on, current=self._current)

    def _train(self) -> Train:
        """Return the pulses of unit amplitude: each phase with its own error of duration."""
        first, second = (WIDTH * (1 + PULSE_TOLERANCE * self.bench.draw(f"reference pulse {n}")) for n in (1, 2))
        return repeated([(first, 1.0), (second, -1.0)], PERIOD)
