# SPDX-License-Identifier: MIT
"""Energy: what one pulse carries into the load, and the mean power under the electrode."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import ENERGIES


def test_energy(case: Case, bench: Bench, measure: Measure) -> None:
    """No pulse carries more energy than it may, and no electrode takes up more power."""
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric in measure.wanted(point, ENERGIES):
            measure(point, metric, capture)
