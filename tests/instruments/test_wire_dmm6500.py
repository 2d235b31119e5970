# SPDX-License-Identifier: MIT
"""What the DMM6500's driver puts on the wire, and how it reads binary records."""

import numpy as np
import pytest
from pymeasure.test import expected_protocol

from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.errors import BenchError, GarbledReply, InstrumentRefused

NO_ERROR = b'0,"No error;0;0 0"'
READ = b':TRAC:CLE "defbuffer1";:READ:DIG? "defbuffer1"'
DATA = b':TRAC:DATA? 1,4,"defbuffer1",READ'


def connected(*pairs):
    return expected_protocol(DMM6500, list(pairs), accuracy=load_accuracy("dmm6500"))


def configuration(count=b"4", size=b"10", rate=b"1000000", aperture=b"1e-06", data_format=b"SREAL"):
    return [
        (b':SENS:DIG:FUNC "VOLT"', None),
        (b":SENS:DIG:VOLT:RANG 1", None),
        (b":SENS:DIG:VOLT:INP AUTO", None),
        (b":SENS:DIG:VOLT:SRAT " + rate, None),
        (b":SENS:DIG:VOLT:APER " + aperture, None),
        (b":SENS:DIG:COUN " + count, None),
        (b":TRAC:POIN " + size, None),
        (b":FORM SREAL", None),
        (b":FORM:BORD SWAP", None),
        (
            b":SENS:DIG:FUNC?;:SENS:DIG:VOLT:RANG?;:SENS:DIG:VOLT:INP?;:SENS:DIG:VOLT:SRAT?;:SENS:DIG:VOLT:APER?;"
            b":SENS:DIG:COUN?;:TRAC:POIN?;:FORM?;:FORM:BORD?;:SYST:ERR?",
            b'"VOLT";1.000000E+00;AUTO;' + b";".join([rate, aperture, count, size, data_format, b"SWAP", NO_ERROR]),
        ),
    ]


def block(*values, header=b"#0"):
    return header + np.array(values, "<f4").tobytes()


def captured(samples, last=0.0, errors=NO_ERROR):
    return [(READ, block(last) + b"\n"), (DATA, block(*samples) + b"\n"), (b":SYST:ERR?", errors)]


def capture(*pairs):
    with connected(*configuration(), *pairs) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        return digitizer.capture()


def test_making_a_driver_sends_nothing():
    with connected():
        pass


def test_rate_goes_before_aperture_and_all_is_read_back():
    with connected(*configuration()) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)


def test_short_form_of_the_format_and_slow_rate():
    pairs = configuration(count=b"250000", size=b"250000", rate=b"100000", aperture=b"1e-05", data_format=b"SRE")
    with connected(*pairs) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e5, count=250_000)


def test_aperture_that_was_cut_is_refused():
    pairs = configuration()
    pairs[-1] = (pairs[-1][0], pairs[-1][1].replace(b"1e-06", b"5e-07"))
    with connected(*pairs) as digitizer, pytest.raises(InstrumentRefused, match="aperture"):
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)


@pytest.mark.parametrize("rate", [3e5, 0.0, -1e6, float("nan"), 2e6])
def test_rates_with_gaps_between_the_samples_are_refused(rate):
    with connected() as digitizer, pytest.raises(BenchError):
        digitizer.configure(voltage_range=1.0, sample_rate=rate, count=4)


@pytest.mark.parametrize(("name", "value"), [("voltage_range", 3.0), ("digitize_count", 0), ("digitize_count", 1e8)])
def test_what_the_dmm_cannot_do_is_never_sent(name, value):
    with connected() as digitizer, pytest.raises(BenchError, match=f"cannot set {name}"):
        digitizer.change(**{name: value})


def test_record_is_read_by_its_number_of_points():
    record = capture(*captured([0.1, -0.2, 0.3, 1.2]))
    assert record.samples.tolist() == pytest.approx([0.1, -0.2, 0.3, 1.2])
    assert record.samples.dtype == np.float32
    assert (record.clipped, record.range, record.sample_rate, record.role) == (False, 1.0, 1e6, "digitizer")
    assert record.accuracy == load_accuracy("dmm6500").digitize(1.0)


def test_newlines_inside_the_data_do_not_end_it():
    newlines = np.frombuffer(b"\n\n\n\n" * 4, "<f4")
    assert capture(*captured(newlines)).samples.tobytes() == b"\n" * 16


def test_block_with_a_stated_length_is_read_too():
    pairs = captured([])
    pairs[1] = (DATA, block(1.0, 0.5, 0.25, 0.0, header=b"#216") + b"\n")
    assert capture(*pairs).samples.tolist() == [1.0, 0.5, 0.25, 0.0]


@pytest.mark.parametrize("sign", [1, -1])
def test_overflow_stands_at_the_end_of_the_scale_and_is_flagged(sign):
    record = capture(*captured([0.1, sign * 9.9e37, 0.2, 0.0]))
    assert record.clipped
    assert record.samples.tolist() == pytest.approx([0.1, sign * 1.2, 0.2, 0.0])


@pytest.mark.parametrize(
    "reply",
    [
        b"1.0,2.0,3.0,4.0",
        block(1.0, 2.0, 3.0, 4.0, header=b"#210") + b"\n",
        block(1.0, 2.0, 3.0, 4.0, 5.0) + b"\n",
        block(1.0, float("nan"), 3.0, 4.0) + b"\n",
    ],
)
def test_garbled_records_are_told(reply):
    pairs = captured([])
    pairs[1] = (DATA, reply)
    protocol = connected(*configuration(), *pairs)
    digitizer = protocol.__enter__()  # not left in order: answers stay unread
    digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
    with pytest.raises(GarbledReply, match="digitizer"):
        digitizer.capture()


def test_error_during_a_record_is_raised():
    pairs = [*captured([0, 0, 0, 0], errors=b'-230,"Data corrupt or stale"'), (b":SYST:ERR?", NO_ERROR)]
    with pytest.raises(InstrumentRefused, match="-230"):
        capture(*pairs)


def test_capture_before_configuration_is_refused():
    with connected() as digitizer, pytest.raises(BenchError, match="before it was configured"):
        digitizer.capture()


def test_configuration_that_failed_leaves_nothing_to_capture_with():
    failing = configuration()
    failing[-1] = (failing[-1][0], failing[-1][1].replace(b"AUTO", b"MOHM10"))
    with connected(*configuration(), *failing) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        with pytest.raises(InstrumentRefused, match="input_impedance"):
            digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        with pytest.raises(BenchError, match="before it was configured"):
            digitizer.capture()


def test_input_resistance_per_range():
    with connected() as digitizer:
        assert [digitizer.input_resistance(full_scale) for full_scale in digitizer.voltage_ranges] == [
            1e10,
            1e10,
            1e10,
            1e7,
            1e7,
        ]


def test_a_digitizer_has_no_energy_to_take_away():
    with connected() as digitizer:
        digitizer.make_safe()
        assert digitizer.confirm_safe()


def test_while_a_record_is_taken_others_may_use_the_time():
    owed = []
    with connected(*configuration(), *captured([0.0] * 4)) as digitizer:
        digitizer.meanwhile = lambda: owed.append(bool(digitizer.adapter._read_buffer))
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        assert owed == []
        digitizer.capture()
    assert owed[0] is True
    assert all(owed)
