# SPDX-License-Identifier: MIT
"""Modality: is it what it says it is?"""

from bench.session.bench import Bench
from bench.session.measure import Measure
from stimcert.plan import Case

SHARP = 0.2
"""s at the fastest rate, for the height of short pulses; the dwell, which is longer, is recorded as a whole."""


def test_modality(case: Case, bench: Bench, measure: Measure) -> None:
    """Every mode is what it is sold as, whatever its label says, by the worst record over all levels and loads."""
    for point in bench.points(case):
        whole = bench.long_record(point)
        sharp = bench.strongest(point, whole, seconds=SHARP)
        measure(point, "current.peak", whole)
        measure(point, "current.peak", sharp)
        measure.look(point, whole, sharp)
    measure.modality()
