# SPDX-License-Identifier: MIT
"""Reference, thermometer, stimulator and the simulator's clock on the wire."""

import pytest
from pymeasure.test import expected_protocol

from instruments.clock import RealClock, SimulatedClock
from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.reference_source import ReferenceSource
from instruments.scpi import ScpiInstrument
from instruments.stimulator import ScpiStimulator
from instruments.thermometer import Thermometer

OK = b';0,"No error"'


def reference(*pairs):
    return expected_protocol(ReferenceSource, list(pairs), currents=(-5e-3, -5e-4, 5e-4, 5e-3), pulsed=(9e-4,))


def stimulator(*pairs):
    return expected_protocol(ScpiStimulator, list(pairs))


def test_reference_is_set_switched_on_and_read_back():
    with reference(
        (b":SOUR:FUNC DC", None),
        (b":SOUR:CURR -0.0005", None),
        (b":OUTP ON", None),
        (b":SOUR:FUNC?;:SOUR:CURR?;:OUTP?;:SYST:ERR?", b"DC;-5.000000E-04;1" + OK),
    ) as source:
        source.set_current(-5e-4)


@pytest.mark.parametrize("amperes", [4e-4, 0.0, float("nan")])
def test_reference_gives_certified_currents_only(amperes):
    with reference() as source, pytest.raises(BenchError, match="no certified current"):
        source.set_current(amperes)


def test_reference_gives_pulses_of_a_certified_amplitude_only():
    with reference(
        (b":SOUR:FUNC PULS", None),
        (b":SOUR:CURR 0.0009", None),
        (b":OUTP ON", None),
        (b":SOUR:FUNC?;:SOUR:CURR?;:OUTP?;:SYST:ERR?", b"PULS;9.000000E-04;1" + OK),
    ) as source:
        source.set_pulses(9e-4)
        with pytest.raises(BenchError, match="no certified pulses of 0.0005 A; it has 0.0009"):
            source.set_pulses(5e-4)


def test_reference_that_gives_the_other_sign_is_refused():
    with (
        reference(
            (b":SOUR:FUNC DC", None),
            (b":SOUR:CURR -0.0005", None),
            (b":OUTP ON", None),
            (b":SOUR:FUNC?;:SOUR:CURR?;:OUTP?;:SYST:ERR?", b"DC;5.000000E-04;1" + OK),
        ) as source,
        pytest.raises(InstrumentRefused, match="source_current"),
    ):
        source.set_current(-5e-4)


def test_reference_goes_off():
    with reference(
        (b":OUTP OFF", None), (b":OUTP?;:SYST:ERR?", b"0" + OK), (b":OUTP OFF", None), (b":OUTP?", b"0")
    ) as source:
        source.off()
        source.make_safe()
        assert source.confirm_safe()


def test_temperature():
    with expected_protocol(Thermometer, [(b":MEAS:TEMP?;:SYST:ERR?", b"+2.300000E+01" + OK)]) as thermometer:
        assert thermometer.temperature() == 23.0


@pytest.mark.parametrize("answer", [b"nan", b"9.9E37", b"9.91E37", b"-300", b"warm", b"", b"inf"])
def test_broken_sensor_is_told(answer):
    with (
        expected_protocol(Thermometer, [(b":MEAS:TEMP?;:SYST:ERR?", answer + OK)]) as thermometer,
        pytest.raises(GarbledReply, match="environment"),
    ):
        thermometer.temperature()


def test_level_costs_one_round_trip():
    with stimulator((b":LEV 3", None), (b":LEV?;:SYST:ERR?", b"3" + OK)) as device:
        device.set_level(3)


def test_mode_is_sent_as_a_string():
    with stimulator((b':MODE "lift"', None), (b":MODE?;:SYST:ERR?", b'"lift"' + OK)) as device:
        device.select_mode("lift")


@pytest.mark.parametrize("mode", ['lift";:LEV 8', "lift\n:OUTP:STAR", "Gerät", "a\rb"])
def test_mode_that_would_break_out_of_its_string_is_never_sent(mode):
    with stimulator() as device, pytest.raises(BenchError, match="no SCPI string"):
        device.select_mode(mode)


@pytest.mark.parametrize("level", [0, -1, 1001, 2.5, float("nan"), float("inf")])
def test_impossible_levels_are_never_sent(level):
    with stimulator() as device, pytest.raises(BenchError):
        device.set_level(level)


def test_refusal_of_the_device_is_about_device_and_plan():
    with (
        stimulator(
            (b":LEV 9", None), (b":LEV?;:SYST:ERR?", b'8;-222,"Data out of range"'), (b":SYST:ERR?", b'0,"No error"')
        ) as device,
        pytest.raises(InstrumentRefused, match="-222") as caught,
    ):
        device.set_level(9)
    assert caught.value.code == "dut_refused"


def test_level_that_is_not_taken_is_told():
    with (
        stimulator((b":LEV 4", None), (b":LEV?;:SYST:ERR?", b"3" + OK)) as device,
        pytest.raises(InstrumentRefused, match="level was set to 4 and reads back 3"),
    ):
        device.set_level(4)


def test_up_start_stop_end_with_a_query():
    with stimulator(
        (b":LEV:UP", None),
        (b":LEV?;:SYST:ERR?", b"2" + OK),
        (b":OUTP:STAR", None),
        (b":OUTP?;:SYST:ERR?", b"1" + OK),
        (b":OUTP:STOP", None),
        (b":OUTP?;:SYST:ERR?", b"0" + OK),
    ) as device:
        device.level_up()
        device.start()
        device.stop()


@pytest.mark.parametrize(("verb", "command", "answer"), [("start", b"STAR", b"0"), ("stop", b"STOP", b"1")])
def test_output_that_does_not_follow_is_told(verb, command, answer):
    with (
        stimulator((b":OUTP:" + command, None), (b":OUTP?;:SYST:ERR?", answer + OK)) as device,
        pytest.raises(InstrumentRefused, match="reads back"),
    ):
        getattr(device, verb)()


def test_stop_is_the_first_thing_said_to_an_unsafe_device():
    with stimulator((b":OUTP:STOP", None), (b":OUTP?", b"0")) as device:
        device.make_safe()
        assert device.confirm_safe()


def test_bench_time_belongs_to_the_simulator():
    with expected_protocol(
        SimulatedClock, [(b":TIME?", b"1.25"), (b":WAIT 0.5;*OPC?", b"1"), (b":WAIT 0;*OPC?", b"1")]
    ) as clock:
        assert clock.now() == 1.25
        clock.wait(0.5)
        clock.wait(-1)


@pytest.mark.parametrize("reply", [b"", b"0", b"1.25"])
def test_a_wait_that_nobody_says_is_over_is_none(reply: bytes) -> None:
    with expected_protocol(SimulatedClock, [(b":WAIT 0.5;*OPC?", reply)]) as clock:
        with pytest.raises(GarbledReply, match="WAIT"):
            clock.wait(0.5)


def test_real_clock_starts_at_zero_and_does_not_go_back():
    clock = RealClock()
    first = clock.now()
    clock.wait(0)
    assert 0 <= first <= clock.now()


def test_a_driver_with_dynamic_properties_is_refused():
    with pytest.raises(TypeError, match="level"):

        class Dynamic(ScpiInstrument):
            level = ScpiInstrument.control(":LEV?", ":LEV %d", """Control the level (int).""", dynamic=True)
