# SPDX-License-Identifier: MIT
"""Pulse timing: how long, how high and how often."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import TIMING


def test_pulse_timing(case: Case, bench: Bench, measure: Measure) -> None:
    """Pulses are as long, as high and as frequent as declared, and as their limits allow."""
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric in TIMING:
            measure(point, metric, capture)
