# SPDX-License-Identifier: MIT
"""compare what several units of one type show at the same points, from the folders of their runs"""

import argparse
import sys
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table there instead of printing it")


def run(parsed: argparse.Namespace) -> int:
    """Print or write the table; 4 for folders that make no lot."""
    from reports import ReportError
    from reports.lots import lot_table
    from reports.text import cell

    try:
        table = lot_table(parsed.runs)
        if parsed.csv is None:
            print(table.to_string(index=False, float_format=lambda value: f"{value:.6g}", na_rep="–"))
        else:
            harmless = table.map(lambda value: cell(value) if isinstance(value, str) else value)
            harmless.to_csv(parsed.csv, index=False, encoding="utf-8")
            print(parsed.csv)
    except (ReportError, OSError) as error:
        print(error, file=sys.stderr)
        return 4
    return 0
