# SPDX-License-Identifier: MIT
"""The simulated 2450: headers that pull on each other, and its reading buffers."""

import math
import struct

import numpy as np
import pytest

from instruments.sim.keithley2450 import Keithley2450
from tests.instruments.sim.smu_in_loop import ask, errors, make, read

# --- headers that pull on each other


def test_function_is_answered_in_quotes_and_accepts_its_spellings() -> None:
    _, smu = make()
    for sent, answered in [("'VOLT'", '"VOLT:DC"'), ('"CURRENT:DC"', '"CURR:DC"'), ('"RES"', '"RES"')]:
        smu.handle(f":SENS:FUNC {sent}".encode())
        assert ask(smu, ":SENS:FUNC?") == answered
    smu.handle(b":SENS:FUNC 'TEMP';:SENS:FUNC CURR")
    assert errors(smu) == [-224, -104]


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("1.05E-4", "0.0001"), ("1.06E-4", "0.001"), ("-5E-4", "0.001"), ("MAX", "1")]
)
def test_a_range_is_the_lowest_that_holds_the_value(wanted: str, chosen: str) -> None:
    _, smu = make()
    assert ask(smu, f":SENS:CURR:RANG {wanted};:SENS:CURR:RANG?;:SENS:CURR:RANG:AUTO?") == f"{chosen};0"


def test_nplc_bounds() -> None:
    _, smu = make()
    assert ask(smu, ":SENS:CURR:NPLC? MIN;NPLC? MAX") == "0.01;10"
    smu.handle(b":SENS:CURR:NPLC 11")
    assert errors(smu) == [-222]


def test_resistance_is_voltage_over_current() -> None:
    bench, smu = make()
    bench.circuit.port = "short"
    smu.handle(b":SENS:FUNC 'RES';:SOUR:VOLT 10")
    assert read(smu) == pytest.approx(1000, rel=3e-3)


# --- buffer


def fill(smu: Keithley2450, count: int) -> list[float]:
    smu.handle(f':TRAC:CLE;:SENS:COUN {count};:TRAC:TRIG "defbuffer1"'.encode())
    return [float(text) for text in ask(smu, f":TRAC:DATA? 1,{count}").split(",")]


def test_read_answers_the_last_reading_and_the_buffer_has_all() -> None:
    _, smu = make()
    last = float(ask(smu, ":SENS:COUN 4;:READ?"))
    assert ask(smu, ":TRAC:ACT?") == "4"
    values = [float(text) for text in ask(smu, ":TRAC:DATA? 1,4").split(",")]
    assert values[-1] == last == float(ask(smu, ":FETC?"))


@pytest.mark.parametrize(("form", "code"), [("REAL", "d"), ("SREAL", "f"), ("sre", "f")])
@pytest.mark.parametrize(("border", "order"), [("SWAP", "<"), ("NORM", ">")])
def test_binary_blocks_have_indefinite_length_and_the_values_of_the_text(
    form: str, code: str, border: str, order: str
) -> None:
    _, smu = make()
    text = fill(smu, 3)
    reply = smu.handle(f":FORM {form};:FORM:BORD {border};:TRAC:DATA? 1,3".encode())
    assert reply[:2] == b"#0"
    assert reply[-1:] == b"\n"
    assert struct.unpack(f"{order}3{code}", reply[2:-1]) == pytest.approx(text, rel=1e-6)


def test_elements_come_interleaved_in_the_order_asked_for() -> None:
    _, smu = make()
    values = fill(smu, 2)
    fields = ask(smu, ':TRAC:DATA? 1,2,"defbuffer1",SOURSTAT,READ,REL,UNIT').split(",")
    assert [float(fields[1]), float(fields[5])] == values
    assert [float(fields[2]), float(fields[6])] == pytest.approx([0.0, 0.02])
    assert (fields[3], int(fields[0]) & 128) == ("Amp DC", 128)


def test_binary_formats_have_fewer_elements() -> None:
    """Source: 2461 Reference Manual 2461-901-01 A, p. 6-160: error 1133 for what REAL and SREAL do not have."""
    _, smu = make()
    fill(smu, 2)
    assert smu.handle(b':FORM REAL;:TRAC:DATA? 1,2,"defbuffer1",READ,SOURSTAT') == b""
    assert errors(smu) == [1133]


def test_what_the_buffer_does_not_hold_is_refused() -> None:
    _, smu = make()
    assert smu.handle(b":FETC?;:TRAC:DATA? 1,1;:TRAC:DATA?;:TRAC:ACT? 'other'") == b""
    assert errors(smu) == [-230, -222, -109, -224]


def test_a_full_buffer_drops_its_oldest_readings_unless_filled_once() -> None:
    _, smu = make()
    assert ask(smu, ":TRAC:POIN 10;:TRAC:POIN?;:SENS:COUN 8;:INIT;:INIT;:TRAC:ACT?") == "10;10"
    assert ask(smu, ":TRAC:CLE;:TRAC:FILL:MODE ONCE;:INIT;:INIT;:TRAC:ACT?;:TRAC:FILL:MODE?") == "10;ONCE"
    smu.handle(b":TRAC:POIN 5")
    assert errors(smu) == [-222]


def test_named_buffers_are_separate() -> None:
    _, smu = make()
    smu.handle(b':TRAC:MAKE "mine",100;:SENS:COUN 3;:READ? "mine"')
    assert ask(smu, ':TRAC:ACT? "mine";:TRAC:ACT?') == "3;0"
    smu.handle(b':TRAC:DEL "mine";:TRAC:DEL "defbuffer1";:TRAC:ACT? "mine"')
    assert errors(smu) == [-224, -224]


def test_statistics_are_those_of_the_readings() -> None:
    _, smu = make()
    values = fill(smu, 20)
    found = [float(text) for text in ask(smu, ":TRAC:STAT:AVER?;STDD?;MAX?;MIN?;PK2P?").split(";")]
    expected = [np.mean(values), np.std(values, ddof=1), max(values), min(values), max(values) - min(values)]
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_simple_loop_fills_the_buffer() -> None:
    _, smu = make()
    assert ask(smu, ':TRIG:LOAD "SimpleLoop",7;:INIT;*WAI;:TRAC:ACT?;:TRIG:STAT?') == "7;IDLE;IDLE;0"


def test_pace_asks_the_server_to_hold_the_answer_back() -> None:
    bench, smu = make()
    smu.take_delay()
    bench.pace = 0.25
    smu.handle(b":SENS:COUN 4;:READ?")
    assert smu.take_delay() == pytest.approx(1.0)
    assert smu.take_delay() == 0.0


def test_noise_falls_with_the_aperture() -> None:
    _, smu = make()
    smu.handle(b":SENS:CURR:NPLC 0.01")
    fast = np.std(fill(smu, 400))
    smu.handle(b":SENS:CURR:NPLC 1")
    assert fast / np.std(fill(smu, 400)) == pytest.approx(10, rel=0.25)
    assert math.isfinite(fast)
