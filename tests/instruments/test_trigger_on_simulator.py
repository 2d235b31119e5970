# SPDX-License-Identifier: MIT
"""The digitizer's trigger and slow records against the simulated bench, over real VISA."""

from types import SimpleNamespace

import numpy as np
import pytest

from instruments.clock import SimulatedClock
from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.dmm6500_arming import ARMING_TIME
from instruments.embedded import EmbeddedSimulator, SimOptions
from instruments.errors import BenchError
from instruments.io import open_session
from instruments.prs200 import PRS200
from instruments.reference_source import ReferenceSource
from instruments.relay_card import Channels, RelayCard
from instruments.stimulator import ScpiStimulator

CHANNELS = Channels(device=101, short=102, reference=103, bypass=111, tap_output=121)
SHUNT = 100.0
TOP = 8


@pytest.fixture(scope="module")
def connected():
    """The instruments that an event needs, on one simulator with a device of 5 mA pulses, 50 µs long, 100 a second."""
    simulator = EmbeddedSimulator()
    simulator.hand_over(SimOptions(device="microcurrent_spiky", seed=11))

    def door(name):
        return open_session(simulator.resource(name), role=name)

    clock = SimulatedClock(door("control"))
    drivers = SimpleNamespace(
        clock=clock,
        digitizer=DMM6500(door("digitizer"), accuracy=load_accuracy("dmm6500"), clock=clock),
        load_box=PRS200(door("load_box"), clock=clock),
        switch=RelayCard(door("switch"), channels=CHANNELS, shunts={100.0: 131, 10.0: 132}),
        reference=ReferenceSource(door("reference"), currents=(-5e-3, -5e-4, 5e-4, 5e-3)),
        dut=ScpiStimulator(door("dut")),
    )
    yield drivers
    for driver in vars(drivers).values():
        driver.close()
    simulator.stop()


@pytest.fixture
def bench(connected):
    """A closed loop of 1 kΩ with the SMU bypassed and nothing running."""
    for driver in vars(connected).values():
        if driver is not connected.clock:
            driver.reset()
    connected.switch.select_shunt(SHUNT)
    connected.switch.set_bypass(True)
    connected.load_box.set_resistance(900)
    return connected


def reference(bench, amperes):
    """Let the reference drive a current, from now on."""
    bench.switch.set_port("reference")
    bench.reference.set_current(amperes)


def device(bench):
    """Let the device run on its top level, past its beginning."""
    bench.switch.set_port("device")
    bench.dut.set_level(TOP)
    bench.dut.start()
    bench.clock.wait(2.0)


def digitize(bench, rate=1e6, voltage_range=1.0):
    bench.digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=1000)
    return bench.digitizer


def test_switching_on_is_at_the_event(bench):
    bench.switch.set_port("reference")
    record = digitize(bench).capture_around(lambda: bench.reference.set_current(5e-3), pre=1e-3, post=3e-3)
    at = round(record.event * 1e6)
    samples = record.waveform.samples
    assert at >= 1000
    assert samples.size - at >= 3000
    assert np.abs(samples[:at]).max() < 5e-3
    assert samples[at:] == pytest.approx(np.full(samples.size - at, 0.5), rel=5e-3)
    assert record.waveform.bench_time + record.event == pytest.approx(
        bench.clock.now() - (samples.size - at) * 1e-6, abs=0.3
    )


def test_the_time_that_the_action_takes_is_in_the_record(bench):
    """A relay needs its 5 ms: the loop opens that much after the event."""
    reference(bench, 5e-3)
    record = digitize(bench, rate=1e5).capture_around(lambda: bench.switch.set_port("open"), pre=2e-3, post=0.1)
    high = np.flatnonzero(record.waveform.samples > 0.25)
    assert high.size == high[-1] + 1
    assert (high[-1] + 1) / 1e5 - record.event == pytest.approx(5e-3, abs=2e-5)


