# SPDX-License-Identifier: MIT
"""Attacks on the judgement: advisories that keep silent, signs that nobody proved, records that crash a case."""

import numpy as np
import pytest

from bench.session.attempt import Attempt
from bench.session.history import History
from bench.session.judge import Judgement, judge
from bench.session.point import MeanCurrent, Point
from bench.session.row import Row
from stimcert.measured import Measured
from stimcert.plan import Case, Mode
from stimcert.reading import Accuracy, Certified, CurrentRecord, Waveform, Zero
from stimcert.uncertainty import evaluate, rectangular

MODE = Mode.model_validate({"name": "m", "modality": "galvanic", "levels": 1, "polarity": "negative"})
CASE = Case.model_validate(
    {"id": "A-01", "title": "t", "procedure": "polarity", "modes": ("m",), "loads": ("1 kΩ",), "dwell": "1 ms"}
)
POINT = Point(case=CASE, mode=MODE, level=1, load=1e3)


def measured(value: float, *, at_least: bool = False) -> Measured:
    budget = evaluate([rectangular("δI", half_width=1e-7, unit="A")])
    return Measured(value=value, unit="A", uncertainty=budget, bound=">=" if at_least else None, cause=None)


def advice(value: Measured, **bounds: float | None) -> Judgement:
    row = Row(id="advice", metric="current.mean", kind="advisory", **({"lower": None, "upper": None} | bounds))  # type: ignore[arg-type]
    return judge(value, row, POINT, History(), rule="guard-U")


@pytest.mark.parametrize(
    ("value", "bounds", "exceeded"),
    [
        (-5e-3, {"lower": -5e-4, "upper": 5e-4}, True),
        (5e-3, {"lower": -5e-4, "upper": 5e-4}, True),
        (1e-4, {"lower": -5e-4, "upper": 5e-4}, False),
        (1e-4, {"lower": 2e-4}, True),
    ],
)
def test_an_advisory_speaks_up_on_both_sides(value: float, bounds: dict[str, float | None], exceeded: bool) -> None:
    assert advice(measured(value), **bounds).exceeded is exceeded


def test_an_advisory_does_not_complain_of_a_lower_bound_that_may_be_met() -> None:
    assert not advice(measured(1e-4, at_least=True), lower=2e-4).exceeded


def test_a_clipped_record_that_is_repeated_keeps_what_it_showed_beyond_an_advisory() -> None:
    clipped = measured(1e-3, at_least=True)
    kept = advice(clipped, upper=5e-4).repeated(clipped)
    assert kept.exceeded
    assert kept.verdict is None


@pytest.mark.parametrize(("value", "proven"), [(-4e-4, "PASS"), (4e-4, "FAIL")])
def test_a_sign_counts_only_where_a_reference_proved_the_leads(value: float, proven: str) -> None:
    row = Row(id="p", metric="current.polarity", lower=None, upper=0.0, required_sign=-1)
    known = judge(measured(value), row, POINT, History(), rule="guard-U")
    unknown = judge(measured(value), row, POINT, History(), rule="guard-U", sign_proven=False)
    assert known.verdict is not None and known.verdict.value == proven
    assert unknown.verdict is not None and unknown.verdict.value == "INCONCLUSIVE"
    assert unknown.reason is not None and unknown.reason.code == "sign_not_proven"


def test_a_clipped_record_has_no_rectified_mean_and_crashes_nothing() -> None:
    waveform = Waveform(
        role="digitizer",
        samples=np.full(1000, 0.12, dtype=np.float32),
        clipped=True,
        range=0.1,
        sample_rate=1e6,
        accuracy=Accuracy(gain=1e-3, offset=5e-5, resolution=3.7e-6, source="x"),
        bench_time=0.0,
    )
    shunt = Certified(value=100.0, expanded_uncertainty=0.01)
    record = CurrentRecord(waveform=waveform, shunt=shunt, zero=Zero(range=0.1, mean=0.0, noise=1e-6, count=1000))
    row = Row(id="p", metric="current.polarity", lower=None, upper=0.0, required_sign=-1)
    assert Attempt(number=1, part=MeanCurrent(record=record), last=True).rectified(POINT, row) is None
