# SPDX-License-Identifier: MIT
"""The simulated 2450: what it reads from a circuit, and what it says about it."""

import math
import struct
from functools import partial

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.keithley2450 import Keithley2450
from instruments.sim.piecewise import Piecewise

# Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013, p. 2: ± (% of reading + A) of the current ranges.
PUBLISHED = {1e-4: (0.02, 6e-9), 1e-3: (0.02, 60e-9), 1e-2: (0.02, 600e-9), 1e-1: (0.025, 6e-6)}


def make(device: str = "galvanic_good", *, seed: int = 0, mode: str = "iontophoresis", faults: tuple[str, ...] = ()):
    """Return an SMU as ammeter, in a closed loop with a running device at its top level (+400 µA for galvanic_good)."""
    bench = SimulatedBench(read_device(device).device(), seed=seed, faults=frozenset(faults))
    bench.circuit.port, bench.circuit.shunts, bench.circuit.box = "device", frozenset({100.0}), 900.0
    bench.stimulator.select_mode(mode)
    bench.stimulator.set_level(len(bench.stimulator.mode.amplitudes))
    bench.stimulator.start()
    smu = Keithley2450(bench)
    smu.handle(b"SOUR:FUNC VOLT;:SOUR:VOLT 0;:SENS:CURR:RANG 1E-3;:SOUR:VOLT:ILIM 1E-2;:OUTP ON")
    bench.advance(1.0)
    assert errors(smu) == []
    return bench, smu


def errors(smu: Keithley2450) -> list[int]:
    """Return the codes in the error queue, and empty it."""
    codes = []
    while code := int(smu.handle(b"SYST:ERR?").split(b",")[0]):
        codes.append(code)
    return codes


def ask(smu: Keithley2450, message: str) -> str:
    return smu.handle(message.encode()).decode().rstrip("\n")


def read(smu: Keithley2450) -> float:
    return float(ask(smu, ":READ?"))


# --- identity and queue


def test_identity_and_the_empty_queue_read_as_the_makers() -> None:
    _, smu = make()
    assert ask(smu, "*IDN?") == "KEITHLEY INSTRUMENTS,MODEL 2450,SIM-2450-01,1.7.12b"
    assert ask(smu, "SYST:ERR?") == '0,"No error;0;0 0"'
    assert ask(smu, "*LANG?") == "SCPI"


def test_an_error_carries_type_and_time() -> None:
    _, smu = make()
    smu.handle(b":NONSENSE")
    assert ask(smu, "SYST:ERR?").startswith('-113,"Undefined header;1;20')


def test_wrong_identity_is_another_serial() -> None:
    assert "SIM-9999-99" in ask(make(faults=("wrong_identity",))[1], "*IDN?")


def test_a_silent_smu_obeys() -> None:
    bench, smu = make()
    bench.faults = frozenset({"smu_silent"})
    assert smu.handle(b":OUTP OFF;:OUTP?") == b""
    assert not bench.circuit.smu.output


# --- readings


@pytest.mark.parametrize(("mode", "sign"), [("iontophoresis", 1), ("desincrustation", -1)])
def test_current_has_the_circuits_size_and_sign(mode: str, sign: int) -> None:
    _, smu = make(mode=mode)
    assert read(smu) == pytest.approx(sign * 400e-6, rel=1e-3)


def test_a_reading_is_the_mean_over_its_aperture() -> None:
    """Monophasic 450 µA pulses of 5 ms at 100 Hz: 1 PLC holds two whole periods, 0.1 PLC is within pulse or pause."""
    _, smu = make("microcurrent_good", mode="lift")
    assert read(smu) == pytest.approx(225e-6, rel=1e-3)
    smu.handle(b":SENS:CURR:NPLC 0.1;:SENS:COUN 5")
    read(smu)
    values = [float(text) for text in ask(smu, ':TRAC:DATA? 2,6,"defbuffer1"').split(",")]
    assert min(values) < 5e-6
    assert max(values) == pytest.approx(450e-6, rel=1e-3)


