# SPDX-License-Identifier: MIT
"""The relay card that chooses port, bypass, tap and shunt, with the ROUTe commands of SCPI-1999."""

from collections.abc import Iterable

from instruments.sim.bench import SimulatedBench
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query
from instruments.sim.specifications import RELAY_TIME

PORT_CHANNELS = {101: "device", 102: "short", 103: "reference"}
BYPASS_CHANNEL = 111
OUTPUT_TAP_CHANNEL = 121
SHUNT_CHANNELS = {131: 100.0, 132: 10.0}
CHANNELS = frozenset({*PORT_CHANNELS, BYPASS_CHANNEL, OUTPUT_TAP_CHANNEL, *SHUNT_CHANNELS})


class RelayCard(ScpiInstrument):
    """The switch. Its port relays are interlocked: a second one does not close while one is closed (error -221)."""

    role = "switch"

    def __init__(self, bench: SimulatedBench) -> None:
        super().__init__(bench)
        self._closed: frozenset[int] = frozenset()
        self._apply()

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,SCPI-RELAY,SIM-RLY-01,1.0"

    def reset(self) -> None:
        """Open every relay."""
        self._change(frozenset())

    @command("ROUTe:CLOSe")
    def close_channels(self, arguments: Arguments) -> None:
        """Close the relays of a channel list; the others stay."""
        self._change(self._closed | _known(arguments.channels(0)))

    @command("ROUTe:OPEN")
    def open_channels(self, arguments: Arguments) -> None:
        """Open the relays of a channel list; the others stay."""
        self._change(self._closed - _known(arguments.channels(0)))

    @command("ROUTe:OPEN:ALL", parameters=0)
    def open_all(self, arguments: Arguments) -> None:
        """Open every relay."""
        self._change(frozenset())

    @query("ROUTe:CLOSe", parameters=1)
    def are_closed(self, arguments: Arguments) -> str:
        """Return 1 for each closed channel of a list, else 0."""
        return self._states(arguments, closed=True)

    @query("ROUTe:OPEN", parameters=1)
    def are_open(self, arguments: Arguments) -> str:
        """Return 1 for each open channel of a list, else 0."""
        return self._states(arguments, closed=False)

    def _states(self, arguments: Arguments, *, closed: bool) -> str:
        channels = arguments.channels(0)
        _known(channels)
        return ",".join(str(int((channel in self._closed) is closed)) for channel in channels)

    def _change(self, closed: frozenset[int]) -> None:
        if len(closed & PORT_CHANNELS.keys()) > 1:
            raise ScpiError(-221)
        if closed == self._closed:
            return
        self._closed = closed
        self.bench.advance(RELAY_TIME)
        before = self._settings()
        self._apply()
        for event, value in self._settings().items():
            if value != before[event]:
                self.bench.log.write(event, **{event: value})
                self.bench.connections += (event, value) == ("port", "device")

    def _apply(self) -> None:
        circuit, ports = self.bench.circuit, PORT_CHANNELS
        if "relay_map_wrong" in self.bench.faults:
            ports = {**ports, 102: "reference", 103: "short"}
        before, circuit.port = circuit.port, next((port for n, port in ports.items() if n in self._closed), "open")
        circuit.connections += circuit.port == "device" != before
        circuit.bypass = BYPASS_CHANNEL in self._closed
        circuit.tap = "output" if OUTPUT_TAP_CHANNEL in self._closed else "shunt"
        circuit.shunts = frozenset(ohms for channel, ohms in SHUNT_CHANNELS.items() if channel in self._closed)

    def _settings(self) -> dict[str, object]:
        circuit = self.bench.circuit
        return {
            "port": circuit.port,
            "bypass": circuit.bypass,
            "tap": circuit.tap,
            "shunt": sorted(circuit.shunts),
        }


def _known(channels: Iterable[int]) -> frozenset[int]:
    found = frozenset(channels)
    if not found <= CHANNELS:
        raise ScpiError(-222)
    return found
