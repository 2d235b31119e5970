# SPDX-License-Identifier: MIT
"""unlock a station whose output nobody confirmed to be off"""

import argparse
import sys
from pathlib import Path

from bench.session.options import STATIONS, named_or_file


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("station", metavar="STATION", help="name or file")
    parser.add_argument("--operator", required=True, metavar="TEXT", help="who looked at the bench")


def run(parsed: argparse.Namespace) -> int:
    """Switch the station's alarm off and say what it was; 4 for a file that is no station."""
    from instruments.opening import alarm_of
    from instruments.station_file import StationFile
    from stimcert.strict_toml import InvalidFile, load

    path = named_or_file(parsed.station, STATIONS, Path.cwd())
    try:
        file = load(path.read_bytes(), StationFile, parsed.station).value
    except (OSError, InvalidFile) as error:
        problems = error.problems if isinstance(error, InvalidFile) else [f"{path}: {error.strerror}"]
        print(*problems, sep="\n", file=sys.stderr)
        return 4
    alarm = alarm_of(file).acknowledge(parsed.operator)
    if alarm is None:
        print(f"station {file.name}: no alarm is on")
        return 0
    roles = ", ".join(alarm.get("unconfirmed", ["unknown"]))
    print(f"station {file.name}: unlocked; {roles} unconfirmed in {alarm.get('run')}, {alarm.get('since')}")
    return 0
