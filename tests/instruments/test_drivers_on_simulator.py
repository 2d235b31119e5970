# SPDX-License-Identifier: MIT
"""Every driver against the simulated bench, over real VISA, with one simulator process for all of these tests."""

from types import SimpleNamespace

import numpy as np
import pytest

from instruments.clock import SimulatedClock
from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.embedded import EmbeddedSimulator, SimOptions
from instruments.errors import InstrumentRefused
from instruments.io import open_session
from instruments.keithley2450 import Keithley2450
from instruments.prs200 import PRS200
from instruments.reference_source import ReferenceSource
from instruments.relay_card import Channels, RelayCard
from instruments.stimulator import ScpiStimulator
from instruments.thermometer import Thermometer
from stimcert.reading import Status

CHANNELS = Channels(device=101, short=102, reference=103, bypass=111, tap_output=121)
MODEL_NAMES = {
    "smu": "MODEL 2450",
    "digitizer": "MODEL DMM6500",
    "load_box": "PRS-200",
    "switch": "SCPI-RELAY",
    "reference": "CURRENT-REFERENCE",
    "environment": "THERMOMETER",
    "clock": "SIMULATOR",
}


@pytest.fixture(scope="module")
def simulator():
    running = EmbeddedSimulator()
    running.hand_over(SimOptions(device="galvanic_good", seed=7))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def connected(simulator):
    """All drivers, as a station makes them."""

    def door(name, role=None):
        return open_session(simulator.resource(name), role=role or name)

    clock = SimulatedClock(door("control", "clock"))
    drivers = SimpleNamespace(
        clock=clock,
        smu=Keithley2450(door("smu"), accuracy=load_accuracy("keithley2450"), clock=clock),
        digitizer=DMM6500(door("digitizer"), accuracy=load_accuracy("dmm6500"), clock=clock),
        load_box=PRS200(door("load_box"), clock=clock),
        switch=RelayCard(door("switch"), channels=CHANNELS, shunts={100.0: 131, 10.0: 132}),
        reference=ReferenceSource(door("reference"), currents=(-5e-3, -5e-4, 5e-4, 5e-3)),
        environment=Thermometer(door("environment")),
        dut=ScpiStimulator(door("dut")),
    )
    yield drivers
    for driver in vars(drivers).values():
        driver.close()


@pytest.fixture
def bench(connected):
    """The same, in the state after switching on."""
    for driver in vars(connected).values():
        if driver is not connected.clock:
            driver.reset()
    return connected


def as_ammeter(bench, current_range=1e-3, limit=1e-3):
    bench.switch.select_shunt(100.0)
    bench.smu.configure_ammeter(current_range=current_range, limit=limit, nplc=1)
    bench.smu.output(True)


@pytest.mark.parametrize("role", MODEL_NAMES)
def test_identities_are_simulated(bench, role):
    fields = getattr(bench, role).identity().split(",")
    assert fields[1] == MODEL_NAMES[role]
    assert fields[2].startswith("SIM-")


def test_sign_of_the_current_from_a_source_in_a_known_loop(bench):
    """+1 V forced into 1 kΩ with the port short drives +1 mA out of HI, and the tap at the shunt shows that."""
    bench.switch.select_shunt(100.0)
    bench.switch.set_port("short")
    bench.load_box.set_resistance(900)
    bench.smu.configure_source(voltage=1.0, current_range=1e-2, limit=1e-2, nplc=1)
    bench.smu.output(True)
    current, voltage = bench.smu.read_current(3), bench.smu.read_voltage(3)
    assert np.mean(voltage.values) / np.mean(current.values) == pytest.approx(1000, rel=2e-3)
    bench.digitizer.configure(voltage_range=0.1, sample_rate=1e5, count=1000)
    record = bench.digitizer.capture()
    assert float(record.samples.mean()) == pytest.approx(0.1, rel=5e-3)


@pytest.mark.parametrize("amperes", [5e-4, -5e-4])
def test_ammeter_reads_the_reference_within_its_accuracy(bench, amperes):
    bench.reference.set_current(amperes)
    bench.switch.set_port("reference")
    as_ammeter(bench)
    reading = bench.smu.read_current(2)
    allowed = reading.accuracy.half_width(amperes) + 2e-4 * abs(amperes)
    assert reading.status is Status.VALID
    assert np.mean(reading.values) == pytest.approx(amperes, abs=1.2 * allowed)
    bench.reference.off()
    assert np.mean(bench.smu.read_current().values) == pytest.approx(0, abs=reading.accuracy.offset * 1.2)


