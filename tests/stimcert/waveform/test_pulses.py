# SPDX-License-Identifier: MIT
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.phases import find_phases
from stimcert.waveform.pulses import Pulses, find_pulses, repetition
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import sampled, train, with_noise

RATE = 1e6


def pulses_of(record: Sampled, gap_limit: float = 150e-6) -> Pulses:
    return find_pulses(find_phases(record), gap_limit=gap_limit)


@settings(max_examples=50, deadline=None)
@given(
    amplitude=st.floats(min_value=1e-5, max_value=0.1),
    width=st.floats(min_value=30e-6, max_value=450e-6),
    gap=st.sampled_from([0.0, 30.5e-6, 100e-6]),
    sign=st.sampled_from([1.0, -1.0]),
    period=st.floats(min_value=3e-3, max_value=0.02),
    noise=st.sampled_from([0.0, 1e-3, 1e-2]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_closed_form(
    amplitude: float, width: float, gap: float, sign: float, period: float, noise: float, dtype: type
) -> None:
    phases = [(width, sign * amplitude), (gap, 0.0), (width, -sign * amplitude)]
    steps = train(phases, first=1.0003e-3, period=period, count=6)
    record = sampled(steps, rate=RATE, seconds=6.0 * period + 1e-3, noise=noise * amplitude, dtype=dtype)
    pulses, edge = pulses_of(record), (0.2 + 12.0 * noise) / RATE
    assert list(pulses.phases) == [2] * 6
    assert list(pulses.first_sign) == [int(sign)] * 6
    np.testing.assert_allclose(pulses.duration, width, atol=edge)
    np.testing.assert_allclose(pulses.gap, gap, atol=edge)
    np.testing.assert_allclose(pulses.width, 2.0 * width + gap, atol=edge)
    np.testing.assert_allclose(pulses.amplitude, sign * amplitude, rtol=5.0 * noise + 1e-6)
    spread = 6.0 * noise / np.sqrt(width * RATE) + 0.01 / (width * RATE)
    assert (pulses.imbalance <= 100.0 * (3.0 * spread + 1e-5)).all()
    np.testing.assert_allclose(repetition(pulses).frequency, 1.0 / period, rtol=2.0 * edge / period)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_monophasic_train(sign: int) -> None:
    steps = train([(300e-6, sign * 5e-3)], first=0.001, period=0.01, count=10)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.1, noise=1e-6))
    assert pulses.sign.tolist() == [[sign]] * 10
    np.testing.assert_allclose(pulses.net_charge, sign * 1.5e-6, rtol=1e-3)
    np.testing.assert_allclose(pulses.imbalance, 100.0)
    assert (pulses.gap == 0.0).all()


def test_imbalance_is_the_net_charge_over_the_larger_one() -> None:
    steps = train([(200e-6, 10e-3), (200e-6, -8e-3)], first=0.001, period=0.01, count=5)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.05))
    np.testing.assert_allclose(pulses.imbalance, 20.0, atol=0.02)
    np.testing.assert_allclose(pulses.net_charge, 0.4e-6, rtol=2e-3)


def test_dc_under_pulses_counts_from_the_zero_and_not_over_the_baseline() -> None:
    steps = train([(200e-6, 10e-3), (200e-6, -10e-3)], first=0.001, period=0.01, count=5)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.05, offset=1e-3))
    np.testing.assert_allclose(pulses.net_charge_over_baseline, 0.0, atol=1e-9)
    assert (pulses.net_charge > 1e-3 * 400e-6 * 0.99).all()
    np.testing.assert_allclose(pulses.amplitude, 11e-3)
    np.testing.assert_allclose(pulses.amplitude_over_baseline, 10e-3)


def test_two_phases_of_one_sign_are_two_pulses() -> None:
    steps = train([(100e-6, 1e-3), (50e-6, 0.0), (100e-6, 1e-3)], first=0.001, period=0.01, count=4)
    assert list(pulses_of(sampled(steps, rate=RATE, seconds=0.04)).phases) == [1] * 8


def test_three_phases_are_one_pulse() -> None:
    phases = [(100e-6, 1e-3), (200e-6, -1e-3), (100e-6, 1e-3)]
    pulses = pulses_of(sampled(train(phases, first=0.001, period=0.01, count=4), rate=RATE, seconds=0.04))
    assert pulses.sign.tolist() == [[1, -1, 1]] * 4
    np.testing.assert_allclose(pulses.imbalance, 0.0, atol=0.01)


def test_pulses_of_different_kinds_leave_zeros_where_no_phase_is() -> None:
    steps = train([(100e-6, 1e-3), (4.9e-3, 0.0), (100e-6, 1e-3), (100e-6, -1e-3)], first=0.001, period=0.01, count=3)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.03))
    assert pulses.sign.tolist() == [[1, 0], [1, -1]] * 3
    assert (pulses.duration[::2, 1] == 0.0).all() and (pulses.charge[::2, 1] == 0.0).all()


