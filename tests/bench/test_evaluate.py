# SPDX-License-Identifier: MIT
"""From readings to results: what a mean of an SMU may and may not say."""

from dataclasses import replace

import pytest

from bench.session.evaluate import evaluate
from bench.session.point import Capture, MeanCurrent
from stimcert.models import NotMeasurable
from stimcert.reading import Accuracy, MeanReading, Status

VALID = MeanReading(
    role="smu",
    unit="A",
    status=Status.VALID,
    values=(-4e-4, -4e-4),
    bound=1e-3,
    range=1e-3,
    aperture=0.02,
    limit=1e-3,
    accuracy=Accuracy(gain=2e-4, offset=6e-8, resolution=1e-9, source="test"),
    bench_time=0.0,
)
LIMITED = replace(VALID, status=Status.LIMITED, values=())


def test_without_a_digitizer_a_mean_is_the_least_that_a_peak_can_be() -> None:
    measured = evaluate("current.peak", Capture(means=(VALID,)), event=1e-5, cycle=None)
    assert (measured.value, measured.bound, measured.cause) == (pytest.approx(4e-4), ">=", "no_digitizer")


def test_a_limit_that_acted_bounds_the_peak() -> None:
    measured = evaluate("current.peak", Capture(means=(LIMITED,)), event=1e-5, cycle=None)
    assert (measured.value, measured.bound) == (1e-3, ">=")


@pytest.mark.parametrize("metric", ["current.mean", "current.polarity"])
def test_a_limit_that_acted_says_nothing_about_the_mean(metric: str) -> None:
    with pytest.raises(NotMeasurable, match="reached its limit of 1 mA") as refused:
        evaluate(metric, MeanCurrent(reading=LIMITED), event=None, cycle=None)
    assert refused.value.code == "current_limited"


def test_a_metric_that_a_reading_has_no_model_for_is_a_mistake_of_the_bench_test() -> None:
    with pytest.raises(ValueError, match="'current.mean' cannot be evaluated from a Capture"):
        evaluate("current.mean", Capture(means=(VALID,)), event=None, cycle=None)
