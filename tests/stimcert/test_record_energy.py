# SPDX-License-Identifier: MIT
"""Energy, power and density of which every answer is known, with load and electrode in the budget."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import PulseTrain
from stimcert.reading import Accuracy, CurrentRecord
from stimcert.record_metrics import record_metric
from stimcert.surroundings import Surroundings, Toleranced
from tests.stimcert.waveform.trains import sampled, train

Record = Callable[..., CurrentRecord]
WITHIN = 2.5
AROUND = Surroundings(load=Toleranced(value=500.0, half_width=5.0), area=Toleranced(value=25e-4, half_width=1.25e-4))


def value(record: CurrentRecord, metric: str, around: Surroundings = AROUND, cycle: float | None = 5e-3) -> Measured:
    return record_metric(metric, PulseTrain(record=record), around, event=10e-6, cycle=cycle)


def holds(measured: Measured, truth: float) -> None:
    assert abs(measured.value - truth) <= WITHIN * measured.uncertainty.expanded, (measured.value, truth)


@settings(max_examples=30, deadline=None)
@given(height=st.floats(1e-4, 9e-3), width=st.floats(50e-6, 1e-3), second=st.floats(0.2, 1.0), seed=st.integers(0, 9))
def test_energy_of_a_pulse(record: Record, height: float, width: float, second: float, seed: int) -> None:
    """Of rectangles: I²·t·R, both phases."""
    steps = train([(width, height), (width, -second * height)], first=1.3e-3, period=5e-3, count=9)
    found = record(sampled(steps, rate=1e6, seconds=0.05).samples, noise=2e-5, seed=seed)
    holds(value(found, "energy.pulse"), height**2 * width * (1 + second**2) * 500.0)


def test_the_worst_pulse_counts(record: Record) -> None:
    steps = train([(2e-4, 5e-3)], first=1.3e-3, period=5e-3, count=4)
    steps += train([(2e-4, 8e-3)], first=21.3e-3, period=5e-3, count=1)
    steps += train([(2e-4, 5e-3)], first=26.3e-3, period=5e-3, count=4)
    holds(value(record(sampled(steps, rate=1e6, seconds=0.05).samples), "energy.pulse"), 64e-6 * 2e-4 * 500.0)


def test_an_error_of_the_gain_counts_twice_in_an_energy(record: Record) -> None:
    steps = train([(2e-4, 8e-3)], first=1.3e-3, period=5e-3, count=9)
    accuracy = Accuracy(gain=0.01, offset=0.0, resolution=0.0, source="made up")
    around = Surroundings(load=Toleranced(value=500.0))
    found = value(record(sampled(steps, rate=1e6, seconds=0.05).samples, accuracy=accuracy), "energy.pulse", around)
    assert found.uncertainty.standard / found.value == pytest.approx(0.02 / 3**0.5, rel=0.02)


def test_a_direct_current_has_no_pulse_that_could_carry_energy(record: Record) -> None:
    with pytest.raises(NotMeasurable) as refused:
        value(record(np.full(10_000, 5e-4)), "energy.pulse")
    assert refused.value.code == "not_observed"


def test_the_published_rms_of_a_balanced_pulse(record: Record) -> None:
    """50 mA, 2 × 200 µs, 100 Hz: 10.0 mA r.m.s.; into 500 Ω under 25 cm² that is 2 mW/cm² and 0.4 mA/cm²."""
    steps = train([(2e-4, 50e-3), (2e-4, -50e-3)], first=2e-3, period=10e-3, count=10)
    found = record(sampled(steps, rate=1e6, seconds=0.1).samples, full_scale=10.0, noise=2e-5)
    holds(value(found, "current.density_rms", cycle=10e-3), 10e-3 / 25e-4)
    holds(value(found, "current.density_peak"), 50e-3 / 25e-4)
    power = value(found, "power.density", cycle=10e-3)
    holds(power, 1e-4 * 500.0 / 25e-4)
    assert power.value == pytest.approx(20.0, rel=1e-3)  # 2 mW/cm²


def test_the_area_is_in_the_budget(record: Record) -> None:
    found = value(record(np.full(10_000, 5e-4)), "current.density_rms", cycle=None)
    (area,) = [row for row in found.uncertainty.budget if row["symbol"] == "A"]
    assert found.uncertainty.standard / found.value == pytest.approx(0.05 / 3**0.5, rel=1e-3)
    assert area["name"] == "electrode area, as declared"


def test_a_density_of_a_clipped_record_is_a_bound(record: Record) -> None:
    found = value(record(np.full(10_000, 2e-2)), "current.density_peak")
    assert (found.bound, found.cause) == (">=", "clipped")
    assert found.value == pytest.approx(1e-2 / 25e-4)


@pytest.mark.parametrize(
    ("metric", "around", "code"),
    [
        ("energy.pulse", Surroundings(area=AROUND.area), "no_resistance"),
        ("power.density", Surroundings(area=AROUND.area), "no_resistance"),
        ("power.density", Surroundings(load=AROUND.load), "no_electrode_area"),
        ("current.density_peak", Surroundings(load=AROUND.load), "no_electrode_area"),
        ("current.density_rms", Surroundings(load=AROUND.load), "no_electrode_area"),
    ],
)
def test_what_is_not_known_is_not_guessed(record: Record, metric: str, around: Surroundings, code: str) -> None:
    steps = train([(2e-4, 8e-3)], first=1.3e-3, period=5e-3, count=9)
    with pytest.raises(NotMeasurable) as refused:
        value(record(sampled(steps, rate=1e6, seconds=0.05).samples), metric, around)
    assert refused.value.code == code
