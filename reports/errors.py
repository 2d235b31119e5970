# SPDX-License-Identifier: MIT
"""What stops a report from being written."""


class ReportError(Exception):
    """The run's folder cannot be reported, or the report would not say what the record says."""
