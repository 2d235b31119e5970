# SPDX-License-Identifier: MIT
"""What each fault of the simulated bench does to circuit and instruments."""

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.faults import FAULTS
from instruments.sim.prs200 import LoadBox
from instruments.sim.reference import CurrentReference
from instruments.sim.relay_card import RelayCard
from instruments.sim.stimulator_port import StimulatorPort

GALVANIC = read_device("galvanic_good").device()


def bench_with(*faults: str) -> SimulatedBench:
    """Return a galvanic device delivering +400 µA into 1 kΩ, SMU in the loop at 0 V."""
    bench = SimulatedBench(GALVANIC, faults=frozenset(faults))
    LoadBox(bench).handle(b"SOUR:DATA 9000")
    RelayCard(bench).handle(b":ROUT:CLOS (@101,131)")
    StimulatorPort(bench).handle(b':MODE "iontophoresis";:LEV 5;:OUTP:STAR')
    bench.circuit.smu.connected, bench.circuit.smu.limit = True, 1e-2
    bench.advance(0.05)
    return bench


def mean(bench: SimulatedBench) -> float:
    return bench.circuit.smu_current(bench.time, bench.time + 0.02).integral(bench.time, bench.time + 0.02) / 0.02


def test_there_are_these_faults_each_with_a_description() -> None:
    assert set(FAULTS) == {
        "load_stuck",
        "load_wrong_decade",
        "bench_leads_swapped",
        "smu_compliance",
        "smu_overrange",
        "smu_silent",
        "wrong_identity",
        "calibration_expired",
    }
    assert all(len(text) > 10 for text in FAULTS.values())


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="load_sticky.*there are load_stuck"):
        bench_with("load_sticky")


def test_without_a_fault_all_is_well() -> None:
    bench = bench_with()
    assert mean(bench) == pytest.approx(4e-4)
    assert bench.circuit.box == 900.0


def test_a_stuck_load_stays_at_a_kilohm() -> None:
    bench = bench_with("load_stuck")
    assert bench.circuit.box_resistance() == pytest.approx(1000.0, rel=1e-3)
    assert mean(bench) == pytest.approx(4e-4)
    LoadBox(bench).handle(b"SOUR:DATA 0")
    assert bench.circuit.box_resistance() == pytest.approx(1000.0, rel=1e-3)


@pytest.mark.parametrize(("digits", "ohms"), [(b"9000", 90.0), (b"99000", 990.0), (b"0", 0.0), (b"4", 0.0)])
def test_a_wrong_decade_makes_a_tenth(digits: bytes, ohms: float) -> None:
    bench = bench_with("load_wrong_decade")
    LoadBox(bench).handle(b"SOUR:DATA " + digits)
    assert bench.circuit.box == ohms


def test_swapped_leads_turn_the_device_and_the_reference_round() -> None:
    bench = bench_with("bench_leads_swapped")
    assert mean(bench) == pytest.approx(-4e-4)
    RelayCard(bench).handle(b":ROUT:CLOS (@103,131)")
    CurrentReference(bench).handle(b":SOUR:CURR 5E-3;:OUTP ON")
    assert mean(bench) == pytest.approx(-5e-3, rel=3e-4)


def test_swapped_leads_leave_the_short_alone() -> None:
    bench = bench_with("bench_leads_swapped")
    RelayCard(bench).handle(b":ROUT:CLOS (@102,131)")
    bench.circuit.smu.voltage = 1.0
    assert mean(bench) == pytest.approx(1e-3, rel=1e-3)


def test_an_smu_in_compliance_reads_its_limit_and_flags_it() -> None:
    bench = bench_with("smu_compliance")
    assert mean(bench) == pytest.approx(1e-4)
    assert bench.circuit.smu_limited(bench.time, bench.time + 0.02)
    bench.circuit.smu.limit = 0.1
    assert mean(bench) == pytest.approx(4e-4)


@pytest.mark.parametrize("fault", ["smu_overrange", "smu_silent", "wrong_identity", "calibration_expired"])
def test_what_breaks_an_instrument_leaves_the_circuit_alone(fault: str) -> None:
    assert mean(bench_with(fault)) == mean(bench_with())