def test_readings_take_bench_time_and_follow_each_other_without_a_gap() -> None:
    bench, smu = make()
    before = bench.time
    smu.handle(b":SENS:CURR:NPLC 2;:SENS:COUN 3;:READ?")
    assert bench.time - before == pytest.approx(3 * 0.04)
    times = [float(text) for text in ask(smu, ':TRAC:DATA? 1,3,"defbuffer1",REL').split(",")]
    assert times == pytest.approx([0.0, 0.04, 0.08])


@pytest.mark.parametrize("full_scale", sorted(PUBLISHED))
def test_errors_lie_inside_the_published_specification_and_differ_by_seed(full_scale: float) -> None:
    gain, offset = PUBLISHED[full_scale]
    true = 0.9 * full_scale
    errors_seen = []
    for seed in range(20):
        bench, smu = make(seed=seed)
        smu.handle(f":SENS:CURR:RANG {full_scale:g};:SOUR:VOLT:ILIM 1;:SENS:CURR:NPLC 10".encode())
        bench.circuit.smu_current = partial(Piecewise.constant, value=true)
        errors_seen.append(read(smu) - true)
    bound = gain / 100 * true + offset
    assert max(map(abs, errors_seen)) <= bound * 1.01
    assert max(map(abs, errors_seen)) > 0.3 * bound
    assert len(set(errors_seen)) > 15


def test_zero_current_shows_the_hidden_offset_alone() -> None:
    """Source: SPEC-2450 Rev. A, p. 2: 60 nA on the 1 mA range."""
    zeros = []
    for seed in range(10):
        bench, smu = make(seed=seed)
        bench.circuit.port = "open"
        zeros.append(read(smu))
    assert max(map(abs, zeros)) <= 65e-9
    assert max(map(abs, zeros)) > 20e-9


def test_readings_have_the_display_resolution_of_the_range() -> None:
    _, smu = make()
    steps = [read(smu) / 1e-9 for _ in range(5)]
    assert steps == pytest.approx([round(step) for step in steps], abs=1e-3)


def test_beyond_105_percent_of_range_the_reading_is_the_overflow_code() -> None:
    _, smu = make()
    smu.handle(b":SENS:CURR:RANG 1E-4")
    assert ask(smu, ":READ?") == "9.900000E+37"
    _, negative = make(mode="desincrustation")
    negative.handle(b":SENS:CURR:RANG 1E-4")
    assert ask(negative, ":READ?") == "-9.900000E+37"


def test_peaks_beyond_the_front_end_are_lost_from_the_mean_without_a_flag() -> None:
    """50 µs pulses of 5 mA at 100 Hz are 25 µA in the mean; a 100 µA range passes 110 µA of them."""
    _, smu = make("microcurrent_spiky", mode="lift")
    smu.handle(b":SENS:CURR:RANG 1E-2")
    assert read(smu) == pytest.approx(25e-6, abs=1e-6)
    smu.handle(b":SENS:CURR:RANG 1E-4")
    assert abs(read(smu)) < 1e-6


def test_autorange_holds_the_peak() -> None:
    _, smu = make("microcurrent_spiky", mode="lift")
    smu.handle(b":SENS:CURR:RANG:AUTO ON")
    assert read(smu) == pytest.approx(25e-6, abs=1e-6)
    assert ask(smu, ":SENS:CURR:RANG?") == "0.01"
    assert ask(smu, ":SENS:CURR:RANG:AUTO?") == "1"


def test_the_overrange_fault_spoils_current_and_spares_voltage() -> None:
    _, smu = make(faults=("smu_overrange",))
    assert read(smu) == 9.9e37
    smu.handle(b":SENS:FUNC 'VOLT'")
    assert abs(read(smu)) < 1e-2


def test_repeating_filter_averages_and_takes_the_time_of_all() -> None:
    bench, smu = make()
    smu.handle(b":SENS:CURR:AVER:COUN 4;:SENS:CURR:AVER ON")
    before = bench.time
    assert read(smu) == pytest.approx(400e-6, rel=1e-3)
    assert bench.time - before == pytest.approx(4 * 0.02)


# --- limit


