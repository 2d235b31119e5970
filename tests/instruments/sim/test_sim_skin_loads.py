# SPDX-License-Identifier: MIT
"""Skin networks, output capacitance and voltage sources in the bench's circuit: who carries which charge when."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.circuit import Circuit
from instruments.sim.device_file import read_device
from instruments.sim.exponentials import Exponentials
from instruments.sim.piecewise import Piecewise
from instruments.sim.skin_network import NETWORKS, true_network

CONTACTS = 3 * 0.05
"""Relays of port, skin network and shunt, Ω; the SMU is bypassed by a fourth."""


@dataclass
class Source:
    """A device that asks for one value, and remembers when it was asked."""

    value: float
    regulates: str = "current"
    rail: float = 50.0
    output_capacitance: float = 0.0
    running: bool = True
    asked: list[tuple[float, float]] = field(default_factory=list)

    def demand(self, start: float, stop: float) -> Piecewise:
        self.asked.append((start, stop))
        return Piecewise.constant(start, stop, self.value)


def circuit(source: Source, *, skin: str | None = "N3", faults: tuple[str, ...] = ()) -> Circuit:
    """Return device – network – 10 Ω shunt – bypass, with all tolerances drawn in the middle."""
    built = Circuit(device=source, draw=lambda key: 0.0, faults=frozenset(faults))
    built.port, built.skin, built.shunts, built.bypass = "device", skin, frozenset({10.0}), True
    return built


def flowing(built: Circuit, start: float, stop: float) -> Exponentials:
    volts = built.tap_voltage(start, stop, 1e10)
    assert isinstance(volts, Exponentials)
    return volts.scaled(1 / 10)


RESISTANCE = 220 + 10 + CONTACTS + 0.05
TAU = 2200 * 220e-9


def test_a_voltage_on_pads_spikes_and_a_swap_spikes_twice() -> None:
    source = Source(40.0, "voltage")
    built = circuit(source)
    first = flowing(built, 0.0, 0.01)
    assert first.at(np.array([0.0]))[0] == pytest.approx(40 / RESISTANCE, rel=1e-6)
    built.pass_time(0.0, 0.01)
    source.value = -40.0
    swapped = flowing(built, 0.01, 0.02).at(np.array([0.01]))[0]
    assert swapped == pytest.approx(-(40 + 40 * 2200 / (2200 + RESISTANCE)) / RESISTANCE, rel=1e-6)
    assert swapped == pytest.approx(-0.331, abs=0.002)


def test_asking_twice_gives_the_same_answer_and_changes_nothing() -> None:
    built = circuit(Source(5e-3))
    built.pass_time(0.0, 1e-4)
    one, other = flowing(built, 1e-4, 3e-4), flowing(built, 1e-4, 3e-4)
    times = np.linspace(1e-4, 2.9e-4, 50)
    assert one.at(times).tolist() == other.at(times).tolist()
    built.smu.connected = True
    assert built.charge_at(1e-4).networks["N3"] == pytest.approx(11 * (1 - np.exp(-1e-4 / TAU)), rel=1e-9)


def test_a_stretch_may_begin_after_the_last_moment_that_passed() -> None:
    source = Source(40.0, "voltage")
    late, told = circuit(source), circuit(source)
    late.pass_time(0.0, 1e-5)
    told.pass_time(0.0, 1e-5)
    told.pass_time(1e-5, 5e-5)
    assert flowing(late, 5e-5, 1e-4).peak() == pytest.approx(flowing(told, 5e-5, 1e-4).peak(), rel=1e-9)


def test_a_network_that_is_switched_out_keeps_its_charge_and_loses_it_through_its_own_resistor() -> None:
    built = circuit(Source(40.0, "voltage"))
    built.pass_time(0.0, 0.01)
    charged = built.charge_at(0.01).networks["N3"]
    built.skin = None
    built.pass_time(0.01, 0.01 + TAU)
    built.skin = "N4"
    assert flowing(built, 0.01 + TAU, 0.02).at(np.array([0.01 + TAU]))[0] == pytest.approx(40 / RESISTANCE, rel=1e-6)
    built.skin = "N3"
    left = charged * np.exp(-1)
    assert flowing(built, 0.01 + TAU, 0.02).at(np.array([0.01 + TAU]))[0] == pytest.approx(
        (40 - left) / RESISTANCE, rel=1e-6
    )


def test_with_the_port_open_the_network_empties_itself_and_nothing_flows() -> None:
    built = circuit(Source(40.0, "voltage"))
    built.pass_time(0.0, 0.01)
    charged = built.charge_at(0.01).networks["N3"]
    built.port = "open"
    assert built.tap_voltage(0.01, 0.02, 1e10).peak() == 0.0
    built.pass_time(0.01, 0.01 + 2 * TAU)
    assert built.charge_at(1.0).networks["N3"] == pytest.approx(charged * np.exp(-2), rel=1e-9)


def test_the_port_short_discharges_the_network_through_the_loop() -> None:
    built = circuit(Source(40.0, "voltage"))
    built.pass_time(0.0, 0.01)
    charged = built.charge_at(0.01).networks["N3"]
    built.port = "short"
    assert flowing(built, 0.01, 0.02).at(np.array([0.01]))[0] == pytest.approx(-charged / RESISTANCE, rel=1e-6)


def test_a_stopped_device_of_voltage_is_no_short() -> None:
    source = Source(40.0, "voltage")
    built = circuit(source)
    built.pass_time(0.0, 0.01)
    source.running, source.value = False, 0.0
    assert flowing(built, 0.01, 0.02).peak() == pytest.approx(0.0, abs=1e-12)
    source.value = 1e-6  # what leaks then is a current
    assert flowing(built, 0.01, 0.02).at(np.array([0.015]))[0] == pytest.approx(1e-6, rel=1e-9)


def test_a_voltage_on_resistors_stays_piecewise_constant() -> None:
    built = circuit(Source(4.0, "voltage"), skin=None)
    built.box = 490.0
    volts = built.tap_voltage(0.0, 1.0, 1e10)
    assert isinstance(volts, Piecewise)
    series = 490.05 + 10 + 3 * 0.05
    assert volts.values.tolist() == pytest.approx([4.0 / series * 10])


def test_the_smu_limits_a_source_of_voltage_and_gives_its_own_voltage_up() -> None:
    built = circuit(Source(4.0, "voltage"), skin=None)
    built.bypass, built.smu.connected, built.smu.limit, built.box = False, True, 1e-3, 490.0
    assert built.smu_limited(0.0, 1.0)
    assert built.smu_current(0.0, 1.0).at(np.array([0.5]))[0] == pytest.approx(1e-3)
    series = 490.05 + 10 + 2 * 0.05
    assert built.smu_voltage(0.0, 1.0).at(np.array([0.5]))[0] == pytest.approx(1e-3 * series - 4.0, rel=1e-6)


def test_the_smu_sees_the_same_exponential_as_the_shunt() -> None:
    built = circuit(Source(20e-3, rail=6.0))
    built.bypass, built.smu.connected = False, True
    starts = np.arange(0.0, 1e-3, 1e-5)
    at_smu = built.smu_current(0.0, 2e-3).means(starts, 1e-5)
    assert flowing(built, 0.0, 2e-3).means(starts, 1e-5) == pytest.approx(at_smu, rel=1e-6)
    assert not built.smu_limited(0.0, 2e-3)
    built.smu.limit = 10e-3
    assert built.smu_limited(0.0, 1e-5)
    assert built.smu_current(0.0, 2e-3).peak() == pytest.approx(10e-3, rel=1e-12)


@pytest.mark.parametrize("input_resistance", [1e7, 1e10])
def test_open_box_and_tap_at_the_output_show_the_open_circuit_voltage(input_resistance: float) -> None:
    built = circuit(Source(1e-3, rail=80.0), skin="open")
    built.tap = "output"
    assert built.tap_voltage(0.0, 1.0, input_resistance).peak() == pytest.approx(80.0)
    weak = circuit(Source(1e-6, rail=80.0), skin="open")
    weak.tap = "output"
    expected = min(80.0, 1e-6 * input_resistance)
    assert weak.tap_voltage(0.0, 1.0, input_resistance).peak() == pytest.approx(expected)


def test_reconnecting_a_lifted_device_empties_its_capacitor_into_the_load() -> None:
    source = Source(600e-6, rail=80.0, output_capacitance=1e-7)
    built = circuit(source, skin=None)
    built.box, built.port = 990.0, "open"
    built.pass_time(0.0, 1.0)
    built.port = "device"
    spike = flowing(built, 1.0, 1.01)
    assert spike.at(np.array([1.0]))[0] == pytest.approx(0.08, rel=1e-3)
    assert spike.at(np.array([1.0099]))[0] == pytest.approx(600e-6, rel=1e-6)


@pytest.mark.parametrize("port", ["short", "reference"])
def test_a_device_charges_itself_while_another_has_the_loop(port: str) -> None:
    built = circuit(Source(1e-3, rail=30.0, output_capacitance=1e-7), skin=None)
    built.port, built.reference = port, 5e-4
    built.pass_time(0.0, 1e-3)
    assert built.charge_at(1e-3).output == pytest.approx(10.0, rel=1e-6)
    built.pass_time(1e-3, 1.0)
    assert built.charge_at(1.0).output == pytest.approx(30.0)


def test_a_capacitor_behind_a_source_of_voltage_has_its_voltage_and_keeps_it_when_it_stops() -> None:
    source = Source(25.0, "voltage", output_capacitance=1e-7)
    built = circuit(source, skin="open")
    built.pass_time(0.0, 1.0)
    source.running, source.value = False, 0.0
    built.pass_time(1.0, 1.5)
    assert built.charge_at(1.5).output == pytest.approx(25.0, rel=1e-4)


def test_swapped_leads_swap_the_spikes_too() -> None:
    source = Source(40.0, "voltage")
    straight, swapped = circuit(source), circuit(source, faults=("bench_leads_swapped",))
    for built in (straight, swapped):
        built.pass_time(0.0, 1e-4)
    times = np.linspace(1e-4, 2e-4, 20)
    assert flowing(swapped, 1e-4, 3e-4).at(times) == pytest.approx(-flowing(straight, 1e-4, 3e-4).at(times))


def test_of_a_long_wait_only_the_end_is_looked_at() -> None:
    source = Source(5e-3)
    built = circuit(source)
    built.pass_time(0.0, 1200.0)
    assert source.asked == [(pytest.approx(1200 - 40 * TAU), 1200.0)]
    assert built.charge_at(1200.0).networks["N3"] == pytest.approx(11.0, rel=1e-12)


def test_a_capacitor_that_empties_slowly_is_not_forgotten_in_a_long_wait() -> None:
    source = Source(0.0, rail=30.0, output_capacitance=1e-6)
    built = circuit(source, skin=None)
    source.value, built.port = 1e-3, "open"
    built.pass_time(0.0, 1.0)
    assert built.charge_at(1.0).output == pytest.approx(30.0)
    source.value, built.port, built.skin = 0.0, "device", "N2"
    built.pass_time(1.0, 2.0)
    # 1 µF through 221 kΩ; N2's own 10 nF takes its share first.
    assert built.charge_at(2.0).output == pytest.approx(30 * np.exp(-1 / (221e3 * 1.01e-6)), rel=0.03)


def test_the_past_is_not_forgotten_at_once_but_nothing_is_made_up() -> None:
    built = circuit(Source(5e-3))
    for step in range(5000):
        built.pass_time(step * 1e-3, (step + 1) * 1e-3)
    assert flowing(built, 4.5, 4.6).peak() == pytest.approx(5e-3)
    with pytest.raises(ValueError, match="known begins at"):
        flowing(built, 0.5, 0.6)


@pytest.mark.parametrize(("skin", "ohms"), [("N0", 2000.0), ("N2", 221e3), ("open", float("inf")), (None, 990.0)])
def test_the_load_that_a_device_sees(skin: str | None, ohms: float) -> None:
    built = circuit(Source(0.0), skin=skin)
    built.box = 990.0
    assert built.load_resistance() == pytest.approx(ohms, rel=0.02)
    built.port = "open"
    assert built.load_resistance() == float("inf")
    built.tap, built.input_resistance = "output", 1e7
    assert built.load_resistance() == pytest.approx(1e7)
    built.port = "short"
    assert built.load_resistance() == float("inf")


@pytest.mark.parametrize("name", NETWORKS)
def test_true_values_differ_by_seed_and_stay_inside_one_per_cent(name: str) -> None:
    device = read_device("microcurrent_good").device()
    found = [true_network(name, SimulatedBench(device, seed=seed).draw) for seed in range(20)]
    nominal = NETWORKS[name]
    for part in ("series", "parallel", "capacitance"):
        shares = [getattr(network, part) / getattr(nominal, part) - 1 for network in found]
        assert max(map(abs, shares)) <= 0.01
        assert max(shares) - min(shares) > 0.005


def test_the_bench_tells_the_circuit_of_all_time_that_passes() -> None:
    bench = SimulatedBench(read_device("galvanic_good").device(), seed=3)
    circuit = bench.circuit
    circuit.port, circuit.skin, circuit.shunts, circuit.bypass = "device", "N1", frozenset({100.0}), True
    bench.stimulator.select_mode("iontophoresis")
    bench.stimulator.set_level(5)
    bench.stimulator.start()
    bench.advance(2.0)
    network = true_network("N1", bench.draw)
    assert circuit.charge_at(bench.time).networks["N1"] == pytest.approx(4e-4 * network.parallel, rel=1e-6)
    circuit.skin = None
    bench.advance(1.0)
    assert circuit.charge_at(bench.time).networks["N1"] < 1e-12
