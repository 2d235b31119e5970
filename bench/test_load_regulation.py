# SPDX-License-Identifier: MIT
"""Load regulation: how far the current depends on the skin."""

from bench.session.bench import Bench
from bench.session.compare import Loads
from bench.session.measure import Measure
from stimcert.plan import Case


def test_load_regulation(case: Case, bench: Bench, measure: Measure) -> None:
    """The current at every load is that at the first one, within what is allowed or declared."""
    loads = Loads()
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        measure(point, "current.regulation", loads.deviation(point, capture), proven_by=capture)
