# SPDX-License-Identifier: MIT
"""The simulator's own port: bench time, state, seed and the end. No real bench has one."""

import json

from instruments.sim.scpi import Arguments, ScpiInstrument, command, query

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

    @command("QUIT", parameters=0)
    def quit(self, arguments: Arguments) -> None:
        """End the simulator."""
        self.bench.quit()
