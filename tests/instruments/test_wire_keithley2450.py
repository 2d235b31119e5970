# SPDX-License-Identifier: MIT
"""What the 2450's driver puts on the wire, byte by byte, and what it makes of the answers."""

import pytest
from pymeasure.test import expected_protocol

from instruments.data_sheets import load_accuracy
from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.keithley2450 import Keithley2450
from stimcert.reading import Status

NO_ERROR = b'0,"No error;0;0 0"'
READ_2 = (
    b':SENS:COUN 2;:TRAC:CLE "defbuffer1";:READ? "defbuffer1";:TRAC:DATA? 1,2,"defbuffer1",READ,SOURSTAT;:SYST:ERR?'
)


class FrozenClock:
    def now(self) -> float:
        return 12.5

    def wait(self, seconds: float) -> None:
        raise AssertionError("the SMU's driver has no reason to wait")


def connected(*pairs):
    return expected_protocol(
        Keithley2450, list(pairs), accuracy=load_accuracy("keithley2450"), line_frequency=50.0, clock=FrozenClock()
    )


def configuration(current_range=b"0.001", limit=b"0.002", voltage=b"0", voltage_range=b"0.2", before=b"1E-1"):
    """The whole configuration as an ammeter, coming from a higher current range."""
    return [
        (b":SOUR:FUNC VOLT", None),
        (b":OUTP:VOLT:SMOD HIMP", None),
        (b":SOUR:VOLT 0", None),
        (b":SOUR:FUNC?;:OUTP:VOLT:SMOD?;:SOUR:VOLT?;:SYST:ERR?", b"VOLT;HIMP;0;" + NO_ERROR),
        (b":SENS:CURR:RANG?", before),
        (b":SOUR:VOLT:RANG " + voltage_range, None),
        (b":SENS:CURR:RANG " + current_range, None),
        (b":SOUR:VOLT:ILIM " + limit, None),
        (
            b":SOUR:VOLT:RANG?;:SENS:CURR:RANG?;:SOUR:VOLT:ILIM?;:SYST:ERR?",
            b";".join([voltage_range, current_range, limit, NO_ERROR]),
        ),
        (b":SOUR:VOLT " + voltage, None),
        (b":SOUR:VOLT:READ:BACK ON", None),
        (b":SENS:CURR:NPLC 1", None),
        (b":SENS:VOLT:NPLC 1", None),
        (b":SENS:CURR:AVER OFF", None),
        (b":SENS:VOLT:AVER OFF", None),
        (b":SENS:CURR:RSEN OFF", None),
        (b":SENS:VOLT:RSEN OFF", None),
        (b":FORM ASC", None),
        (b':SENS:FUNC "CURR"', None),
        (
            b":SOUR:VOLT?;:SOUR:VOLT:READ:BACK?;:SENS:CURR:NPLC?;:SENS:VOLT:NPLC?;:SENS:CURR:AVER?;:SENS:VOLT:AVER?;"
            b":SENS:CURR:RSEN?;:SENS:VOLT:RSEN?;:FORM?;:SENS:FUNC?;:SYST:ERR?",
            voltage + b';1;1;1.0;0;0;0;0;ASC;"CURR:DC";' + NO_ERROR,
        ),
    ]


def ammeter(*pairs):
    return connected(*configuration(), *pairs)


def configure(smu, **changes):
    smu.configure_ammeter(**{"current_range": 1e-3, "limit": 2e-3, "nplc": 1.0} | changes)


def test_making_a_driver_sends_nothing():
    with connected():
        pass


def test_identity_is_the_whole_answer():
    with connected((b"*IDN?", b"KEITHLEY INSTRUMENTS,MODEL 2450,01,1.7.12b")) as smu:
        assert smu.identity() == "KEITHLEY INSTRUMENTS,MODEL 2450,01,1.7.12b"


@pytest.mark.parametrize("answer", [b"", b" "])
def test_an_empty_answer_is_no_identity(answer: bytes) -> None:
    with connected((b"*IDN?", answer)) as smu, pytest.raises(GarbledReply, match=r"to '\*IDN\?'"):
        smu.identity()


def test_ammeter_is_configured_range_before_limit_when_the_range_falls():
    with ammeter() as smu:
        configure(smu)


