# SPDX-License-Identifier: MIT
"""Devices and loads together: what happens at the moment of contact, on charged skin, and to a device that looks."""

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.piecewise import FloatArray
from instruments.sim.stimulator_port import StimulatorPort

SAMPLE = 1e-6


def bench(name: str, mode: str, *, ohms: float = 1e3, shunt: float = 10.0, skin: str | None = None) -> SimulatedBench:
    """Return a bench with a running device on a load, its shunt included, at the top level."""
    built = SimulatedBench(read_device(name).device(), seed=3)
    circuit = built.circuit
    circuit.port, circuit.bypass, circuit.skin = "device", True, skin
    circuit.box, circuit.shunts = ohms - shunt, frozenset({shunt})
    built.stimulator.select_mode(mode)
    built.stimulator.set_level(built.stimulator.top_level)
    built.stimulator.start()
    return built


def samples(built: SimulatedBench, length: float, aperture: float = SAMPLE) -> FloatArray:
    """Return the current from now on, A, as a digitizer across the shunt has it."""
    (shunt,) = built.circuit.shunts
    volts = built.circuit.tap_voltage(built.time, built.time + length, 1e10)
    begins = built.time + np.arange(round(length / aperture) - 1) * aperture
    return volts.means(begins, aperture) / built.circuit.shunt(shunt)


def test_at_the_next_contact_an_output_capacitor_empties_itself_into_the_skin() -> None:
    built = bench("microcurrent_contact_spike", "lift", skin="open")
    built.advance(1.0)
    volts = built.circuit
    volts.tap = "output"
    assert volts.tap_voltage(built.time, built.time + 0.01, 1e7).peak() == pytest.approx(80.0, rel=1e-3)
    volts.tap, volts.skin = "shunt", None
    current = samples(built, 1e-3)
    assert current.max() == pytest.approx(80e-3, rel=0.01)
    assert current.sum() * SAMPLE == pytest.approx(8e-6, rel=0.06)


def test_a_device_that_notices_lift_off_gives_no_spike() -> None:
    built = bench("microcurrent_contact_good", "lift", skin="open")
    built.advance(1.0)
    built.circuit.skin = None
    assert samples(built, 0.02).max() < 40e-6
    built.advance(0.6)
    assert samples(built, 0.02).max() == pytest.approx(450e-6, rel=1e-6)


def test_what_looks_like_400_microamperes_on_10_kiloohms_is_7_milliamperes_on_skin() -> None:
    on_resistor = bench("microcurrent_voltage", "lift", ohms=10e3)
    on_skin = bench("microcurrent_voltage", "lift", skin="N1")
    for built in (on_resistor, on_skin):
        built.advance(1.0)
    assert samples(on_resistor, 0.02).max() == pytest.approx(0.4e-3, rel=1e-3)
    current = samples(on_skin, 0.02, 1e-8)
    assert current.max() == pytest.approx(7.0e-3, rel=0.02)
    assert current.min() == pytest.approx(-13.9e-3, rel=0.02)  # the second phase meets a capacitor that is charged


def test_a_change_of_sign_on_charged_skin_is_higher_than_any_resistor_shows() -> None:
    on_resistor = bench("microcurrent_voltage_swap", "lift", ohms=500.0)
    on_skin = bench("microcurrent_voltage_swap", "lift", skin="N0")
    for built in (on_resistor, on_skin):
        built.advance(1.0)
    assert np.abs(samples(on_resistor, 0.1)).max() == pytest.approx(480e-6, rel=2e-3)
    assert np.abs(samples(on_skin, 0.1)).max() == pytest.approx(0.82e-3, rel=0.03)


@pytest.mark.parametrize(("ohms", "microamperes"), [(1e3, 500.0), (5e3, 300.0), (10e3, 150.0)])
def test_a_level_follows_the_load_that_the_box_sets(ohms: float, microamperes: float) -> None:
    built = bench("galvanic_consumer", "iontophoresis", ohms=ohms)
    built.advance(3.0)
    assert samples(built, 0.01).mean() == pytest.approx(microamperes * 1e-6, rel=1e-6)


def test_a_level_follows_a_load_that_changes_under_it() -> None:
    built = bench("galvanic_consumer", "iontophoresis", ohms=1e3)
    built.advance(3.0)
    built.circuit.box = 9990.0
    built.advance(3.0)
    assert samples(built, 0.01).mean() == pytest.approx(150e-6, rel=1e-6)


def test_an_open_port_trips_a_salon_device() -> None:
    built = bench("galvanic_salon", "iontophoresis")
    built.advance(5.0)
    built.circuit.port = "open"
    built.advance(0.5)
    assert built.stimulator.on
    built.advance(1.0)
    assert not built.stimulator.on
    built.circuit.port = "device"
    built.advance(1.0)
    assert samples(built, 0.01).max() == 0.0


def test_what_leaks_flows_through_the_load() -> None:
    built = bench("microcurrent_leaky", "lift")
    built.stimulator.stop()
    built.advance(1.0)
    assert samples(built, 0.01).mean() == pytest.approx(15e-6, rel=1e-3)
    built.stimulator.connect_charger(True)
    assert samples(built, 0.01).mean() == pytest.approx(-120e-6, rel=1e-3)


def test_on_the_wall_clock_a_device_that_looks_at_its_load_still_runs() -> None:
    built = SimulatedBench(read_device("microcurrent_contact_good").device(), wall_clock=True)
    built.circuit.port, built.circuit.bypass, built.circuit.shunts = "device", True, frozenset({100.0})
    built.stimulator.start()
    built.advance(1.0)
    now = built.time
    assert built.circuit.tap_voltage(now, now + 0.02, 1e10).peak() == pytest.approx(56.25e-6 * 100, rel=1e-3)


def test_the_hand_at_the_port_pauses_and_plugs_in() -> None:
    built = bench("microcurrent_contact_good", "lift")
    port = StimulatorPort(built)
    assert port.handle(b":OUTP?;:CHAR?") == b"1;0\n"
    assert port.handle(b":OUTP:PAUS;:OUTP?") == b"0\n"
    assert port.handle(b":OUTP:STAR;:OUTP?") == b"1\n"
    assert port.handle(b":CHAR 1;:CHAR?;:OUTP?") == b"1;0\n"
    assert port.handle(b":OUTP:STAR;:OUTP?") == b"0\n"
    assert port.handle(b":CHAR 0;:OUTP:STAR;:OUTP?;:CHAR?") == b"1;0\n"
    assert port.handle(b":CHAR 2;:SYST:ERR?").startswith(b"-222")


def test_up_at_the_port_wraps_where_the_device_does() -> None:
    for name, level in (("microcurrent_wraps", b"1\n"), ("microcurrent_good", b"8\n")):
        port = StimulatorPort(bench(name, "lift"))
        assert port.handle(b":LEV?;:LEV:UP;:LEV?") == b"8;" + level
