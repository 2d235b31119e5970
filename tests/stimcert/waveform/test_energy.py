# SPDX-License-Identifier: MIT
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import averages
from stimcert.waveform.energy import Dose, current_density, dose, energy, power_density, pulse_energies, pulse_energy
from stimcert.waveform.sampled import Sampled

RATE = 1e6


def record(samples: np.ndarray, *, zero: float = 0.0, noise: float = 0.0, rate: float = RATE) -> Sampled:
    return Sampled(samples=samples, sample_rate=rate, zero=zero, noise=noise)


def dose_of(one: Sampled) -> Dose:
    return dose(averages(one, cycle=None))


# --- what cannot be measured


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_has_no_energy(bad: float) -> None:
    samples = np.ones(100)
    samples[50] = bad
    one = record(samples)
    for act in (lambda: pulse_energy(one, resistance=500.0), lambda: energy(one, one)):
        with pytest.raises(NotMeasurable) as caught:
            act()
        assert caught.value.code == "not_a_number"


def test_an_empty_stretch_has_no_energy() -> None:
    with pytest.raises(NotMeasurable) as caught:
        pulse_energy(record(np.empty(0)), resistance=500.0)
    assert caught.value.code == "not_observed"


@pytest.mark.parametrize("resistance", [-1.0, math.nan, math.inf])
def test_a_resistance_must_be_one(resistance: float) -> None:
    with pytest.raises(ValueError, match="resistance"):
        pulse_energy(record(np.ones(10)), resistance=resistance)


@pytest.mark.parametrize("area", [0.0, -1e-4, math.nan, math.inf])
def test_an_area_must_be_one(area: float) -> None:
    with pytest.raises(ValueError, match="area"):
        current_density(1e-3, area=area)
    with pytest.raises(ValueError, match="area"):
        power_density(1e-3, resistance=500.0, area=area)


@pytest.mark.parametrize(("starts", "stops"), [([5], [5]), ([6], [5]), ([-1], [5]), ([0], [11]), ([0, 1], [5])])
def test_pulses_must_lie_in_the_record(starts: list[int], stops: list[int]) -> None:
    with pytest.raises(ValueError, match="inside of the record"):
        pulse_energies(record(np.ones(10)), np.array(starts), np.array(stops), resistance=500.0)


def test_two_records_must_match() -> None:
    with pytest.raises(ValueError, match="samples at"):
        energy(record(np.ones(10)), record(np.ones(9)))
    with pytest.raises(ValueError, match="samples at"):
        energy(record(np.ones(10)), record(np.ones(10), rate=2 * RATE))


# --- closed forms


def test_energy_of_a_charged_capacitor() -> None:
    """80 V on 100 nF into 1 kΩ: 0.32 mJ, 80 mA at first."""
    tau = 1e3 * 100e-9
    edges = np.arange(2001) / RATE
    current = -np.diff(0.08 * tau * np.exp(-edges / tau)) * RATE
    assert pulse_energy(record(current), resistance=1e3) == pytest.approx(0.32e-3, rel=1e-3)
    assert dose_of(record(current)).total == pytest.approx(8e-6, rel=1e-6)


def test_energy_of_a_standard_limit_pulse() -> None:
    """300 mJ into 500 Ω: 100 mA for 60 ms."""
    assert pulse_energy(record(np.full(60_000, 0.1, dtype=np.float32)), resistance=500.0) == pytest.approx(0.3)


@given(
    st.floats(1e-6, 0.1), st.integers(1, 500), st.floats(1.0, 1e4), st.sampled_from([np.float32, np.float64]),
    st.floats(-1e-3, 1e-3),
)  # fmt: skip
@settings(max_examples=60)
def test_energy_of_a_rectangle(amplitude: float, width: int, resistance: float, dtype: type, zero: float) -> None:
    samples = np.zeros(width + 20)
    samples[10:-10] = amplitude
    one = record((samples + zero).astype(dtype), zero=zero)
    expected = resistance * amplitude**2 * width / RATE
    rounding = float(resistance * (width + 20) / RATE * np.finfo(dtype).eps * (amplitude + abs(zero)) * amplitude * 4)
    assert pulse_energy(one, resistance=resistance) == pytest.approx(expected, rel=1e-5, abs=rounding)


