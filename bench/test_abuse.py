# SPDX-License-Identifier: MIT
"""Abuse: the output is shorted and opened at its maximum, and must still work."""

from bench.session.bench import Bench
from bench.session.compare import changed
from bench.session.measure import Measure
from stimcert.plan import Case


def test_abuse(case: Case, bench: Bench, measure: Measure) -> None:
    """After ten times short and open, amplitude and polarity are what they were before. This case comes last."""
    for point in bench.points(case):
        before = bench.capture(point)
        measure(point, "current.peak", before)
        bench.abuse(point)
        measure(point, "output.change", changed(before, bench.capture(point)), proven_by=before)