def test_an_action_longer_than_the_record_is_refused_and_leaves_the_digitizer_free(bench):
    reference(bench, 5e-3)
    digitizer = digitize(bench)
    with pytest.raises(BenchError, match="longer record"):
        digitizer.capture_around(lambda: bench.switch.set_port("open"), pre=1e-3, post=2e-3)
    assert digitizer.capture().samples.size == 1000


def test_a_quiet_watch_takes_its_bench_time_and_finds_nothing(bench):
    digitizer, before = digitize(bench), bench.clock.now()
    seen = digitizer.watch(level=0.05, duration=60.0, pre=1e-3, post=4e-3)
    assert seen.record is None
    assert seen.watched == pytest.approx(60.0)
    assert bench.clock.now() - before == pytest.approx(ARMING_TIME + 60.0, abs=1e-5)
    assert digitizer.capture().samples.size == 1000


def test_pulses_below_the_level_do_not_trigger_and_above_it_do(bench):
    device(bench)
    digitizer = digitize(bench)
    assert digitizer.watch(level=0.6, duration=5.0, pre=1e-3, post=4e-3).record is None
    seen = digitizer.watch(level=0.4, duration=5.0, pre=1e-3, post=4e-3)
    samples = seen.record.waveform.samples
    beyond = np.flatnonzero(np.abs(samples) > 0.4) / 1e6
    assert np.abs(samples).max() == pytest.approx(5e-3 * SHUNT, rel=0.02)
    assert 0 < seen.record.event - beyond[0] < 10e-6
    assert 5e-3 <= seen.watched < 1.0


def test_something_that_an_action_starts_is_caught(bench):
    bench.switch.set_port("device")
    seen = digitize(bench).watch(level=0.05, duration=10.0, pre=1e-3, post=4e-3, action=bench.dut.start)
    at = round(seen.record.event * 1e6)
    assert np.abs(seen.record.waveform.samples[: at - 10]).max() < 0.05
    assert np.abs(seen.record.waveform.samples[at - 10 : at + 20]).max() > 0.05


@pytest.mark.parametrize("amperes", [5e-3, -5e-3])
def test_a_direct_current_above_the_level_is_found_although_nothing_departs(bench, amperes):
    reference(bench, amperes)
    seen = digitize(bench).watch(level=0.05, duration=10.0, pre=1e-3, post=4e-3)
    assert seen.record.event == 0.0
    assert seen.record.waveform.samples.mean() == pytest.approx(amperes * SHUNT, rel=5e-3)
    assert seen.watched == pytest.approx(seen.record.waveform.samples.size / 1e6)


def test_a_direct_current_below_the_level_is_quiet(bench):
    reference(bench, 5e-4)
    assert digitize(bench).watch(level=0.06, duration=1.0, pre=1e-3, post=4e-3).record is None


def test_a_slow_record_of_a_program_takes_its_time(bench):
    """1 kS/s for 12 s; each sample is the mean of a millisecond, so that nothing between them is left out."""
    device(bench)
    digitizer, before = bench.digitizer, bench.clock.now()
    assert digitizer.min_sample_rate == 1e3
    digitizer.configure(voltage_range=1.0, sample_rate=1e3, count=12_000)
    record = digitizer.capture()
    assert bench.clock.now() - before == pytest.approx(12.0, rel=1.1e-4)
    assert np.count_nonzero(np.abs(record.samples) > 5e-3) == pytest.approx(1200, abs=130)
    assert record.samples.mean() == pytest.approx(5e-3 * SHUNT * 50e-6 * 100, abs=6e-4)


def test_a_slow_record_around_an_event(bench):
    bench.switch.set_port("reference")
    digitizer = digitize(bench, rate=1e3)
    record = digitizer.capture_around(lambda: bench.reference.set_current(5e-3), pre=2.0, post=3.0)
    assert record.event >= 2.0
    at = round(record.event * 1e3)
    assert record.waveform.samples[at + 1 :] == pytest.approx(
        np.full(record.waveform.samples.size - at - 1, 0.5), rel=5e-3
    )
