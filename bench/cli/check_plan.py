# SPDX-License-Identifier: MIT
"""say what a plan will do on a station, and what it can decide"""

import argparse
import sys
from pathlib import Path

from bench.session.options import CHECKOUT, DEFAULT_STATION, DEVICES, STATIONS, named_or_file


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("plan", type=Path, metavar="PLAN")
    parser.add_argument("--station", default=DEFAULT_STATION, metavar="NAME|FILE")
    parser.add_argument("--sim-device", metavar="NAME|FILE", help="simulated station: which device is on the bench")


def run(parsed: argparse.Namespace) -> int:
    """Print the lines with which a run of this plan begins; 4 when a file is wrong."""
    from bench.session.inputs import InvalidInputs, load_inputs
    from bench.session.usage import unknown_names
    from stimcert.store.run_folder import utc_now

    here = Path.cwd()
    plan, station = here / parsed.plan, named_or_file(parsed.station, STATIONS, here)
    device = named_or_file(parsed.sim_device, DEVICES, here) if parsed.sim_device else None
    try:
        inputs = load_inputs(plan=plan, station=station, device=device, checkout=CHECKOUT, today=utc_now().date())
    except InvalidInputs as invalid:
        unknown = unknown_names(plan=plan, station=station, device=device)
        print(*unknown, *invalid.problems, sep="\n", file=sys.stderr)
        return 4
    if device is not None and not inputs.station.embedded:
        print(f"--sim-device: station {inputs.station.name} is not the embedded simulated bench", file=sys.stderr)
        return 4
    from bench.session.announcement import announcement
    from bench.session.lines import wrapped

    print(*(part for line in announcement(inputs) for part in wrapped(line)), sep="\n")
    return 0