def test_limit_goes_before_the_range_when_the_range_rises():
    pairs = configuration(current_range=b"0.1", limit=b"0.1", before=b"1E-4")
    pairs[6], pairs[7] = pairs[7], pairs[6]
    pairs[8] = (
        b":SOUR:VOLT:RANG?;:SOUR:VOLT:ILIM?;:SENS:CURR:RANG?;:SYST:ERR?",
        b"0.2;0.1;0.1;" + NO_ERROR,
    )
    with connected(*pairs) as smu:
        configure(smu, current_range=0.1, limit=0.1)


def test_source_takes_the_lowest_range_that_holds_the_voltage():
    with connected(*configuration(voltage=b"-2.1", voltage_range=b"2")) as smu:
        smu.configure_source(voltage=-2.1, current_range=1e-3, limit=2e-3, nplc=1.0)


@pytest.mark.parametrize("value", [0.0004502, 4.0000001e-7, 1e-7, 1.05])
def test_no_digit_of_a_small_limit_is_lost(value):
    with connected((b":SOUR:VOLT:ILIM %.9g" % value, None), (b":SYST:ERR?", NO_ERROR)) as smu:
        smu.current_limit = value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("current_limit", 5.0),
        ("current_limit", float("nan")),
        ("current_range", 2e-3),
        ("source_voltage", 200.0),
        ("source_voltage", float("inf")),
        ("source_voltage_range", 200.0),
        ("current_nplc", 0.001),
        ("off_state", "ON"),
        ("sense_function", "RES"),
        ("source_function", "CURR"),
    ],
)
def test_what_the_2450_or_the_bench_cannot_do_is_never_sent(name, value):
    with connected() as smu:
        with pytest.raises(ValueError, match="not in"):
            setattr(smu, name, value)
        with pytest.raises(BenchError, match=f"smu.*cannot set {name}"):
            smu.change(**{name: value})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limit": 9.9e-5}, "a tenth"),
        ({"limit": float("nan")}, "a tenth"),
        ({"nplc": 0.1}, "specified from 1 PLC"),
        ({"nplc": float("nan")}, "specified from 1 PLC"),
    ],
)
def test_configuration_refuses_before_anything_is_sent(changes, said):
    with connected() as smu, pytest.raises(BenchError, match=said):
        configure(smu, **changes)


@pytest.mark.parametrize("voltage", [21.1, -40.0, float("nan")])
def test_voltage_beyond_the_ranges_in_use_is_refused(voltage):
    with connected() as smu, pytest.raises(BenchError, match="cannot force"):
        smu.configure_source(voltage=voltage, current_range=1e-3, limit=1e-3, nplc=1)


def test_error_queue_is_read_to_its_end_and_raised():
    with (
        connected(
            (b":SENS:CURR:RANG 0.001", None),
            (b":SENS:CURR:RANG?;:SYST:ERR?", b'0.001;-222,"Parameter data out of range;1;2026/01/01 00:00:00"'),
            (b":SYST:ERR?", b'-113,"Undefined header;1;0 0"'),
            (b":SYST:ERR?", NO_ERROR),
        ) as smu,
        pytest.raises(InstrumentRefused) as caught,
    ):
        smu.change(current_range=1e-3)
    assert "smu" in str(caught.value)
    assert ":SENS:CURR:RANG 0.001" in str(caught.value)
    assert "-222" in str(caught.value)
    assert "-113" in str(caught.value)
    assert caught.value.code == "instrument_refused"


def test_single_setting_raises_too():
    with (
        connected(
            (b":SENS:CURR:NPLC 2", None), (b":SYST:ERR?", b'-221,"Settings conflict"'), (b":SYST:ERR?", NO_ERROR)
        ) as smu,
        pytest.raises(InstrumentRefused, match="-221"),
    ):
        smu.current_nplc = 2


def test_setting_that_reads_back_differently_is_refused():
    with (
        connected((b":SOUR:VOLT:ILIM 0.002", None), (b":SOUR:VOLT:ILIM?;:SYST:ERR?", b"1.05E-04;" + NO_ERROR)) as smu,
        pytest.raises(InstrumentRefused, match="current_limit was set to 0.002 and reads back 0.000105"),
    ):
        smu.change(current_limit=2e-3)


