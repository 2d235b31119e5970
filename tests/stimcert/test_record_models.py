# SPDX-License-Identifier: MIT
"""Peak, mean and rectified mean of a digitized current."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.models import NotMeasurable, mean_of_record, peak_current, rectified_mean
from stimcert.reading import Accuracy, Certified, CurrentRecord, Zero
from stimcert.reason import CATALOGUE

Record = Callable[..., CurrentRecord]
N = 20_000  # 20 ms at 1 MS/s
T = np.arange(N)
LIFT = np.where(T % 10_000 < 5_000, 450e-6, 0.0)
GAPLESS = np.where(T % 10_000 < 5_000, 500e-6, -500e-6)
SPIKES = np.where(T % 10_000 < 50, 5e-3, 0.0)
SHAPES = {"dc": np.full(N, 300e-6), "lift": LIFT, "gapless": GAPLESS, "spikes": SPIKES, "dead": np.zeros(N)}
SHAPE = st.sampled_from(sorted(SHAPES))


def one_event(samples: int, height: float) -> NDArray[np.float64]:
    return np.where((T >= 9_000) & (T < 9_000 + samples), height, 0.0)


@pytest.mark.parametrize(
    ("current", "peak", "sign"),
    [
        (300e-6 + np.where(T % 10_000 < 200, 400e-6, 0.0), 700e-6, 1.0),
        (-300e-6 - np.where(T % 10_000 < 200, 400e-6, 0.0), 700e-6, -1.0),
        (GAPLESS, 500e-6, None),
        (np.full(N, -3e-3), 3e-3, -1.0),
        (np.where(T % 10_000 < 200, 200e-6, np.where(T % 10_000 < 400, -650e-6, 0.0)), 650e-6, -1.0),
        (one_event(10, 5e-3), 5e-3, 1.0),
        (one_event(5, 5e-3), 2.5e-3, 1.0),
        (one_event(1, 5e-3), 0.5e-3, 1.0),
    ],
    ids=["dc+pulses", "negative", "gapless", "dc", "negative phase larger", "10 µs", "5 µs", "1 µs"],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_peak_is_absolute_from_the_zero(
    record: Record, current: NDArray[np.float64], peak: float, sign: float | None, dtype: type
) -> None:
    measured = peak_current(record(current, dtype=dtype, zero=3e-3))
    assert measured.value == pytest.approx(peak, rel=1e-5)
    assert (measured.unit, measured.bound) == ("A", None)
    assert sign is None or measured.details["sign"] == sign


@given(SHAPE, st.floats(min_value=0.01, max_value=1.9))
@settings(max_examples=30)
def test_peak_scales_with_the_current(record: Record, shape: str, factor: float) -> None:
    plain, scaled = peak_current(record(SHAPES[shape])), peak_current(record(SHAPES[shape] * factor))
    assert scaled.value == pytest.approx(plain.value * factor, rel=1e-9, abs=1e-15)


@given(SHAPE, st.integers(min_value=0, max_value=50))
@settings(max_examples=20)
def test_peak_is_blind_to_the_sign(record: Record, shape: str, seed: int) -> None:
    here = record(SHAPES[shape], noise=1e-4, seed=seed)
    there = replace(here, waveform=replace(here.waveform, samples=-here.waveform.samples))
    a, b = peak_current(here), peak_current(there)
    assert (a.value, a.uncertainty.standard, a.details["sign"]) == (b.value, b.uncertainty.standard, -b.details["sign"])


@given(SHAPE, st.floats(min_value=-0.05, max_value=0.05))
@settings(max_examples=30)
def test_the_zero_of_the_bench_is_taken_off(record: Record, shape: str, zero: float) -> None:
    plain, shifted = record(SHAPES[shape]), record(SHAPES[shape], zero=zero)
    for quantity in (peak_current, rectified_mean):
        assert quantity(shifted).value == pytest.approx(quantity(plain).value, abs=1e-12)
    assert mean_of_record(shifted, cycle=0.01).value == pytest.approx(
        mean_of_record(plain, cycle=0.01).value, abs=1e-12
    )


@given(st.floats(min_value=-4e-3, max_value=4e-3), st.floats(min_value=-4e-3, max_value=4e-3))
@settings(max_examples=30)
def test_direct_current_and_pulses_add(record: Record, direct: float, pulses: float) -> None:
    current = direct + np.where(T % 10_000 < 200, pulses, 0.0)
    assert peak_current(record(current)).value == pytest.approx(max(abs(direct), abs(direct + pulses)), abs=1e-12)


@pytest.mark.parametrize(
    ("shape", "truth"), [("dc", 300e-6), ("lift", 450e-6), ("gapless", 500e-6), ("spikes", 5e-3), ("dead", 0.0)]
)
@pytest.mark.parametrize("event", [1e-6, 10e-6, 20e-6])
def test_noise_of_the_maximum_is_corrected_within_its_uncertainty(
    record: Record, shape: str, truth: float, event: float
) -> None:
    """The only error here is noise: the correction leaves little of the bias, and ± U covers nearly all of the rest."""
    results = [peak_current(record(SHAPES[shape], noise=1e-3, seed=seed), event=event) for seed in range(60)]
    errors = np.array([r.value - truth for r in results])
    bias = np.mean([abs(r.details["raw"]) - truth for r in results])
    window_noise = 1e-3 / 100 / math.sqrt(event * 1e6)
    assert bias > 1.3 * window_noise
    assert -0.2 * window_noise < np.mean(errors) < 0.8 * window_noise  # rather too high than too low
    assert np.mean([abs(r.value - truth) <= r.uncertainty.expanded for r in results]) >= 0.9


def test_a_short_event_is_not_overcorrected(record: Record) -> None:
    """One event of 10 µs in a long record: its neighbours do not share its level."""
    results = [peak_current(record(one_event(10, 1e-3), noise=1e-3, seed=seed)) for seed in range(100)]
    z = np.array([(r.value - 1e-3) / r.uncertainty.standard for r in results])
    assert all(r.details["windows"] <= 9 for r in results)
    assert abs(np.mean(z)) < 0.3
    assert 0.8 < np.sqrt(np.mean(z**2)) < 1.2


@pytest.mark.parametrize("height", [2.0, 4.0, 6.0, 8.0])
def test_an_event_that_hides_in_the_noise_of_a_plateau_stays_within_the_uncertainty(
    record: Record, height: float
) -> None:
    """Its height is given in units of the noise of one window: the correction may miss it, the budget may not."""
    truth = 300e-6 + height * 1e-5 / math.sqrt(10)
    current = SHAPES["dc"] + one_event(10, truth - 300e-6)
    results = [peak_current(record(current, noise=1e-3, seed=seed)) for seed in range(60)]
    assert np.mean([r.value + r.uncertainty.expanded >= truth for r in results]) >= 0.8


def test_correction_and_its_doubt_stand_in_the_budget(record: Record) -> None:
    measured = peak_current(record(SHAPES["dc"], noise=1e-3))
    rows = {row["symbol"]: row for row in measured.uncertainty.budget}
    assert set(rows) == {"v", "δv_res", "v_0", "R", "δv_max", "δv_noise", "δv_align"}
    assert rows["δv_max"]["estimate"] == pytest.approx(measured.details["noise_correction"] * 100.0)
    assert rows["δv_max"]["half_width"] == -rows["δv_max"]["estimate"] > 0.0
    assert measured.value == pytest.approx(measured.details["raw"] + measured.details["noise_correction"])
    assert rows["v_0"]["standard_uncertainty"] == pytest.approx(1e-3 / math.sqrt(100_000))


def test_instrument_and_shunt_stand_in_the_budget(record: Record) -> None:
    """60 mV on a 100 mV range of ± (0.1 % + 50 µV) across 100 Ω ± 0.01 Ω: ± 1.1 µA and ± 60 nA (k = 2)."""
    accuracy = Accuracy(gain=1e-3, offset=50e-6, resolution=4e-6, source="worked by hand")
    bare = record(np.full(N, 600e-6), accuracy=accuracy, full_scale=0.1)
    measured = peak_current(replace(bare, shunt=Certified(value=100.0, expanded_uncertainty=0.01)))
    rows = {row["symbol"]: row for row in measured.uncertainty.budget}
    assert rows["v"]["contribution"] == pytest.approx(1.1e-6 / math.sqrt(3))
    assert rows["δv_res"]["contribution"] == pytest.approx(20e-9 / math.sqrt(3))
    assert rows["R"]["contribution"] == pytest.approx(30e-9)
    assert rows["R"]["sensitivity"] < 0.0


@pytest.mark.parametrize("code", [9.9e37, -9.9e37, math.inf, -math.inf, 1.3, -1.3])
@pytest.mark.parametrize("said", [True, False], ids=["flagged", "unflagged"])
def test_a_clipped_record_is_a_bound_at_full_scale(record: Record, code: float, said: bool) -> None:
    clipped = record(np.where(T % 10_000 < 50, code / 100.0, 0.0), clipped=said)
    measured = peak_current(clipped)
    assert (measured.bound, measured.cause) == (">=", "clipped")
    assert measured.value == pytest.approx(1.0 / 100.0)
    assert measured.details["full_scale"] == 0.01


def test_one_clipped_sample_proves_less_than_full_scale(record: Record) -> None:
    """One microsecond out of ten: the mean over the event is at least a tenth of full scale, no more is known."""
    measured = peak_current(record(one_event(1, 9.9e35)))
    assert (measured.value, measured.bound) == (pytest.approx(0.001), ">=")


def test_clipped_on_both_sides_within_one_event_proves_nothing_there(record: Record) -> None:
    """Eight samples above between two below: who knows how far below? One of those two alone is what is proven."""
    measured = peak_current(record(one_event(10, -9.9e35) + np.roll(one_event(8, 2 * 9.9e35), 1)))
    assert (measured.value, measured.bound) == (pytest.approx(0.001), ">=")


def test_a_flag_without_a_clipped_sample_is_believed(record: Record) -> None:
    assert peak_current(record(LIFT, clipped=True)).bound == ">="


def test_a_record_too_slow_for_the_event_is_a_bound(record: Record) -> None:
    measured = peak_current(record(SHAPES["dc"], rate=50e3))
    assert (measured.bound, measured.cause) == (">=", "bandwidth")
    assert measured.value == pytest.approx(300e-6)
    assert peak_current(record(SHAPES["dc"], rate=100e3)).bound is None


@pytest.mark.parametrize("quantity", [peak_current, rectified_mean, lambda r: mean_of_record(r, cycle=None)])
def test_a_sample_that_is_no_number_is_refused(record: Record, quantity: Callable[..., object]) -> None:
    current = LIFT.copy()
    current[7] = math.nan
    with pytest.raises(NotMeasurable) as raised:
        quantity(record(current))
    assert raised.value.code == "not_a_number"


@pytest.mark.parametrize(
    "zero",
    [
        Zero(range=0.0, mean=0.0, noise=0.0, count=0),
        Zero(range=10.0, mean=0.0, noise=1e-5, count=1000),
        Zero(range=1.0, mean=0.0, noise=1e-5, count=1),
        Zero(range=1.0, mean=math.nan, noise=1e-5, count=1000),
        Zero(range=1.0, mean=0.0, noise=math.nan, count=1000),
        Zero(range=1.0, mean=0.0, noise=-1e-5, count=1000),
    ],
    ids=["none", "other range", "one sample", "no mean", "no noise", "negative noise"],
)
def test_without_a_zero_there_is_no_current(record: Record, zero: Zero) -> None:
    with pytest.raises(NotMeasurable, match="no zero was measured on its 1 V range"):
        peak_current(replace(record(LIFT), zero=zero))


@pytest.mark.parametrize("samples", [0, 9])
def test_a_record_shorter_than_the_event_is_refused(record: Record, samples: int) -> None:
    with pytest.raises(NotMeasurable) as raised:
        peak_current(record(LIFT[:samples]))
    assert raised.value.code == "not_observed"
    assert raised.value.code in CATALOGUE


@pytest.mark.parametrize(
    ("current", "cycle", "mean", "rectified"),
    [
        (LIFT, 0.01, 225e-6, 225e-6),
        (GAPLESS, 0.01, 0.0, 500e-6),
        (np.full(N, -400e-6), None, -400e-6, 400e-6),
        (LIFT[:17_000], 0.01, 225e-6, 225e-6),
    ],
    ids=["monophasic", "balanced", "direct", "a cycle and a half"],
)
def test_means_are_over_whole_cycles(
    record: Record, current: NDArray[np.float64], cycle: float | None, mean: float, rectified: float
) -> None:
    there = record(current, zero=2e-3)
    assert mean_of_record(there, cycle=cycle).value == pytest.approx(mean, abs=1e-12)
    assert rectified_mean(there, cycle=cycle).value == pytest.approx(rectified, abs=1e-12)


@given(
    st.integers(min_value=0, max_value=9_999),
    st.sampled_from([0.01, 0.0100003, 0.0099997]),
    st.sampled_from([10_010, 50_000]),
)
@settings(max_examples=40)
def test_uncertainty_holds_where_the_cycle_begins(record: Record, phase: int, cycle: float, samples: int) -> None:
    """Wherever the record begins, and with a period that is no whole number of samples."""
    seconds = (np.arange(samples) + phase) / 1e6
    measured = mean_of_record(record(np.where(seconds % cycle < cycle / 2, 450e-6, 0.0)), cycle=cycle)
    assert abs(measured.value - 225e-6) <= measured.uncertainty.expanded + 1e-12


@given(st.integers(min_value=10_000, max_value=20_000))
@settings(max_examples=30)
def test_an_unknown_cycle_widens_the_uncertainty(record: Record, samples: int) -> None:
    measured = mean_of_record(record(LIFT[:samples]), cycle=None)
    assert abs(measured.value - 225e-6) <= measured.uncertainty.expanded


def test_mean_of_noise_is_covered(record: Record) -> None:
    results = [mean_of_record(record(LIFT, noise=1e-2, seed=seed), cycle=1e-3) for seed in range(100)]
    covered = [abs(r.value - float(np.mean(LIFT))) <= r.uncertainty.expanded for r in results]
    assert np.mean(covered) >= 0.93


def test_rectified_noise_is_in_the_budget(record: Record) -> None:
    measured = rectified_mean(record(SHAPES["dead"], noise=1e-3))
    assert measured.value == pytest.approx(1e-3 * math.sqrt(2 / math.pi) / 100, rel=0.05)
    assert measured.value <= measured.uncertainty.expanded


def test_a_record_shorter_than_its_cycle_has_no_mean(record: Record) -> None:
    with pytest.raises(NotMeasurable) as raised:
        mean_of_record(record(LIFT[:9_999]), cycle=0.01)
    assert raised.value.code == "not_observed"
    assert raised.value.params["required"] == "10 ms"


@pytest.mark.parametrize("quantity", [rectified_mean, lambda r: mean_of_record(r, cycle=0.01)])
def test_a_clipped_record_has_no_mean(record: Record, quantity: Callable[..., object]) -> None:
    with pytest.raises(NotMeasurable) as raised:
        quantity(record(LIFT, clipped=True))
    assert raised.value.code == "clipped"
