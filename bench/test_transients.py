# SPDX-License-Identifier: MIT
"""Transients: what the device does when something changes, and never in the quiet middle of a setting."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import EVENT


def test_transients(case: Case, bench: Bench, measure: Measure) -> None:
    """No event sends more through the skin than it may: at switch-on, any change, lift-off, contact or switch-off."""
    for point in bench.points(case):
        steady = bench.steady(point)
        measure(point, "current.peak", steady)
        for event, record in bench.events(point, steady):
            for metric in EVENT:
                measure(event, metric, record, proven_by=steady)
