# SPDX-License-Identifier: MIT
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import Averages, averages, folded_excess
from stimcert.waveform.sampled import Sampled

RATE = 1e6
DTYPES = st.sampled_from([np.float32, np.float64])
AMPLITUDES = st.floats(min_value=1e-6, max_value=0.1)
SIGNS = st.sampled_from([1.0, -1.0])


def record(samples: np.ndarray, *, zero: float = 0.0, noise: float = 0.0, rate: float = RATE) -> Sampled:
    return Sampled(samples=samples, sample_rate=rate, zero=zero, noise=noise)


def pulses(*phases: tuple[float, int], period: int, count: int, dtype: type = np.float64) -> np.ndarray:
    """A train of pulses, each of some (amplitude, samples), then quiet to the period."""
    one = np.concatenate([np.full(length, level) for level, length in phases])
    train = np.zeros((count, period))
    train[:, : len(one)] = one
    return train.reshape(-1).astype(dtype)


def noisy(samples: np.ndarray, sigma: float, seed: int = 1) -> Sampled:
    drawn = np.random.default_rng(seed).standard_normal(len(samples)) * sigma
    return record((samples + drawn).astype(samples.dtype), noise=sigma)


# --- what cannot be averaged


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 9.9e37, -9.9e37])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_no_number_is_not_averaged(bad: float, dtype: type) -> None:
    samples = np.zeros(1000, dtype=dtype)
    samples[500] = bad
    with pytest.raises(NotMeasurable) as caught:
        averages(record(samples), cycle=None)
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize(("count", "cycle"), [(0, None), (0, 1e-3), (999, 1e-3)])
def test_a_record_shorter_than_its_cycle_has_no_average(count: int, cycle: float | None) -> None:
    with pytest.raises(NotMeasurable) as caught:
        averages(record(np.ones(count)), cycle=cycle)
    assert caught.value.code == "not_observed"


def test_a_cycle_that_the_rate_cannot_resolve_is_refused() -> None:
    with pytest.raises(NotMeasurable) as caught:
        averages(record(np.ones(1000)), cycle=1.5e-6)
    assert caught.value.code == "bandwidth"