@pytest.mark.parametrize("answer", [b"rubbish;" + NO_ERROR, b"0.001", b";" + NO_ERROR, b"0.001;hello"])
def test_garbage_in_place_of_a_read_back(answer):
    with (
        connected((b":SENS:CURR:RANG 0.001", None), (b":SENS:CURR:RANG?;:SYST:ERR?", answer)) as smu,
        pytest.raises(GarbledReply),
    ):
        smu.change(current_range=1e-3)


@pytest.mark.parametrize("answer", [b"", b"rubbish", b"0.001;0"])
def test_garbage_in_place_of_one_setting(answer):
    with connected((b":SENS:CURR:RANG?", answer)) as smu, pytest.raises(GarbledReply, match="SENS:CURR:RANG"):
        _ = smu.current_range


def test_output_is_switched_and_read_back():
    with connected((b":OUTP ON", None), (b":OUTP?;:SYST:ERR?", b"1;" + NO_ERROR)) as smu:
        smu.output(True)


def test_output_that_stays_on_is_told():
    with (
        connected((b":OUTP OFF", None), (b":OUTP?;:SYST:ERR?", b"1;" + NO_ERROR)) as smu,
        pytest.raises(InstrumentRefused, match="output_enabled was set to False and reads back True"),
    ):
        smu.output(False)


def test_current_and_its_flags_come_in_one_round_trip():
    with ammeter((READ_2, b"4.502E-04;4.500E-04,128,4.502E-04,1.280000E+02;" + NO_ERROR)) as smu:
        configure(smu)
        reading = smu.read_current(2)
    assert reading.status is Status.VALID
    assert reading.values == (4.5e-4, 4.502e-4)
    assert (reading.unit, reading.role, reading.bench_time) == ("A", "smu", 12.5)
    assert (reading.range, reading.limit, reading.bound) == (1e-3, 2e-3, 1e-3)
    assert reading.aperture == pytest.approx(0.02)
    assert reading.accuracy.half_width(600e-6) == pytest.approx(180e-9)


@pytest.mark.parametrize(
    ("answer", "status", "bound"),
    [
        (b"9.9E37;4.5E-04,128,9.9E37,128", Status.OVERRANGE, 1e-3),
        (b"0;-9.900000E+37,128,4.5E-04,128", Status.OVERRANGE, 1e-3),
        (b"2E-3;2E-3,160,2E-3,128", Status.LIMITED, 1e-3),
        (b"9.9E37;9.9E37,160,9.9E37,160", Status.LIMITED, 1e-3),
    ],
)
def test_overflow_and_limit_are_no_numbers(answer, status, bound):
    with ammeter((READ_2, answer + b";" + NO_ERROR)) as smu:
        configure(smu)
        reading = smu.read_current(2)
    assert reading.status is status
    assert reading.values == ()
    assert reading.bound == bound


@pytest.mark.parametrize(
    "answer",
    [
        b"1;9.91E37,128,1,128",
        b"1;nan,128,1,128",
        b"1;inf,128,1,128",
        b"1;1E-4,128",
        b"1;1E-4,128,1E-4",
        b"1;spam,128,1,128",
        b"1",
    ],
)
def test_what_is_no_reading_is_garbled(answer):
    with ammeter((READ_2, answer + b";" + NO_ERROR)) as smu:
        configure(smu)
        with pytest.raises(GarbledReply):
            smu.read_current(2)


@pytest.mark.parametrize(("flags", "said"), [(b"0", "output off"), (b"144", "over-temperature")])
def test_reading_of_an_smu_in_the_wrong_state_is_refused(flags, said):
    with ammeter((READ_2, b"1E-9;1E-9,128,1E-9," + flags + b";" + NO_ERROR)) as smu:
        configure(smu)
        with pytest.raises(InstrumentRefused, match=said):
            smu.read_current(2)


def test_voltage_switches_the_function_once_and_current_switches_it_back():
    def switched(name):
        return [
            (b':SENS:FUNC "' + name + b'"', None),
            (b":SENS:FUNC?;:SYST:ERR?", b'"' + name + b':DC";' + NO_ERROR),
        ]

    volts = (READ_2, b"1E-5;1E-5,128,1.2E-5,128;" + NO_ERROR)
    with ammeter(*switched(b"VOLT"), volts, volts, *switched(b"CURR"), volts) as smu:
        configure(smu)
        reading = smu.read_voltage(2)
        assert (reading.unit, reading.range, reading.status) == ("V", 0.2, Status.VALID)
        assert reading.accuracy.offset == pytest.approx(200e-6)
        smu.read_voltage(2)
        assert smu.read_current(2).unit == "A"


