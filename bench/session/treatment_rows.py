# SPDX-License-Identifier: MIT
"""What a mode's declared timer demands: that the output ends by itself, neither too early nor too late."""

from bench.session.row import Row
from stimcert.plan import Mode

TREATMENT_METRICS = ("treatment.auto_off", "current.reversal")
"""What a treatment is judged by without any row: the timer and the sign that a mode declares."""


def treatment_rows(mode: Mode) -> list[Row]:
    """Return the rows that follow from the timer that a mode declares."""
    if mode.ends_between is None:
        return []
    lower, upper = mode.ends_between
    name = f"auto_off.{mode.name}"
    return [Row(id=name, metric="treatment.auto_off", lower=lower, upper=upper, failure="auto_off_differs")]
