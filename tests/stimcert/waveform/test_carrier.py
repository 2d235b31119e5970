# SPDX-License-Identifier: MIT
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.bursts import find_bursts
from stimcert.waveform.carrier import carrier
from stimcert.waveform.phases import find_phases
from stimcert.waveform.pulses import find_pulses
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import with_noise

RATE = 1e6


def bursts_of(frequency: float, *, square: bool, noise: float, dc: float = 0.0, seed: int = 0) -> Sampled:
    """10 ms of carrier every 20 ms."""
    wave = np.sin(2.0 * np.pi * frequency * (np.arange(10_000) + 0.5) / RATE)
    burst = 1e-3 * ((np.sign(wave) if square else wave) + dc)
    return with_noise(np.tile(np.append(burst, np.zeros(10_000)), 10), rate=RATE, noise=noise, seed=seed)


@settings(max_examples=40, deadline=None)
@given(
    frequency=st.floats(min_value=1e3, max_value=1e5),
    square=st.booleans(),
    noise=st.sampled_from([0.0, 1e-5, 2e-4]),
    dc=st.sampled_from([0.0, 1.0]),
)
def test_the_frequency_lies_within_its_doubt(frequency: float, square: bool, noise: float, dc: float) -> None:
    record = bursts_of(frequency, square=square, noise=noise, dc=dc)
    starts = 0.02 * np.arange(10)
    found = carrier(record, starts, starts + 0.01)
    assert found.frequency == pytest.approx(frequency, abs=found.doubt)
    assert found.doubt < 20.0
    assert (found.stretches_used, found.samples_used) == (8, 80_000)


def test_a_carrier_in_bursts_that_were_found() -> None:
    record = bursts_of(4000.0, square=True, noise=1e-5)
    bursts = find_bursts(find_pulses(find_phases(record), gap_limit=50e-6))
    assert bursts.rate == pytest.approx(50.0, rel=1e-3)
    assert carrier(record, bursts.start, bursts.stop).frequency == pytest.approx(4000.0, rel=1e-3)


def test_a_long_stretch_is_looked_at_in_part() -> None:
    wave = np.sin(2.0 * np.pi * 2500.0 * np.arange(1_000_000) / RATE)
    found = carrier(with_noise(wave, rate=RATE), np.array([0.0]), np.array([1.0]))
    assert found.frequency == pytest.approx(2500.0, abs=found.doubt)
    assert found.samples_used == 1 << 14


@pytest.mark.parametrize(
    "wave",
    [
        pytest.param(np.zeros(10_000), id="nothing"),
        pytest.param(np.full(10_000, 3e-3), id="dc"),
        pytest.param(np.random.default_rng(1).standard_normal(10_000), id="noise"),
        pytest.param(np.sin(2.0 * np.pi * 2.0 * np.arange(10_000) / 1e4), id="two cycles"),
        pytest.param((np.arange(10_000) % 1000 < 20) * 1.0, id="narrow pulses"),
    ],
)
def test_what_has_no_dominant_frequency_is_refused(wave: np.ndarray) -> None:
    with pytest.raises(NotMeasurable) as refused:
        carrier(with_noise(wave, rate=RATE), np.array([0.0]), np.array([0.01]))
    assert refused.value.code == "not_observed"


def test_a_carrier_near_half_the_sample_rate_is_refused() -> None:
    wave = np.sin(2.0 * np.pi * 0.45 * np.arange(10_000))
    with pytest.raises(NotMeasurable) as refused:
        carrier(with_noise(wave, rate=RATE), np.array([0.0]), np.array([0.01]))
    assert refused.value.code == "bandwidth"


def test_no_stretch_at_all() -> None:
    with pytest.raises(NotMeasurable):
        carrier(with_noise(np.ones(1000), rate=RATE), np.empty(0), np.empty(0))