def test_above_its_limit_the_smu_limits_flags_it_and_lets_the_voltage_go() -> None:
    _, smu = make()
    smu.handle(b":SOUR:VOLT:ILIM 2E-4")
    assert read(smu) == pytest.approx(200e-6, rel=5e-3)
    assert ask(smu, ":SOUR:VOLT:ILIM:TRIP?") == "1"
    assert int(ask(smu, ':FETC? "defbuffer1",SOURSTAT')) & 32
    smu.handle(b":SENS:FUNC 'VOLT'")
    assert abs(read(smu)) > 1.0


def test_below_its_limit_it_does_not() -> None:
    _, smu = make()
    assert ask(smu, ":SOUR:VOLT:ILIM:LEV:TRIP?") == "0"
    status = int(ask(smu, ':READ? "defbuffer1",SOURSTAT'))
    assert (status & 32, status & 128) == (0, 128)


def test_the_compliance_fault_limits_early_and_flags_it() -> None:
    _, smu = make(faults=("smu_compliance",))
    assert read(smu) == pytest.approx(1e-4, rel=1e-2)
    assert ask(smu, ":SOUR:VOLT:ILIM:TRIP?") == "1"


def test_the_limit_is_at_least_a_tenth_of_a_fixed_range() -> None:
    _, smu = make()
    smu.handle(b":SOUR:VOLT:ILIM 9.9E-5")
    assert errors(smu) == [-222]
    assert ask(smu, ":SOUR:VOLT:ILIM?") == "0.01"
    assert ask(smu, ":SOUR:VOLT:ILIM? MIN") == "0.0001"
    smu.handle(b":SOUR:VOLT:ILIM 1E-4")
    assert errors(smu) == []


def test_a_higher_range_raises_the_limit_without_an_error() -> None:
    _, smu = make()
    smu.handle(b":SENS:CURR:RANG 1")
    assert ask(smu, ":SOUR:VOLT:ILIM?") == "0.1"
    assert errors(smu) == []


# --- source


def test_a_voltage_drives_current_out_of_hi() -> None:
    """With +1 V and the port short, a positive current leaves HI: that is how a bench learns its sign."""
    bench, smu = make()
    bench.circuit.port = "short"
    smu.handle(b":SOUR:VOLT 1;:SENS:CURR:RANG 1E-2")
    assert read(smu) == pytest.approx(1e-3, rel=2e-3)
    smu.handle(b":SOUR:VOLT -1")
    assert read(smu) == pytest.approx(-1e-3, rel=2e-3)


def test_read_back_measures_the_source_and_without_it_the_setting_is_given() -> None:
    _, smu = make()
    smu.handle(b":SOUR:VOLT 1")
    measured = float(ask(smu, ':READ? "defbuffer1",SOUR'))
    assert measured != 1.0
    # Source: SPEC-2450 Rev. A, p. 2: source 0.02 % + 300 µV and measure 0.012 % + 300 µV on the 2 V range.
    assert measured == pytest.approx(1.0, abs=1.5e-3)
    assert float(ask(smu, ':READ? "defbuffer1",SOUR')) == pytest.approx(measured, abs=5e-5)
    smu.handle(b":SOUR:VOLT:READ:BACK OFF")
    assert float(ask(smu, ':READ? "defbuffer1",SOUR')) == 1.0


def test_source_range_follows_the_level_or_refuses_it() -> None:
    _, smu = make()
    smu.handle(b":SOUR:VOLT 1.5")
    assert ask(smu, ":SOUR:VOLT:RANG?;:SOUR:VOLT:RANG:AUTO?") == "2;1"
    smu.handle(b":SOUR:VOLT:RANG 20;:SOUR:VOLT 21.5")
    assert errors(smu) == [-222]
    smu.handle(b":SOUR:VOLT 5;:SOUR:VOLT:RANG 2")
    assert errors(smu) == [-221]


def test_an_open_interlock_takes_the_200_volt_range_away() -> None:
    _, smu = make()
    assert ask(smu, ":OUTP:INT:TRIP?") == "1"
    smu.interlock_closed = False
    smu.handle(b":SOUR:VOLT 50")
    assert errors(smu) == [-221]
    assert ask(smu, ":OUTP:INT:TRIP?;:SOUR:VOLT?") == "0;0"


