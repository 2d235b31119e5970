# SPDX-License-Identifier: MIT
"""Every class of device and every trap that is shipped delivers what it is known for, by numbers worked out by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from instruments.sim.device_file import read_device, shipped_devices
from instruments.sim.piecewise import Piecewise
from instruments.sim.stimulator import Stimulator

OPEN = float("inf")


@dataclass
class Desk:
    """A shipped device with a load, its output begun at bench time 0 with the pulse that begins there."""

    name: str
    mode: str
    level: int | None = None
    load: float = 1e3
    time: float = 0.0

    def __post_init__(self) -> None:
        device = read_device(self.name).device()
        self.device = Stimulator(device, lambda: self.time, lambda key: -1.0, lambda: self.load)
        self.device.select_mode(self.mode)
        self.device.set_level(self.level or self.device.top_level)
        self.device.start()

    def wait(self, seconds: float) -> None:
        before, self.time = self.time, self.time + seconds
        self.device.sense(before)

    def output(self, start: float, length: float) -> Piecewise:
        return self.device.demand(start, start + length)


def mean(output: Piecewise) -> float:
    return output.integral(output.start, output.stop) / (output.stop - output.start)


KNOWN = [
    # device, mode, from (s), for (s), highest, lowest, mean: A or V at the top level
    ("microcurrent_clinical", "positive", 1.0, 1.0, 500e-6, 0.0, 249.99e-6),
    ("microcurrent_clinical", "negative", 1.0, 1.0, 0.0, -500e-6, -249.99e-6),
    ("microcurrent_clinical", "bipolar", 1.0, 1.0, 500e-6, -500e-6, 0.0),
    ("microcurrent_clinical", "fast", 1.0, 1.0, 500e-6, -500e-6, 0.0),
    ("microcurrent_home", "alternate", 0.1, 1.4, 400e-6, 0.0, 200e-6),
    ("microcurrent_home", "alternate", 1.5, 1.5, 0.0, -400e-6, -200e-6),
    ("microcurrent_home", "slow", 10 / 3, 10 / 3, 400e-6, -400e-6, 0.0),
    ("microcurrent_mens", "positive", 2.0, 2.0, 500e-6, 0.0, 250e-6),
    ("microcurrent_mens", "negative", 2.0, 2.0, 0.0, -500e-6, -250e-6),
    ("microcurrent_mens", "swapping", 4.0, 4.0, 500e-6, -500e-6, 0.0),
    ("microcurrent_mens_restless", "positive", 2.0, 2.0, 500e-6, 0.0, 250e-6),
    ("microcurrent_mens_restless", "swapping", 6.0, 4.0, 500e-6, 0.0, 250e-6),
    ("microcurrent_mens_restless", "swapping", 10.0, 2.0, 0.0, -500e-6, -250e-6),
    ("microcurrent_voltage", "lift", 1.0, 1.0, 4.0, -4.0, 0.0),
    ("ems_consumer", "strength", 1.5, 3.0, 36e-3, -36e-3, 0.0),
    ("ems_consumer", "strength", 6.1, 5.0, 0.0, 0.0, 0.0),
    ("ems_consumer", "relax", 6.0, 6.0, 36e-3, -36e-3, 0.0),
    ("ems_consumer", "burst", 1.0, 1.0, 36e-3, -36e-3, 0.0),
    ("ems_clinical", "symmetrical", 1.0045, 1.0, 90e-3, -90e-3, 0.0),
    ("ems_asymmetric", "tailed", 1.0, 1.0, 10e-3, -2.366e-3, 0.0),
    ("ems_asymmetric", "stepped", 1.0, 1.0, 10e-3, -2.5e-3, 0.0),
    ("ems_pulsed_direct", "pulses", 1.0, 1.0, 80e-3, 0.0, 1.2e-3),
    ("ems_pulsed_direct", "long", 1.0, 7.0, 12e-3, 0.0, 3.4286e-3),
    ("ems_carrier", "zero-net", 1.0, 1.0, 10e-3, -10e-3, 0.0),
    ("ems_carrier", "with-direct", 1.0, 1.0, 10e-3, -10e-3, 0.4e-3),
    ("ems_unbalanced", "strength", 1.0, 1.0, 36e-3, -32.4e-3, 54e-6),
    ("ems_unbalanced", "burst", 1.0, 1.0, 36e-3, -36e-3, 0.0),
    ("ems_mistimed", "strength", 1.0, 1.0, 36e-3, -36e-3, 0.0),
    ("ems_mistimed", "burst", 1.0, 1.0, 36e-3, -36e-3, 0.0),
    ("ems_restless", "strength", 1.5, 3.0, 36e-3, -36e-3, 0.0),
    ("ems_restless", "strength", 9.1, 2.5, 0.0, 0.0, 0.0),
    ("ems_restless", "burst", 1.0, 1.0, 36e-3, -36e-3, 0.0),
    ("ems_endless", "strength", 1201.5, 3.0, 36e-3, -36e-3, 0.0),
    ("ems_consumer", "strength", 1201.5, 3.0, 0.0, 0.0, 0.0),
    ("ems_ringing", "strength", 1.0, 1.0, 42e-3, -42e-3, 0.0),
    ("galvanic_consumer", "desincrustation", 2.0, 1.0, -500e-6, -500e-6, -500e-6),
    ("galvanic_consumer", "iontophoresis", 2.0, 1.0, 500e-6, 500e-6, 500e-6),
    ("galvanic_salon", "desincrustation", 4.0, 1.0, -4.95e-3, -5.05e-3, -5e-3),
    ("galvanic_salon", "iontophoresis", 4.0, 1.0, 5.05e-3, 4.95e-3, 5e-3),
    ("galvanic_interrupted", "iontophoresis", 2.0, 0.01, 4e-3, 0.0, 2e-3),
    ("galvanic_pulsed", "desincrustation", 2.0, 0.01, 0.0, -800e-6, -400e-6),
    ("galvanic_pulsed", "iontophoresis", 2.0, 0.01, 800e-6, 0.0, 400e-6),
    ("galvanic_alternating", "desincrustation", 1.0, 1.0, -400e-6, -400e-6, -400e-6),
    ("galvanic_alternating", "desincrustation", 2.1, 1.0, 400e-6, 400e-6, 400e-6),
    ("galvanic_alternating", "iontophoresis", 0.1, 4.04, 400e-6, -400e-6, 0.0),
    ("galvanic_reversing", "desincrustation", 310.005, 0.01, -400e-6, -400e-6, -400e-6),
    ("galvanic_reversing", "iontophoresis", 310.005, 0.01, -400e-6, -400e-6, -400e-6),
    ("galvanic_reversing", "iontophoresis", 310.03, 1.0, 400e-6, 400e-6, 400e-6),
    ("salon_unit", "lift", 1.0, 1.0, 400e-6, 0.0, 200e-6),
    ("salon_unit", "contract", 1.0, 2.0, 20e-3, -20e-3, 0.0),
    ("salon_unit", "desincrustation", 1.0, 1.0, -1e-3, -1e-3, -1e-3),
    ("salon_unit", "iontophoresis", 1.0, 1.0, 1e-3, 1e-3, 1e-3),
    ("salon_reversed", "desincrustation", 1.0, 1.0, 1e-3, 1e-3, 1e-3),
    ("salon_reversed", "iontophoresis", 1.0, 1.0, -1e-3, -1e-3, -1e-3),
    ("salon_hot", "lift", 1.0, 1.0, 2e-3, 0.0, 1e-3),
    ("microcurrent_low_mean", "lift", 1.0, 1.0, 5e-3, 0.0, 10e-6),
    ("microcurrent_aliased", "lift", 1.0, 0.02, 2e-3, -2e-3, 0.0),
    ("microcurrent_hidden_part", "lift", 0.1, 3.9, 450e-6, 0.0, 180e-6),
    ("microcurrent_hidden_part", "lift", 4.0, 0.5, 1201.5e-6, 0.0, 480.6e-6),
    ("microcurrent_hidden_part", "tone", 4.0, 0.5, 1.2e-3, -1.2e-3, 0.0),
    ("microcurrent_over_range", "lift", 1.0, 1.0, 60e-3, 0.0, 120e-6),
    ("microcurrent_voltage_swap", "lift", 1.0, 1.0, 0.24, -0.24, 0.0),
    ("microcurrent_direct", "lift", 1.0, 1.0, 700e-6, 300e-6, 500e-6),
    ("microcurrent_surge", "lift", 1.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_contact_spike", "lift", 1.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_contact_good", "lift", 1.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_broken", "lift", 1.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_wraps", "tone", 1.0, 1.0, 300e-6, -300e-6, 0.0),
    ("microcurrent_leaky", "tone", 1.0, 1.0, 300e-6, -300e-6, 0.0),
    ("microcurrent_late_fault", "tone", 1.0, 1.0, 300e-6, -300e-6, 0.0),
    ("microcurrent_late_fault", "tone", 361.0, 1.0, 1e-3, -800e-6, 100e-6),
    ("microcurrent_brief_fault", "lift", 499.0, 0.9, 450e-6, 0.0, 225e-6),
    ("microcurrent_brief_fault", "lift", 500.0, 0.005, 1350e-6, 1350e-6, 1350e-6),
    ("microcurrent_brief_fault", "lift", 500.01, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_warms_up", "lift", 479.0, 1.0, 450e-6, 0.0, 225e-6),
    # On the average of that second 719.5 s of its 720 s of warming up have passed.
    ("microcurrent_warms_up", "lift", 1199.0, 1.0, 720e-6, 0.0, 225e-6 * (1.0 + 0.6 * 719.5 / 720.0)),
    ("microcurrent_late_timer", "lift", 1499.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_late_timer", "lift", 1500.0, 1.0, 0.0, 0.0, 0.0),
    ("microcurrent_early_timer", "lift", 899.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_early_timer", "lift", 900.0, 1.0, 0.0, 0.0, 0.0),
    ("microcurrent_low_battery", "lift", 1.0, 1.0, 450e-6, 0.0, 225e-6),
    ("microcurrent_low_battery", "lift", 901.0, 1.0, 148.5e-6, 0.0, 74.25e-6),
]
OLDER = {
    "galvanic_good",
    "galvanic_reversed",
    "microcurrent_550",
    "microcurrent_dead",
    "microcurrent_edge",
    "microcurrent_good",
    "microcurrent_hot",
    "microcurrent_spiky",
    "microcurrent_stuck",
    "mislabelled_ems",
}
"""Those that another module looks at."""


def test_no_shipped_device_is_left_out() -> None:
    assert {row[0] for row in KNOWN} | OLDER == set(shipped_devices())


@pytest.mark.parametrize("known", KNOWN, ids=lambda row: f"{row[0]} {row[1]} {row[2]:g}")
def test_it_delivers_what_it_is_known_for(known: tuple[str, str, float, float, float, float, float]) -> None:
    name, mode, start, length, high, low, average = known
    output = Desk(name, mode).output(start, length)
    largest = max(abs(high), abs(low))
    assert (output.values.max(), output.values.min()) == pytest.approx((high, low), rel=1e-3, abs=2e-3 * largest)
    assert mean(output) == pytest.approx(average, rel=1e-4, abs=1e-6 * largest)


def test_either_phase_may_be_the_first() -> None:
    strength = Desk("ems_consumer", "strength").output(2.0, 0.02)
    relax = Desk("ems_consumer", "relax").output(3.0, 0.01)
    assert [strength.values[0], *relax.at(np.array([3.0001, 3.0002]))] == [36e-3, -36e-3, 36e-3]
    assert strength.edges[:4] - 2.0 == pytest.approx([0.0, 300e-6, 400e-6, 700e-6])


def test_above_its_plateau_it_rings_for_a_hundred_microseconds() -> None:
    output = Desk("ems_ringing", "strength").output(2.0, 0.02)
    plateau = output.at(2.0 + np.array([110e-6, 200e-6, 290e-6]))
    assert plateau.tolist() == [30e-3] * 3
    assert output.at(np.array([2.0 + 5e-6]))[0] < 22e-3


def test_a_burst_has_its_pulses() -> None:
    output = Desk("ems_consumer", "burst").output(1.0, 1.0)
    assert int((output.values > 0).sum()) == 20


def test_the_rate_of_a_frequency_program_changes() -> None:
    relax = Desk("ems_consumer", "relax")
    assert [int((relax.output(start, 1.0).values < 0).sum()) for start in (6.0, 8.0, 9.0, 11.0)] == [4, 4, 100, 100]


def test_a_contraction_rises_and_falls() -> None:
    strength = Desk("ems_consumer", "strength")
    heights = [strength.output(start, 0.02).peak() for start in (12.1, 12.5, 12.9, 13.5, 17.6, 17.9)]
    assert heights == pytest.approx([3.6e-3, 18e-3, 32.4e-3, 36e-3, 28.8e-3, 7.2e-3], abs=1.5e-3)


def test_a_rate_that_wanders_stays_near_its_mean() -> None:
    output = Desk("ems_clinical", "symmetrical").output(1.0, 2.0)
    plateau = output.edges[:-1][output.values == output.values.max()]
    gaps = np.diff(plateau)
    assert gaps.mean() == pytest.approx(0.01, rel=1e-3)
    assert np.all(np.abs(gaps - 0.01) <= 100e-6)
    assert 10e-6 < gaps.std() < 60e-6


@pytest.mark.parametrize(("load", "microamperes"), [(500.0, 500), (2e3, 500), (5e3, 300), (10e3, 150), (400e3, 150)])
def test_the_level_of_a_consumer_galvanic_device_follows_the_skin(load: float, microamperes: float) -> None:
    assert mean(Desk("galvanic_consumer", "iontophoresis", load=load).output(2.0, 1.0)) == pytest.approx(
        microamperes * 1e-6
    )


def test_a_salon_device_ramps_up_and_trips_without_a_load() -> None:
    desk = Desk("galvanic_salon", "iontophoresis")
    climb = desk.output(0.0, 3.0)
    assert np.unique(np.round(climb.values, 5)).size > 40
    assert mean(climb) == pytest.approx(2.5e-3, rel=0.03)
    desk.wait(10.0)
    desk.load = OPEN
    desk.wait(2.0)
    assert (desk.device.on, desk.output(11.5, 0.1).peak()) == (False, 0.0)


def test_a_good_device_is_silent_without_contact_and_rises_from_zero() -> None:
    desk = Desk("microcurrent_contact_good", "lift")
    desk.wait(1.0)
    desk.load = OPEN
    desk.wait(1.0)
    assert desk.output(1.002, 0.9).peak() == 0.0
    desk.load = 1e3
    desk.wait(1.0)
    assert desk.output(2.0, 0.01).peak() < 30e-6
    assert desk.output(2.6, 0.1).peak() == 450e-6


def test_a_spiky_contact_is_that_of_a_device_that_goes_on_without_a_load() -> None:
    desk = Desk("microcurrent_contact_spike", "lift")
    desk.load = OPEN
    desk.wait(1.0)
    assert (desk.device.on, desk.output(0.5, 0.1).peak()) == (True, 450e-6)
    assert (desk.device.rail, desk.device.output_capacitance) == (80.0, pytest.approx(100e-9))


@pytest.mark.parametrize("action", ["start", "level", "mode", "stop", "charger"])
def test_surges_follow_what_is_done(action: str) -> None:
    desk = Desk("microcurrent_surge", "lift")
    if action != "start":
        desk.wait(1.0)
    {
        "start": lambda: None,
        "level": lambda: desk.device.set_level(2),
        "mode": lambda: desk.device.select_mode("tone"),
        "stop": desk.device.stop,
        "charger": lambda: desk.device.connect_charger(True),
    }[action]()
    after = desk.output(desk.time, 0.01)
    if action in ("start", "level", "mode"):
        assert after.peak() >= 5e-3
        assert after.values[0] >= 5e-3
    else:
        assert after.at(np.array([desk.time + 2.1e-3]))[0] <= -1.5e-3


def test_up_after_the_top_begins_again_in_one_device_only() -> None:
    for name, level in (("microcurrent_wraps", 1), ("microcurrent_leaky", 8)):
        desk = Desk(name, "lift")
        desk.device.level_up()
        assert desk.device.level == level


def test_what_leaks_while_nothing_should_flow() -> None:
    desk = Desk("microcurrent_leaky", "lift")
    desk.device.pause()
    assert desk.output(0.0, 1.0).peak() == pytest.approx(40e-6)
    desk.device.stop()
    assert mean(desk.output(0.0, 1.0)) == pytest.approx(15e-6)
    desk.device.connect_charger(True)
    assert mean(desk.output(0.0, 1.0)) == pytest.approx(-120e-6)


@pytest.mark.parametrize(
    ("name", "mode", "minutes"),
    [
        ("microcurrent_home", "slow", 20),
        ("ems_consumer", "burst", 20),
        ("galvanic_consumer", "iontophoresis", 10),
        ("salon_unit", "lift", 30),
        ("microcurrent_wraps", "lift", 15),
        ("microcurrent_contact_good", "tone", 20),
    ],
)
def test_timers_end_the_treatment(name: str, mode: str, minutes: float) -> None:
    desk = Desk(name, mode)
    assert desk.output(60 * minutes - 8.0, 7.0).peak() > 0
    assert desk.output(60.0 * minutes, 10.0).peak() == 0.0
