# SPDX-License-Identifier: MIT
"""render report, table and JUnit file of a run again, from its folder alone"""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("run", type=Path, metavar="RUN")


def run(parsed: argparse.Namespace) -> int:
    """Write the files and print their paths; 4 for a folder that is no run."""
    from reports import ReportError, write_all

    try:
        print(*write_all(parsed.run), sep="\n")
    except ReportError as error:
        print(error, file=sys.stderr)
        return 4
    return 0
