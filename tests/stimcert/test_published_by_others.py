# SPDX-License-Identifier: MIT
"""Worked examples of further guides, through the public API, with the numbers that were printed where they were read.

Read were: the page "Calibration of a weight of nominal value 10 kg" of Metrodata (metrodata.de/examples/s02_en.html),
which is example S2 of EA-4/02; the documentation of GTC (docs/API/CITAC_A1.rst, CITAC_A2.rst, CITAC_A3.rst) on the
EURACHEM/CITAC guide QUAM:2012; the test suite of Suncal (test/test_examples.py, test_risk.py) on NIST TN 1900, the
manual of the NIST Uncertainty Machine, NPL report DEM-ES-011, draft RP-19, Deaver's "How to maintain your confidence"
and a spreadsheet of another author. None of these documents was opened itself. Those of the JCGM were, and have
modules of their own: ``test_published_examples.py`` and its neighbours.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from stimcert.metrology import (
    Measured,
    Term,
    arcsine,
    evaluate,
    global_risk,
    nonconformance_probability,
    normal,
    propagate,
    rectangular,
    shortest_interval,
    simulate,
    standard,
    student,
    triangular,
)


def contributions(found: Measured) -> dict[str, float]:
    return {row["symbol"]: row["contribution"] for row in found.uncertainty.budget}


# --- EA-4/02, S2: a weight of 10 kg


def test_calibration_of_a_weight() -> None:
    inputs = [
        normal("mS", expanded=45e-3, unit="g", estimate=10000.005),
        rectangular("δmD", half_width=15e-3, unit="g"),
        standard("δm", uncertainty=0.0142, unit="g", estimate=0.0200),
        rectangular("δmC", half_width=10e-3, unit="g"),
        rectangular("δB", half_width=10e-3, unit="g"),
    ]
    found = propagate(lambda **x: sum(x.values()), inputs, unit="g", probability=0.9545)
    assert found.value == pytest.approx(10000.025, abs=5e-5)
    assert found.uncertainty.standard == pytest.approx(0.0291, abs=5e-5)
    assert found.uncertainty.coverage_factor == pytest.approx(2.00, abs=0.005)
    assert found.uncertainty.expanded == pytest.approx(0.058, abs=5e-4)
    shares = {row["symbol"]: row["share"] for row in found.uncertainty.budget}
    printed = {"mS": 0.596, "δmD": 0.088, "δm": 0.237, "δmC": 0.039, "δB": 0.039}
    assert shares == {symbol: pytest.approx(share, abs=1.5e-3) for symbol, share in printed.items()}
    assert contributions(found)["δmD"] == pytest.approx(8.66e-3, abs=5e-6)


# --- QUAM:2012, A1 to A3


def test_preparation_of_a_calibration_standard() -> None:
    """QUAM A1: cadmium in a standard solution."""
    inputs = [
        standard("m", uncertainty=0.05, unit="mg", estimate=100.28),
        rectangular("P", half_width=0.0001, unit="1", estimate=0.9999),
        triangular("flask", half_width=0.1, unit="mL", estimate=100.0),
        standard("rep", uncertainty=0.02, unit="mL"),
        rectangular("T", half_width=0.084, unit="mL"),
    ]
    found = propagate(lambda m, P, flask, rep, T: 1000 * m * P / (flask + rep + T), inputs, unit="mg/L")
    assert found.value == pytest.approx(1002.7, abs=0.05)
    assert found.uncertainty.standard == pytest.approx(0.835199, abs=5e-6)
    assert contributions(found) == {
        "m": pytest.approx(0.49995, abs=5e-6),
        "T": pytest.approx(0.486284, abs=5e-6),
        "flask": pytest.approx(0.40935, abs=5e-6),
        "rep": pytest.approx(0.20054, abs=5e-6),
        "P": pytest.approx(0.0578967, abs=5e-7),
    }


MOLAR = {"C": (12.0107, 0.0008), "H": (1.00794, 0.00007), "O": (15.9994, 0.0003), "K": (39.0983, 0.0001)}


def phthalate() -> list[Term]:
    """Return what A2 and A3 have in common."""
    return [
        rectangular("tare", half_width=0.15e-3, unit="g"),
        rectangular("gross", half_width=0.15e-3, unit="g"),
        rectangular("P", half_width=0.0005, unit="1", estimate=1.0),
        *(rectangular(name, half_width=a, unit="g/mol", estimate=m) for name, (m, a) in MOLAR.items()),
    ]


def molar_mass(x: Mapping[str, Any]) -> Any:
    return 8 * x["C"] + 5 * x["H"] + 4 * x["O"] + x["K"]


def test_standardising_a_sodium_hydroxide_solution() -> None:
    """QUAM A2."""
    inputs = [
        *phthalate(),
        triangular("cal", half_width=0.03, unit="mL"),
        standard("temp", uncertainty=0.006, unit="mL"),
        standard("R", uncertainty=0.0005, unit="1", estimate=1.0),
    ]

    def concentration(**x: Any) -> Any:
        mass, volume = 0.3888 + x["gross"] - x["tare"], 18.64 + x["cal"] + x["temp"]
        return x["R"] * 1000 * mass * x["P"] / (molar_mass(x) * volume)

    found = propagate(concentration, inputs, unit="mol/L")
    assert found.value == pytest.approx(0.102136159706, abs=1e-11)
    assert found.uncertainty.standard == pytest.approx(0.000100500722124, abs=1e-10)
    by = contributions(found)
    assert by["cal"] == pytest.approx(6.71088e-5, abs=5e-10)
    assert by["temp"] == pytest.approx(3.28764e-5, abs=5e-10)
    assert by["tare"] == by["gross"] == pytest.approx(2.27501e-5, abs=5e-10)
    assert by["C"] == pytest.approx(1.84798e-6, abs=5e-11)


def titration(excess: bool = False, repeatability: float = 0.001) -> Measured:
    warm = 2.1e-4 * 4
    inputs = [
        *phthalate(),
        triangular("T2", half_width=0.03, unit="mL", estimate=14.89),
        rectangular("T2w", half_width=15 * warm, unit="mL"),
        triangular("T1", half_width=0.03, unit="mL", estimate=18.64),
        rectangular("T1w", half_width=19 * warm, unit="mL"),
        triangular("HCl", half_width=0.02, unit="mL", estimate=15.0),
        rectangular("HClw", half_width=15 * warm, unit="mL"),
        standard("R", uncertainty=repeatability, unit="1", estimate=1.0),
        *(standard(f"E{n}", uncertainty=0.03, unit="mL", estimate=0.05) for n in (1, 2) if excess),
    ]

    def concentration(**x: Any) -> Any:
        one, two = x["T1"] + x["T1w"] - x.get("E1", 0.0), x["T2"] + x["T2w"] - x.get("E2", 0.0)
        mass = 0.3888 + x["gross"] - x["tare"]
        return x["R"] * 1000 * mass * x["P"] * two / (molar_mass(x) * one * (x["HCl"] + x["HClw"]))

    return propagate(concentration, inputs, unit="mol/L")


@pytest.mark.parametrize(
    ("excess", "repeatability", "value", "u"),
    [
        (False, 0.001, 0.10139, 0.0001843),
        (False, 0.001 / math.sqrt(3.0), 0.10139, 0.00016),
        (True, 0.001, 0.10132, 0.0003096),
    ],
)
def test_acid_base_titration(excess: bool, repeatability: float, value: float, u: float) -> None:
    """QUAM A3; with its bias of the indicator the example went on with the repeatability reduced before."""
    found = titration(excess, repeatability if not excess else 0.001 / math.sqrt(3.0))
    assert found.value == pytest.approx(value, abs=5e-6)
    assert found.uncertainty.standard == pytest.approx(u, abs=5e-6)


def test_contributions_of_the_titration() -> None:
    by = contributions(titration())
    printed = {"R": 1.01387e-4, "T2": 8.33938e-5, "T1": 6.66166e-5, "HCl": 5.51882e-5, "T1w": 5.01198e-5}
    assert {symbol: by[symbol] for symbol in printed} == {
        symbol: pytest.approx(u, abs=5e-9) for symbol, u in printed.items()
    }


# --- NIST Uncertainty Machine and NIST TN 1900


def test_stefan_boltzmann_constant() -> None:
    inputs = [
        standard("h", uncertainty=0.00000029e-34, unit="J s", estimate=6.62606957e-34),
        standard("R", uncertainty=0.0000075, unit="J/(mol K)", estimate=8.3144621),
        standard("Rinf", uncertainty=0.000055, unit="1/m", estimate=10973731.568539),
        standard("e", uncertainty=0.0000000022e-4, unit="1", estimate=5.4857990946e-4),
        standard("α", uncertainty=0.0000000024e-3, unit="1", estimate=7.2973525698e-3),
    ]

    def sigma(h: Any, R: Any, Rinf: Any, e: Any, α: Any) -> Any:
        return 32 * math.pi**5 * h * R**4 * Rinf**4 / (15 * e**4 * 0.001**4 * 299792458.0**6 * α**8)

    found = propagate(sigma, inputs, unit="W/(m² K⁴)", probability=0.99)
    assert found.value == pytest.approx(5.67037e-8, abs=5e-14)
    assert found.uncertainty.standard == pytest.approx(2.05e-13, abs=1e-15)
    drawn = simulate(found, seed=10)
    assert (drawn.low, drawn.high) == (pytest.approx(5.67032e-8, abs=1e-13), pytest.approx(5.67043e-8, abs=1e-13))


def test_thermal_expansion() -> None:
    """TN 1900, E13: four inputs of Student's t with 3 degrees of freedom."""
    lengths = {"L0": (1.4999, 0.0001, "m"), "L1": (1.5021, 0.0002, "m")}
    temperatures = {"T0": (288.15, 0.02, "K"), "T1": (373.10, 0.05, "K")}
    inputs = [
        student(name, deviation=u, unit=unit, estimate=x, dof=3)
        for name, (x, u, unit) in (lengths | temperatures).items()
    ]
    found = propagate(lambda L0, L1, T0, T1: (L1 - L0) / (L0 * (T1 - T0)), inputs, unit="1/K")
    assert found.value == pytest.approx(1.7266e-5, abs=1e-9)
    assert found.uncertainty.standard == pytest.approx(1.76e-6, abs=1e-8)
    drawn = simulate(found, seed=13, draws=1_000_000)
    assert (drawn.mean, drawn.standard) == (pytest.approx(1.7268e-5, abs=1e-8), pytest.approx(1.74e-6, abs=4e-8))


