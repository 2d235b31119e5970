# SPDX-License-Identifier: MIT
"""The simulated DMM6500's trigger: armed while other instruments let time pass."""

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.dmm6500 import Dmm6500

RATE = 100_000


def make(device: str = "microcurrent_spiky", *, level: int | None = None):
    """Return a digitizer at 100 kS/s across 100 Ω, in a closed loop with a device that is not running."""
    bench = SimulatedBench(read_device(device).device(), seed=3)
    circuit = bench.circuit
    circuit.port, circuit.shunts, circuit.box, circuit.bypass = "device", frozenset({100.0}), 900.0, True
    bench.stimulator.select_mode(bench.stimulator.mode.name)
    bench.stimulator.set_level(level or len(bench.stimulator.mode.amplitudes))
    digitizer = Dmm6500(bench)
    say(digitizer, f':SENS:DIG:FUNC "VOLT";:SENS:DIG:VOLT:RANG 1;SRAT {RATE};:FORM SREAL')
    return bench, digitizer


def say(digitizer: Dmm6500, message: str) -> str:
    return digitizer.handle(message.encode()).decode().rstrip("\n")


def watch(digitizer: Dmm6500, low: float, high: float, *, size: int = 1000, position: int = 40) -> None:
    """Arm for a departure from a window, V."""
    say(
        digitizer,
        f":TRAC:POIN {size};:DIG:VOLT:ATR:MODE WIND;WIND:LEV:LOW {low};HIGH {high};:DIG:VOLT:ATR:WIND:DIR LEAV",
    )
    say(digitizer, f':TRIG:LOAD "LoopUntilEvent",ATR,{position},ENT,0,"defbuffer1";:INIT')


def state(digitizer: Dmm6500) -> str:
    return say(digitizer, ":TRIG:STAT?").split(";")[0]


def errors(digitizer: Dmm6500) -> list[int]:
    codes = []
    while code := int(say(digitizer, "SYST:ERR?").split(",")[0]):
        codes.append(code)
    return codes


def readings(digitizer: Dmm6500) -> np.ndarray:
    count = int(say(digitizer, ":TRAC:ACT?"))
    return np.frombuffer(digitizer.handle(f":TRAC:DATA? 1,{count}".encode())[2:-1], "<f4")


def test_nothing_happens_until_something_leaves_the_window() -> None:
    bench, digitizer = make()
    watch(digitizer, -0.1, 0.1)
    assert state(digitizer) == "RUNNING"
    bench.advance(30.0)
    assert state(digitizer) == "WAITING"
    assert readings(digitizer).size == 1000
    assert np.abs(readings(digitizer)).max() < 1e-3
    assert errors(digitizer) == []


def test_the_record_has_the_event_where_the_position_says() -> None:
    bench, digitizer = make()
    watch(digitizer, -0.1, 0.1)
    bench.advance(1.0)
    bench.stimulator.start()
    bench.advance(5.0)
    assert state(digitizer) == "IDLE"
    samples = readings(digitizer)
    assert samples.size == 1000
    # 40 % of 1000 before the event, which comes 7 µs after the crossing: with samples of 10 µs, one or two of them.
    assert np.flatnonzero(np.abs(samples) > 0.1)[0] in (398, 399)
    assert errors(digitizer) == []


def test_a_trigger_costs_no_time_of_its_own_and_stops_looking() -> None:
    bench, digitizer = make()
    before = bench.time
    watch(digitizer, -0.1, 0.1)
    assert bench.time == before
    bench.stimulator.start()
    bench.advance(1.0)
    assert not digitizer.armed


def test_readings_so_far_can_be_seen_while_armed_and_stay_what_they_were() -> None:
    bench, digitizer = make()
    watch(digitizer, -1, 1)
    bench.advance(2e-3)
    first = readings(digitizer)
    bench.advance(1e-3)
    assert first.size == 200
    assert np.array_equal(readings(digitizer)[:200], first)


def test_state_is_refreshed_every_100_ms() -> None:
    bench, digitizer = make()
    watch(digitizer, -0.1, 0.1)
    bench.stimulator.start()
    bench.advance(0.09)
    assert state(digitizer) == "RUNNING"
    bench.advance(0.02)
    assert state(digitizer) == "IDLE"


def test_settings_of_others_count_from_when_they_changed() -> None:
    """The device runs while the loop is open; closing it is the departure."""
    bench, digitizer = make("galvanic_good")
    bench.circuit.port = "open"
    bench.stimulator.start()
    bench.advance(1.0)
    watch(digitizer, -5e-3, 5e-3)
    bench.advance(2.5e-3)
    bench.circuit.port = "device"
    bench.advance(0.5)
    samples = np.abs(readings(digitizer))
    assert samples.size == 250 + 600 or samples.size == 251 + 600
    assert samples[:250].max() < 5e-3
    assert samples[251:].min() > 5e-3


def test_outside_from_the_start_never_triggers_but_the_extremes_show_it() -> None:
    bench, digitizer = make("galvanic_good")
    bench.stimulator.start()
    bench.advance(1.0)
    watch(digitizer, -5e-3, 5e-3)
    bench.advance(1.0)
    assert state(digitizer) == "WAITING"
    highest, lowest = say(digitizer, ":TRAC:STAT:MAX?;:TRAC:STAT:MIN?").split(";")
    assert max(abs(float(highest)), abs(float(lowest))) > 5e-3


