# SPDX-License-Identifier: MIT
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.baseline import baseline
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import Step, sampled, train, with_noise

BIPHASIC = [(200e-6, 10e-3), (200e-6, -10e-3)]


@settings(max_examples=30, deadline=None)
@given(
    offset=st.sampled_from([0.0, 1e-5, -2e-4, 3e-4]),
    noise=st.sampled_from([0.0, 1e-5, 1e-4]),
    duty=st.floats(min_value=0.01, max_value=0.6),
    seed=st.integers(min_value=0, max_value=5),
)
def test_the_level_between_pulses_is_found_within_its_doubt(
    offset: float, noise: float, duty: float, seed: int
) -> None:
    half = duty * 0.01 / 2.0
    steps = train([(half, 10e-3), (half, -10e-3)], first=0.002, period=0.01, count=20)
    level = baseline(sampled(steps, rate=1e6, seconds=0.205, offset=offset, noise=noise, seed=seed))
    assert level.origin == "between pulses"
    assert level.level == pytest.approx(offset, abs=5.0 * level.doubt + 1e-12)
    assert level.doubt <= 1.2534 * 1.1 * noise / math.sqrt(0.15 * (1 << 13))


@pytest.mark.parametrize(
    ("count", "noise"), [(1 << 10, 1e-4), (1 << 13, 1e-4), (1 << 20, 1e-4)], ids=["short", "all", "subsample"]
)
def test_the_doubt_is_what_repeating_shows(count: int, noise: float) -> None:
    wave = np.zeros(count)
    wave[count // 2 : count // 2 + 20] = 1e-2
    found = [baseline(with_noise(wave, rate=1e6, noise=noise, seed=seed)) for seed in range(40)]
    spread = math.sqrt(np.mean([level.level**2 for level in found]))
    assert spread == pytest.approx(found[0].doubt, rel=0.35)
    assert found[0].samples_used <= 1 << 13


def test_dc_has_no_level_between_pulses() -> None:
    level = baseline(with_noise(np.full(20_000, 3e-3), rate=1e5, noise=1e-6))
    assert (level.level, level.origin) == (0.0, "zero")


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(train([(0.5e-3, 500e-6), (0.5e-3, -500e-6)], first=0.0, period=1e-3, count=100), id="square"),
        pytest.param(train([(0.5e-3, 500e-6), (0.5e-3, -480e-6)], first=0.0, period=1e-3, count=100), id="unequal"),
        pytest.param(train([(0.2e-3, 1e-3), (0.8e-3, -0.25e-3)], first=0.0, period=1e-3, count=100), id="asymmetric"),
    ],
)
def test_a_waveform_without_gaps_has_none_either(steps: list[Step]) -> None:
    assert baseline(sampled(steps, rate=1e6, seconds=0.1)).origin == "zero"


@pytest.mark.parametrize("dc", [0.0, 2e-6, 5e-6, 8e-6])
def test_dc_within_the_noise_is_dc(dc: float) -> None:
    assert baseline(with_noise(np.full(200_000, dc), rate=1e6, noise=1e-6)).level == 0.0


@pytest.mark.parametrize("dc", [3e-6, 5e-6, 7e-6])
def test_a_level_off_zero_is_not_cut_at_the_width_that_was_looked_at(dc: float) -> None:
    steps = train([(1e-3, 100e-6)], first=0.001, period=0.01, count=20)
    level = baseline(sampled(steps, rate=1e5, seconds=0.2, offset=dc, noise=1e-6))
    assert level.level == pytest.approx(dc, abs=5.0 * level.doubt)


@pytest.mark.parametrize("dc", [0.0, 3e-3])
def test_a_sine_has_none(dc: float) -> None:
    wave = dc + 1e-3 * np.sin(2.0 * np.pi * 137.0 * np.arange(100_000) / 1e6)
    assert baseline(with_noise(wave, rate=1e6, noise=1e-6)).origin == "zero"


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("duty", [0.05, 0.5, 0.9])
def test_dc_under_pulses_is_the_level(sign: float, duty: float) -> None:
    steps = train([(duty * 0.01, sign * 400e-6)], first=0.001, period=0.01, count=20)
    level = baseline(sampled(steps, rate=1e5, seconds=0.2, offset=sign * 300e-6, noise=1e-6))
    assert level.origin == "between pulses"
    assert level.level == pytest.approx(sign * 300e-6, abs=1e-6)


def test_dc_under_biphasic_pulses_is_the_level() -> None:
    steps = train(BIPHASIC, first=0.001, period=0.01, count=20)
    level = baseline(sampled(steps, rate=1e6, seconds=0.2, offset=3e-3, noise=1e-5))
    assert (level.origin, round(level.level, 5)) == ("between pulses", 3e-3)


def test_the_zero_of_the_instrument_is_taken_off() -> None:
    steps = train(BIPHASIC, first=0.001, period=0.01, count=20)
    record = sampled(steps, rate=1e6, seconds=0.2, offset=2.5e-4)
    assert baseline(Sampled(samples=record.samples, sample_rate=1e6, zero=2e-4)).level == pytest.approx(5e-5)


def test_noise_that_nobody_declared_is_seen() -> None:
    steps = train(BIPHASIC, first=0.001, period=0.01, count=20)
    record = sampled(steps, rate=1e6, seconds=0.2, noise=1e-4)
    assert baseline(Sampled(samples=record.samples, sample_rate=1e6)).noise == pytest.approx(1e-4, rel=0.1)


@pytest.mark.parametrize("phase", [0, 250, 500, 750])
@pytest.mark.parametrize("period", [500, 1000, 4000])
def test_a_subsample_does_not_follow_the_pulses(period: int, phase: int) -> None:
    """1000 samples for each one taken: a fixed step would see nothing but pulses, or none."""
    record = np.zeros((1 << 13) * 1000, dtype=np.float32)
    record.reshape(-1, period)[:, : period // 4] = 1e-3
    record = np.roll(record, phase)
    level = baseline(Sampled(samples=record, sample_rate=1e6))
    assert (level.level, level.origin) == (0.0, "between pulses")
    assert level.samples_used == pytest.approx(0.75 * (1 << 13), rel=0.7)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    record = np.zeros(1000)
    record[500] = bad
    with pytest.raises(NotMeasurable) as refused:
        baseline(Sampled(samples=record, sample_rate=1e6))
    assert refused.value.code == "not_a_number"


def test_an_empty_record_is_refused() -> None:
    with pytest.raises(NotMeasurable) as refused:
        baseline(Sampled(samples=np.empty(0), sample_rate=1e6))
    assert refused.value.code == "not_observed"