def test_limited_voltage_bounds_nothing():
    pairs = [
        (b':SENS:FUNC "VOLT"', None),
        (b":SENS:FUNC?;:SYST:ERR?", b'"VOLT:DC";' + NO_ERROR),
        (READ_2, b"5;5,160,5,160;" + NO_ERROR),
    ]
    with ammeter(*pairs) as smu:
        configure(smu)
        reading = smu.read_voltage(2)
    assert (reading.status, reading.values, reading.bound) == (Status.LIMITED, (), 0.0)


def test_reading_before_configuration_is_refused():
    with connected() as smu, pytest.raises(BenchError, match="before it was configured"):
        smu.read_current()


def test_off_is_the_first_thing_said_and_nothing_is_asked():
    with connected((b":OUTP OFF", None), (b":OUTP:VOLT:SMOD HIMP", None)) as smu:
        smu.make_safe()


@pytest.mark.parametrize(("output", "state", "safe"), [(b"0", b"HIMP", True), (b"0", b"NORM", False)])
def test_safe_is_off_with_the_relay_open(output, state, safe):
    with connected((b":OUTP?", output), (b":OUTP:VOLT:SMOD?", state)) as smu:
        assert smu.confirm_safe() is safe


def test_output_still_on_is_not_safe():
    with connected((b":OUTP?", b"1")) as smu:
        assert smu.confirm_safe() is False


def test_shutdown_says_off_first():
    with connected((b":OUTP OFF", None), (b":OUTP:VOLT:SMOD HIMP", None)) as smu:
        smu.shutdown()


def test_reset_leaves_an_output_that_opens_the_loop_when_off():
    with connected(
        (b"*RST", None),
        (b"*CLS", None),
        (b"*OPC?;:SYST:ERR?", b"1;" + NO_ERROR),
        (b":SOUR:FUNC VOLT", None),
        (b":OUTP:VOLT:SMOD HIMP", None),
        (b":SOUR:FUNC?;:OUTP:VOLT:SMOD?;:SYST:ERR?", b"VOLT;HIMP;" + NO_ERROR),
    ) as smu:
        smu.reset()


def test_configuration_that_failed_leaves_nothing_to_read_with():
    """Otherwise the next reading would carry the range and the accuracy of the configuration before."""
    failing = [
        (b":SOUR:FUNC VOLT", None),
        (b":OUTP:VOLT:SMOD HIMP", None),
        (b":SOUR:VOLT 0", None),
        (b":SOUR:FUNC?;:OUTP:VOLT:SMOD?;:SOUR:VOLT?;:SYST:ERR?", b"VOLT;NORM;0;" + NO_ERROR),
    ]
    with ammeter(*failing) as smu:
        configure(smu)
        with pytest.raises(InstrumentRefused, match="off_state"):
            configure(smu)
        with pytest.raises(BenchError, match="before it was configured"):
            smu.read_current()


def test_function_that_was_not_taken_is_set_again():
    change = (b':SENS:FUNC "VOLT"', None)
    volts = (READ_2, b"1E-5;1E-5,128,1.2E-5,128;" + NO_ERROR)
    query = b":SENS:FUNC?;:SYST:ERR?"
    with ammeter(change, (query, b'"CURR:DC";' + NO_ERROR), change, (query, b'"VOLT:DC";' + NO_ERROR), volts) as smu:
        configure(smu)
        with pytest.raises(InstrumentRefused, match="sense_function"):
            smu.read_voltage(2)
        assert smu.read_voltage(2).unit == "V"


def test_while_readings_are_taken_others_may_use_the_time():
    owed = []
    with ammeter((READ_2, b"1E-4;1E-4,128,1.00001E-4,128;" + NO_ERROR)) as smu:
        smu.meanwhile = lambda: owed.append(bool(smu.adapter._read_buffer))
        configure(smu)
        assert owed == []
        smu.read_current(2)
    assert owed == [True]
