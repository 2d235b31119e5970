# SPDX-License-Identifier: MIT
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import averages
from stimcert.waveform.blocks import outline
from stimcert.waveform.extremes import extremes
from stimcert.waveform.sampled import Sampled
from stimcert.waveform.schedule import Polarity, Reversal, Schedule, polarity, polarity_schedule, reversal

RATE = 1e4


def record(samples: np.ndarray, *, zero: float = 0.0, noise: float = 0.0, seed: int = 0) -> Sampled:
    drawn = noise * np.random.default_rng(seed).standard_normal(len(samples))
    return Sampled(samples=samples + drawn + zero, sample_rate=RATE, zero=zero, noise=noise)


def steps(*levels: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, level) for level, count in levels])


def train(*phases: tuple[float, int], period: int, count: int) -> np.ndarray:
    one = steps(*phases)
    return np.tile(np.concatenate([one, np.zeros(period - len(one))]), count)


def runs_of(one: Sampled, hold: float = 0.1) -> Schedule:
    return polarity_schedule(one, averages(one, cycle=None), hold=hold)


def polarity_of(one: Sampled, *, cycle: float | None = None, u: float = 0.0) -> Polarity:
    found = averages(one, cycle=cycle)
    return polarity(found, polarity_schedule(one, found), u=u)


# --- what has no polarity


def test_noise_has_no_polarity() -> None:
    for seed in range(5):
        with pytest.raises(NotMeasurable) as caught:
            polarity_of(record(np.zeros(50_000), noise=1e-6, seed=seed))
        assert caught.value.code == "polarity_undetermined"


def test_nothing_at_all_has_no_polarity() -> None:
    with pytest.raises(NotMeasurable, match="nothing exceeds"):
        polarity_of(record(np.zeros(1000)))


def test_a_mean_inside_its_uncertainty_has_no_polarity() -> None:
    """3 µA d.c., known to 1 µA: it could be nothing; it must not become balanced."""
    one = record(np.full(10_000, 3e-6), noise=1e-8)
    assert polarity_of(one, u=0.1e-6).kind == "positive"
    with pytest.raises(NotMeasurable) as caught:
        polarity_of(one, u=1e-6)
    assert caught.value.code == "polarity_undetermined"


def test_what_is_no_number_has_no_schedule() -> None:
    good = record(np.ones(1000))
    bad = record(np.full(1000, math.nan))
    with pytest.raises(NotMeasurable) as caught:
        polarity_schedule(bad, averages(good, cycle=None))
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize("hold", [0.0, -1.0, math.nan, math.inf])
def test_hold_must_be_a_time(hold: float) -> None:
    with pytest.raises(ValueError, match="hold"):
        runs_of(record(np.ones(100)), hold)


@pytest.mark.parametrize("sign", [0, 2, -3])
def test_a_sign_is_one_or_minus_one(sign: int) -> None:
    with pytest.raises(ValueError, match="sign"):
        reversal(extremes(record(np.ones(100)), event=1e-3), sign=sign)


# --- kinds


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_each_waveform_has_its_kind(sign: int, noise: float) -> None:
    cases = {
        "direct": (np.ones(20_000), True),
        "monophasic": (train((1.0, 20), period=100, count=200), True),
        "biased": (train((1.0, 20), (-0.3, 20), period=100, count=200), False),
        "balanced": (train((1.0, 20), (-1.0, 20), period=100, count=200), False),
        "gapless": (train((1.0, 50), (-1.0, 50), period=100, count=200), False),
        "asymmetric": (train((1.0, 10), (-0.2, 50), period=100, count=200), False),
        "slow tail": (train((1.0, 10), (-0.025, 400), period=1000, count=20), False),
        "alternating": (steps((1.0, 10_000), (-1.0, 10_000)), False),
        "one swap": (steps((1.0, 30_000), (-1.0, 10_000)), False),
    }
    expected = {
        "direct": "one", "monophasic": "one", "biased": "biased", "balanced": "balanced", "gapless": "balanced",
        "asymmetric": "balanced", "slow tail": "balanced", "alternating": "alternating", "one swap": "alternating",
    }  # fmt: skip
    named = "positive" if sign > 0 else "negative"
    for name, (samples, galvanic) in cases.items():
        found = polarity_of(record(sign * samples, noise=noise))
        assert found.kind == (named if expected[name] == "one" else expected[name]), name
        assert found.galvanic_form is galvanic, name


