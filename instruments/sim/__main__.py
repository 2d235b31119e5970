# SPDX-License-Identifier: MIT
"""Serve a simulated bench: ``python -m instruments.sim --device microcurrent_good --seed 1``.

The first line on standard output says where: ``{"ports": {"smu": 40001, …}}``. With ``-`` for its only argument, the
others come as one line of standard input, a JSON list, once everything is loaded; no line means that nobody wants it.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from instruments.sim.bench import SimulatedBench
from instruments.sim.control import Control
from instruments.sim.device_file import read_device, shipped_devices
from instruments.sim.dmm6500 import Dmm6500
from instruments.sim.faults import FAULTS
from instruments.sim.keithley2450 import Keithley2450
from instruments.sim.prs200 import LoadBox
from instruments.sim.reference import CurrentReference
from instruments.sim.relay_card import RelayCard
from instruments.sim.scpi import ScpiInstrument
from instruments.sim.server import Server, install_signals
from instruments.sim.skin import SkinModule
from instruments.sim.stimulator_port import StimulatorPort
from instruments.sim.thermometer import Thermometer
from stimcert.strict_toml import InvalidFile

INSTRUMENTS: tuple[type[ScpiInstrument], ...] = (
    Keithley2450,
    Dmm6500,
    LoadBox,
    RelayCard,
    CurrentReference,
    Thermometer,
    StimulatorPort,
    Control,
    SkinModule,
)
"""In the order of their ports behind ``--port-base``."""

BAD_INPUT = 4
FROM_INPUT = "-"


def build_instruments(bench: SimulatedBench) -> dict[str, ScpiInstrument]:
    """Return all instruments of a bench by role."""
    return {kind.role: kind(bench) for kind in INSTRUMENTS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end.

    :returns: the exit code: 0, or 4 for a device file that cannot be used.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if list(words) == [FROM_INPUT]:
        line = sys.stdin.readline()
        if not line:
            return 0
        words = json.loads(line)
    options = _parser().parse_args(words)
    try:
        device = read_device(options.device).device()
    except (InvalidFile, OSError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    bench = SimulatedBench(
        device,
        seed=options.seed,
        faults=frozenset(options.fault),
        dummy=options.dummy,
        wall_clock=options.clock == "wall",
        pace=options.pace,
        log=options.log,
    )
    asyncio.run(_serve(bench, options))
    return 0


async def _serve(bench: SimulatedBench, options: argparse.Namespace) -> None:
    server = Server(bench, build_instruments(bench), options.until_idle)
    install_signals(server, asyncio.get_running_loop())
    ports = await server.start(options.port_base)
    print(json.dumps({"ports": ports}), flush=True)
    await server.run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m instruments.sim", description="Serve a simulated bench on TCP.")
    devices = ", ".join(shipped_devices())
    parser.add_argument("--device", default="microcurrent_good", help=f"a device file, or one of: {devices}")
    parser.add_argument("--seed", type=int, default=0, help="decides hidden errors, noise and true values")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS), help="break it; repeatable")
    parser.add_argument("--dummy", type=_ohms, metavar="OHMS", help="put a resistor in the device's place")
    parser.add_argument("--clock", choices=("bench", "wall"), default="bench", help="what moves bench time")
    parser.add_argument("--pace", type=_seconds, default=0.0, metavar="SECONDS", help="real delay per reading")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write what happens as JSON lines")
    parser.add_argument("--port-base", type=_port, metavar="N", help="use ports N, N+1, …")
    parser.add_argument("--until-idle", type=_seconds, metavar="SECONDS", help="end so long after the last client left")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < 86400:
        raise argparse.ArgumentTypeError(f"{text} s is no time from 0 to a day")
    return value


def _ohms(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} Ω is no resistance from above 0 to 1 GΩ")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 1024 <= value <= 65535 - len(INSTRUMENTS):
        raise argparse.ArgumentTypeError(f"{text} leaves no room for {len(INSTRUMENTS)} ports from 1024 to 65535")
    return value


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: a run waits for its simulator to end, and taking an interpreter apart that has NumPy takes its time.
    os._exit(code)
