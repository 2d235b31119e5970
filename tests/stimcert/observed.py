# SPDX-License-Identifier: MIT
"""Observations of modes, built from what a current is."""

from stimcert.interval import Interval
from stimcert.modality_form import LONG, Observed

U = 1e-6


def seen(
    lowest: float,
    highest: float,
    mean: float,
    *,
    u: float = U,
    where: str = "lift, level 8, 500 Ω",
    seconds: float = LONG,
    period: float = 0.0,
) -> Observed:
    """What a gapless record at full bandwidth shows of a current between two extremes."""
    return Observed(
        where=where,
        peak=Interval.about(max(abs(lowest), abs(highest)), u),
        highest=Interval.about(highest, u),
        lowest=Interval.about(lowest, u),
        mean=Interval.about(mean, u),
        unbroken=seconds,
        fine=seconds,
        watched=seconds,
        period=period,
    )


def pulses(peak: float, **more: object) -> Observed:
    return seen(0.0, peak, 0.04 * peak, **more)  # type: ignore[arg-type]


def direct(current: float, **more: object) -> Observed:
    return seen(min(0.99 * current, 1.01 * current), max(0.99 * current, 1.01 * current), current, **more)  # type: ignore[arg-type]


SILENT = seen(-0.5e-6, 0.5e-6, 0.0)
