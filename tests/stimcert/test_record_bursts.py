# SPDX-License-Identifier: MIT
"""Bursts and carriers of which every answer is known: rate, duration, duty, and a frequency without the pauses."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import PulseTrain
from stimcert.reading import CurrentRecord
from stimcert.record_metrics import OF_A_TRAIN
from tests.stimcert.waveform.trains import Step, sampled, train

Record = Callable[..., CurrentRecord]
RATE = 1e5
WITHIN = 2.5


def bursts(*, period: float, width: float, pulses: int, pause: float, count: int, first: float) -> list[Step]:
    """Return bursts; the pause counts from the start of the last pulse to the start of the next burst."""
    one = (pulses - 1) * period + pause
    steps = [train([(width, 5e-4)], first=first + n * one, period=period, count=pulses) for n in range(count)]
    return [step for part in steps for step in part]


def value(record: CurrentRecord, metric: str, *, declared: bool = False) -> Measured:
    return OF_A_TRAIN[metric](PulseTrain(record=record, bursts_declared=declared))


def holds(measured: Measured, truth: float) -> None:
    assert abs(measured.value - truth) <= WITHIN * measured.uncertainty.expanded, (measured.value, truth)


@settings(max_examples=25, deadline=None)
@given(
    period=st.floats(2e-3, 8e-3),
    pulses=st.integers(2, 9),
    ratio=st.floats(3.0, 40.0),
    first=st.floats(1e-3, 2e-3),
    declared=st.booleans(),
)
def test_bursts(record: Record, period: float, pulses: int, ratio: float, first: float, declared: bool) -> None:
    width, pause = 3e-4, ratio * period
    steps = bursts(period=period, width=width, pulses=pulses, pause=pause, count=6, first=first)
    one = (pulses - 1) * period + pause
    found = record(sampled(steps, rate=RATE, seconds=6 * one).samples, noise=2e-5, rate=RATE)
    holds(value(found, "pulse.frequency", declared=declared), 1.0 / period)
    assert value(found, "pulse.frequency").uncertainty.expanded < 0.02 / period
    holds(value(found, "pulse.duty", declared=declared), width / period)
    holds(value(found, "burst.rate"), 1.0 / one)
    holds(value(found, "burst.duration"), (pulses - 1) * period + width)
    holds(value(found, "burst.duty"), ((pulses - 1) * period + width) / one)
    assert value(found, "burst.rate").details["pulses"] == pulses


def test_the_spread_counts_pauses_that_nobody_declared(record: Record) -> None:
    """Two of six pulses left out look like bursts of four: only where the plan says so, they are."""
    steps = bursts(period=5e-3, width=3e-4, pulses=4, pause=15e-3, count=8, first=1e-3)
    found = record(sampled(steps, rate=RATE, seconds=0.25).samples, noise=2e-5, rate=RATE)
    assert value(found, "pulse.spread").value > 1e-3
    holds(value(found, "pulse.spread", declared=True), 0.0)


@pytest.mark.parametrize("times", [[5e-3, 15e-3, 15e-3] * 5, [5e-3] * 9 + [40e-3] + [5e-3] * 4 + [40e-3, 40e-3]])
def test_a_rate_that_changes_is_no_row_of_bursts(record: Record, times: list[float]) -> None:
    starts = np.cumsum([1e-3, *times])
    steps = [step for start in starts for step in train([(3e-4, 5e-4)], first=start, period=1.0, count=1)]
    found = value(
        record(sampled(steps, rate=RATE, seconds=float(starts[-1]) + 5e-3).samples, rate=RATE), "pulse.frequency"
    )
    assert found.details["longest"] == pytest.approx(max(times), abs=1e-4)


@pytest.mark.parametrize("metric", ["burst.rate", "burst.duration", "burst.duty"])
@pytest.mark.parametrize(("count", "pause"), [(3, 0.05), (8, 5e-3)], ids=["too few", "without pauses"])
def test_no_bursts_no_metric(record: Record, metric: str, count: int, pause: float) -> None:
    steps = bursts(period=5e-3, width=3e-4, pulses=4, pause=pause, count=count, first=1e-3)
    found = record(sampled(steps, rate=RATE, seconds=0.25).samples, rate=RATE)
    with pytest.raises(NotMeasurable) as refused:
        value(found, metric)
    assert refused.value.code == "not_observed"


@pytest.mark.parametrize("bursting", [True, False])
def test_a_carrier(record: Record, bursting: bool) -> None:
    times = np.arange(200_000) / 1e6
    on = (times % 20e-3 < 8e-3) if bursting else np.ones(len(times), dtype=bool)
    square = np.where(np.floor(times * 2 * 4137.0) % 2 == 0, 5e-4, -5e-4)
    holds(value(record(np.where(on, square, 0.0), noise=2e-5), "pulse.carrier"), 4137.0)


def test_a_carrier_that_was_sampled_too_slowly_is_refused(record: Record) -> None:
    times = np.arange(20_000) / 1e5
    samples = np.where(times % 20e-3 < 8e-3, 5e-4 * np.sin(2 * np.pi * 4.5e4 * times), 0.0)
    with pytest.raises(NotMeasurable) as refused:
        value(record(samples, rate=1e5), "pulse.carrier")
    assert refused.value.code == "bandwidth"