def test_a_reading_takes_its_aperture_of_bench_time(bench):
    as_ammeter(bench)
    before = bench.clock.now()
    reading = bench.smu.read_current(5)
    assert before <= reading.bench_time < bench.clock.now()
    assert bench.clock.now() - before > 4.99 * reading.aperture


def test_over_range_and_limit_have_no_numbers(bench):
    bench.reference.set_current(5e-3)
    bench.switch.set_port("reference")
    as_ammeter(bench, current_range=1e-3, limit=1e-2)
    over = bench.smu.read_current()
    assert (over.status, over.values, over.bound) == (Status.OVERRANGE, (), 1e-3)
    bench.smu.configure_ammeter(current_range=1e-2, limit=2e-3, nplc=1)
    limited = bench.smu.read_current()
    assert (limited.status, limited.values, limited.bound) == (Status.LIMITED, (), 2e-3)


def test_all_ranges_follow_each_other_in_any_order(bench):
    for current_range in (1e-1, 1e-6, 1e-2, 1e-5, 1.0, 1e-4, 1e-3):
        bench.smu.configure_ammeter(current_range=current_range, limit=min(1.05 * current_range, 1.05), nplc=1)
        assert bench.smu.current_range == current_range
    for voltage in (0.1, 20.0, -2.0, 0.0):
        bench.smu.configure_source(voltage=voltage, current_range=1e-3, limit=1e-3, nplc=10)
        assert bench.smu.source_voltage == voltage


def test_reading_with_the_output_off_is_refused(bench):
    bench.smu.configure_ammeter(current_range=1e-3, limit=1e-3, nplc=1)
    with pytest.raises(InstrumentRefused):
        bench.smu.read_current()


def test_device_drives_the_loop(bench):
    as_ammeter(bench)
    bench.load_box.set_resistance(1900)
    bench.switch.set_port("device")
    bench.dut.select_mode("iontophoresis")
    bench.dut.set_level(4)
    bench.dut.level_up()
    assert bench.dut.level == 5
    bench.dut.start()
    bench.clock.wait(0.5)
    assert np.mean(bench.smu.read_current().values) == pytest.approx(400e-6, rel=0.01)
    bench.dut.stop()
    bench.clock.wait(0.5)
    assert np.mean(bench.smu.read_current().values) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("call", [lambda dut: dut.set_level(900), lambda dut: dut.select_mode("no such mode")])
def test_device_refuses_in_its_own_name(bench, call):
    with pytest.raises(InstrumentRefused, match="dut") as caught:
        call(bench.dut)
    assert caught.value.code == "dut_refused"
    assert bench.dut.check_errors() == []


def test_a_record_of_a_million_samples(bench):
    bench.digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=1_000_000)
    before = bench.clock.now()
    record = bench.digitizer.capture()
    assert record.samples.shape == (1_000_000,)
    assert not record.clipped
    assert bench.clock.now() - before > 0.999


def test_clipped_record_is_flagged(bench):
    bench.switch.select_shunt(100.0)
    bench.reference.set_current(-5e-3)
    bench.switch.set_port("reference")
    bench.switch.set_bypass(True)
    bench.digitizer.configure(voltage_range=0.1, sample_rate=1e6, count=1000)
    record = bench.digitizer.capture()
    assert record.clipped
    assert float(record.samples.min()) == pytest.approx(-0.12)


def test_tap_and_temperature(bench):
    bench.switch.set_tap("output")
    bench.switch.set_tap("shunt")
    assert bench.environment.temperature() == pytest.approx(23, abs=2)


@pytest.mark.parametrize("role", ["dut", "switch", "smu", "reference"])
def test_safe_state_is_reached_from_an_energised_bench(bench, role):
    as_ammeter(bench)
    bench.switch.set_port("device")
    bench.reference.set_current(5e-4)
    bench.dut.start()
    driver = getattr(bench, role)
    assert not driver.confirm_safe()
    driver.make_safe()
    assert driver.confirm_safe()


def test_safe_state_gets_out_on_a_dirty_session_and_is_confirmed_on_a_fresh_one(bench):
    as_ammeter(bench)
    bench.smu.write(":SENS:FUNC?")  # an answer nobody reads
    bench.smu.make_safe()
    assert bench.smu.confirm_safe()