def test_falling_ball_viscometer() -> None:
    """TN 1900, E3: the Monte Carlo interval is neither symmetric nor where the law of propagation has it."""
    inputs = [
        standard("μc", uncertainty=0.0463, unit="mPa s", estimate=4.63),
        standard("tm", uncertainty=6.1, unit="s", estimate=61.0),
        standard("tc", uncertainty=5.49, unit="s", estimate=36.6),
        standard("ρb", uncertainty=0.5, unit="kg/m³", estimate=2217.0),
        standard("ρm", uncertainty=0.5, unit="kg/m³", estimate=1180.0),
        standard("ρc", uncertainty=0.5, unit="kg/m³", estimate=810.0),
    ]

    def viscosity(μc: Any, tm: Any, tc: Any, ρb: Any, ρm: Any, ρc: Any) -> Any:
        return μc * (ρb - ρm) / (ρb - ρc) * tm / tc

    found = propagate(viscosity, inputs, unit="mPa s")
    drawn = simulate(found, seed=3)
    assert found.value == pytest.approx(5.69, abs=0.01)
    assert found.uncertainty.standard == pytest.approx(1.11, abs=0.1)
    assert (drawn.mean, drawn.standard) == (pytest.approx(5.82, abs=0.01), pytest.approx(1.11, abs=0.02))
    assert (drawn.low, drawn.high) == (pytest.approx(4.05, abs=0.02), pytest.approx(8.39, abs=0.04))
    assert not drawn.validated


