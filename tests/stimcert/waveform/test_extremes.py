# SPDX-License-Identifier: MIT
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.blocks import outline
from stimcert.waveform.extremes import Extremes, extremes
from stimcert.waveform.peak import absolute_peak, moving_mean
from stimcert.waveform.sampled import Sampled

RATE = 1e6


def record(samples: np.ndarray, *, zero: float = 0.0, noise: float = 0.0) -> Sampled:
    return Sampled(samples=samples, sample_rate=RATE, zero=zero, noise=noise)


def raws(found: Extremes) -> tuple[float, float, float]:
    return found.positive.raw, found.negative.raw, abs(found.absolute.raw)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 9.9e37])
def test_what_is_no_number_has_no_extremes(bad: float) -> None:
    samples = np.zeros(1000)
    samples[-1] = bad
    with pytest.raises(NotMeasurable) as caught:
        extremes(record(samples), event=1e-5)
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize("count", [0, 9])
def test_a_record_shorter_than_the_event_has_no_extremes(count: int) -> None:
    with pytest.raises(NotMeasurable) as caught:
        extremes(record(np.ones(count)), event=1e-5)
    assert caught.value.code == "not_observed"


def test_an_event_must_last() -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        extremes(record(np.ones(9)), event=math.nan)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 3000),
    st.sampled_from([1, 2, 7, 10, 255, 256, 257, 600]),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([0.0, 0.1, 1.0]),
    st.sampled_from([0.0, 0.25, 7.0, -7.0]),
)
@settings(max_examples=150)
def test_nothing_is_overlooked(seed: int, count: int, window: int, dtype: type, sigma: float, zero: float) -> None:
    """Whatever is left out because it cannot matter: the same windows as by averaging all."""
    rng = np.random.default_rng(seed)
    levels = np.repeat(rng.integers(-3, 4, size=count), rng.integers(1, 60, size=count))[:count]
    samples = (levels + sigma * rng.standard_normal(count) + zero).astype(dtype)
    if count < window:
        return
    found = extremes(record(samples, zero=zero, noise=sigma), event=window / RATE)
    means = moving_mean(samples, window) - zero
    assert found.positive.raw == pytest.approx(means.max(), abs=1e-5)
    assert found.negative.raw == pytest.approx(means.min(), abs=1e-5)
    assert means[found.positive.index] == pytest.approx(means.max(), abs=1e-5)
    assert means[found.negative.index] == pytest.approx(means.min(), abs=1e-5)
    assert abs(found.absolute.raw) == pytest.approx(np.abs(means).max(), abs=1e-5)


@pytest.mark.parametrize("zero", [0.0, 7.0, -7.0])
@pytest.mark.parametrize("at", [0, 9_996, 10_235, 10_240, 19_990])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_plateau_is_found_among_higher_spikes(zero: float, at: int, noise: float) -> None:
    """Spikes of one sample make other places look likelier."""
    samples = noise * np.random.default_rng(at).standard_normal(20_000)
    samples[100::200] = 5.0
    samples[at : at + 10] = 1.0
    samples[5000:5010] = -3.0
    for sign in (1.0, -1.0):
        found = extremes(record(sign * samples + zero, zero=zero, noise=noise), event=1e-5)
        extreme = found.positive if sign > 0 else found.negative
        assert sign * extreme.raw == pytest.approx(moving_mean(samples, 10).max())


@pytest.mark.parametrize("level", [0.0, 0.5, 4.0])
@pytest.mark.parametrize("window", [1, 10])
def test_the_absolute_peak_is_that_of_the_plain_way(level: float, window: int) -> None:
    samples = np.random.default_rng(2).standard_normal(60_000)
    samples[20_000:40_000] += level
    found = extremes(record(samples, noise=1.0), event=window / RATE).absolute
    plain = absolute_peak(samples, window, zero=0.0, noise=1.0)
    assert found.raw == pytest.approx(plain.raw)
    assert abs(found.value) == pytest.approx(plain.magnitude, abs=0.15 * plain.noise)
    assert found.alignment == plain.alignment


@pytest.mark.parametrize("count", [50_000, 3_000_000])
def test_direct_current_is_not_raised_by_its_noise(count: int) -> None:
    samples = (3.0 + 0.1 * np.random.default_rng(4).standard_normal(count)).astype(np.float32)
    found = extremes(record(samples, noise=0.1), event=1e-5)
    for extreme in (found.positive, found.negative, found.absolute):
        assert extreme.value == pytest.approx(3.0, abs=1.5 * found.positive.noise)
        assert abs(extreme.raw - 3.0) > 3.0 * extreme.noise
    assert found.peak_to_peak < 0.1