@pytest.mark.parametrize(("back", "kind"), [(0.009, "positive"), (0.011, "biased"), (0.3, "biased")])
def test_one_sign_is_98_percent(back: float, kind: str) -> None:
    """Of 1 the other way b: |mean| / rectified = (1 − b) / (1 + b)."""
    found = polarity_of(record(train((1.0, 50), (-back, 50), period=100, count=100)))
    assert found.kind == kind
    assert found.ratio == pytest.approx((1.0 - back) / (1.0 + back))


def test_a_ratio_on_the_boundary_is_left_open() -> None:
    back = 0.02 / 1.98
    found = polarity_of(record(train((1.0, 50), (-back, 50), period=100, count=100)), u=1e-3)
    assert found.galvanic_form is None


def test_a_zero_that_is_unsure_makes_no_direct_current_doubtful() -> None:
    """10 µA known to 0.5 µA is one sign whatever its zero; pulses with long pauses are not."""
    assert polarity_of(record(np.full(10_000, 10e-6)), u=0.5e-6).galvanic_form is True
    pulsed = record(train((10e-6, 10), period=100, count=100))
    assert polarity_of(pulsed, u=0.1e-6).galvanic_form is None
    assert polarity_of(pulsed, u=0.1e-9).galvanic_form is True


def test_an_outline_that_is_known_is_used() -> None:
    one = record(train((1.0, 20), (-0.3, 20), period=100, count=20), noise=0.01)
    known = outline(one)
    found = averages(one, cycle=0.01, known=known)
    assert found == averages(one, cycle=0.01)
    assert polarity_schedule(one, found, known=known).sign.tolist() == polarity_schedule(one, found).sign.tolist()


def test_a_sampled_cycle_that_is_cut_is_no_bias() -> None:
    """2 × 12.5 samples in 100.5: whole cycles end within a sample, and the doubt of that is in the threshold."""
    t = np.arange(1010) % 100.5
    one = record(np.where(t < 12.5, 1.0, np.where(t < 25.0, -1.0, 0.0)))
    assert polarity_of(one, cycle=100.5 / RATE).kind == "balanced"


@given(st.floats(1e-6, 1.0), st.floats(0.0, 0.02), st.sampled_from([1, -1]), st.floats(-1.0, 1.0))
@settings(max_examples=50)
def test_scaling_sign_and_zero(amplitude: float, noise: float, sign: int, zero: float) -> None:
    samples = train((1.0, 30), (-0.5, 20), period=100, count=50)
    plain = polarity_of(record(samples))
    one = record(sign * amplitude * samples, noise=noise * amplitude, zero=zero * amplitude)
    found = polarity_of(one)
    assert (found.kind, found.sign) == (plain.kind, sign * plain.sign)
    back = Sampled(samples=one.samples[::-1], sample_rate=RATE, zero=one.zero, noise=one.noise)
    assert polarity_of(back).kind == found.kind


def test_a_cut_at_the_ends_of_one_cycle_is_no_bias() -> None:
    """One cycle of 20.5 samples, begun inside of a phase: half a sample of it is missing."""
    at = np.arange(22) + 2.0
    charge = at // 20.5 * 0.0 + np.minimum(at % 20.5, 5.0) - np.clip(at % 20.5 - 5.0, 0.0, 5.0)
    one = record(np.diff(charge))
    found = averages(one, cycle=20.5 / RATE)
    assert abs(found.mean) > 0.02 * found.rectified
    assert polarity(found, polarity_schedule(one, found)).kind == "balanced"


def test_an_undershoot_has_no_sign() -> None:
    found = runs_of(record(train((1.0, 50), (-0.05, 10), period=100, count=50)))
    assert found.sign.tolist() == [1]


# --- schedules


