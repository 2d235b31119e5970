# SPDX-License-Identifier: MIT
"""The simulated 2450: what it reads from a circuit, and what it says about it."""

from functools import partial

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.keithley2450 import Keithley2450
from instruments.sim.piecewise import Piecewise
from tests.instruments.sim.smu_in_loop import ask, errors, make, read

# Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013, p. 2: ± (% of reading + A) of the current ranges.
PUBLISHED = {1e-4: (0.02, 6e-9), 1e-3: (0.02, 60e-9), 1e-2: (0.02, 600e-9), 1e-1: (0.025, 6e-6)}


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
