# SPDX-License-Identifier: MIT
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.edges import Shape, droop, fall_time, max_slope, overshoot, ramp_time, rise_time, shape
from stimcert.waveform.sampled import Sampled

RATE = 1e6


def record(samples: np.ndarray, *, zero: float = 0.0, noise: float = 0.0, seed: int = 0) -> Sampled:
    drawn = noise * np.random.default_rng(seed).standard_normal(len(samples))
    return Sampled(samples=samples + drawn + zero, sample_rate=RATE, zero=zero, noise=noise)


def trapezoid(rise: float, top: float, fall: float, *, before: float = 50.3, after: float = 60.0) -> np.ndarray:
    """A trapezoid of height 1, its corners in samples, each sample the mean over its period."""
    corners = np.cumsum([before, rise, top, fall])
    heights = [0.0, 1.0, 1.0, 0.0]
    fine = (np.arange(int((corners[-1] + after) * 50)) + 0.5) / 50
    values = np.interp(fine, corners, heights)
    return values[: len(values) // 50 * 50].reshape(-1, 50).mean(axis=1)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(NotMeasurable) as caught:
        act()
    return caught.value.code


# --- what cannot be measured


@pytest.mark.parametrize("act", [shape, max_slope, ramp_time])
def test_what_is_no_number_has_no_edges(act: Callable[[Sampled], object]) -> None:
    assert code_of(lambda: act(record(np.array([0.0, math.nan, 1.0, 0.0])))) == "not_a_number"


@pytest.mark.parametrize("act", [shape, max_slope, ramp_time])
def test_noise_has_no_edges(act: Callable[[Sampled], object]) -> None:
    noise = record(np.zeros(1000), noise=1.0)
    calm = Sampled(samples=noise.samples, sample_rate=RATE, noise=1.0)
    assert code_of(lambda: act(calm)) == "not_observed"


@pytest.mark.parametrize("act", [shape, max_slope, ramp_time])
def test_nothing_has_no_edges(act: Callable[[Sampled], object]) -> None:
    assert code_of(lambda: act(record(np.zeros(100)))) == "not_observed"


def test_an_excursion_needs_samples() -> None:
    samples = np.zeros(100)
    samples[50:54] = 1.0
    assert code_of(lambda: shape(record(samples))) == "bandwidth"


@pytest.mark.parametrize("cut", [slice(60, None), slice(None, 100)])
def test_an_excursion_that_is_cut_has_no_shape(cut: slice) -> None:
    samples = np.zeros(200)
    samples[50:150] = 1.0
    assert code_of(lambda: shape(record(samples[cut]))) == "not_observed"


def test_a_step_has_no_rise_time() -> None:
    samples = np.zeros(200)
    samples[50:150] = 1.0
    found = shape(record(samples))
    assert code_of(lambda: rise_time(found)) == "bandwidth"
    assert code_of(lambda: fall_time(found)) == "bandwidth"
    assert code_of(lambda: max_slope(record(samples))) == "bandwidth"


def test_an_edge_that_is_cut_has_no_time() -> None:
    found = shape(record(trapezoid(100, 200, 100, before=0.0)[40:]))
    assert code_of(lambda: rise_time(found)) == "not_observed"
    assert fall_time(found) == pytest.approx(80e-6)


# --- closed forms


@given(
    st.floats(5.5, 200), st.floats(30, 400), st.floats(5.5, 200), st.floats(1e-6, 0.1), st.sampled_from([1, -1]),
    st.floats(-1.0, 1.0),
)  # fmt: skip
@settings(max_examples=80)
def test_a_trapezoid(rise: float, top: float, fall: float, amplitude: float, sign: int, baseline: float) -> None:
    top += 6.0 * (rise + fall)
    samples = sign * amplitude * trapezoid(rise, top, fall) + baseline * amplitude
    found = shape(record(samples), baseline=baseline * amplitude)
    assert found.plateau == pytest.approx(sign * amplitude)
    assert found.width == pytest.approx((top + (rise + fall) / 2.0) / RATE, abs=0.02 / RATE)
    assert rise_time(found) == pytest.approx(0.8 * rise / RATE, abs=(0.25 if min(rise, fall) < 15 else 0.01) / RATE)
    assert fall_time(found) == pytest.approx(0.8 * fall / RATE, abs=(0.25 if min(rise, fall) < 15 else 0.01) / RATE)
    assert overshoot(found) == pytest.approx(0.0, abs=1e-6)
    assert droop(found) == pytest.approx(0.0, abs=0.5)
    assert max_slope(record(samples)) == pytest.approx(amplitude * RATE / min(rise, fall), rel=0.01)


def test_time_reversal_swaps_rise_and_fall() -> None:
    there = shape(record(trapezoid(20, 200, 60)))
    back = shape(record(trapezoid(20, 200, 60)[::-1]))
    assert (rise_time(there), fall_time(there)) == pytest.approx((fall_time(back), rise_time(back)))
    assert there.width == pytest.approx(back.width)


@pytest.mark.parametrize("tau", [5.0, 20.0, 100.0])
def test_an_exponential_edge_rises_in_2_2_time_constants(tau: float) -> None:
    """t(90 %) − t(10 %) = τ·ln 9."""
    t = np.arange(int(40 * tau)) - 100.0
    samples = np.where(t > 0, 1.0 - np.exp(-np.maximum(t, 0.0) / tau), 0.0)
    samples = np.concatenate([samples, np.zeros(50)])
    assert rise_time(shape(record(samples))) == pytest.approx(tau * math.log(9.0) / RATE, rel=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("excess", [0.0, 0.1, 0.5, 1.5])
def test_ringing_is_overshoot_and_no_plateau(excess: float, noise: float) -> None:
    """Even where it is more than twice the plateau."""
    t = np.arange(2000)
    samples = np.concatenate([np.zeros(200), 1.0 + excess * np.exp(-t / 30) * np.cos(t / 3), np.zeros(200)])
    found = shape(record(samples, noise=noise))
    assert found.plateau == pytest.approx(1.0, abs=0.02)
    assert overshoot(found) == pytest.approx(100.0 * excess, abs=2.0)


def test_the_plateau_of_a_triangle_is_where_it_holds_itself() -> None:
    """The median over the middle 80 % of the width at p/2 is 0.6 + 0.2p: p = 0.75."""
    samples = np.concatenate([np.arange(1000), 1000 - np.arange(1001), np.zeros(10)]) / 1000
    assert shape(record(samples)).plateau == pytest.approx(0.75, abs=0.002)


def test_a_spike_on_a_small_plateau() -> None:
    """A voltage pulse on skin: 7.1 mA at first, 0.18 mA then."""
    t = np.arange(1000)
    samples = np.concatenate([np.zeros(50), 0.18 + 6.92 * np.exp(-t / 5.5), np.zeros(50)])
    found = shape(record(samples))
    assert found.plateau == pytest.approx(0.18, rel=0.01)
    assert overshoot(found) == pytest.approx(100.0 * 6.92 / 0.18, rel=0.02)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("slope", [-0.2, 0.0, 0.1, 0.5])
def test_a_straight_droop(slope: float, noise: float) -> None:
    t = np.arange(1000) / 1000
    samples = np.concatenate([np.zeros(100), 1.0 - slope * t, np.zeros(100)])
    assert droop(shape(record(samples, noise=noise))) == pytest.approx(100.0 * slope, abs=0.6)


@pytest.mark.parametrize(("ratio", "allowed"), [(0.1, 0.01), (0.3, 0.012), (1.0, 0.07)])
def test_an_exponential_droop_is_within_what_is_promised(ratio: float, allowed: float) -> None:
    samples = np.concatenate([np.zeros(100), np.exp(-ratio * np.arange(2000) / 2000), np.zeros(100)])
    expected = 100.0 * (1.0 - math.exp(-ratio))
    assert droop(shape(record(samples))) == pytest.approx(expected, rel=allowed)


@pytest.mark.parametrize("noise", [0.0, 0.005])
def test_noise_does_not_steepen_a_slope_much(noise: float) -> None:
    samples = np.concatenate([np.zeros(500), np.arange(40) / 40, np.ones(500)])
    assert max_slope(record(samples, noise=noise)) == pytest.approx(RATE / 40, rel=0.4 if noise else 1e-9)


# --- ramps


@given(st.integers(100, 5000), st.floats(1e-6, 0.01), st.sampled_from([1, -1]), st.integers(0, 500))
@settings(max_examples=40)
def test_a_straight_ramp(length: int, final: float, sign: int, before: int) -> None:
    samples = np.concatenate([np.zeros(before), np.arange(length) / length, np.ones(2000)])
    one = record(sign * final * samples)
    assert ramp_time(one) == pytest.approx(0.9 * length / RATE, rel=1e-6)
    assert ramp_time(one, start=before / RATE) == pytest.approx(0.9 * length / RATE, rel=1e-6)
    assert ramp_time(one, target=sign * final) == pytest.approx(0.9 * length / RATE, rel=1e-6)


def test_a_noisy_ramp() -> None:
    samples = np.concatenate([np.zeros(500), np.arange(20_000) / 20_000, np.ones(5000)])
    assert ramp_time(record(samples, noise=0.003)) == pytest.approx(0.9 * 20_000 / RATE, rel=0.02)


def test_a_ramp_that_does_not_reach_its_target_has_no_time() -> None:
    one = record(np.minimum(np.arange(3000) / 2000, 0.8))
    assert code_of(lambda: ramp_time(one, target=1.0)) == "not_observed"
    assert code_of(lambda: ramp_time(one, target=-0.8)) == "not_observed"


def test_a_step_is_no_ramp() -> None:
    samples = np.concatenate([np.zeros(500), np.ones(500)])
    assert code_of(lambda: ramp_time(record(samples))) == "bandwidth"


def test_a_shape_keeps_its_side() -> None:
    found: Shape = shape(record(-trapezoid(20, 200, 20), zero=3.0))
    assert found.sign == -1
    assert found.plateau == pytest.approx(-1.0)
    assert found.sizes.max() == pytest.approx(1.0)