def test_counting_a_subsample_changes_little() -> None:
    """Half a million windows share the level, one in seven is counted."""
    samples = np.zeros(800_000)
    samples[100_000:600_000] = 1.0
    samples += 0.1 * np.random.default_rng(6).standard_normal(len(samples))
    found = extremes(record(samples, noise=0.1), event=1e-5).absolute
    plain = absolute_peak(samples, 10, zero=0.0, noise=0.1)
    assert found.excess == pytest.approx(plain.excess, abs=0.05)


def test_a_short_event_stands_alone() -> None:
    samples = np.zeros(100_000)
    samples[50_000:50_010] = -1.0
    found = extremes(record(samples, noise=1e-3), event=1e-5)
    assert (found.negative.value, found.negative.windows) == (-1.0, 1)
    assert found.absolute == found.negative


def test_both_signs_share_the_level_of_a_balanced_waveform() -> None:
    square = np.tile(np.repeat([1.0, -1.0], 500), 50)
    found = extremes(record(square + 0.01 * np.random.default_rng(8).standard_normal(50_000), noise=0.01), event=1e-5)
    assert found.absolute.windows > 1.3 * max(found.positive.windows, found.negative.windows)
    assert found.absolute.excess > max(found.positive.excess, found.negative.excess)


def test_a_short_plateau_that_noise_lifted_high_is_doubted_beyond_its_correction() -> None:
    samples = np.zeros(1000)
    samples[500:550] = 1.0
    samples[520:530] = 1.3
    top = extremes(record(samples, noise=0.1 * 10**0.5), event=1e-5).positive
    assert top.doubt > top.excess


def test_direct_current_under_pulses() -> None:
    """300 µA d.c. and pulses of 400 µA are 700 µA; the baseline takes the 300 µA off."""
    samples = np.full(10_000, 300e-6)
    samples[::1000] += 0.0
    samples[5000:5200] += 400e-6
    found = extremes(record(samples), event=1e-5)
    assert found.absolute.value == pytest.approx(700e-6)
    assert found.negative.value == pytest.approx(300e-6)
    assert found.peak_to_peak == pytest.approx(400e-6)
    assert found.baseline_to_peak(300e-6) == pytest.approx(400e-6)
    assert found.baseline_to_peak(0.0) == pytest.approx(700e-6)


def test_a_gapless_square() -> None:
    samples = np.tile(np.repeat([500e-6, -500e-6], 500), 20)
    found = extremes(record(samples), event=1e-5)
    assert (found.positive.value, found.negative.value) == pytest.approx((500e-6, -500e-6))
    assert found.peak_to_peak == pytest.approx(1e-3)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("early", [0.25, 0.5])
def test_an_event_between_samples_is_within_the_alignment(sign: float, early: float) -> None:
    samples = np.zeros(1000)
    samples[500:511] = sign * np.array([1.0 - early, *[1.0] * 9, early])
    samples[520:700] = -2.0 * sign
    found = extremes(record(samples + 0.3, zero=0.3), event=1e-5)
    extreme = found.positive if sign > 0 else found.negative
    assert abs(extreme.value) + extreme.alignment == pytest.approx(1.0)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10.0))
@settings(max_examples=40)
def test_scaling_sign_time_and_zero(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    samples = np.repeat(rng.uniform(-1.0, 1.0, 60), rng.integers(1, 60, 60))
    up, down, most = raws(extremes(record(samples), event=1e-5))
    assert raws(extremes(record(scale * samples), event=1e-5)) == pytest.approx(
        (scale * up, scale * down, scale * most)
    )
    assert raws(extremes(record(-samples), event=1e-5)) == pytest.approx((-down, -up, most))
    assert raws(extremes(record(samples[::-1]), event=1e-5)) == pytest.approx((up, down, most))
    assert raws(extremes(record(samples + 2.0, zero=2.0), event=1e-5)) == pytest.approx((up, down, most))


def test_an_outline_that_is_known_is_used() -> None:
    samples = np.random.default_rng(0).standard_normal(5000)
    one = record(samples)
    assert extremes(one, event=1e-5, known=outline(one)) == extremes(one, event=1e-5)