def test_step_attenuator() -> None:
    """TN 1900, E11: a t, three arcsine inputs, three rectangles."""
    swings = {"Lm": 0.02828, "Ld": 0.001980, "Lk": 0.0029698}
    boxes = {"Lib": 0.0005196, "Lia": 0.0005196}
    inputs = [
        student("Ls", deviation=0.0091, unit="dB", estimate=30.0402, dof=3),
        rectangular("δLs", half_width=0.00433, unit="dB", estimate=0.003),
        *(standard(name, uncertainty=0.002, unit="dB") for name in ("L0a", "L0b")),
        *(arcsine(name, half_width=a, unit="dB") for name, a in swings.items()),
        *(rectangular(name, half_width=a, unit="dB") for name, a in boxes.items()),
    ]
    found = propagate(lambda **x: sum(x.values()), inputs, unit="dB")
    assert found.value == pytest.approx(30.043, abs=5e-4)
    assert found.uncertainty.standard == pytest.approx(0.0224, abs=5e-4)
    drawn = simulate(found, seed=11)
    assert (drawn.mean, drawn.standard) == (pytest.approx(30.043, abs=5e-4), pytest.approx(0.0224, abs=5e-4))
    assert (drawn.low, drawn.high) == (pytest.approx(30.006, abs=1e-3), pytest.approx(30.081, abs=1e-3))


