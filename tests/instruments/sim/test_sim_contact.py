# SPDX-License-Identifier: MIT
"""What a simulated device makes of its load: trips, lift-off, levels that follow the skin."""

import numpy as np
import pytest

from instruments.sim.behaviours import AutoLevel, Behaviours, LiftOff, NoLoadTrip
from tests.instruments.sim.device_world import LEVELS, OPEN, World, started


def test_without_a_load_it_trips_and_stays_off() -> None:
    world = started(Behaviours(no_load_trip=NoLoadTrip(above=1e5, after=0.2)))
    world.wait(1.0)
    world.load = OPEN
    world.wait(0.19)
    assert world.device.on
    assert world.at(2.1999) == LEVELS[0]
    assert world.at(2.2001) == 0.0
    world.wait(0.02)
    assert not world.device.on
    world.load = 1e3
    world.wait(1.0)
    assert (world.device.on, world.now()) == (False, 0.0)
    world.device.start()
    assert (world.device.on, world.now()) == (True, LEVELS[0])


def test_started_without_a_load_it_trips_after_its_time() -> None:
    world = World(behaviours=Behaviours(no_load_trip=NoLoadTrip(above=1e5, after=0.2)), load=OPEN)
    world.wait(5.0)
    world.device.start()
    assert (world.at(5.1), world.at(5.21)) == (LEVELS[0], 0.0)


def test_a_short_loss_of_contact_does_not_trip() -> None:
    world = started(Behaviours(no_load_trip=NoLoadTrip(above=1e5, after=0.2)))
    world.load = OPEN
    world.wait(0.1)
    world.load = 1e3
    world.wait(1.0)
    assert (world.device.on, world.now()) == (True, LEVELS[0])


def test_lifted_off_it_is_silent_and_ramps_up_from_zero_upon_contact() -> None:
    world = started(Behaviours(lift_off=LiftOff(above=1e5, within=2e-3, ramp=1.0)))
    world.wait(1.0)
    world.load = OPEN
    world.wait(0.5)
    assert (world.at(2.0019), world.at(2.0021)) == (LEVELS[0], 0.0)
    assert world.device.on
    world.load = 1e3
    world.wait(2.0)
    ramp = world.device.demand(2.5, 3.6)
    assert (ramp.values[0], ramp.values[-1]) == (0.0, LEVELS[0])
    assert bool(np.all(np.diff(ramp.values) > 0))
    assert ramp.at(np.array([3.0001]))[0] == pytest.approx(LEVELS[0] / 2, rel=0.03)


def test_it_needs_a_load_before_it_delivers_anything() -> None:
    world = World(behaviours=Behaviours(lift_off=LiftOff(above=1e5, within=2e-3, ramp=0.5)), load=OPEN)
    world.wait(1.0)
    world.device.start()
    assert world.now() == 0.0
    world.wait(0.1)
    world.load = 1e3
    world.wait(1.0)
    assert (world.at(1.1), world.at(1.7)) == (0.0, LEVELS[0])


def test_without_a_load_from_the_start_not_even_the_first_moment_delivers() -> None:
    world = World(behaviours=Behaviours(lift_off=LiftOff(above=1e5, within=0.1, ramp=0.5)), load=OPEN)
    world.device.start()
    assert (world.device.on, world.at(0.01)) == (True, 0.0)


def test_contact_lost_while_the_amplitude_rises_does_not_let_it_jump() -> None:
    world = started(Behaviours(no_load_trip=NoLoadTrip(above=1e5, after=5.0)), settling=1.0)
    world.wait(0.5)
    world.load = OPEN
    world.wait(0.1)
    assert world.at(1.55) == pytest.approx(0.55 * LEVELS[0], rel=0.05)


def test_level_changes_while_lifted_off_deliver_nothing() -> None:
    world = started(Behaviours(lift_off=LiftOff(above=1e5, within=2e-3, ramp=0.5)))
    world.load = OPEN
    world.wait(1.0)
    world.device.set_level(3)
    assert world.now() == 0.0
    world.wait(0.1)
    world.load = 1e3
    world.wait(1.0)
    assert (world.at(2.1), world.now()) == (0.0, LEVELS[2])


@pytest.mark.parametrize(("load", "share"), [(500.0, 1.0), (1999.0, 1.0), (2001.0, 0.5), (1e5, 0.2), (OPEN, 0.2)])
def test_its_level_follows_the_load(load: float, share: float) -> None:
    levels = AutoLevel(below=(2e3, 6e3), shares=(1.0, 0.5, 0.2))
    assert started(Behaviours(auto_level=levels), load=load).now() == pytest.approx(share * LEVELS[0])
    changed = started(Behaviours(auto_level=levels))
    changed.load = load
    assert changed.now() == pytest.approx(share * LEVELS[0])
