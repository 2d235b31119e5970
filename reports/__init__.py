# SPDX-License-Identifier: MIT
"""What the reader sees: the report, the table of readings and the CI result, each from a run's folder alone.

Importing this package is cheap: jinja2, pandas and NumPy are imported when something is written.
"""

from reports.errors import ReportError
from reports.junit import write_junit
from reports.renderer import render
from reports.tables import write_tables

__all__ = ["ReportError", "render", "write_junit", "write_tables"]
