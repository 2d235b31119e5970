# SPDX-License-Identifier: MIT
"""close a run that will not be resumed: it is ABORTED, or worse where it found worse"""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--operator", metavar="TEXT", help="who closes it")


def run(parsed: argparse.Namespace) -> int:
    """Seal the run, write what is missing, and say what it came to; 4 for what cannot be closed."""
    from bench.closing import CannotClose, close

    try:
        print(*close(parsed.run, parsed.operator), sep="\n")
    except CannotClose as error:
        print(error, file=sys.stderr)
        return 4
    return 0
