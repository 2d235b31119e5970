# SPDX-License-Identifier: MIT
"""The skin module: networks that its relays put in the place of the load box, with commands of its own.

No such instrument is on the market; the commands follow the rules of SCPI-1999. Its relays break before they make.
"""

from instruments.sim.bench import SimulatedBench
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query
from instruments.sim.skin_network import NETWORKS
from instruments.sim.specifications import SKIN_TIME
from instruments.sim.wiring import NOTHING

BOX = "BOX"
CHOICES: dict[str, str | None] = {BOX: None, "OPEN": NOTHING, **{name: name for name in NETWORKS}}
"""What can be selected: the box, nothing at all, or a network."""


class SkinModule(ScpiInstrument):
    """The skin module. Without power the box is in the loop."""

    role = "skin"

    def __init__(self, bench: SimulatedBench) -> None:
        super().__init__(bench)
        self.bench.circuit.skin = None

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,SKIN-NETWORKS,SIM-SKN-01,1.0"

    def reset(self) -> None:
        """Put the box into the loop."""
        self._change(None)

    @command("NETWork:SELect")
    def select(self, arguments: Arguments) -> None:
        """Put a network, the box or nothing into the loop, by its quoted name."""
        name = arguments.string(0).upper()
        if name not in CHOICES:
            raise ScpiError(-224)
        self._change(CHOICES[name])

    @query("NETWork:SELect")
    def selected(self, arguments: Arguments) -> str:
        """Return what is in the loop, quoted."""
        present = self.bench.circuit.skin
        return next(f'"{name}"' for name, skin in CHOICES.items() if skin == present)

    @query("NETWork:CATalog")
    def catalog(self, arguments: Arguments) -> str:
        """Return the names of all networks, quoted."""
        return ",".join(f'"{name}"' for name in NETWORKS)

    def _change(self, skin: str | None) -> None:
        circuit = self.bench.circuit
        if skin == circuit.skin:
            return
        # Half of the time nothing is in the loop: the one relay has opened, the other not yet closed.
        self.bench.advance(SKIN_TIME / 2)
        circuit.skin = NOTHING
        self.bench.advance(SKIN_TIME / 2)
        circuit.skin = skin
        self.bench.log.write("skin", network=skin)
