# SPDX-License-Identifier: MIT
"""Output current: what flows through the skin at every level and load."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import CURRENTS


def test_output_current(case: Case, bench: Bench, measure: Measure) -> None:
    """The output current stays within its limits at every level and load."""
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric in measure.wanted(point, CURRENTS):
            measure(point, metric, capture)
        measure(point, "current.mean", bench.mean_current(point))
