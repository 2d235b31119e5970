# SPDX-License-Identifier: MIT
"""What a simulated device does by itself: timers, surges, batteries, leaks; and its output however it is asked."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.behaviours import (
    Battery,
    Behaviours,
    LateFault,
    Leakage,
    LiftOff,
    NoLoadTrip,
    Surge,
    SurgeEvent,
)
from instruments.sim.programs import Program
from tests.instruments.sim.device_world import LEVELS, OPEN, World, started


@given(st.floats(1.0, 2000.0), st.floats(0.0, 3000.0))
def test_its_timer_ends_the_output(timer: float, later: float) -> None:
    world = started(Behaviours(auto_off=timer))
    world.wait(later)
    assert world.device.on == (later < timer)
    assert world.at(1.0 + 0.99 * timer) == LEVELS[0]
    assert world.at(1.0 + timer) == 0.0


def test_after_its_timer_it_can_be_started_again_and_runs_as_long() -> None:
    world = started(Behaviours(auto_off=10.0))
    world.wait(20.0)
    world.device.start()
    world.wait(9.0)
    assert world.device.on
    world.wait(2.0)
    assert not world.device.on


def test_up_at_the_top_begins_again_where_the_device_is_made_like_that() -> None:
    for wraps, last in ((True, 1), (False, 3)):
        world = started(Behaviours(wraps=wraps))
        found = []
        for _ in range(3):
            world.device.level_up()
            found.append(world.device.level)
        assert found == [2, 3, last]
        assert world.now() == LEVELS[last - 1]


def test_while_charging_it_may_be_blocked() -> None:
    world = started(Behaviours(blocked_while_charging=True))
    world.device.connect_charger(True)
    assert (world.device.on, world.now()) == (False, 0.0)
    world.device.start()
    assert not world.device.on
    world.device.connect_charger(False)
    assert not world.device.on
    world.device.start()
    assert world.device.on


def test_a_charger_changes_nothing_where_the_device_does_not_care() -> None:
    world = started()
    world.device.connect_charger(True)
    assert (world.device.on, world.now()) == (True, LEVELS[0])


def test_what_leaks_depends_on_the_state() -> None:
    world = World(behaviours=Behaviours(leakage=Leakage(idle=1e-6, paused=-2e-6, charging=3e-5)))
    assert world.now() == 1e-6
    for action, leaked in (
        (world.device.start, LEVELS[0]),
        (world.device.pause, -2e-6),
        (world.device.start, LEVELS[0]),
        (world.device.stop, 1e-6),
        (lambda: world.device.connect_charger(True), 3e-5),
    ):
        world.wait(1.0)
        action()
        assert world.now() == leaked


def test_pausing_what_does_not_run_changes_nothing() -> None:
    world = World(behaviours=Behaviours(leakage=Leakage(idle=1e-6, paused=-2e-6)))
    world.device.pause()
    assert (world.device.paused, world.now()) == (False, 1e-6)


def test_its_battery_runs_down_by_the_time_of_output_only() -> None:
    world = started(Behaviours(battery=Battery(full_for=10.0, empty_after=20.0, share=0.5)))
    world.wait(15.0)
    assert world.now() == pytest.approx(0.75 * LEVELS[0], rel=0.01)
    world.device.stop()
    world.wait(1000.0)
    world.device.start()
    assert world.now() == pytest.approx(0.75 * LEVELS[0], rel=0.01)
    world.wait(6.0)
    assert world.now() == pytest.approx(0.5 * LEVELS[0], rel=0.01)


def test_a_battery_also_counts_what_a_timer_ended() -> None:
    world = started(Behaviours(auto_off=10.0, battery=Battery(full_for=10.0, empty_after=20.0, share=0.5)))
    world.wait(500.0)
    world.device.start()
    assert world.now() == pytest.approx(LEVELS[0], rel=0.01)
    assert world.at(world.time + 5.0) == pytest.approx(0.75 * LEVELS[0], rel=0.01)


def test_what_breaks_while_the_amplitude_rises_lets_it_go_on_rising() -> None:
    world = started(Behaviours(late_fault=LateFault(after=0.5, gain=3.0)), settling=1.0)
    rise = world.device.demand(1.0, 2.1)
    assert rise.at(np.array([1.45, 1.55, 2.05])) == pytest.approx(
        [0.45 * LEVELS[0], 0.75 * LEVELS[0], 3 * LEVELS[0]], rel=0.08
    )


def test_after_a_pause_and_another_start_it_is_no_longer_paused() -> None:
    world = started(Behaviours(auto_off=1.0, leakage=Leakage(idle=1e-6, paused=2e-6)))
    world.device.pause()
    world.device.start()
    world.wait(2.0)
    assert (world.device.on, world.now()) == (False, 1e-6)


def test_something_breaks_for_a_moment_in_one_mode() -> None:
    name = started(Behaviours()).device.mode.name
    fault = LateFault(after=300.0, lasts=0.005, gain=3.0, modes=frozenset({name}))
    world = started(Behaviours(late_fault=fault))
    assert [world.at(301.0 + after) for after in (-1e-6, 1e-6, 0.005 - 1e-6, 0.005 + 1e-6)] == pytest.approx(
        [LEVELS[0], 3 * LEVELS[0], 3 * LEVELS[0], LEVELS[0]]
    )
    other = started(Behaviours(late_fault=LateFault(after=300.0, gain=3.0, modes=frozenset({"another"}))))
    assert other.at(400.0) == LEVELS[0]


def test_something_breaks_after_minutes_and_later_levels_show_it_too() -> None:
    world = started(Behaviours(late_fault=LateFault(after=300.0, gain=3.0, direct=1e-4)))
    assert world.at(300.9) == LEVELS[0]
    assert world.at(301.1) == pytest.approx(3 * LEVELS[0] + 1e-4)
    world.wait(400.0)
    world.device.set_level(2)
    assert world.now() == pytest.approx(3 * LEVELS[1] + 1e-4)
    world.device.stop()
    world.device.start()
    assert world.now() == LEVELS[1]


EVENTS: dict[SurgeEvent, Callable[[World], None]] = {
    "start": lambda world: (world.device.stop(), world.device.start())[1],
    "stop": lambda world: world.device.stop(),
    "mode": lambda world: world.device.select_mode("tone"),
    "level": lambda world: world.device.set_level(2),
    "charger": lambda world: world.device.connect_charger(True),
    "contact": lambda world: setattr(world, "load", OPEN),
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("delay", [0.0, 0.01])
def test_a_surge_follows_its_event_and_no_other(event: SurgeEvent, delay: float) -> None:
    surge = Surge(on=frozenset([event]), amplitude=-5e-3, width=1e-3, delay=delay)
    trip = NoLoadTrip(above=1e5, after=100.0)
    for action, acts in EVENTS.items():
        world = started(Behaviours(surges=(surge,), no_load_trip=trip))
        world.wait(1.0)
        acts(world)
        world.wait(1.0)
        output = world.device.demand(2.0, 2.02)
        happened = action == event or (event == "stop" and action in ("start", "mode"))
        assert (output.values.min() < -4e-3) == happened, action
        if happened:
            low = output.edges[:-1][output.values < -4e-3]
            assert low[0] == pytest.approx(2.0 + delay)
            assert output.map(lambda v: np.minimum(v, 0)).integral(2.0, 2.02) == pytest.approx(-5e-6, rel=0.25)


def test_a_press_that_changes_no_level_makes_no_surge() -> None:
    world = started(Behaviours(surges=(Surge(on=frozenset({"level"}), amplitude=5e-3, width=1e-3),)))
    world.device.set_level(3)
    world.wait(1.0)
    world.device.level_up()
    assert world.device.demand(1.0, 1.01).peak() == pytest.approx(5e-3 + LEVELS[2])
    assert world.device.demand(2.0, 2.01).peak() == LEVELS[2]


def test_a_direct_current_lies_under_the_pulses_from_start_to_stop() -> None:
    world = started(train="pulses", mode={"direct": 3e-4}, settling=0.02)
    world.device.set_level(3)
    world.wait(1.0)
    settled = world.device.demand(2.0, 2.1)
    assert sorted(set(np.round(settled.values, 12))) == [3e-4, 7e-4]
    ramp = world.device.demand(1.0, 1.03)
    assert ramp.values[0] == 0.0
    world.device.stop()
    assert world.now() == 0.0


def test_a_program_begins_anew_with_every_start() -> None:
    world = started(mode={"program": Program(on=2.0, off=3.0, alternates=True)})
    assert [world.at(moment) for moment in (1.1, 2.9, 3.1, 5.9, 6.1)] == [LEVELS[0], LEVELS[0], 0.0, 0.0, -LEVELS[0]]
    world.wait(2.5)
    world.device.stop()
    world.wait(0.3)
    world.device.start()
    assert world.now() == LEVELS[0]


def test_a_voltage_stays_a_voltage_until_somebody_touches_the_device() -> None:
    world = started(Behaviours(auto_off=10.0), mode={"regulates": "voltage"})
    assert (world.device.regulates, world.device.running) == ("voltage", True)
    world.wait(20.0)
    assert (world.device.on, world.device.running, world.now()) == (False, True, 0.0)
    world.device.stop()
    assert not world.device.running
    world.device.select_mode("tone")
    assert world.device.regulates == "current"


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["start", "stop", "pause", "up", "lift", "touch", "charge", "unplug"]), st.floats(0.01, 5.0)
    ),
    max_size=8,
)


@given(ACTIONS, st.floats(0.0, 1.0), st.booleans())
def test_however_it_is_cut_and_whenever_it_is_asked_the_output_is_the_same(
    actions: list[tuple[str, float]], share: float, pulses: bool
) -> None:
    world = World(
        behaviours=Behaviours(
            lift_off=LiftOff(above=1e5, within=0.01, ramp=0.7),
            auto_off=7.0,
            battery=Battery(full_for=1.0, empty_after=20.0, share=0.3),
            late_fault=LateFault(after=3.0, gain=2.0),
            surges=(Surge(on=frozenset({"start", "contact", "level"}), amplitude=1e-3, width=0.01, delay=0.02),),
            leakage=Leakage(idle=1e-6),
        ),
        settling=0.3,
        train="pulses" if pulses else "dc",
        mode={"jitter": 1e-3 if pulses else 0.0, "program": Program(on=0.5, off=0.2, rise=0.2)},
    )
    acts: dict[str, Callable[[], object]] = {
        "start": world.device.start,
        "stop": world.device.stop,
        "pause": world.device.pause,
        "up": world.device.level_up,
        "lift": lambda: setattr(world, "load", OPEN),
        "touch": lambda: setattr(world, "load", 1e3),
        "charge": lambda: world.device.connect_charger(True),
        "unplug": lambda: world.device.connect_charger(False),
    }
    seen = []
    for action, length in actions:
        acts[action]()
        begun = world.time
        world.wait(length)
        seen.append((begun, world.time, world.device.demand(begun, world.time).integral(begun, world.time)))
    for begun, ended, area in seen:
        middle = begun + share * (ended - begun)
        pieces = [(begun, middle), (middle, ended)] if begun < middle < ended else [(begun, ended)]
        again = sum(world.device.demand(*piece).integral(*piece) for piece in pieces)
        assert again == pytest.approx(area, abs=1e-12)