def test_a_gap_beyond_the_limit_parts_pulses() -> None:
    steps = train([(100e-6, 1e-3), (200e-6, 0.0), (100e-6, -1e-3)], first=0.001, period=0.01, count=4)
    record = sampled(steps, rate=RATE, seconds=0.04)
    assert len(pulses_of(record, 199e-6)) == 8
    assert len(pulses_of(record, 201e-6)) == 4


def test_a_gapless_square_is_divided_into_cycles() -> None:
    steps = train([(500e-6, 500e-6), (500e-6, -500e-6)], first=0.0, period=1e-3, count=100)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.1))
    assert set(pulses.phases.tolist()) <= {1, 2}
    assert pulses.paired == len(pulses)
    assert repetition(pulses).frequency == pytest.approx(1000.0)
    np.testing.assert_allclose(np.abs(pulses.amplitude), 500e-6)


def test_pulses_that_could_lack_a_phase_are_left_out() -> None:
    """The record begins between the two phases of a pulse, and ends there too."""
    steps = train([(200e-6, 1e-3), (50e-6, 0.0), (200e-6, -1e-3)], first=0.001, period=0.01, count=4)
    whole = sampled(steps, rate=RATE, seconds=0.04)
    cut = Sampled(samples=whole.samples[1225 : 30_000 + 1225], sample_rate=RATE)
    pulses = pulses_of(cut, 100e-6)
    assert list(pulses.first_sign) == [1, 1]
    assert list(pulses.phases) == [2, 2]


@pytest.mark.parametrize("first", [0.0, 0.1e-3, 0.3e-3, 0.6e-3, 0.9e-3])
def test_every_pulse_of_a_gapless_square_is_whole(first: float) -> None:
    steps = train([(500e-6, 1e-3), (500e-6, -1e-3)], first=0.0, period=1e-3, count=21)
    whole = sampled(steps, rate=RATE, seconds=0.021).samples
    record = Sampled(samples=whole[round(first * RATE) :][:20_300], sample_rate=RATE)
    pulses = pulses_of(record, 0.0)
    assert set(pulses.phases.tolist()) == {2}
    assert len(pulses) in {19, 20}
    np.testing.assert_allclose(pulses.imbalance, 0.0, atol=0.05)


def test_spread_of_the_repetition() -> None:
    jitter = 50e-6 * np.random.default_rng(1).standard_normal(200)
    starts = 0.005 + 0.01 * np.arange(200) + jitter
    steps = [step for start in starts for step in train([(200e-6, 1e-3)], first=float(start), period=1.0, count=1)]
    found = repetition(pulses_of(sampled(steps, rate=1e5, seconds=2.01)))
    times = np.diff(starts)
    assert found.frequency == pytest.approx(1.0 / np.median(times), rel=1e-4)
    assert found.spread == pytest.approx(times.std(ddof=1), rel=0.02)
    assert (found.shortest, found.longest) == pytest.approx((times.min(), times.max()), abs=2e-6)
    assert found.intervals == 199


def test_two_pulses_have_no_repetition() -> None:
    steps = train([(200e-6, 1e-3)], first=0.001, period=0.01, count=2)
    with pytest.raises(NotMeasurable) as refused:
        repetition(pulses_of(sampled(steps, rate=RATE, seconds=0.02)))
    assert refused.value.code == "not_observed"


def test_a_record_within_one_pulse_has_none() -> None:
    wave = np.zeros(1000)
    wave[400:600] = 1e-3
    with pytest.raises(NotMeasurable) as refused:
        pulses_of(with_noise(wave, rate=RATE), gap_limit=500e-6)
    assert refused.value.code == "not_observed"


@pytest.mark.parametrize("limit", [-1e-6, float("nan"), float("inf")])
def test_a_gap_limit_that_is_none_is_refused(limit: float) -> None:
    steps = train([(200e-6, 1e-3)], first=0.001, period=0.01, count=2)
    phases = find_phases(sampled(steps, rate=RATE, seconds=0.02))
    with pytest.raises(ValueError, match="gap limit"):
        find_pulses(phases, gap_limit=limit)


def test_the_worked_case_of_a_balanced_50_milliampere_output() -> None:
    """50 mA, 2 × 200 µs, 100 Hz: every meter that averages shows next to nothing."""
    steps = train([(200e-6, 50e-3), (200e-6, -50e-3)], first=0.002, period=0.01, count=30)
    pulses = pulses_of(sampled(steps, rate=RATE, seconds=0.3, noise=50e-6, dtype=np.float32))
    assert np.median(pulses.amplitude) == pytest.approx(50e-3, rel=1e-3)
    np.testing.assert_allclose(pulses.charge[:, 0], 10e-6, rtol=2e-3)
    assert repetition(pulses).frequency == pytest.approx(100.0, rel=1e-5)
