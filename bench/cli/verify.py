# SPDX-License-Identifier: MIT
"""say whether a run is sealed, unchanged, complete and a PASS (then 0)"""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("run", type=Path, metavar="RUN|FILE")


def run(parsed: argparse.Namespace) -> int:
    """Print what was found; 1 with the first thing that is wrong, 4 where there is nothing."""
    from bench.verification import Wrong, verify

    if not parsed.run.exists():
        print(f"{parsed.run}: no such file or folder; name a run's folder, or its record.json", file=sys.stderr)
        return 4
    try:
        for line in verify(parsed.run):
            print(line)
    except Wrong as wrong:
        print(f"WRONG        {wrong}")
        return 1
    return 0
