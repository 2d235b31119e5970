# SPDX-License-Identifier: MIT
"""What the reader sees: the report, the table of readings and the CI result, each from a run's folder alone.

Importing this package is cheap: jinja2 and NumPy are imported when something is written.
"""

from pathlib import Path

from reports.errors import ReportError
from reports.junit import write_junit
from reports.record_file import read_record
from reports.renderer import render
from reports.specification_table import write_specification
from reports.tables import write_tables

__all__ = ["ReportError", "render", "write_all", "write_junit", "write_specification", "write_tables"]


def write_all(run_dir: Path) -> tuple[Path, Path, Path]:
    """Write ``readings.csv``, ``junit.xml`` and ``report.html`` from one reading of the record; return their paths.

    A run that discloses an output specification gets ``output_specification.csv`` as well. The report comes last: where
    it is refused, the others are there to look into.

    :raises ReportError: as :func:`render` does.
    """
    from reports.choosing import forget_budgets

    record = read_record(run_dir)
    for case in record.cases:
        forget_budgets(case)
    write_specification(run_dir, record)
    return write_tables(run_dir, record), write_junit(run_dir, record), render(run_dir, record)
