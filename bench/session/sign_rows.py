# SPDX-License-Identifier: MIT
"""What a mode's declared signs demand: the sign of its mean, no reversal, or a schedule of both signs."""

from bench.session.row import Row
from stimcert.plan import Mode

SIGN_METRICS = ("current.polarity", "current.reversal", "polarity.shortest", "polarity.longest")
"""What is judged by the declared signs of a mode alone."""

REVERSED = 0.10
"""Largest current the other way, as a share of that along the prevailing direction: beyond it, a sign begins.

Source: a phase is a run of one sign beyond 10 % of the peak (stimcert.waveform.phases).
"""

OBSERVED, OBSERVED_IN_TREATMENT = 0.999, 0.95
"""Share of the time that must have been seen: all of a record; of a treatment what arming a trigger leaves."""


def sign_rows(mode: Mode, *, digitizer: bool, observed: float = OBSERVED) -> list[Row]:
    """Return the rows that follow from the signs that a mode declares.

    :param observed: share of the time that must have been seen for a current to have one direction.
    :param digitizer: whether the station has one; of means alone nothing else than the sign of the mean is known.
    """
    rows = []
    if mode.expected_sign is not None:
        rows += [polarity_row(mode.expected_sign), *([_reversal_row(observed)] if digitizer else [])]
    if mode.alternates is not None and mode.alternates_tolerance is not None:
        width = mode.alternates.si * mode.alternates_tolerance.si
        rows += [
            _alternation_row(mode, metric, mode.alternates.si - width, mode.alternates.si + width)
            for metric in ("polarity.shortest", "polarity.longest")
        ]
    return rows


def polarity_row(sign: int) -> Row:
    """Return the bound at zero that a mean of the required sign must keep with its uncertainty."""
    return Row(
        id=f"polarity.{'positive' if sign > 0 else 'negative'}",
        metric="current.polarity",
        lower=0.0 if sign > 0 else None,
        upper=0.0 if sign < 0 else None,
        required_sign=sign,
    )


def _reversal_row(observed: float) -> Row:
    return Row(
        id="polarity.one_way",
        metric="current.reversal",
        lower=None,
        upper=REVERSED,
        min_observed=observed,
        failure="polarity_reverses",
    )


def _alternation_row(mode: Mode, metric: str, lower: float, upper: float) -> Row:
    return Row(
        id=f"alternates.{mode.name}.{metric.partition('.')[2]}",
        metric=metric,
        lower=lower,
        upper=upper,
        min_observed=OBSERVED,
        failure="schedule_differs",
    )
