# SPDX-License-Identifier: MIT
"""Charge: what each phase carries, and what is left in the skin after each pulse."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import CHARGES


def test_charge(case: Case, bench: Bench, measure: Measure) -> None:
    """Phases carry no more charge than they may, and give it back where they are said to."""
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric in CHARGES:
            measure(point, metric, capture)
        measure(point, "current.mean", bench.mean_current(point), proven_by=capture)
