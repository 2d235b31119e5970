# SPDX-License-Identifier: MIT
"""What each fault of the simulated bench does to circuit and instruments."""

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.circuit import Circuit
from instruments.sim.device_file import read_device
from instruments.sim.dmm6500 import Dmm6500
from instruments.sim.faults import FAULTS
from instruments.sim.keithley2450 import Keithley2450
from instruments.sim.prs200 import LoadBox
from instruments.sim.reference import CurrentReference
from instruments.sim.relay_card import RelayCard
from instruments.sim.specifications import DIGITIZER_MODEL, SMU_MODEL, figure
from instruments.sim.stimulator_port import StimulatorPort
from instruments.sim.thermometer import Thermometer

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


def test_every_fault_has_a_description() -> None:
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


# --- what only a self-check can see


def test_a_load_that_is_off_is_two_per_cent_above() -> None:
    good, off = bench_with().circuit, bench_with("load_off").circuit
    assert off.box_resistance() == pytest.approx(1.02 * good.box_resistance())


def test_a_contact_rises_each_time_the_device_is_connected() -> None:
    def loop(circuit: Circuit) -> float:
        return circuit.loop().resistance

    good, bench = bench_with(), bench_with("contact_rises")
    assert loop(bench.circuit) == pytest.approx(loop(good.circuit) + 0.1)
    for _ in range(3):
        RelayCard(bench).handle(b":ROUT:OPEN:ALL;:ROUT:CLOS (@101,131)")
    assert bench.circuit.connections == 4
    assert loop(bench.circuit) == pytest.approx(loop(good.circuit) + 0.4)
    RelayCard(bench).handle(b":ROUT:OPEN:ALL;:ROUT:CLOS (@102,131)")
    assert bench.circuit.connections == 4


def test_the_smu_reads_three_times_its_specification_too_much() -> None:
    def read(*faults: str) -> float:
        bench = bench_with(*faults)
        smu = Keithley2450(bench)
        smu.handle(b":SENS:FUNC 'CURR';:SENS:CURR:RANG 1E-3;:OUTP ON")
        bench.circuit.smu.connected, bench.circuit.smu.limit = True, 1e-2
        return float(smu.handle(b":READ?"))

    promised = figure(SMU_MODEL, "current", 1e-3)
    gain, _ = bench_with().hidden(SMU_MODEL, "current", 1e-3)
    assert read("smu_gain") - read() == pytest.approx((3 * promised.gain - gain) * 4e-4, abs=1e-8)


def captured(*faults: str) -> float:
    """Return the mean of what the digitizer shows of 400 µA through 100 Ω, V."""
    bench = bench_with(*faults)
    digitizer = Dmm6500(bench)
    digitizer.handle(b":DIG:VOLT:RANG 0.1;:DIG:VOLT:SRAT 1E6;:DIG:COUN 20000;:TRAC:TRIG:DIG")
    reply = digitizer.handle(b':TRAC:DATA? 1,20000,"defbuffer1",READ')
    return sum(map(float, reply.split(b","))) / 20000


def test_what_is_wrong_with_the_digitizer() -> None:
    good = captured()
    offset = bench_with().hidden(DIGITIZER_MODEL, "digitize", 0.1)[1]
    assert captured("digitizer_reversed") - offset == pytest.approx(-(good - offset), abs=1e-6)
    assert captured("paths_disagree") - offset == pytest.approx(0.98 * 0.04, rel=5e-4)
    moved = abs(captured("zero_drifts") - good)
    assert moved == pytest.approx(figure(DIGITIZER_MODEL, "digitize", 0.1).offset / 2, rel=0.02)


@pytest.mark.parametrize(
    ("fault", "celsius"), [("temperature_outside", "+3.000000E+01"), ("temperature_missing", "+9.910000E+37")]
)
def test_the_room_is_hot_or_nobody_knows(fault: str, celsius: str) -> None:
    assert Thermometer(bench_with(fault)).handle(b":MEAS:TEMP?").decode().strip() == celsius


def test_a_weak_reference_and_exchanged_relays() -> None:
    bench = bench_with("reference_weak")
    CurrentReference(bench).handle(b":SOUR:CURR 5E-3;:OUTP ON")
    assert bench.circuit.reference_current() == pytest.approx(4.9e-3, rel=1e-4)
    bench = bench_with("relay_map_wrong")
    for channel, port in ((b"101", "device"), (b"102", "reference"), (b"103", "short")):
        RelayCard(bench).handle(b":ROUT:OPEN:ALL;:ROUT:CLOS (@" + channel + b",131)")
        assert bench.circuit.port == port


def test_every_capacitor_is_too_small() -> None:
    good, small = bench_with().circuit, bench_with("capacitor_wrong").circuit
    assert small.true_network("N1").capacitance == pytest.approx(0.8 * good.true_network("N1").capacitance)
    assert small.true_network("N1").parallel == good.true_network("N1").parallel


def test_the_reference_delivers_pulses_of_a_known_charge() -> None:
    bench = bench_with()
    RelayCard(bench).handle(b":ROUT:OPEN:ALL;:ROUT:CLOS (@103,131)")
    CurrentReference(bench).handle(b":SOUR:FUNC PULS;:SOUR:CURR 9E-4;:OUTP ON")
    bench.advance(0.01)
    wave = bench.circuit.reference_demand(0.02, 0.03)
    assert wave.peak() == pytest.approx(9e-4, rel=1e-4)
    middle = float(wave.edges[1])
    assert wave.integral(0.02, middle) == pytest.approx(180e-9, rel=2e-4)
    assert wave.integral(middle, 0.03) == pytest.approx(-180e-9, rel=2e-4)
    CurrentReference(bench).handle(b":OUTP OFF")
    assert bench.circuit.reference_demand(0.02, 0.03).peak() == 0.0