# --- NPL DEM-ES-011, 9.2: a logarithm of a rectangle


def test_logarithm_of_a_rectangle() -> None:
    """Table 9.2: mean, u, and the shortest interval, which leans far to one side."""
    found = propagate(lambda x: np.log(x), [rectangular("x", half_width=0.5, unit="1", estimate=0.6)])
    assert (found.value, found.uncertainty.standard) == (
        pytest.approx(-0.511, abs=5e-4),
        pytest.approx(0.481, abs=5e-4),
    )
    assert found.value + found.uncertainty.expanded == pytest.approx(0.432, abs=1e-3)
    drawn = simulate(found, seed=92, draws=1_000_000)
    assert (drawn.mean, drawn.standard) == (pytest.approx(-0.665, abs=2e-3), pytest.approx(0.606, abs=2e-3))
    low, high = shortest_interval(found, seed=92, draws=1_000_000)
    assert (low, high) == (pytest.approx(-1.895, abs=5e-3), pytest.approx(0.095, abs=1e-3))


# --- degrees of freedom, as in course notes of Sandia National Laboratories (ENGR224)


def test_effective_degrees_of_freedom() -> None:
    found = evaluate([standard("a", uncertainty=0.57, unit="1", dof=9), standard("b", uncertainty=0.25, unit="1")])
    assert found.effective_dof == pytest.approx(12.8, abs=0.1)


def test_x_ray_fluorescence() -> None:
    inputs = [
        standard("X1", uncertainty=0.00093, unit="1", estimate=0.1820, dof=9),
        standard("X2", uncertainty=0.00058, unit="1", estimate=0.1823, dof=19),
        standard("Yu", uncertainty=0.0026, unit="1", estimate=0.6978, dof=19),
    ]
    found = propagate(lambda X1, X2, Yu: X1 / X2 * Yu, inputs)
    assert found.value == pytest.approx(0.6967, abs=1e-4)
    assert found.uncertainty.standard == pytest.approx(0.00494, abs=1e-5)
    assert found.uncertainty.effective_dof == pytest.approx(27.7, abs=0.5)
    assert found.uncertainty.expanded == pytest.approx(0.0101, abs=1e-4)


# --- risks: draft RP-19, test uncertainty ratio 4, by the share of devices in tolerance


@pytest.mark.parametrize(
    ("inside", "consumer", "among_accepted"),
    [
        (0.60, 4.83860326, 8.26008199),
        (0.70, 3.92234109, 5.72322042),
        (0.80, 2.85583037, 3.63227145),
        (0.90, 1.59995312, 1.79880430),
        (0.95, 0.87100925, 0.92389664),
        (0.99, 0.19991684, 0.20243866),
    ],
)
def test_false_accepts_of_a_production(inside: float, consumer: float, among_accepted: float) -> None:
    """In %; the reading's u is a quarter of the spread of the production."""
    spread = 1.0 / NormalDist().inv_cdf((1.0 + inside) / 2.0)
    found = global_risk(NormalDist(0.0, spread), spread / 4.0, lower=-1.0, upper=1.0)
    assert found.consumer * 100.0 == pytest.approx(consumer, abs=2e-6)
    assert found.consumer_among_accepted * 100.0 == pytest.approx(among_accepted, abs=2e-6)


def test_global_risks_of_a_normal_production() -> None:
    """Deaver: 0.8 % and 1.5 %."""
    found = global_risk(NormalDist(0.0, 4.0), 1.0, lower=-8.0, upper=8.0)
    assert (found.consumer, found.producer) == (pytest.approx(0.008, abs=5e-4), pytest.approx(0.015, abs=5e-4))


@pytest.mark.parametrize(
    ("value", "total", "below", "above"),
    [(10.0, 0.01242, 0.00621, 0.00621), (10.5, 0.10574, 0.00009, 0.10565), (12.0, 0.99379, 0.0, 0.99379)],
)
def test_specific_risk_of_a_two_sided_tolerance(value: float, total: float, below: float, above: float) -> None:
    """Limits 9 and 11, u = 0.4: the spreadsheet."""
    assert nonconformance_probability(value, 0.4, 9.0, 11.0) == pytest.approx(total, abs=1e-5)
    assert nonconformance_probability(value, 0.4, lower=9.0) == pytest.approx(below, abs=1e-5)
    assert nonconformance_probability(value, 0.4, upper=11.0) == pytest.approx(above, abs=1e-5)
