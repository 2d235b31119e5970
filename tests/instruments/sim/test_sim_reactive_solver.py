# SPDX-License-Identifier: MIT
"""The circuit with capacitors, held against SciPy's integrator and against laws that hold whatever the circuit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from instruments.sim.laws import regulated_law
from instruments.sim.network import Loop, solve
from instruments.sim.piecewise import Piecewise
from instruments.sim.skin_network import NETWORKS
from instruments.sim.stretch import Stretch

N1, N3 = NETWORKS["N1"], NETWORKS["N3"]
STEEP = 1e-3
"""The integrator's source falls from its demand to nothing within demand times this many ohms at its rail."""
BIPHASIC = [(1e-4, 20e-3), (2e-4, -20e-3), (5e-5, 0.0), (1.5e-4, 20e-3), (1e-3, 0.0)]
SWAP = [(3e-4, 40.0), (3e-4, -40.0), (2e-4, 0.0), (3e-4, 40.0)]


def piecewise(steps: list[tuple[float, float]]) -> Piecewise:
    edges = np.concatenate(([0.0], np.cumsum([width for width, _ in steps])))
    return Piecewise(edges, np.array([value for _, value in steps]))


def delivered(stretch: Stretch, demand: float, volts: float) -> float:
    """Return what a regulated current source delivers at a voltage."""
    sign = -1.0 if demand < 0 else 1.0
    return sign * float(np.clip((stretch.rail - sign * volts) / STEEP, 0.0, abs(demand)))


def in_loop(stretch: Stretch, volts: float, u: float) -> float:
    loop = stretch.loop
    return float(np.clip((volts + loop.emf - u) / loop.resistance, -loop.limit, loop.limit))


def voltage(stretch: Stretch, demand: float, u: float, v: float) -> float:
    """Return the voltage of the source: a state, forced, or what Kirchhoff's law asks for."""
    if stretch.regulates == "voltage":
        return float(np.clip(demand, -stretch.rail, stretch.rail))
    if stretch.capacitance:
        return v

    def surplus(volts: float) -> float:
        return delivered(stretch, demand, volts) - in_loop(stretch, volts, u) - stretch.loop.conductance * volts

    return float(brentq(surplus, -1e4, 1e4, xtol=1e-12))


def integrated(stretch: Stretch, demand: Piecewise, per_segment: int = 40) -> tuple[np.ndarray, ...]:
    """Return times, loop currents, voltages of source and SMU from SciPy, with nothing of the solver in it."""
    state, found = np.zeros(2), []
    for low, high, value in zip(demand.edges[:-1], demand.edges[1:], demand.values, strict=True):

        def slopes(_: float, x: np.ndarray, value: float = float(value)) -> list[float]:
            volts = voltage(stretch, value, x[0], x[1])
            current, network = in_loop(stretch, volts, x[0]), stretch.network
            to_u = (current - x[0] / network.parallel) / network.capacitance if network else 0.0
            lost = current + volts * (stretch.loop.conductance + 1e-12)
            held = stretch.regulates == "voltage" or not stretch.capacitance
            return [to_u, 0.0 if held else (delivered(stretch, value, volts) - lost) / stretch.capacitance]

        times = low + (high - low) * (np.arange(per_segment) / per_segment) ** 2
        solved = solve_ivp(slopes, (low, high), state, "LSODA", t_eval=np.append(times, high), rtol=1e-9, atol=1e-9)
        for time, (u, v) in zip(times, solved.y.T, strict=False):
            volts = voltage(stretch, float(value), u, v)
            current = in_loop(stretch, volts, u)
            found.append((time, current, volts, current * stretch.loop.resistance + u - volts))
        state = solved.y[:, -1]
    return tuple(np.array(found).T)


def rc(**changes: object) -> Stretch:
    """Return a current source with a 40 V rail on N3 in series with a 10 Ω shunt."""
    loop = Loop(resistance=230.0, limit=float("inf"))
    return replace(Stretch(regulates="current", rail=40.0, loop=loop, network=N3), **changes)


