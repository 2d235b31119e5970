# SPDX-License-Identifier: MIT
"""Open circuit: how far the voltage rises where no skin is."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case


def test_open_circuit(case: Case, bench: Bench, measure: Measure) -> None:
    """The voltage of the open output stays within its limit, on a device that was shown to deliver a moment before."""
    for point in bench.points(case):
        running = bench.capture(point)
        measure(point, "current.peak", running)
        measure(point, "voltage.peak", bench.open_voltage(point), proven_by=running)