def test_a_current_source_drives_its_current() -> None:
    bench, smu = make()
    bench.circuit.port = "short"
    smu.handle(b":SOUR:FUNC CURR;:SOUR:CURR 1E-3;:SOUR:CURR:VLIM 5;:SENS:CURR:RANG 1E-2;:OUTP ON")
    assert read(smu) == pytest.approx(1e-3, rel=2e-3)
    assert ask(smu, ":SOUR:CURR:VLIM:TRIP?") == "0"
    smu.handle(b":SOUR:CURR:VLIM 0.5")
    assert ask(smu, ":SOUR:CURR:VLIM:TRIP?") == "1"


# --- output


@pytest.mark.parametrize(
    ("mode", "connected", "limit"),
    [("NORM", True, 1e-4), ("ZERO", True, 1e-3), ("HIMP", False, None), ("GUAR", False, None)],
)
def test_output_off_states(mode: str, connected: bool, limit: float | None) -> None:
    """NORMal limits at 10 % of range, ZERO at full scale, and both stay in the loop: the device goes on delivering."""
    bench, smu = make()
    smu.handle(f":OUTP:VOLT:SMOD {mode};:OUTP OFF".encode())
    terminals = bench.circuit.smu
    assert (ask(smu, ":OUTP?"), terminals.output, terminals.connected) == ("0", False, connected)
    assert terminals.voltage == 0.0
    if limit is not None:
        assert terminals.limit == pytest.approx(limit)


def test_the_off_state_belongs_to_the_source_function() -> None:
    bench, smu = make()
    smu.handle(b":OUTP:CURR:SMOD HIMP;:OUTP OFF")
    assert ask(smu, ":OUTP:VOLT:SMOD?;:OUTP:CURR:SMOD?;:OUTP:SMOD?") == "NORM;HIMP;NORM"
    assert bench.circuit.smu.connected
    smu.handle(b":SOUR:FUNC CURR")
    assert not bench.circuit.smu.connected
    smu.handle(b":OUTP:SMOD ZERO")
    assert ask(smu, ":OUTP:VOLT:SMOD?;:OUTP:CURR:SMOD?") == "ZERO;ZERO"


def test_high_impedance_opens_the_loop_only_while_the_output_is_off() -> None:
    bench, smu = make()
    smu.handle(b":OUTP:SMOD HIMP")
    assert bench.circuit.smu.connected
    assert read(smu) == pytest.approx(400e-6, rel=1e-3)
    before = bench.time
    smu.handle(b":OUTP OFF;:OUTP ON")
    assert bench.time - before == pytest.approx(2 * 15e-3)  # the relay, twice
    assert read(smu) == pytest.approx(400e-6, rel=1e-3)


def test_status_tells_that_the_output_was_off() -> None:
    _, smu = make()
    smu.handle(b":OUTP:SMOD HIMP;:OUTP OFF")
    value, status = ask(smu, ':READ? "defbuffer1",READ,SOURSTAT').split(",")
    assert abs(float(value)) < 1e-7
    assert int(status) & 128 == 0


def test_changes_of_the_output_are_logged_once(tmp_path) -> None:
    bench = SimulatedBench(read_device("galvanic_good").device(), log=tmp_path / "log.jsonl")
    smu = Keithley2450(bench)
    smu.handle(b":OUTP ON;:OUTP ON;:OUTP OFF;:OUTP OFF;*RST")
    bench.log.close()
    lines = [line for line in (tmp_path / "log.jsonl").read_text().splitlines() if "smu_output" in line]
    assert ['"on": true' in line for line in lines] == [True, False]


def test_reset_switches_off_and_forgets_settings() -> None:
    bench, smu = make()
    smu.handle(b":SENS:CURR:NPLC 3;:FORM REAL;:OUTP:SMOD HIMP;:READ?;*RST")
    assert not bench.circuit.smu.output
    assert ask(smu, ":OUTP?;:SENS:CURR:NPLC?;:FORM?;:OUTP:VOLT:SMOD?;:TRAC:ACT?") == "0;1;ASC;NORM;0"
    assert ask(smu, ":SOUR:VOLT:ILIM?;:SENS:FUNC?;:SOUR:FUNC?") == '0.000105;"CURR:DC";VOLT'


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
