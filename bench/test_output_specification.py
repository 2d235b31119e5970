# SPDX-License-Identifier: MIT
"""Output specification: what the device puts out, row by row, as it has to be disclosed."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from bench.session.specification import PERIODS, is_described, seconds_of, voltage_at
from stimcert.plan import Case
from stimcert.procedures import COURSE, DISCLOSED_CURRENTS, DISCLOSED_PULSES


def test_output_specification(case: Case, bench: Bench, measure: Measure) -> None:
    """Every row of the output table is a measurement result or says why there is none."""
    for point in bench.points(case):
        capture = bench.capture(point, seconds=seconds_of(case, point.cycle))
        measure(point, "current.peak", capture)
        for metric in (*DISCLOSED_PULSES, *DISCLOSED_CURRENTS):
            measure(point, metric, capture)
        measure(point, "voltage.peak", voltage_at(bench, point, capture), proven_by=capture)
        measure(point, "current.mean", bench.mean_current(point), proven_by=capture)
        if is_described(point):
            whole = bench.program_record(point, periods=PERIODS)
            for metric in COURSE:
                measure(point, metric, whole, proven_by=capture)
            measure.describe(point, capture, whole)
