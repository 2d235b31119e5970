# SPDX-License-Identifier: MIT
"""The simulated DMM6500: what it digitizes, and how it hands over a million samples."""

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.dmm6500 import Dmm6500


def make(device: str = "microcurrent_good", *, seed: int = 0, mode: str = "lift"):
    """Return a digitizer across a 100 Ω shunt, in a closed loop with a running device at its top level."""
    bench = SimulatedBench(read_device(device).device(), seed=seed)
    circuit = bench.circuit
    circuit.port, circuit.shunts, circuit.box, circuit.bypass = "device", frozenset({100.0}), 900.0, True
    bench.stimulator.select_mode(mode)
    bench.stimulator.set_level(len(bench.stimulator.mode.amplitudes))
    bench.stimulator.start()
    bench.advance(1.0)
    digitizer = Dmm6500(bench)
    digitizer.handle(b':SENS:DIG:FUNC "VOLT";:SENS:DIG:VOLT:RANG 0.1;SRAT 1E6;:FORM SREAL')
    return bench, digitizer


def errors(digitizer: Dmm6500) -> list[int]:
    codes = []
    while code := int(digitizer.handle(b"SYST:ERR?").split(b",")[0]):
        codes.append(code)
    return codes


def ask(digitizer: Dmm6500, message: str) -> str:
    return digitizer.handle(message.encode()).decode().rstrip("\n")


def record(digitizer: Dmm6500, count: int) -> np.ndarray:
    """Take a record and return it, V."""
    reply = digitizer.handle(
        f':TRAC:CLE;:DIG:COUN {count};:TRAC:TRIG:DIG "defbuffer1";:TRAC:DATA? 1,{count},"defbuffer1",READ'.encode()
    )
    assert reply[:2] == b"#0"
    assert reply[-1:] == b"\n"
    return np.frombuffer(reply[2:-1], "<f4")


def test_identity() -> None:
    assert ask(make()[1], "*IDN?") == "KEITHLEY INSTRUMENTS,MODEL DMM6500,SIM-6500-01,1.7.12b"


def test_pulses_across_the_shunt_are_current_times_resistance() -> None:
    _, digitizer = make()
    samples = record(digitizer, 20_000)
    high = samples > 0.0225
    assert high.mean() == pytest.approx(0.5, abs=0.01)
    assert samples[high].mean() == pytest.approx(450e-6 * 100, rel=3e-3)
    assert abs(samples[~high].mean()) < 60e-6


def test_a_sample_is_the_mean_over_its_aperture() -> None:
    """50 µs pulses of 5 mA at 100 Hz: at 1 kS/s and 1 ms, one sample in ten has 5 % of the pulse."""
    _, digitizer = make("microcurrent_spiky")
    digitizer.handle(b":SENS:DIG:VOLT:RANG 1;SRAT 1000;APER AUTO")
    samples = record(digitizer, 100)
    assert samples.mean() == pytest.approx(5e-3 * 100 * 0.005, abs=6e-4)
    assert samples.max() <= 5e-3 * 100 * 0.05 + 2e-3
    digitizer.handle(b":SENS:DIG:VOLT:SRAT 1E6")
    assert record(digitizer, 20_000).max() == pytest.approx(0.5, rel=5e-3)


def test_a_record_takes_its_length_of_bench_time() -> None:
    bench, digitizer = make()
    before = bench.time
    record(digitizer, 5000)
    assert bench.time - before == pytest.approx(5e-3, rel=1.1e-4)
    digitizer.handle(b":FORM ASC")
    times = [float(text) for text in ask(digitizer, ':TRAC:DATA? 1,3,"defbuffer1",REL').split(",")]
    assert times == pytest.approx([0.0, 1e-6, 2e-6], abs=1e-9)


def test_samples_are_quantised_to_16_bits() -> None:
    _, digitizer = make()
    step = 2 * 1.2 * 0.1 / 2**16
    codes = record(digitizer, 1000) / step
    assert np.abs(codes - np.round(codes)).max() < 0.02
    assert len(np.unique(np.round(codes))) > 5


@pytest.mark.parametrize(("mode", "sign"), [("iontophoresis", 1), ("desincrustation", -1)])
def test_beyond_the_range_a_sample_is_the_overflow_code(mode: str, sign: int) -> None:
    bench, digitizer = make("galvanic_good", mode=mode)
    bench.circuit.shunts, bench.circuit.box = frozenset({1000.0}), 0.0
    samples = record(digitizer, 10)
    assert np.all(samples == np.float32(sign * 9.9e37))
    digitizer.handle(b":SENS:DIG:VOLT:RANG 1")
    assert record(digitizer, 10).mean() == pytest.approx(sign * 0.4, rel=5e-3)


