# SPDX-License-Identifier: MIT
"""The bench's circuit against closed forms. Tolerances are drawn in the middle here, so that values are known."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.circuit import Circuit
from instruments.sim.network import Loop, solve
from instruments.sim.piecewise import Piecewise

CONTACT = 0.05
RESIDUAL = 0.05


@dataclass
class Source:
    """A device that regulates to one current."""

    amperes: float
    rail: float = 20.0
    regulates: str = "current"
    output_capacitance: float = 0.0
    running: bool = True

    def demand(self, start: float, stop: float) -> Piecewise:
        return Piecewise.constant(start, stop, self.amperes)


def circuit(amperes: float = 0.0, *, rail: float = 20.0, box: float = 900.0, faults: tuple[str, ...] = ()) -> Circuit:
    """Return device – box – 100 Ω shunt – SMU at 0 V, closed."""
    built = Circuit(device=Source(amperes, rail), draw=lambda key: 0.0, faults=frozenset(faults))
    built.port, built.box, built.shunts = "device", box, frozenset({100.0})
    built.smu.connected = True
    return built


def total(built: Circuit) -> float:
    """Return what is in series in the loop of :func:`circuit`, Ω: two relays and the wiring of the box belong to it."""
    shunt = 1 / (1 / 100 + 1 / built.input_resistance)
    return built.box + RESIDUAL + shunt + 2 * CONTACT


def current(built: Circuit) -> float:
    return float(built.smu_current(0.0, 1.0).values[0])


def tap(built: Circuit, input_resistance: float = 1e10) -> float:
    return float(built.tap_voltage(0.0, 1.0, input_resistance).values[0])


def terminal(built: Circuit) -> float:
    return float(built.smu_voltage(0.0, 1.0).values[0])


@pytest.mark.parametrize("amperes", [5e-4, -5e-4])
def test_a_regulated_current_does_not_depend_on_the_load(amperes: float) -> None:
    for box in (0.0, 400.0, 9900.0):
        built = circuit(amperes, box=box)
        assert current(built) == pytest.approx(amperes, rel=1e-12)
        assert not built.smu_limited(0.0, 1.0)


@pytest.mark.parametrize("sign", [1, -1])
def test_beyond_its_rail_the_device_drives_rail_over_resistance(sign: int) -> None:
    built = circuit(sign * 5e-4, box=47e3)
    assert current(built) == pytest.approx(sign * 20 / total(built), rel=1e-12)
    assert abs(current(built)) < 4.3e-4


def test_port_short_and_plus_one_volt_give_a_positive_current() -> None:
    built = circuit()
    built.port, built.smu.voltage = "short", 1.0
    assert current(built) == pytest.approx(1 / total(built), rel=1e-12)
    assert current(built) > 0
    built.smu.voltage = -1.0
    assert current(built) == pytest.approx(-1 / total(built), rel=1e-12)


@pytest.mark.parametrize("volts", [1.0, -1.0])
def test_the_smu_limits_what_it_sources(volts: float) -> None:
    built = circuit()
    built.port, built.smu.voltage, built.smu.limit = "short", volts, 2e-4
    assert current(built) == pytest.approx(volts * 2e-4, rel=1e-12)
    assert built.smu_limited(0.0, 1.0)
    assert terminal(built) == pytest.approx(volts * 2e-4 * total(built), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("limit", [2e-4, 4.9999e-4])
def test_the_smu_limits_what_the_device_drives_and_takes_the_rest_of_its_voltage(sign: int, limit: float) -> None:
    built = circuit(sign * 5e-4)
    built.smu.limit = limit
    assert current(built) == pytest.approx(sign * limit, rel=1e-12)
    assert built.smu_limited(0.0, 1.0)
    assert terminal(built) == pytest.approx(sign * (limit * total(built) - 20), rel=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_smu_drives_the_digitizer_across_a_stopped_device_up_to_its_limit(sign: int) -> None:
    built = circuit(0.0)
    built.tap, built.smu.voltage = "output", sign * 30.0
    assert tap(built, 1e7) == pytest.approx(-sign * 30, rel=1e-3)
    assert current(built) == pytest.approx(sign * 3e-6, rel=1e-3)
    built.smu.limit = 1e-6
    assert current(built) == pytest.approx(sign * 1e-6, rel=1e-12)
    assert tap(built, 1e7) == pytest.approx(-sign * 10, rel=1e-12)


def test_a_limit_above_the_current_does_nothing() -> None:
    built = circuit(5e-4)
    built.smu.limit = 5.0001e-4
    assert not built.smu_limited(0.0, 1.0)
    assert terminal(built) == 0.0


def test_a_faulty_smu_limits_at_a_hundredth_and_says_so() -> None:
    built = circuit(5e-4, faults=("smu_compliance",))
    built.smu.limit = 1e-2
    assert current(built) == pytest.approx(1e-4)
    assert built.smu_limited(0.0, 1.0)


def test_a_source_drives_no_current_backwards() -> None:
    built = circuit(5e-4, rail=20.0)
    built.smu.voltage = -30.0
    assert current(built) == 0.0


def test_the_smu_helps_a_device_that_has_reached_its_rail() -> None:
    built = circuit(5e-4, box=47e3)
    built.smu.voltage = 2.0
    assert current(built) == pytest.approx(22 / total(built), rel=1e-12)


@pytest.mark.parametrize("port", ["device", "reference"])
def test_swapped_leads_reverse_device_and_reference(port: str) -> None:
    straight, swapped = circuit(5e-4), circuit(5e-4, faults=("bench_leads_swapped",))
    for built in (straight, swapped):
        built.port, built.reference = port, 5e-4
    assert current(straight) == pytest.approx(5e-4)
    assert current(swapped) == pytest.approx(-5e-4)
    assert tap(swapped) == pytest.approx(-tap(straight))


def test_swapped_leads_change_nothing_with_the_port_short() -> None:
    straight, swapped = circuit(), circuit(faults=("bench_leads_swapped",))
    for built in (straight, swapped):
        built.port, built.smu.voltage = "short", 1.0
    assert current(swapped) == current(straight) != 0


def test_bypassed_the_smu_sees_nothing_and_the_loop_flows_on() -> None:
    built = circuit(5e-4)
    built.bypass, built.smu.limit = True, 1e-4
    assert current(built) == 0.0
    assert terminal(built) == 0.0
    assert not built.smu_limited(0.0, 1.0)
    assert tap(built) == pytest.approx(5e-2, rel=1e-6)


def test_bypassed_the_smu_drives_its_own_voltage_into_the_relay() -> None:
    built = circuit(5e-4)
    built.bypass, built.smu.voltage, built.smu.limit = True, 1.0, 0.1
    assert current(built) == pytest.approx(0.1)
    assert built.smu_limited(0.0, 1.0)
    assert terminal(built) == pytest.approx(0.1 * CONTACT)
    assert tap(built) == pytest.approx(5e-2, rel=1e-6)


def opened(built: Circuit, how: str) -> Circuit:
    if how == "port":
        built.port = "open"
    elif how == "shunt":
        built.shunts = frozenset()
    else:
        built.smu.connected = False
    return built


@pytest.mark.parametrize("how", ["port", "shunt", "smu"])
def test_an_open_loop_carries_nothing(how: str) -> None:
    built = opened(circuit(5e-4), how)
    assert current(built) == 0.0
    assert tap(built) == 0.0
    assert not built.smu_limited(0.0, 1.0)


def test_bypass_closes_the_loop_that_a_disconnected_smu_opens() -> None:
    built = circuit(5e-4)
    built.smu.connected, built.bypass = False, True
    assert tap(built) == pytest.approx(5e-2, rel=1e-6)
    assert current(built) == 0.0


@pytest.mark.parametrize("how", ["port", "shunt", "smu"])
@pytest.mark.parametrize(("amperes", "volts"), [(5e-4, 20.0), (-5e-4, -20.0), (0.0, 0.0), (1e-7, 1.0)])
def test_an_open_device_stands_at_its_rail_or_drives_the_digitizer(how: str, amperes: float, volts: float) -> None:
    built = opened(circuit(amperes), how)
    built.tap = "output"
    assert tap(built, 1e7) == pytest.approx(volts)


def test_the_digitizer_across_the_shunt_takes_its_share() -> None:
    built = circuit(5e-4)
    assert tap(built, 1e7) == pytest.approx(5e-4 * 100 * 1e7 / (1e7 + 100), rel=1e-12)
    assert current(built) == pytest.approx(5e-4, rel=1e-12)


def test_the_digitizer_across_the_output_divides_the_current() -> None:
    built = circuit(1e-5, box=900e3)
    built.tap = "output"
    volts = tap(built, 1e7)
    loop = 900e3 + RESIDUAL + 100 + 2 * CONTACT
    assert volts == pytest.approx(1e-5 * loop * 1e7 / (loop + 1e7), rel=1e-12)
    assert current(built) == pytest.approx(1e-5 * 1e7 / (loop + 1e7), rel=1e-12)


def test_two_shunts_are_parallel() -> None:
    built = circuit(5e-4)
    built.shunts = frozenset({100.0, 10.0})
    assert tap(built) == pytest.approx(5e-4 * 1000 / 110, rel=1e-6)


def test_the_reference_delivers_its_current_up_to_twelve_volts() -> None:
    built = circuit()
    built.port, built.reference = "reference", 5e-3
    assert current(built) == pytest.approx(5e-3)
    built.box = 9900.0
    assert current(built) == pytest.approx(12 / total(built), rel=1e-12)
    built.reference = None
    assert current(built) == 0.0


@given(
    st.floats(-0.1, 0.1),
    st.floats(0.1, 100.0),
    st.floats(0.01, 1e6),
    st.floats(-50.0, 50.0),
    st.floats(1e-6, 1.0),
    st.sampled_from([0.0, 1e-10, 1e-7, 1e-3]),
)
def test_kirchhoff_holds_and_no_source_exceeds_itself(
    demand: float, rail: float, resistance: float, emf: float, limit: float, conductance: float
) -> None:
    loop = Loop(resistance=resistance, emf=emf, limit=limit, conductance=conductance)
    found = solve(np.array([demand]), rail, loop)
    amperes, volts, limited = float(found.current[0]), float(found.source_voltage[0]), bool(found.limited[0])
    delivered = amperes + conductance * volts
    scale = abs(demand) + limit + abs(emf) / resistance + 1e-12
    assert abs(amperes) <= limit * (1 + 1e-12)
    assert abs(delivered) <= abs(demand) + 1e-9 * scale
    assert delivered * demand >= -1e-9 * scale * abs(demand)
    if not limited:
        assert volts + emf == pytest.approx(amperes * resistance, rel=1e-6, abs=1e-6 * (rail + abs(emf)))
    if abs(delivered) < abs(demand) * (1 - 1e-6) and abs(delivered) > 1e-6 * scale:
        assert volts == pytest.approx(np.copysign(rail, demand), rel=1e-9)
