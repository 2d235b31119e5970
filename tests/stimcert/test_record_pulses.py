# SPDX-License-Identifier: MIT
"""Timing, amplitude and charge of pulses of which every answer is known; and what must be refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import Measured, NotMeasurable
from stimcert.metrics import METRICS
from stimcert.reading import Accuracy, CurrentRecord
from stimcert.record_averages import extreme_current, rms_current
from stimcert.record_pulses import PULSE_METRICS, PulseTrain, pulse_metric
from tests.stimcert.waveform.trains import sampled, train

Record = Callable[..., CurrentRecord]
RATE = 1e6
# What a correct result may be off at most, in expanded uncertainties: five standard ones, so that chance is out of it.
WITHIN = 2.5


def biphasic(
    record: Record, *, height: float, width: float, gap: float, period: float, first: float, **how: Any
) -> Any:
    """Return a record of symmetrical biphasic pulses; a height below zero begins with the negative phase."""
    phases = [(width, height), (gap, 0.0), (width, -height)] if gap else [(width, height), (width, -height)]
    steps = train(phases, first=first, period=period, count=int((0.1 - first) / period) - 1)
    return record(sampled(steps, rate=RATE, seconds=0.1).samples, **how)


def value(record: CurrentRecord, metric: str) -> Measured:
    return pulse_metric(PulseTrain(record=record), metric)


def holds(measured: Measured, truth: float) -> None:
    assert abs(measured.value - truth) <= WITHIN * measured.uncertainty.expanded, (measured.value, truth)


@settings(max_examples=40, deadline=None)
@given(
    height=st.floats(1e-4, 9e-4) | st.floats(-9e-4, -1e-4),
    width=st.floats(20e-6, 450e-6),
    gap=st.sampled_from([0.0, 0.3, 0.9]),
    period=st.floats(2e-3, 10e-3),
    first=st.floats(2e-3, 2.1e-3),
    seed=st.integers(0, 99),
)
def test_biphasic_pulses(
    record: Record, height: float, width: float, gap: float, period: float, first: float, seed: int
) -> None:
    found = biphasic(
        record, height=height, width=width, gap=gap * width, period=period, first=first, noise=2e-5, seed=seed
    )
    size = abs(height)
    holds(value(found, "current.amplitude"), size)
    holds(value(found, "pulse.phase_duration"), width)
    holds(value(found, "pulse.width"), (2 + gap) * width)
    holds(value(found, "pulse.gap"), gap * width)
    holds(value(found, "pulse.frequency"), 1.0 / period)
    holds(value(found, "pulse.spread"), 0.0)
    holds(value(found, "pulse.duty"), 2 * width / period)
    holds(value(found, "charge.phase"), size * width)
    holds(value(found, "charge.net"), 0.0)
    holds(value(found, "charge.imbalance"), 0.0)


@settings(max_examples=40, deadline=None)
@given(
    height=st.floats(1e-4, 9e-4) | st.floats(-9e-4, -1e-4),
    width=st.floats(20e-6, 1e-3),
    under=st.sampled_from([0.0, 0.1, 0.6]),
    seed=st.integers(0, 99),
)
def test_pulses_of_one_sign_on_a_direct_current(
    record: Record, height: float, width: float, under: float, seed: int
) -> None:
    """Of the same sign: a direct current of the other one is a second phase, long and low."""
    steps = train([(width, height)], first=3e-3, period=5e-3, count=18)
    samples = sampled(steps, rate=RATE, seconds=0.1, offset=under * height).samples
    found = record(samples, noise=2e-5, seed=seed)
    holds(value(found, "pulse.phase_duration"), width)
    holds(value(found, "pulse.frequency"), 200.0)
    holds(value(found, "charge.net"), (1 + under) * height * width)
    holds(value(found, "charge.imbalance"), 1.0)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5])
def test_an_unbalanced_pulse(record: Record, share: float) -> None:
    steps = train([(200e-6, 8e-4), (200e-6, -8e-4 * (1 - share))], first=3e-3, period=5e-3, count=18)
    found = record(sampled(steps, rate=RATE, seconds=0.1).samples, noise=2e-5)
    holds(value(found, "charge.imbalance"), share)
    holds(value(found, "charge.net"), 8e-4 * 200e-6 * share)


def test_a_gain_cancels_in_an_imbalance_and_stays_in_a_charge(record: Record) -> None:
    steps = train([(200e-6, 8e-4), (200e-6, -6e-4)], first=3e-3, period=5e-3, count=18)
    samples = sampled(steps, rate=RATE, seconds=0.1).samples
    charge, imbalance = (value(record(samples), metric) for metric in ("charge.phase", "charge.imbalance"))
    assert any(row["symbol"] == "R" for row in charge.uncertainty.budget)
    assert not any(row["symbol"] == "R" for row in imbalance.uncertainty.budget)


def test_a_frequency_that_changes_shows_its_range(record: Record) -> None:
    starts = np.cumsum([3e-3, *([5e-3, 7e-3] * 7)])
    steps = [step for start in starts for step in train([(2e-4, 5e-4)], first=start, period=1.0, count=1)]
    found = value(record(sampled(steps, rate=RATE, seconds=0.1).samples, noise=2e-5), "pulse.frequency")
    assert (found.details["shortest"], found.details["longest"]) == pytest.approx((5e-3, 7e-3), abs=1e-6)
    assert value(record(sampled(steps, rate=RATE, seconds=0.1).samples), "pulse.spread").value == pytest.approx(
        1e-3, rel=0.1
    )


@pytest.mark.parametrize("metric", PULSE_METRICS)
@pytest.mark.parametrize(
    ("current", "code"),
    [
        (np.zeros(10_000), "not_observed"),
        (np.full(10_000, 5e-4), "not_observed"),
        (np.where(np.arange(10_000) % 1000 < 3, 5e-4, 0.0), "bandwidth"),
    ],
    ids=["nothing", "direct current", "three samples a phase"],
)
def test_what_has_no_pulses_has_no_pulse_metrics(record: Record, metric: str, current: Any, code: str) -> None:
    with pytest.raises(NotMeasurable) as refused:
        value(record(current, noise=2e-5), metric)
    assert refused.value.code == code


@pytest.mark.parametrize("metric", PULSE_METRICS)
def test_a_clipped_record_has_no_pulse_metrics(record: Record, metric: str) -> None:
    steps = train([(200e-6, 5e-2)], first=3e-3, period=5e-3, count=18)
    with pytest.raises(NotMeasurable) as refused:
        value(record(sampled(steps, rate=RATE, seconds=0.1).samples), metric)
    assert refused.value.code == "clipped"


@pytest.mark.parametrize("metric", PULSE_METRICS)
def test_every_result_has_the_unit_of_its_metric(record: Record, metric: str) -> None:
    found = biphasic(record, height=5e-4, width=2e-4, gap=1e-4, period=5e-3, first=3e-3)
    assert value(found, metric).unit == METRICS[metric].unit


@pytest.mark.parametrize(("duty", "height"), [(0.5, 4e-4), (0.1, 9e-4), (0.02, 9e-4)])
def test_rms_of_a_pulse_train(record: Record, duty: float, height: float) -> None:
    """I_rms = I_pk · √(t·f) for rectangles."""
    steps = train([(duty * 5e-3, height)], first=1e-3, period=5e-3, count=20)
    found = record(sampled(steps, rate=RATE, seconds=0.1).samples, noise=2e-5)
    holds(rms_current(found, cycle=5e-3), height * duty**0.5)
    holds(rms_current(found, cycle=5e-3, alternating=True), height * (duty - duty**2) ** 0.5)


def test_extremes_of_both_signs(record: Record) -> None:
    steps = train([(200e-6, 3e-4), (200e-6, -7e-4)], first=1e-3, period=5e-3, count=19)
    found = record(sampled(steps, rate=RATE, seconds=0.1).samples, noise=2e-5)
    holds(extreme_current(found, "current.positive_peak", event=10e-6), 3e-4)
    holds(extreme_current(found, "current.negative_peak", event=10e-6), 7e-4)
    holds(extreme_current(found, "current.peak_to_peak", event=10e-6), 10e-4)


# --- the net charge of a balanced pulse, term by term

GAIN, OFFSET = 1e-3, 5e-4


def net_budget(record: Record, width: float) -> dict[str, dict[str, float]]:
    accuracy = Accuracy(gain=GAIN, offset=OFFSET, resolution=0.0, source="made up", convention="two-rectangles")
    found = biphasic(record, height=5e-4, width=width, gap=0.0, period=5e-3, first=2e-3, accuracy=accuracy)
    return {row["symbol"]: row for row in value(found, "charge.net").uncertainty.budget}


def test_the_gain_cancels_in_the_net_charge_of_a_balanced_pulse_and_the_offset_remains(record: Record) -> None:
    """100 Ω, 2 × 200 µs: the offset of 0.5 mV is 5 µA for 400 µs, 2 nC; the gain of 0.1 % acts on next to nothing."""
    rows = net_budget(record, 200e-6)
    assert rows["v"]["contribution"] == pytest.approx(2e-9 / np.sqrt(3.0), rel=0.01)
    assert rows["v_gain"]["contribution"] < 1e-3 * rows["v"]["contribution"]
    # The gain acts on each phase alone: 0.1 % of 100 nC.
    assert GAIN * 5e-4 * 200e-6 / np.sqrt(3.0) > 10 * rows["v_gain"]["contribution"]


@pytest.mark.parametrize("times", [2, 4])
def test_the_offset_of_a_net_charge_grows_with_time(record: Record, times: int) -> None:
    short, long = net_budget(record, 100e-6), net_budget(record, times * 100e-6)
    assert long["v"]["contribution"] == pytest.approx(times * short["v"]["contribution"], rel=0.02)
