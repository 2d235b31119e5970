# SPDX-License-Identifier: MIT
"""One simulated bench that stays open: reseeded over its control port, measured through drivers and VISA."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.session.inputs import Inputs, load_inputs
from bench.session.options import CHECKOUT
from instruments.embedded import SimOptions
from instruments.opening import open_station
from instruments.station import Station
from stimcert.store.run_folder import utc_now


class Control:
    """The simulator's own port.

    :param resource: its VISA resource, ``TCPIP::127.0.0.1::port::SOCKET``.
    """

    def __init__(self, resource: str) -> None:
        _, host, port, _ = resource.split("::")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._lines = self._socket.makefile()

    def tell(self, *commands: str) -> None:
        """Send commands, and wait until they are obeyed.

        :raises RuntimeError: when the simulator refused one.
        """
        self._socket.sendall((";:".join([f":{commands[0]}", *commands[1:], "SYST:ERR?"]) + "\n").encode())
        reply = self._lines.readline().strip()
        if not reply.startswith("0,"):
            raise RuntimeError(f"the simulator refused {commands}: {reply}")

    def true(self) -> Mapping[str, float]:
        """Return what is true and hidden now."""
        self._socket.sendall(b":TRUE?\n")
        found: dict[str, float] = json.loads(self._lines.readline())
        return found

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()


@dataclass(frozen=True, kw_only=True)
class Reseeded:
    """The open bench."""

    station: Station
    control: Control
    inputs: Inputs


@contextmanager
def reseeded(plan: Path, device: str | Path) -> Iterator[Reseeded]:
    """Open the simulated station with a device, until the end of the block.

    :param plan: decides ranges and shunts.
    """
    station_file = CHECKOUT / "instruments" / "stations" / "sim.toml"
    described = Path(device) if isinstance(device, Path) else None
    inputs = load_inputs(plan=plan, station=station_file, device=described, checkout=CHECKOUT, today=utc_now().date())
    with open_station(inputs.station, sim=SimOptions(device=device)) as station:
        control = Control(_resource(station))
        station.arm_guard()
        station.smu.reset()
        if station.digitizer is not None:
            station.digitizer.reset()
        try:
            yield Reseeded(station=station, control=control, inputs=inputs)
        finally:
            control.close()


def _resource(station: Any) -> str:
    """Return the resource of the simulator's control port, which is that of the clock."""
    resource: str = station._resources["clock"]
    return resource