@given(
    st.lists(st.integers(1500, 4000), min_size=1, max_size=6), st.integers(0, 600), st.sampled_from([1, -1]),
    st.sampled_from([0.0, 0.04]),
)  # fmt: skip
@settings(max_examples=40)
def test_a_swap_is_seen_when_and_how_it_happens(times: list[int], gap: int, sign: int, noise: float) -> None:
    levels = [part for run, length in enumerate(times) for part in ((sign * (-1.0) ** run, length), (0.0, gap))]
    found = runs_of(record(steps(*levels), noise=noise))
    starts = np.cumsum([0, *[length + gap for length in times[:-1]]])
    assert found.start.tolist() == starts.tolist()
    assert found.stop.tolist() == (starts + times).tolist()
    assert found.sign.tolist() == [sign * (-1) ** run for run in range(len(times))]
    assert found.gaps.tolist() == pytest.approx([gap / RATE] * (len(times) - 1))
    assert found.durations.tolist() == pytest.approx([length / RATE for length in times])
    assert found.both is (len(times) > 1)


def test_pulses_that_swap_every_two_seconds() -> None:
    """Microcurrent of 2 s positive, 2 s negative, and again."""
    plus, minus = train((1.0, 50), period=100, count=200), train((-1.0, 50), period=100, count=200)
    found = runs_of(record(np.concatenate([plus, minus, plus]), noise=0.02))
    assert found.sign.tolist() == [1, -1, 1]
    assert found.durations == pytest.approx([2.0, 2.0, 2.0], abs=0.006)
    assert found.gaps == pytest.approx([0.005, 0.005], abs=1e-9)


def test_what_takes_turns_fast_is_one_run_of_both() -> None:
    biphasic = train((1.0, 20), (-1.0, 20), period=100, count=50)
    found = runs_of(record(np.concatenate([biphasic, np.ones(5000), biphasic])))
    assert found.sign.tolist() == [0, 1, 0]


def test_a_single_pulse_the_other_way_stays_visible() -> None:
    samples = train((1.0, 50), period=100, count=100)
    samples[5000:5020] = -1.0
    found = runs_of(record(samples))
    assert found.sign.tolist() == [1, -1, 1]
    assert (found.start[1], found.stop[1]) == (5000, 5020)


def test_a_spike_does_not_hide_its_plateau() -> None:
    """A d.c. voltage on skin: a spike of 20 times the level that follows, at each swap."""
    samples = steps((20.0, 5), (1.0, 20_000), (-20.0, 5), (-1.0, 20_000))
    assert runs_of(record(samples)).durations == pytest.approx([2.0005, 2.0005])


@pytest.mark.parametrize("count", [1, 255, 256, 257, 512, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_chunks_join_without_a_seam(count: int, dtype: type) -> None:
    one = Sampled(samples=np.full(count, -2.0, dtype=dtype), sample_rate=RATE)
    found = runs_of(one)
    assert (found.start.tolist(), found.stop.tolist(), found.sign.tolist()) == ([0], [count], [-1])


@given(st.integers(0, 2**32 - 1), st.integers(10, 2000))
@settings(max_examples=60)
def test_runs_are_those_of_a_plain_search(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    samples = np.repeat(rng.integers(-1, 2, count), rng.integers(1, 30, count)).astype(np.float64)
    if not samples.any():
        return
    found = runs_of(record(samples), hold=0.5 / RATE)
    signs = samples[samples != 0]
    plain = signs[np.concatenate(([True], signs[1:] != signs[:-1]))]
    assert found.sign.tolist() == plain.tolist()
    assert all(samples[start] == sign == samples[stop - 1] for start, stop, sign in zip(
        found.start, found.stop, found.sign, strict=True))  # fmt: skip


# --- reversals


@pytest.mark.parametrize("sign", [1, -1])
def test_direct_current_that_reverses_for_a_moment(sign: int) -> None:
    samples = np.full(20_000, 3e-3)
    samples[12_000:12_020] = -0.1e-3
    found = reversal(extremes(record(sign * samples, noise=10e-6), event=1e-3), sign=sign)
    assert isinstance(found, Reversal)
    assert found.extreme == pytest.approx(sign * -0.1e-3, abs=15e-6)
    assert found.at == pytest.approx(1.2, abs=2e-3)


def test_noise_around_zero_is_no_reversal() -> None:
    for seed in range(20):
        assert reversal(extremes(record(np.zeros(20_000), noise=1e-6, seed=seed), event=1e-3), sign=1) is None


def test_pulses_of_one_sign_do_not_reverse() -> None:
    found = extremes(record(train((1.0, 20), period=100, count=100), noise=0.01), event=1e-3)
    assert reversal(found, sign=1) is None
    assert reversal(found, sign=-1) is not None