@pytest.mark.parametrize(
    ("stretch", "demand"),
    [
        (rc(network=None, capacitance=1e-8), BIPHASIC),
        (rc(network=None, capacitance=1e-8, rail=3.0), BIPHASIC),
        (rc(), BIPHASIC),
        (rc(rail=6.0), BIPHASIC),
        (rc(rail=8.0, loop=Loop(resistance=230.0, emf=2.0, limit=0.015, conductance=1e-5)), BIPHASIC),
        (rc(capacitance=1e-8), BIPHASIC),
        (rc(capacitance=1e-7, rail=6.0), BIPHASIC),
        (rc(capacitance=2e-9, rail=8.0, loop=Loop(resistance=230.0, emf=-3.0, limit=0.018)), BIPHASIC),
        (rc(capacitance=1e-8, rail=8.0, loop=Loop(resistance=230.0, emf=-12.0, limit=1.0)), BIPHASIC),
        (rc(regulates="voltage"), SWAP),
        (rc(regulates="voltage", loop=Loop(resistance=230.0, limit=0.12)), SWAP),
        (rc(regulates="voltage", rail=30.0, loop=Loop(resistance=570.0, emf=1.0), network=N1), SWAP),
    ],
    ids=[
        "R with output capacitance",
        "R with output capacitance at the rail",
        "RC",
        "RC meets the rail within a pulse",
        "RC, rail, SMU limit and digitizer",
        "two capacitors",
        "two capacitors at the rail",
        "two capacitors, rail and SMU limit",
        "two capacitors, pushed beyond the rail",
        "polarity swap",
        "polarity swap within the SMU's limit",
        "polarity swap cut to the rail",
    ],
)
def test_it_agrees_with_an_independent_integrator(stretch: Stretch, demand: list[tuple[float, float]]) -> None:
    course, _, _ = stretch.follow(piecewise(demand), 0.0, 0.0)
    times, currents, volts, at_smu = integrated(stretch, piecewise(demand))
    largest = max(np.abs(at_smu).max(), np.abs(volts).max())
    assert course.smu_voltage.at(times) == pytest.approx(at_smu, abs=1e-3 * largest)
    assert course.current.at(times) == pytest.approx(currents, abs=1e-3 * np.abs(currents).max())
    assert course.source_voltage.at(times) == pytest.approx(volts, abs=1e-3 * np.abs(volts).max())
    assert course.limited == bool(np.isclose(np.abs(currents), stretch.loop.limit, rtol=1e-9).any())


def test_a_current_source_meets_its_rail_at_the_time_that_the_formula_gives() -> None:
    # 20 mA into 230 Ω + (2.2 kΩ ‖ 220 nF) with a 6 V rail: u = 44 V·(1 − e^(−t/RC)) reaches 6 V − 4.6 V.
    course, _, _ = rc(rail=6.0).follow(piecewise([(1e-3, 20e-3)]), 0.0, 0.0)
    met = -2200 * 220e-9 * np.log(1 - 1.4 / 44)
    current = course.current
    assert current.edges[1] == pytest.approx(met, rel=1e-12)
    assert current.at(np.array([met * 0.999]))[0] == pytest.approx(20e-3, rel=1e-12)
    # From there on the rail drives: 6 V through 230 Ω and 2.2 kΩ in the end, with (230 Ω ‖ 2.2 kΩ) · 220 nF.
    tau = 230 * 2200 / 2430 * 220e-9
    final = 6 / 2430
    expected = final + (20e-3 - final) * np.exp(-1e-4 / tau)
    assert current.at(np.array([met + 1e-4]))[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "volts", "shunt", "first", "swapped"),
    [("N3", 40.0, 0.0, 181.8e-3, 347.1e-3), ("N3", 40.0, 10.0, 173.9e-3, 331.4e-3)],
)
def test_the_spikes_of_a_voltage_on_pads(name: str, volts: float, shunt: float, first: float, swapped: float) -> None:
    network = NETWORKS[name]
    stretch = Stretch(regulates="voltage", rail=50.0, loop=Loop(resistance=network.series + shunt), network=network)
    course, _, _ = stretch.follow(piecewise([(0.1, volts), (0.1, -volts)]), 0.0, 0.0)
    assert course.current.at(np.array([0.0]))[0] == pytest.approx(first, abs=0.1e-3)
    assert course.current.at(np.array([0.1]))[0] == pytest.approx(-swapped, abs=0.1e-3)
    assert course.current.at(np.array([0.099]))[0] == pytest.approx(volts / (2420 + shunt), rel=1e-6)


def test_the_shunt_takes_the_edge_off_the_spikes() -> None:
    def over_ten_microseconds(name: str, volts: float) -> np.ndarray:
        network = NETWORKS[name]
        stretch = Stretch(regulates="voltage", rail=50.0, loop=Loop(resistance=network.series + 10), network=network)
        course, _, _ = stretch.follow(piecewise([(0.1, volts), (0.1, -volts)]), 0.0, 0.0)
        return course.current.means(np.array([0.0, 0.1]), 1e-5)

    assert over_ten_microseconds("N3", 40.0) == pytest.approx([158e-3, -299e-3], abs=0.5e-3)
    assert over_ten_microseconds("N1", 4.0)[0] == pytest.approx(3.3e-3, abs=0.06e-3)