@pytest.mark.parametrize("cycle", [0.0, -1.0, math.nan, math.inf])
def test_a_cycle_must_be_one(cycle: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        averages(record(np.ones(1000)), cycle=cycle)


@pytest.mark.parametrize(
    ("rate", "zero", "noise"), [(0.0, 0.0, 0.0), (math.nan, 0.0, 0.0), (1.0, math.nan, 0.0), (1.0, 0.0, -1.0)]
)
def test_a_record_must_be_one(rate: float, zero: float, noise: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        averages(record(np.ones(9), rate=rate, zero=zero, noise=noise), cycle=None)


@pytest.mark.parametrize("seed", range(8))
def test_a_dead_record_has_no_crest_and_no_form(seed: int) -> None:
    found = averages(noisy(np.zeros(10_000), 1e-3, seed), cycle=None)
    assert (found.crest, found.form, found.level) == (None, None, 0.0)
    assert found.rms < 2.0 * found.rms_doubt
    assert found.rectified <= 3.0 * found.rectified_doubt


# --- closed forms


@given(AMPLITUDES, st.integers(1, 400), st.integers(1, 400), st.integers(0, 100), SIGNS, DTYPES)
@settings(max_examples=60)
def test_balanced_pulses(amplitude: float, width: int, quiet: int, gap: int, sign: float, dtype: type) -> None:
    period = 2 * width + gap + quiet
    train = pulses(
        (sign * amplitude, width), (0.0, gap), (-sign * amplitude, width), period=period, count=20, dtype=dtype
    )
    found = averages(record(train), cycle=period / RATE)
    duty = 2 * width / period
    assert found.cycles == 20
    assert found.mean == pytest.approx(0.0, abs=1e-6 * amplitude)
    assert found.rectified == pytest.approx(amplitude * duty, rel=2e-6)
    assert found.rms == pytest.approx(amplitude * math.sqrt(duty), rel=2e-6)
    assert found.ac_rms == pytest.approx(found.rms, rel=2e-6)
    assert found.level == pytest.approx(amplitude, rel=1e-5)
    assert found.crest == pytest.approx(1.0 / math.sqrt(duty), rel=1e-5)
    assert found.form == pytest.approx(1.0 / math.sqrt(duty), rel=1e-5)


@given(AMPLITUDES, st.floats(-0.5, 0.5), st.integers(1, 300), st.integers(1, 300), DTYPES)
@settings(max_examples=60)
def test_pulses_on_direct_current(amplitude: float, share: float, width: int, quiet: int, dtype: type) -> None:
    level, period = share * amplitude, width + quiet
    train = pulses((amplitude, width), period=period, count=11, dtype=dtype) + dtype(level)
    found = averages(record(train), cycle=period / RATE)
    duty = width / period
    assert found.mean == pytest.approx(amplitude * duty + level, abs=2e-6 * amplitude)
    assert found.ac_rms == pytest.approx(amplitude * math.sqrt(duty * (1.0 - duty)), rel=1e-4, abs=1e-6 * amplitude)
    assert found.rectified == pytest.approx(
        abs(amplitude + level) * duty + abs(level) * (1.0 - duty), abs=2e-6 * amplitude
    )


def test_the_averaging_meter_sees_nothing_of_balanced_pulses() -> None:
    """50 mA, 2 × 200 µs, 100 Hz: mean 0, true r.m.s. 10.0 mA, rectified mean 2.0 mA."""
    found = averages(record(pulses((0.05, 200), (-0.05, 200), period=10_000, count=10)), cycle=0.01)
    assert found.mean == pytest.approx(0.0, abs=1e-12)
    assert found.rms == pytest.approx(10.0e-3)
    assert found.rectified == pytest.approx(2.0e-3)
    assert 1.1107 * found.rectified == pytest.approx(2.22e-3, rel=2e-3)


def test_a_burst_with_a_low_mean() -> None:
    """5 mA, 100 µs, 20 pulses a second: mean 10 µA, r.m.s. 0.22 mA."""
    burst = np.zeros(1_000_000)
    burst[: 20 * 10_000] = pulses((5e-3, 100), period=10_000, count=20)
    found = averages(record(burst), cycle=1.0)
    assert found.mean == pytest.approx(10e-6)
    assert found.rms == pytest.approx(0.22e-3, rel=0.02)


def test_a_sine() -> None:
    t = np.arange(100_000) / RATE
    found = averages(record(np.sin(2.0 * np.pi * 1000.0 * t)), cycle=1e-3)
    assert found.rms == pytest.approx(math.sqrt(0.5))
    assert found.rectified == pytest.approx(2.0 / math.pi, rel=1e-4)
    assert found.crest == pytest.approx(math.sqrt(2.0))
    assert found.form == pytest.approx(1.1107, rel=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_small_ripple_on_direct_current_does_not_cancel(dtype: type) -> None:
    """3 mA with 0.03 % of ripple: the squares agree in seven digits."""
    t = np.arange(200_000)
    found = averages(record((3e-3 + 1e-6 * np.sin(2.0 * np.pi * t / 200)).astype(dtype)), cycle=200 / RATE)
    assert found.ac_rms == pytest.approx(1e-6 / math.sqrt(2.0), rel=1e-2)


def test_only_whole_cycles_count() -> None:
    train = pulses((1.0, 100), period=1000, count=10)[:9500]
    found = averages(record(train), cycle=1e-3)
    assert (found.cycles, found.duration) == (9, pytest.approx(9e-3))
    assert found.mean == pytest.approx(0.1)
    assert averages(record(train), cycle=None).mean == pytest.approx(1000 / 9500)


@given(st.integers(0, 999))
@settings(max_examples=30)
def test_a_cycle_begun_anywhere_is_within_its_ends(shift: int) -> None:
    """A period of 1000.5 samples: the edges are rounded, and the doubt of that is stated."""
    t = np.arange(10_501) + shift
    train = np.diff(t // 1000.5 * 250.0 + np.minimum(t % 1000.5, 250.0))
    found = averages(record(train), cycle=1000.5 / RATE)
    assert abs(found.mean - 250.0 / 1000.5) <= found.ends
    assert found.ends == pytest.approx(1.0 / round(found.duration * RATE))


def test_direct_current_has_no_ends() -> None:
    assert averages(record(np.linspace(1.0, 2.0, 1000)), cycle=None).ends == 0.0


def test_the_crest_takes_the_peak_that_it_is_given() -> None:
    assert averages(record(np.ones(100)), cycle=None, peak=3.0).crest == pytest.approx(3.0)


# --- laws


TRAINS = st.lists(st.tuples(st.floats(-1.0, 1.0), st.integers(1, 40)), min_size=1, max_size=8)


def fields(found: Averages) -> tuple[float, ...]:
    return found.mean, found.rms, found.ac_rms, found.rectified


@given(TRAINS, st.floats(0.01, 100.0))
@settings(max_examples=60)
def test_scaling_sign_time_and_zero(phases: list[tuple[float, int]], scale: float) -> None:
    samples = np.concatenate([np.full(length, level) for level, length in phases])
    mean, *sizes = fields(averages(record(samples), cycle=None))
    close = {"rel": 1e-9, "abs": 1e-7}
    assert fields(averages(record(scale * samples), cycle=None)) == pytest.approx(
        [scale * value for value in (mean, *sizes)], rel=1e-9, abs=1e-7 * scale
    )
    assert fields(averages(record(-samples), cycle=None)) == pytest.approx([-mean, *sizes], **close)
    assert fields(averages(record(samples[::-1]), cycle=None)) == pytest.approx([mean, *sizes], **close)
    assert fields(averages(record(samples + 3.0, zero=3.0), cycle=None)) == pytest.approx([mean, *sizes], **close)
    assert fields(averages(record(np.tile(samples, 5)), cycle=None)) == pytest.approx([mean, *sizes], **close)


@given(TRAINS)
@settings(max_examples=60)
def test_mean_is_below_rectified_is_below_rms(phases: list[tuple[float, int]]) -> None:
    found = averages(record(np.concatenate([np.full(length, level) for level, length in phases])), cycle=None)
    assert abs(found.mean) <= found.rectified + 1e-12 <= found.rms + 2e-12
    assert found.mean**2 + found.ac_rms**2 == pytest.approx(found.rms**2, abs=1e-12)


# --- noise


@pytest.mark.parametrize("sigma", [0.003, 0.03, 0.3])
@pytest.mark.parametrize("width", [0, 10, 200, 500])
def test_noise_is_taken_off_within_the_doubt(sigma: float, width: int) -> None:
    train = pulses((1.0, width), (-1.0, width), period=1000, count=400)
    found = averages(noisy(train, sigma), cycle=1e-3)
    duty = 2 * width / 1000
    assert found.rectified == pytest.approx(duty, abs=3.0 * found.rectified_doubt)
    assert found.rms**2 == pytest.approx(duty, abs=6.0 * max(found.rms, found.rms_doubt) * found.rms_doubt)
    assert found.mean == pytest.approx(0.0, abs=4.0 * found.mean_doubt)
    if 0 < width < 500 and sigma < 0.1:
        assert found.rectified_noise == pytest.approx((1.0 - duty) * sigma * math.sqrt(2.0 / math.pi), rel=0.1)


@pytest.mark.parametrize("level", [0.5, 1.0, 2.0, 4.0])
def test_a_level_inside_the_noise_is_within_the_doubt(level: float) -> None:
    found = averages(noisy(np.full(200_000, level), 1.0), cycle=None)
    assert abs(found.rectified - level) <= 2.0 * found.rectified_doubt
    assert found.rectified_noise > 0.0 or level > 3.0


def test_half_of_a_record_inside_the_noise_is_within_the_doubt() -> None:
    train = pulses((1.0, 100), (0.3, 400), period=1000, count=400)
    found = averages(noisy(train, 0.3), cycle=1e-3)
    assert abs(found.rectified - 0.22) <= 2.0 * found.rectified_doubt


def test_a_noise_that_is_wrong_is_within_the_doubt() -> None:
    honest = noisy(pulses((1.0, 100), (-1.0, 100), period=1000, count=400), 0.1)
    said = record(honest.samples, noise=0.11)
    found = averages(said, cycle=1e-3, noise_doubt=0.1)
    assert abs(found.rectified - 0.2) <= 2.0 * found.rectified_doubt
    assert abs(found.rms - math.sqrt(0.2)) <= 2.0 * found.rms_doubt


def test_what_is_quiet_is_found_from_a_subsample() -> None:
    """More than 2²⁰ samples: every seventh is looked at; the promised bound is a thousandth of the noise."""
    train = pulses((1.0, 200), (-1.0, 200), period=5000, count=500, dtype=np.float32)
    found = averages(noisy(train, 0.02), cycle=5e-3)
    assert found.rectified_noise == pytest.approx(0.92 * 0.02 * math.sqrt(2.0 / math.pi), abs=0.001 * 0.02)


def test_the_subsample_is_taken_everywhere() -> None:
    """Each piece of the record begins loud and ends quiet."""
    train = pulses((1.0, 32_768), period=65_536, count=20, dtype=np.float32)
    found = averages(noisy(train, 0.02), cycle=None)
    assert found.rectified_noise == pytest.approx(0.5 * 0.02 * math.sqrt(2.0 / math.pi), rel=0.01)


@pytest.mark.parametrize("level", [0.02, 3e-3, 1.1])
def test_sums_in_single_precision_keep_six_digits(level: float) -> None:
    exact = float(np.float32(level))
    found = averages(record(np.full(1_000_000, level, dtype=np.float32)), cycle=None)
    assert (found.mean, found.rms, found.rectified) == pytest.approx((exact, exact, exact), rel=1e-6)


def test_noise_is_taken_off_a_small_ripple() -> None:
    found = averages(noisy(np.full(100_000, 1.0), 1e-3), cycle=None)
    assert found.ac_rms < 1.5e-4


@pytest.mark.parametrize("size", [0.0, 0.3, 1.0, 2.0, 5.0])
def test_what_noise_adds_to_a_magnitude(size: float) -> None:
    drawn = np.random.default_rng(7).standard_normal(400_000)
    assert folded_excess(2.0 * size, 2.0) == pytest.approx(2.0 * (np.abs(size + drawn).mean() - size), abs=0.02)
    assert folded_excess(0.0, 2.0) == pytest.approx(2.0 * math.sqrt(2.0 / math.pi))
