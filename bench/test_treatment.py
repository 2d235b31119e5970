# SPDX-License-Identifier: MIT
"""Treatment: the output from its start to its end, the charge that flowed, and what flows afterwards."""

from bench.session.bench import Bench
from bench.session.measure import Measure
from bench.session.treatment import Treatment, rest
from stimcert.plan import Case
from stimcert.procedures import AFTERWARDS, WATCHED


def test_treatment(case: Case, bench: Bench, measure: Measure) -> None:
    """A treatment stays below its ceiling and steady, ends when it is said to, and then nothing flows any more."""
    for point in bench.points(case):
        treatment = Treatment(bench, point)
        treatment.run()
        whole = treatment.whole
        for metric in ("current.peak", *measure.wanted(point, WATCHED)):
            measure(point, metric, whole)
        for metric, result in treatment.results():
            measure(point, metric, result, proven_by=whole)
        with bench.over(point, ended=treatment.ended):
            after = rest(bench, point)
            for metric in measure.wanted(point, AFTERWARDS):
                reading = bench.mean_current(point) if metric == "current.mean" else after
                measure(point, metric, reading, proven_by=whole)
