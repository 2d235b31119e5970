# SPDX-License-Identifier: MIT
"""Idle output: what flows through the skin while the device is stopped, paused or charging."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case

ALTERNATING = ("current.ac_rms",)
"""What is measured beside peak and mean where a row asks for it."""


def test_idle_output(case: Case, bench: Bench, measure: Measure) -> None:
    """Without treatment next to nothing flows, on leads that were shown to carry the output a moment before."""
    for point in bench.points(case):
        running = bench.capture(point)
        for idle, current, mean in bench.states(point):
            measure(idle, "current.peak", current, proven_by=running)
            measure(idle, "current.mean", mean, proven_by=running)
            for metric in measure.wanted(idle, ALTERNATING):
                measure(idle, metric, current, proven_by=running)