@pytest.mark.parametrize(("shunt", "milliamperes"), [(0.0, 7.1), (10.0, 7.0)])
def test_the_spike_of_a_voltage_on_a_gelled_face(shunt: float, milliamperes: float) -> None:
    stretch = Stretch(regulates="voltage", rail=50.0, loop=Loop(resistance=560.0 + shunt), network=N1)
    course, _, _ = stretch.follow(piecewise([(0.1, 4.0)]), 0.0, 0.0)
    assert course.current.peak() == pytest.approx(milliamperes * 1e-3, abs=0.05e-3)
    assert course.current.at(np.array([0.09]))[0] == pytest.approx(0.18e-3, abs=0.005e-3)


def test_an_open_source_charges_its_capacitor_to_the_rail_and_empties_it_into_a_load() -> None:
    # 80 V on 100 nF into 1 kΩ: 80 mA, 8 µC and 0.32 mJ.
    stage = Stretch(regulates="current", rail=80.0, loop=Loop(resistance=float("inf")), capacitance=1e-7)
    course, _, v = stage.follow(piecewise([(0.1, 1e-3)]), 0.0, 0.0)
    assert course.source_voltage.edges[1] == pytest.approx(80 * 1e-7 / 1e-3, rel=1e-6)
    assert v == pytest.approx(80.0, rel=1e-12)
    loaded = replace(stage, loop=Loop(resistance=1e3))
    course, _, v = loaded.follow(piecewise([(0.01, 0.0)]), 0.0, v)
    assert course.current.peak() == pytest.approx(80e-3, rel=1e-9)
    assert course.current.integral(0.0, 0.01) == pytest.approx(8e-6, rel=1e-6)
    assert v == pytest.approx(0.0, abs=1e-9)


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    network = draw(st.sampled_from([None, *NETWORKS.values()]))
    capacitance = draw(st.sampled_from([0.0, 1e-10, 1e-8, 1e-6])) if network else draw(st.sampled_from([1e-9, 1e-7]))
    loop = Loop(
        resistance=draw(st.floats(10.0, 1e4)),
        emf=draw(st.floats(-20.0, 20.0)),
        limit=draw(st.sampled_from([1e-4, 1e-2, 0.1, float("inf")])),
        conductance=draw(st.sampled_from([0.0, 1e-10, 1e-7, 1e-4])),
    )
    regulates = draw(st.sampled_from(["current", "voltage"])) if network else "current"
    return Stretch(
        regulates=regulates, rail=draw(st.floats(1.0, 100.0)), loop=loop, capacitance=capacitance, network=network
    )


@st.composite
def demands(draw: st.DrawFn) -> Piecewise:
    steps = draw(
        st.lists(st.tuples(st.floats(1e-6, 5e-3), st.floats(-0.05, 0.05) | st.just(0.0)), min_size=1, max_size=6)
    )
    return piecewise(steps)


def scaled(stretch: Stretch, demand: Piecewise) -> Piecewise:
    """Return a demand of currents as one of voltages where the source regulates those."""
    return demand if stretch.regulates == "current" else demand.scaled(1000.0)


@settings(max_examples=60, deadline=None)
@given(stretches(), demands(), st.floats(0.02, 0.98))
def test_however_a_stretch_is_cut_the_answer_is_the_same(stretch: Stretch, demand: Piecewise, share: float) -> None:
    demand = scaled(stretch, demand)
    whole, *ends = stretch.follow(demand, 0.0, 0.0)
    middle = share * demand.stop
    first = demand.times(Piecewise.constant(0.0, middle, 1.0))
    rest = demand.times(Piecewise.constant(middle, demand.stop, 1.0))
    _, u, v = stretch.follow(first, 0.0, 0.0)
    later, *cut = stretch.follow(rest, u, v)
    assert cut == pytest.approx(ends, rel=1e-6, abs=1e-6 * stretch.rail)
    times = middle + (demand.stop - middle) * np.linspace(0.0, 0.99, 30)
    peak = whole.current.peak()
    assert later.current.integral(middle, demand.stop) == pytest.approx(
        whole.current.integral(middle, demand.stop), rel=1e-6, abs=1e-6 * peak * demand.stop + 1e-25
    )
    assert np.median(np.abs(later.current.at(times) - whole.current.at(times))) <= 1e-6 * peak + 1e-20