def test_energies_of_many_pulses() -> None:
    train = np.zeros((50, 1000), dtype=np.float32)
    train[:, 100:300] = np.linspace(1e-3, 50e-3, 50)[:, None]
    starts = np.arange(50) * 1000 + 100
    found = pulse_energies(record(train.reshape(-1)), starts, starts + 200, resistance=500.0)
    np.testing.assert_allclose(found, 500.0 * np.linspace(1e-3, 50e-3, 50) ** 2 * 200e-6, rtol=1e-5)
    assert len(pulse_energies(record(np.ones(10)), starts[:0], starts[:0], resistance=500.0)) == 0


def test_noise_adds_no_energy() -> None:
    """Both together: 100 pulses of 1 mA under a noise of 1 mA."""
    rng = np.random.default_rng(1)
    train = np.zeros((100, 1000))
    train[:, :500] = 1e-3
    noisy = record((train + 1e-3 * rng.standard_normal(train.shape)).reshape(-1), noise=1e-3)
    starts = np.arange(100) * 1000
    found = pulse_energies(noisy, starts, starts + 1000, resistance=500.0)
    assert found.mean() == pytest.approx(500.0 * 1e-6 * 500e-6, rel=0.03)
    quiet = record(1e-3 * rng.standard_normal(100_000), noise=1e-3)
    assert pulse_energy(quiet, resistance=500.0) < 0.02 * 500.0 * 1e-6 * 0.1


def test_energy_of_voltage_and_current() -> None:
    t = np.arange(100_000) / RATE
    v, i = 10.0 * np.sin(2e3 * np.pi * t), 1e-3 * np.sin(2e3 * np.pi * t)
    assert energy(record(v + 1.0, zero=1.0), record(i)) == pytest.approx(10.0 * 1e-3 / 2 * 0.1)
    assert energy(record(v), record(-i)) == pytest.approx(-10.0 * 1e-3 / 2 * 0.1)
    assert energy(record(v), record(1e-3 * np.cos(2e3 * np.pi * t))) == pytest.approx(0.0, abs=1e-9)


@given(st.floats(1e-6, 0.1), st.floats(1.0, 1e4), st.integers(10, 1000))
@settings(max_examples=40)
def test_both_ways_agree_on_a_resistor(amplitude: float, resistance: float, count: int) -> None:
    i = amplitude * np.random.default_rng(count).uniform(-1.0, 1.0, count)
    assert energy(record(resistance * i), record(i)) == pytest.approx(
        pulse_energy(record(i), resistance=resistance), rel=1e-9
    )


def test_densities() -> None:
    """10 mA r.m.s. on 25 cm²: 0.4 mA/cm²; into 500 Ω 2 mW/cm²."""
    assert current_density(-10e-3, area=25e-4) == pytest.approx(0.4 * 10.0)
    assert power_density(10e-3, resistance=500.0, area=25e-4) == pytest.approx(2e-3 * 1e4)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="current"):
            current_density(bad, area=1e-4)
        with pytest.raises(ValueError, match="current"):
            power_density(bad, resistance=500.0, area=1e-4)


def test_dose_of_direct_current() -> None:
    """4 mA for 10 min are 40 mA·min."""
    found = dose_of(record(np.full(6000, -4e-3), rate=10.0))
    assert found.total == pytest.approx(40 * 0.06)
    assert found.net == pytest.approx(-40 * 0.06)
    assert (found.per_second, found.duration) == (pytest.approx(4e-3), pytest.approx(600.0))


def test_dose_of_balanced_pulses() -> None:
    train = np.zeros((100, 10_000))
    train[:, :200], train[:, 200:400] = 50e-3, -50e-3
    rng = np.random.default_rng(2)
    found = dose_of(record(train.reshape(-1) + 1e-4 * rng.standard_normal(train.size), noise=1e-4))
    assert found.net == pytest.approx(0.0, abs=1e-6)
    assert found.total == pytest.approx(100 * 20e-6, abs=3.0 * found.doubt)
    assert found.per_second == pytest.approx(2.0e-3, rel=1e-2)
    assert found.doubt < 0.01 * found.total


@given(st.integers(1, 20))
@settings(max_examples=20)
def test_a_dose_adds_up(repeats: int) -> None:
    one = np.random.default_rng(3).uniform(-1.0, 1.0, 777)
    assert dose_of(record(np.tile(one, repeats))).total == pytest.approx(repeats * dose_of(record(one)).total)
