# SPDX-License-Identifier: MIT
"""Waveforms of the simulated stimulator against what they are made to be, and the way it obeys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.bench import SimulatedBench
from instruments.sim.stimulator import Device, Mode, Stimulator
from instruments.sim.waveforms import Train, biphasic, direct, monophasic

SETTLED = 0.1


def device(**changes: object) -> Device:
    pulses = Mode(name="lift", train=monophasic(100.0, 2e-3), amplitudes=(1e-4, 2e-4, 4e-4))
    steady = Mode(name="galvanic", train=direct(), amplitudes=(-1e-3,))
    settings: dict[str, object] = {"rail": 30.0, "settling": 0.02, "modes": (pulses, steady), **changes}
    return Device(manufacturer="Maker", model="M1", firmware="1", **settings)  # type: ignore[arg-type]


def running(level: int = 1, *, seed: int = 0, **changes: object) -> tuple[SimulatedBench, Stimulator]:
    bench = SimulatedBench(device(**changes), seed=seed)
    bench.stimulator.set_level(level)
    bench.stimulator.start()
    return bench, bench.stimulator


@given(st.floats(0.0, 1e4), st.floats(0.0, 1.0))
def test_a_period_of_pulses_holds_their_charge_wherever_it_begins(start: float, phase: float) -> None:
    train = monophasic(100.0, 2e-3).between(start, start + 0.01, phase)
    assert train.integral(train.start, train.stop) == pytest.approx(2e-3, rel=1e-6)
    assert set(train.values) <= {0.0, 1.0}


@given(st.floats(0.0, 1e4), st.floats(0.0, 1.0), st.sampled_from([0.0, 1e-4, 1e-3]))
def test_the_two_phases_cancel_and_each_holds_its_width(start: float, phase: float, gap: float) -> None:
    train = biphasic(50.0, 5e-3, gap).between(start, start + 0.02, phase)
    assert train.integral(train.start, train.stop) == pytest.approx(0.0, abs=1e-9)
    rectified = train.map(np.abs)
    assert rectified.integral(train.start, train.stop) == pytest.approx(1e-2, rel=1e-6)


def test_between_the_phases_lies_the_gap() -> None:
    train = biphasic(100.0, 1e-3, 2e-3).between(0.0, 0.01, 0.0)
    assert train.values.tolist() == [1.0, 0.0, -1.0, 0.0]
    assert train.edges == pytest.approx([0.0, 1e-3, 3e-3, 4e-3, 1e-2])


@given(st.floats(0.0, 100.0), st.floats(0.001, 0.5), st.floats(0.0, 0.99))
def test_a_stretch_of_a_longer_look_is_the_same(start: float, length: float, share: float) -> None:
    train = biphasic(73.0, 2e-3, 1e-3)
    whole = train.between(start, start + length, 0.3)
    begin = start + share * length
    part = train.between(begin, start + length, 0.3)
    assert part.integral(part.start, part.stop) == pytest.approx(whole.integral(begin, whole.stop), abs=1e-9)


@pytest.mark.parametrize("train", [monophasic(100.0, 1e-2), direct()])
def test_what_fills_its_period_never_pauses(train: Train) -> None:
    assert set(train.between(0.0, 0.1, 0.4).values) == {1.0}


def test_pulses_must_fit_into_their_period() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        biphasic(100.0, 5e-3, 1e-3)


def test_stopped_it_delivers_nothing() -> None:
    bench, stimulator = running(3)
    stimulator.stop()
    assert stimulator.demand(bench.time, bench.time + 1.0).peak() == 0.0


def test_settled_it_delivers_the_amplitude_of_its_level() -> None:
    for level, amperes in ((1, 1e-4), (2, 2e-4), (3, 4e-4)):
        _, stimulator = running(level)
        assert stimulator.demand(SETTLED, SETTLED + 0.05).peak() == amperes
        assert stimulator.demand(SETTLED, SETTLED + 0.05).integral(SETTLED, SETTLED + 0.05) == pytest.approx(
            amperes * 2e-3 * 5
        )


def test_after_a_start_the_amplitude_climbs_from_zero() -> None:
    bench, stimulator = running()
    stimulator.select_mode("galvanic")
    stimulator.start()
    climb = stimulator.demand(bench.time, bench.time + 0.03)
    assert climb.values[0] == 0.0
    assert climb.at(np.array([0.0101]))[0] == pytest.approx(-0.5e-3)
    assert bool(np.all(np.diff(climb.values) <= 0))
    assert climb.values[-1] == -1e-3
    assert climb.edges[-2] == pytest.approx(0.02)


def test_a_change_of_level_goes_on_from_where_the_amplitude_is() -> None:
    steady = Mode(name="dc", train=direct(), amplitudes=(1e-3, 2e-3))
    bench, stimulator = running(modes=(steady,))
    bench.advance(0.0101)
    stimulator.set_level(2)
    climb = stimulator.demand(bench.time, bench.time + 0.03)
    assert climb.values[0] == pytest.approx(0.5e-3)
    assert climb.values[-1] == pytest.approx(2e-3)


def test_without_settling_it_is_there_at_once() -> None:
    bench, stimulator = running(3, settling=0.0)
    assert stimulator.demand(bench.time, bench.time + 0.02).peak() == 4e-4


def test_a_mode_stops_the_output_and_goes_to_level_one() -> None:
    _, stimulator = running(3)
    stimulator.select_mode("galvanic")
    assert (stimulator.mode.name, stimulator.level, stimulator.running) == ("galvanic", 1, False)
    with pytest.raises(KeyError):
        stimulator.select_mode("sleep")


def test_levels_end_at_the_top() -> None:
    _, stimulator = running()
    for expected in (2, 3, 3):
        stimulator.level_up()
        assert stimulator.level == expected
    for level in (0, 4):
        with pytest.raises(ValueError, match="1 … 3"):
            stimulator.set_level(level)


def test_a_stuck_device_shows_every_level_and_delivers_one() -> None:
    for level in (1, 2, 3):
        _, stimulator = running(level, stuck_level=2)
        assert stimulator.level == level
        assert stimulator.demand(SETTLED, SETTLED + 0.02).peak() == 2e-4


def test_the_waveform_begins_anywhere_and_the_seed_says_where() -> None:
    first = [running(1, seed=seed)[1].demand(SETTLED, SETTLED + 0.01).edges[1] for seed in range(20)]
    again = [running(1, seed=seed)[1].demand(SETTLED, SETTLED + 0.01).edges[1] for seed in range(20)]
    assert first == again
    assert len(set(first)) == 20
