# SPDX-License-Identifier: MIT
"""Time, seeds, hidden errors and the log of the simulated bench."""

import json
from pathlib import Path

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench, Spread
from instruments.sim.device_file import read_device
from instruments.sim.specifications import SHUNT_TOLERANCE, SMU_MODEL, SPECIFICATIONS, figure

GOOD = read_device("microcurrent_good").device()


def test_time_goes_only_where_it_is_told() -> None:
    bench = SimulatedBench(GOOD)
    bench.advance(0.25)
    bench.advance(0.0)
    assert bench.time == 0.25
    for seconds in (-1e-9, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="advance"):
            bench.advance(seconds)


def test_on_the_wall_clock_time_goes_by_itself_and_never_back() -> None:
    bench = SimulatedBench(GOOD, wall_clock=True)
    first = bench.time
    bench.advance(5.0)
    assert bench.time >= first + 5.0
    seen = [bench.time for _ in range(100)]
    assert seen == sorted(seen)


@pytest.mark.parametrize(("instrument", "function"), SPECIFICATIONS)
def test_hidden_errors_lie_inside_the_specification_and_fill_it(instrument: str, function: str) -> None:
    for full_scale in SPECIFICATIONS[instrument, function]:
        limits = figure(instrument, function, full_scale)
        drawn = [SimulatedBench(GOOD, seed=seed).hidden(instrument, function, full_scale) for seed in range(60)]
        for errors, limit in (
            (list(column), bound)
            for column, bound in zip(zip(*drawn, strict=True), (limits.gain, limits.offset), strict=True)
        ):
            assert max(map(abs, errors)) <= limit
            assert max(errors) > 0.6 * limit
            assert min(errors) < -0.6 * limit


def test_what_is_hidden_does_not_depend_on_what_was_asked_before() -> None:
    one, other = SimulatedBench(GOOD, seed=4), SimulatedBench(GOOD, seed=4)
    other.hidden("dmm6500", "digitize", 0.1)
    other.rng.normal(size=100)
    assert one.hidden("keithley2450", "current", 1e-3) == other.hidden("keithley2450", "current", 1e-3)


def test_ranges_and_functions_have_errors_of_their_own() -> None:
    bench = SimulatedBench(GOOD)
    gains = {bench.hidden("keithley2450", "current", scale)[0] for scale in (1e-5, 1e-4, 1e-3, 1e-2)}
    assert len(gains) == 4
    gain, offset = bench.hidden("keithley2450", "current", 1e-3)
    assert gain / 2e-4 != pytest.approx(offset / 60e-9, rel=1e-6)
    with pytest.raises(KeyError, match="no current range"):
        bench.hidden("keithley2450", "current", 3e-3)


def test_a_new_seed_draws_everything_anew() -> None:
    bench = SimulatedBench(GOOD, seed=1)
    before = bench.hidden("keithley2450", "current", 1e-3), bench.circuit.shunt(100.0), bench.rng.normal()
    bench.reseed(2)
    after = bench.hidden("keithley2450", "current", 1e-3), bench.circuit.shunt(100.0), bench.rng.normal()
    assert all(old != new for old, new in zip(before, after, strict=True))
    bench.reseed(1)
    assert (bench.hidden("keithley2450", "current", 1e-3), bench.circuit.shunt(100.0), bench.rng.normal()) == before


def test_true_values_lie_inside_their_certificates() -> None:
    for seed in range(60):
        circuit = SimulatedBench(GOOD, seed=seed).circuit
        assert circuit.shunt(100.0) == pytest.approx(100.0, rel=1e-4)
        assert circuit.shunt(10.0) == pytest.approx(10.0, rel=1e-4)
        assert 0.03 <= circuit.contact("port device") <= 0.07
        circuit.reference = -5e-3
        assert circuit.reference_current() == pytest.approx(-5e-3, rel=2e-4)
        for nominal in (0.0, 0.1, 400.0, 1900.0, 9900.0, 123456.7, 999999.9):
            circuit.box = nominal
            assert nominal * (1 - 5e-4) <= circuit.box_resistance() <= nominal * (1 + 5e-4) + 0.1


def test_the_log_has_one_line_per_event_in_both_times(tmp_path: Path) -> None:
    path = tmp_path / "simulator.log"
    bench = SimulatedBench(GOOD, log=path)
    bench.advance(1.5)
    bench.log.write("port", port="device")
    bench.log_state()
    port, state = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (port["event"], port["port"], port["bench"]) == ("port", "device", 1.5)
    assert port["wall"].endswith("Z")
    assert state["monotonic"] >= port["monotonic"]
    expected = {"port": "open", "smu_output": False, "dut_output": False, "reference_output": False, "bypass": False}
    assert {key: state[key] for key in expected} == expected
    bench.log.close()
    bench.log.write("late")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_the_worked_values_of_the_data_sheet() -> None:
    # 600 µA on 1 mA ± 180 nA, 50 µA on 100 µA ± 16 nA, 5 mA on 10 mA ± 1.6 µA, 60 mA on 100 mA ± 21 µA,
    # 0.6 V on 2 V ± 372 µV. Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013.
    for reading, scale, limit in ((6e-4, 1e-3, 180e-9), (5e-5, 1e-4, 16e-9), (5e-3, 1e-2, 1.6e-6), (0.06, 0.1, 21e-6)):
        found = figure("keithley2450", "current", scale)
        assert found.gain * reading + found.offset == pytest.approx(limit)
    volts = figure("keithley2450", "voltage", 2.0)
    assert volts.gain * 0.6 + volts.offset == pytest.approx(372e-6)


# --- where hidden errors come from


def spread_of(spread: Spread, count: int = 400) -> np.ndarray:
    """Return gain and offset error of one range in units of their limits, and that of a shunt, for many seeds."""
    bench = SimulatedBench(GOOD)
    bench.spread = spread
    limits = figure(SMU_MODEL, "current", 1e-3)
    found = []
    for seed in range(count):
        bench.reseed(seed)
        gain, offset = bench.hidden(SMU_MODEL, "current", 1e-3)
        shunt = bench.circuit.shunt(100.0) / 100.0 - 1
        found.append((gain / limits.gain, offset / limits.offset, shunt / SHUNT_TOLERANCE))
    return np.array(found).T


def test_the_data_sheet_is_filled_evenly_and_gain_and_offset_are_strangers() -> None:
    gain, offset, shunt = spread_of("DATASHEET")
    for found in (gain, offset, shunt):
        assert np.abs(found).max() <= 1.0
        assert found.std() == pytest.approx(1 / 3**0.5, rel=0.1)
    assert abs(np.corrcoef(gain, offset)[0, 1]) < 0.15


def test_a_budget_has_one_rectangle_and_normal_certificates() -> None:
    gain, offset, shunt = spread_of("BUDGET")
    assert gain == pytest.approx(offset)
    assert gain.std() == pytest.approx(1 / 3**0.5, rel=0.1)
    assert shunt.std() == pytest.approx(0.5, rel=0.1)
    assert np.abs(shunt).max() > 1.0


def test_without_a_spread_instruments_are_right() -> None:
    gain, offset, _ = spread_of("NONE", 3)
    assert not gain.any()
    assert not offset.any()
