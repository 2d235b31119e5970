# SPDX-License-Identifier: MIT
"""Pulse timing: how long, how high and how often; bursts, edges, carrier and ON/OFF programs where a row asks."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case
from stimcert.procedures import PROGRAM, PROGRAM_PERIODS, TIMING, WHOLE_TIMING


def test_pulse_timing(case: Case, bench: Bench, measure: Measure) -> None:
    """Pulses are as long, as high and as frequent as declared, and as their limits allow."""
    for point in bench.points(case):
        capture = bench.capture(point)
        measure(point, "current.peak", capture)
        for metric in (*TIMING, *measure.wanted(point, WHOLE_TIMING)):
            measure(point, metric, capture)
        if program := list(measure.wanted(point, PROGRAM)):
            whole = bench.program_record(point, periods=PROGRAM_PERIODS)
            for metric in program:
                measure(point, metric, whole, proven_by=capture)
