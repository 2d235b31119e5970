# SPDX-License-Identifier: MIT
"""The simulated bench as a process of the harness: started for one run, gone after it."""

import json
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from instruments.errors import BenchError
from instruments.safety.spawn import end, first_line, hang_up, spawn, tell

START_TIMEOUT = 20.0
"""s of wall time; a loaded machine may need seconds."""
IDLE = 2.0
"""s without any client after which the simulator ends by itself: long enough for the guard to come and go."""
PREFIX = "embedded:"


@dataclass(frozen=True, kw_only=True)
class SimOptions:
    """What the user chose for the simulated bench.

    :param device: name of a shipped device, or a device file.
    :param faults: names of :data:`instruments.sim.faults.FAULTS`.
    :param pace: real delay per reading, s.
    :param dummy: a resistor in the device's place, Ω.
    """

    device: str | Path = "microcurrent_good"
    seed: int = 0
    faults: tuple[str, ...] = ()
    pace: float = 0.0
    dummy: float | None = None


class EmbeddedSimulator:
    """One simulator process. Spawning, telling and waiting are three steps, so that the harness can load meanwhile."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()
        self._ports: dict[str, int] = {}
        self._process = spawn(["-m", "instruments.sim", "-"], stdin=subprocess.PIPE, stderr=self._errors)
        self.told = False

    def hand_over(self, options: SimOptions, log: Path | None = None) -> None:
        """Tell the simulator what to simulate, without waiting for it.

        :param log: file for the simulator's own account of what its instruments did.
        """
        self.told = True
        # A simulator that is gone already is found when its ports are asked for.
        with suppress(OSError):
            tell(self._process, json.dumps(_arguments(options, log)))

    @property
    def alive(self) -> bool:
        """Whether the simulator's process runs."""
        return self._process.poll() is None

    @property
    def ports(self) -> Mapping[str, int]:
        """Return the TCP port of each instrument, by role; waits for the simulator to be up.

        :raises BenchError: when it does not come up.
        """
        if not self._ports:
            self._ports = self._read_ports()
        return self._ports

    def resource(self, name: str) -> str:
        """Return the VISA resource of one instrument.

        :raises BenchError: when the simulator has no such instrument.
        """
        if name not in self.ports:
            raise BenchError(f"the simulated bench has no instrument {name!r}; it has {', '.join(self.ports)}")
        return f"TCPIP::127.0.0.1::{self.ports[name]}::SOCKET"

    def stop(self) -> None:
        """Ask the simulator to end, and see to it that it does."""
        if self._ports:
            with suppress(OSError, KeyError), self._control() as control:
                control.sendall(b":QUIT\n")
            end(self._process, timeout=IDLE + 3.0)
        else:
            # Nobody ever reached it.
            end(self._process, timeout=0.0)
        hang_up(self._process)
        self._errors.close()

    def _control(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._ports["control"]), timeout=1.0)

    def _read_ports(self) -> dict[str, int]:
        try:
            line = first_line(self._process, timeout=START_TIMEOUT, what="the simulated bench")
            ports = json.loads(line)["ports"]
            return {str(name): int(port) for name, port in ports.items()}
        except (BenchError, ValueError, KeyError, TypeError, AttributeError) as error:
            end(self._process, timeout=0.5)
            raise BenchError(f"the simulated bench did not start: {error}. {self._complaint()}".strip()) from error

    def _complaint(self) -> str:
        """Return the end of what the simulator wrote to its standard error."""
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode("utf-8", "replace").strip()


def _arguments(options: SimOptions, log: Path | None) -> list[str]:
    arguments = ["--device", str(options.device), "--seed", str(options.seed)]
    for fault in options.faults:
        arguments += ["--fault", fault]
    if options.dummy is not None:
        arguments += ["--dummy", repr(options.dummy)]
    if options.pace:
        arguments += ["--pace", repr(options.pace)]
    if log is not None:
        arguments += ["--log", str(log)]
    return [*arguments, "--until-idle", repr(IDLE)]