def test_hidden_error_differs_by_seed_and_stays_for_a_seed() -> None:
    def zero(seed: int) -> float:
        bench, digitizer = make(seed=seed)
        bench.circuit.port = "open"
        return float(record(digitizer, 20_000).mean())

    assert zero(1) == pytest.approx(zero(1), abs=1e-6)
    assert len({round(zero(seed), 7) for seed in range(6)}) == 6
    assert max(abs(zero(seed)) for seed in range(6)) < 55e-6


def test_real_is_the_same_in_double_precision_and_text_agrees() -> None:
    _, digitizer = make()
    samples = record(digitizer, 50)
    reply = digitizer.handle(b":FORM REAL;:TRAC:DATA? 1,50")
    assert np.array_equal(np.frombuffer(reply[2:-1], "<f8"), samples.astype(np.float64))
    digitizer.handle(b":FORM ASC")
    text = np.array(ask(digitizer, ":TRAC:DATA? 1,50").split(","), dtype=float)
    assert text == pytest.approx(samples, rel=1e-6, abs=1e-12)


def test_a_million_samples_come_in_one_block() -> None:
    _, digitizer = make()
    digitizer.handle(b":TRAC:POIN 1000000")
    assert record(digitizer, 1_000_000).size == 1_000_000
    assert errors(digitizer) == []


def test_a_buffer_too_small_keeps_the_newest_samples() -> None:
    _, digitizer = make()
    assert ask(digitizer, ":TRAC:POIN 100;:DIG:COUN 250;:INIT;*OPC?;:TRAC:ACT?") == "1;100"


def test_read_answers_the_last_sample() -> None:
    _, digitizer = make()
    digitizer.handle(b":FORM ASC;:DIG:COUN 20")
    last = ask(digitizer, ':READ:DIG? "defbuffer1"')
    assert last == ask(digitizer, ":TRAC:DATA? 20,20") == ask(digitizer, ":FETC?")


# --- input


@pytest.mark.parametrize(
    ("full_scale", "setting", "resistance"),
    [(1, "AUTO", 1e10), (10, "AUTO", 1e10), (100, "AUTO", 1e7), (1, "MOHM10", 1e7)],
)
def test_input_resistance_per_range_is_part_of_the_circuit(full_scale: float, setting: str, resistance: float) -> None:
    bench, digitizer = make()
    digitizer.handle(f":SENS:DIG:VOLT:INP {setting};RANG {full_scale}".encode())
    assert bench.circuit.input_resistance == resistance
    assert ask(digitizer, ":SENS:DIG:VOLT:INP?") == setting


def test_ten_megohms_across_an_open_output_are_seen() -> None:
    """A device that regulates 400 µA into nothing stands at its rail; 10 MΩ take 3 µA and change nothing."""
    bench, digitizer = make("galvanic_good", mode="iontophoresis")
    bench.circuit.port, bench.circuit.tap = "open", "output"
    digitizer.handle(b":SENS:DIG:VOLT:RANG 100")
    assert record(digitizer, 100).mean() == pytest.approx(bench.stimulator.rail, rel=0.02)


# --- settings


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("0.05", "0.1"), ("0.1", "0.1"), ("0.11", "1"), ("MAX", "1000"), ("DEF", "10")]
)
def test_a_range_is_the_lowest_that_holds_the_value(wanted: str, chosen: str) -> None:
    _, digitizer = make()
    assert ask(digitizer, f":SENS:DIG:VOLT:RANG {wanted};RANG?") == chosen


def test_a_too_long_aperture_is_cut_to_the_rate() -> None:
    _, digitizer = make()
    assert ask(digitizer, ":DIG:VOLT:SRAT 1E5;APER 1E-4;APER?") == "1E-05"
    assert ask(digitizer, ":DIG:VOLT:APER 5E-6;APER?;APER AUTO;APER?") == "5E-06;AUTO"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (":SENS:DIG:VOLT:SRAT 1000001", -222),
        (":SENS:DIG:VOLT:RANG 1001", -222),
        (":SENS:DIG:COUN 0", -222),
        (":SENS:DIG:COUN 7000001", -222),
        (':SENS:DIG:FUNC "CURR"', -224),
        (":SENS:DIG:VOLT:INP 5", -104),
        (":READ?", -113),
        (':TRAC:DATA? 1,1,"defbuffer1",SOUR', -224),
    ],
)
def test_refusals(message: str, code: int) -> None:
    _, digitizer = make()
    record(digitizer, 10)
    assert digitizer.handle(message.encode()) == b""
    assert errors(digitizer) == [code]


def test_reset_returns_to_the_defaults() -> None:
    bench, digitizer = make()
    digitizer.handle(b":SENS:DIG:VOLT:RANG 100;:DIG:COUN 7;*RST")
    assert ask(digitizer, ":DIG:VOLT:RANG?;SRAT?;APER?;:DIG:COUN?;:FORM?;:DIG:FUNC?") == '10;100000;AUTO;1;ASC;"VOLT"'
    assert bench.circuit.input_resistance == 1e10
