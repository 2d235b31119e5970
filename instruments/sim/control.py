# SPDX-License-Identifier: MIT
"""The simulator's own port: bench time, state, seed and the end. No real bench has one."""

import json

from instruments.sim.bench import Spread
from instruments.sim.scpi import Arguments, ScpiInstrument, command, query
from instruments.sim.specifications import DIGITIZER_MODEL, SMU_MODEL

SPREAD_OF: dict[str, Spread] = {"DATASHEET": "DATASHEET", "BUDGET": "BUDGET", "NONE": "NONE"}

LONGEST_WAIT = 7 * 86400.0
"""The longest wait that is taken for one, s."""


class Control(ScpiInstrument):
    """The control port."""

    role = "control"

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,SIMULATOR,SIM-CTL-01,1.0"

    @command("WAIT")
    def wait(self, arguments: Arguments) -> None:
        """Let bench time pass, s."""
        self.bench.advance(arguments.number(0, 0.0, LONGEST_WAIT))

    @query("TIME")
    def time(self, arguments: Arguments) -> str:
        """Return the bench time, s."""
        return f"{self.bench.time:.9f}"

    @query("STATe")
    def state(self, arguments: Arguments) -> str:
        """Return what is connected, energised and selected, as one line of JSON."""
        bench, circuit = self.bench, self.bench.circuit
        settings = {
            "bench": bench.time,
            "tap": circuit.tap,
            "shunt": sorted(circuit.shunts),
            "load": circuit.box,
            "skin": circuit.skin,
            "mode": bench.stimulator.mode.name,
            "level": bench.stimulator.level,
            "seed": bench.seed,
            "faults": sorted(bench.faults),
        }
        return json.dumps({**bench.state(), **settings})

    @command("SEED")
    def seed(self, arguments: Arguments) -> None:
        """Draw hidden errors and noise anew."""
        self.bench.reseed(arguments.integer(0, 0, 2**32 - 1))

    @command("SPREad")
    def spread(self, arguments: Arguments) -> None:
        """Choose where hidden errors come from, by a name of :data:`instruments.sim.bench.SPREADS`."""
        self.bench.spread = SPREAD_OF[arguments.keyword(0, "DATAsheet", "BUDGet", "NONE")]

    @command("NOISe", parameters=2)
    def noise(self, arguments: Arguments) -> None:
        """Multiply the noise of every reading: of the SMU, of the digitizer."""
        for place, model in enumerate((SMU_MODEL, DIGITIZER_MODEL)):
            self.bench.noise[model] = arguments.number(place, 0.0, 1e6)

    @query("TRUE")
    def true(self, arguments: Arguments) -> str:
        """Return what is true and hidden, as one line of JSON: the resistance of the loop as it stands, Ω."""
        return json.dumps({"loop": self.bench.circuit.loop().resistance})

    @command("QUIT", parameters=0)
    def quit(self, arguments: Arguments) -> None:
        """End the simulator."""
        self.bench.quit()
