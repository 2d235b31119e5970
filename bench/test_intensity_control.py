# SPDX-License-Identifier: MIT
"""Intensity control: what one step of the intensity does to the current."""

from bench.session.bench import Bench
from bench.session.compare import Levels
from bench.session.measure import Measure
from stimcert.plan import Case


def test_intensity_control(case: Case, bench: Bench, measure: Measure) -> None:
    """More intensity is more current, in small steps, up and down; one more "up" at the top changes nothing."""
    levels = Levels()
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric, compared in levels.compared(point, capture):
            measure(point, metric, compared, proven_by=capture)
