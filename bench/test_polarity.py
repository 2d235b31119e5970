# SPDX-License-Identifier: MIT
"""Polarity: which electrode is which, in the modes where it matters, and when it changes."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import SIGNS


def test_polarity(case: Case, bench: Bench, measure: Measure) -> None:
    """The current flows the way its treatment requires and never the other, or changes its sign by schedule."""
    for point in bench.points(case):
        whole = bench.long_record(point)
        measure(point, "current.peak", whole)
        for metric in measure.wanted(point, SIGNS):
            measure(point, metric, whole)
        if point.mode.alternates is None:
            measure(point, "current.polarity", bench.mean_current(point))