@settings(max_examples=60, deadline=None)
@given(stretches(), demands())
def test_what_is_turned_round_comes_out_turned_round(stretch: Stretch, demand: Piecewise) -> None:
    demand = scaled(stretch, demand)
    turned = replace(stretch, loop=replace(stretch.loop, emf=-stretch.loop.emf))
    one, u, v = stretch.follow(demand, 0.0, 0.0)
    other, minus_u, minus_v = turned.follow(demand.scaled(-1.0), 0.0, 0.0)
    assert (u, v) == pytest.approx((-minus_u, -minus_v), rel=1e-9, abs=1e-9)
    assert one.current.integral(0.0, demand.stop) == pytest.approx(
        -other.current.integral(0.0, demand.stop), rel=1e-9, abs=1e-15
    )


@settings(max_examples=60, deadline=None)
@given(stretches(), demands())
def test_charge_is_conserved_and_no_limit_exceeded(stretch: Stretch, demand: Piecewise) -> None:
    demand = scaled(stretch, demand)
    course, u, v = stretch.follow(demand, 0.0, 0.0)
    current, volts = course.current, course.source_voltage
    rounding = 1e-11 * (volts.peak() + abs(stretch.loop.emf) + 1) / stretch.loop.resistance
    assert current.peak() <= stretch.loop.limit * (1 + 1e-9) + rounding
    charge = current.integral(0.0, demand.stop)
    scale = current.peak() * demand.stop + 1e-15
    if stretch.network is not None:
        # What went in is on Cp or went through Rp; the latter is the integral of u, from Kirchhoff's voltage law.
        drop = volts.integral(0.0, demand.stop) + course.smu_voltage.integral(0.0, demand.stop)
        through = (drop - charge * stretch.loop.resistance) / stretch.network.parallel
        assert charge == pytest.approx(u * stretch.network.capacitance + through, rel=1e-6, abs=1e-6 * scale)
    if stretch.regulates == "current":
        most = float(np.abs(demand.values) @ np.diff(demand.edges)) + 1e-12
        given_off = charge + volts.integral(0.0, demand.stop) * stretch.loop.conductance + v * stretch.capacitance
        assert abs(given_off) <= most * (1 + 1e-6) + 1e-6 * scale
    inner = volts.edges[1:-1]
    if stretch.capacitance and stretch.regulates == "current" and inner.size:
        jump = np.abs(volts.at(inner) - volts.at(inner - 1e-12))
        assert np.all(jump <= 1e-6 * (volts.peak() + 1) + 1e-12 * 0.2 / stretch.capacitance)


@given(
    st.floats(-0.1, 0.1) | st.just(0.0),
    st.floats(0.1, 100.0),
    st.floats(-60.0, 60.0),
    st.builds(
        Loop,
        resistance=st.floats(0.01, 1e6),
        emf=st.floats(-50.0, 50.0),
        limit=st.floats(1e-6, 1.0),
        conductance=st.sampled_from([0.0, 1e-10, 1e-7, 1e-3]),
    ),
)
def test_the_law_of_the_loop_is_that_of_resistors_with_the_capacitor_in_the_place_of_a_battery(
    demand: float, rail: float, u: float, loop: Loop
) -> None:
    pieces = regulated_law(demand, rail, loop)
    line = next(piece for piece in pieces if u <= piece.high)
    expected = solve(np.array([demand]), rail, replace(loop, emf=loop.emf - u))
    scale = abs(demand) + abs(u) / loop.resistance + abs(loop.emf) / loop.resistance
    assert line.i0 + line.i1 * u == pytest.approx(expected.current[0], rel=1e-7, abs=1e-9 * scale + 1e-20)
    assert [piece.low for piece in pieces[1:]] == [piece.high for piece in pieces[:-1]]
    if min(abs(u - line.low), abs(u - line.high)) > 1e-6 * (abs(u) + rail + abs(loop.emf)):
        assert line.limited == bool(expected.limited[0])
        volts = line.v0 + line.v1 * u
        scale = rail + abs(u) + abs(loop.emf)
        assert volts == pytest.approx(expected.source_voltage[0], rel=1e-6, abs=1e-6 * scale + 1e-20)


def test_rounding_at_the_limit_is_not_taken_for_an_event() -> None:
    # 0.1 mA limit in a loop of 10 Ω: what rounding leaves of 27 V is more than 1e-12 of the limit.
    loop = Loop(resistance=10.0, emf=-16.864530727506022, limit=1e-4, conductance=1e-7)
    stretch = Stretch(regulates="current", rail=27.0, loop=loop, capacitance=1e-10, network=NETWORKS["N0"])
    course, _, _ = stretch.follow(piecewise([(1e-6, 0.015625)]), 0.0, 0.0)
    assert len(course.stages) < 10
