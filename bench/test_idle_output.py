# SPDX-License-Identifier: MIT
"""Idle output: what flows through the skin while the device is stopped."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case


def test_idle_output(case: Case, bench: Bench, measure: Measure) -> None:
    """A stopped device puts out next to nothing, on leads that were shown to carry its output a moment before."""
    for point in bench.points(case):
        running = bench.capture(point)
        with bench.stopped(point):
            measure(point, "current.peak", bench.capture(point), proven_by=running)
            measure(point, "current.mean", bench.mean_current(point), proven_by=running)