@pytest.mark.parametrize(("slope", "high_after"), [("RIS", True), ("FALL", False)])
def test_an_edge_is_one_level_and_a_direction(slope: str, high_after: bool) -> None:
    """Pulses of 50 µs are five samples long, so that of the fifty after the event some are high, or none is."""
    bench, digitizer = make()
    say(digitizer, f":TRAC:POIN 100;:DIG:VOLT:ATR:MODE EDGE;EDGE:LEV 0.1;SLOP {slope}")
    say(digitizer, ':TRIG:LOAD "LoopUntilEvent",ATR,50;:INIT')
    bench.stimulator.start()
    bench.advance(1.0)
    samples = readings(digitizer)
    assert samples.size == 100
    assert bool((samples[50:] > 0.1).any()) is high_after
    assert (samples[43:52] > 0.1).any()
    assert say(digitizer, ":DIG:VOLT:ATR:MODE?;EDGE:LEV?;SLOP?") == f"EDGE;0.1;{slope}"


def test_a_command_is_an_event_too() -> None:
    bench, digitizer = make("galvanic_good")
    say(digitizer, ':TRAC:POIN 1000;:TRIG:LOAD "LoopUntilEvent",COMM,30,ENT,0,"defbuffer1";:INIT')
    bench.advance(0.1)
    bench.circuit.port = "open"
    bench.stimulator.start()
    bench.advance(1.0)
    say(digitizer, "*TRG")
    bench.circuit.port = "device"
    bench.advance(0.2)
    samples = np.abs(readings(digitizer))
    assert samples.size == 1000
    assert samples[:300].max() < 1e-3
    assert samples[300:].min() > 5e-3


def test_abort_ends_it_and_keeps_the_readings() -> None:
    bench, digitizer = make()
    watch(digitizer, -0.1, 0.1)
    bench.advance(5e-3)
    say(digitizer, ":ABOR")
    assert state(digitizer) == "ABORTED"
    assert not digitizer.armed
    assert say(digitizer, ":TRAC:ACT?;:TRAC:ACT:STAR?;END?") == "500;1;500"
    bench.stimulator.start()
    bench.advance(1.0)
    assert say(digitizer, ":TRAC:ACT?") == "500"


def test_it_can_be_armed_again() -> None:
    bench, digitizer = make()
    bench.stimulator.start()
    for _ in range(3):
        watch(digitizer, -0.1, 0.1)
        bench.advance(0.5)
        assert state(digitizer) == "IDLE"
        assert readings(digitizer).max() > 0.1


def test_without_a_trigger_mode_the_analog_trigger_never_comes() -> None:
    bench, digitizer = make()
    say(digitizer, ':TRIG:LOAD "LoopUntilEvent",ATR,50;:INIT')
    bench.stimulator.start()
    bench.advance(1.0)
    assert state(digitizer) == "WAITING"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (':TRIG:LOAD "LoopUntilEvent",ATR,101', -222),
        (':TRIG:LOAD "LoopUntilEvent",DISP,50', -224),
        (':TRIG:LOAD "LoopUntilEvent",ATR,50,ENT,0.1', -222),
        (':TRIG:LOAD "LoopUntilEvent",ATR,50,ENT,0,"nobuffer"', -224),
        (':TRIG:LOAD "SimpleLoop",5', -224),
        (":DIG:VOLT:ATR:WIND:LEV:LOW 0.05", -222),
        (":DIG:VOLT:ATR:MODE PULS", -224),
    ],
)
def test_refusals(message: str, code: int) -> None:
    _, digitizer = make()
    assert say(digitizer, message) == ""
    assert errors(digitizer) == [code]


@pytest.mark.parametrize(("message", "code"), [(":INIT", -213), (":READ:DIG?", -221), (':TRIG:LOAD "Empty"', -221)])
def test_while_it_runs_it_does_nothing_else(message: str, code: int) -> None:
    _, digitizer = make()
    watch(digitizer, -1, 1)
    assert say(digitizer, message) == ""
    assert errors(digitizer) == [code]


def test_reset_ends_and_forgets_it() -> None:
    bench, digitizer = make()
    watch(digitizer, -1, 1)
    say(digitizer, "*RST")
    assert not digitizer.armed
    assert state(digitizer) == "EMPTY"
    assert say(digitizer, ":DIG:VOLT:ATR:MODE?;WIND:LEV:LOW?;HIGH?;:DIG:VOLT:ATR:WIND:DIR?") == "OFF;0;0.05;ENT"


def test_across_a_skin_network_the_crossing_lies_on_the_exponential() -> None:
    """A regulated current charges the network: at the event the voltage has just come to the level."""

    def charged() -> tuple[SimulatedBench, Dmm6500]:
        bench, digitizer = make("galvanic_good")
        bench.circuit.skin, bench.circuit.tap = "N1", "output"
        say(digitizer, ":DIG:VOLT:RANG 100;SRAT 1E6")
        return bench, digitizer

    bench, _ = charged()
    bench.stimulator.start()
    bench.advance(20.0)
    final = float(bench.circuit.tap_voltage(bench.time - 1e-3, bench.time, 1e7).at(np.array([bench.time - 5e-4]))[0])

    bench, digitizer = charged()
    level = 0.8 * abs(final)
    watch(digitizer, -level, level, size=1000, position=50)
    bench.advance(0.01)
    bench.stimulator.start()
    bench.advance(20.0)
    samples = np.abs(readings(digitizer))
    assert state(digitizer) == "IDLE"
    assert samples.size == 1000
    assert samples[:450].mean() < level < samples[550:].mean()
    assert samples[480:520].mean() == pytest.approx(level, rel=0.01)


def test_on_the_wall_clock_an_armed_digitizer_takes_readings_too() -> None:
    bench = SimulatedBench(read_device("microcurrent_good").device(), wall_clock=True)
    digitizer = Dmm6500(bench)
    say(digitizer, ':TRIG:LOAD "LoopUntilEvent",COMM,50;:INIT')
    bench.advance(0.01)
    assert int(say(digitizer, ":TRAC:ACT?")) >= 1000
