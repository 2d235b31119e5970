# SPDX-License-Identifier: MIT
"""Polarity: which electrode is which, in the modes where it matters."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case


def test_polarity(case: Case, bench: Bench, measure: Measure) -> None:
    """The direct current of a galvanic mode flows the way that its treatment requires."""
    for point in bench.points(case):
        measure(point, "current.peak", bench.capture(point))
        measure(point, "current.polarity", bench.mean_current(point))
