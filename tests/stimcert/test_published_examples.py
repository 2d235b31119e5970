# SPDX-License-Identifier: MIT
"""JCGM 100:2008 (GUM), annex H: its worked examples through the public API, with the numbers printed there.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``100-2008-en``). A
tolerance is half a unit of the last digit printed; where it is another, the test says why.
"""

import math
from collections.abc import Mapping
from typing import Any

import pytest

from stimcert.metrology import (
    Term,
    arcsine,
    coverage_interval,
    doubted,
    evaluate,
    normal,
    pooled,
    propagate,
    propagate_together,
    rectangular,
    repeatability,
    second_order,
    simulate,
    standard,
)

# --- H.1: end gauge


def end_gauge() -> list[Term]:
    """Return the inputs of H.1.3.1 to H.1.3.6, each as its certificate or its data state it; nm and K."""
    return [
        normal("ls", expanded=75.0, coverage_factor=3.0, unit="nm", estimate=50.000623e6, dof=18),
        pooled("d0", [13.0], [24], readings=5, unit="nm", estimate=215.0),
        coverage_interval("d1", half_width=10.0, probability=0.95, unit="nm", dof=5),
        normal("d2", expanded=20.0, coverage_factor=3.0, unit="nm", dof=doubted(0.25)),
        rectangular("dα", half_width=1e-6, unit="1/K", dof=doubted(0.1)),
        rectangular("αs", half_width=2e-6, unit="1/K", estimate=11.5e-6),
        rectangular("dθ", half_width=0.05, unit="K", dof=doubted(0.5)),
        standard("θ", uncertainty=0.2, unit="K", estimate=-0.1),
        arcsine("Δ", half_width=0.5, unit="K"),
    ]


def length(ls: float, d0: float, d1: float, d2: float, dα: float, αs: float, dθ: float, θ: float, Δ: float) -> float:
    """Return the length of the end gauge, nm (eq. H.3)."""
    return ls + d0 + d1 + d2 - ls * (dα * (θ + Δ) + αs * dθ)


@pytest.mark.parametrize(
    ("symbol", "printed", "half"),
    [
        ("ls", 25.0, 0.5), ("d0", 5.8, 0.05), ("d1", 3.9, 0.05), ("d2", 6.7, 0.05), ("dα", 0.58e-6, 0.005e-6),
        ("αs", 1.2e-6, 0.05e-6), ("dθ", 0.029, 0.0005), ("θ", 0.2, 0.05), ("Δ", 0.35, 0.005),
    ],
)  # fmt: skip
def test_standard_uncertainties_of_the_end_gauge(symbol: str, printed: float, half: float) -> None:
    """H.1.3 and table H.1."""
    inputs = {term.symbol: term for term in end_gauge()}
    assert inputs[symbol].standard_uncertainty == pytest.approx(printed, abs=half)


def test_sub_results_of_the_end_gauge() -> None:
    """H.1.3.2: u²(d) = 93 nm², u(d) = 9.7 nm; H.1.6: ν = 25.6; H.1.3.4: u²(θ) = 0.165 K², u(θ) = 0.41 K."""
    difference, temperature = evaluate(end_gauge()[1:4]), evaluate(end_gauge()[7:])
    assert difference.standard**2 == pytest.approx(93.0, abs=0.5)
    assert difference.standard == pytest.approx(9.7, abs=0.05)
    # Printed is 25.6, of u rounded to two digits; of those not rounded it is 25.5.
    assert difference.effective_dof == pytest.approx(25.6, abs=0.15)
    assert temperature.standard**2 == pytest.approx(0.165, abs=5e-4)
    assert temperature.standard == pytest.approx(0.41, abs=0.005)


def test_end_gauge() -> None:
    """H.1.4 to H.1.6 and table H.1."""
    found = propagate(length, end_gauge(), unit="nm", probability=0.99)
    u = found.uncertainty
    assert found.value == pytest.approx(50.000838e6, abs=0.5)
    by = {row["symbol"]: row["contribution"] for row in u.budget}
    assert {symbol: round(by[symbol], 1) for symbol in ("ls", "dα", "αs", "dθ", "θ", "Δ")} == {
        "ls": 25.0, "dα": 2.9, "αs": 0.0, "dθ": 16.6, "θ": 0.0, "Δ": 0.0,
    }  # fmt: skip
    # Printed is 1002 nm², the sum of squares of contributions rounded to a tenth of a nanometre.
    assert u.standard**2 == pytest.approx(1002.0, abs=1.0)
    assert (round(u.standard), u.standard / found.value) == (32, pytest.approx(6.4e-7, abs=0.1e-7))
    # Printed are 16.7 and 93 nm, both of 32 nm; of u_c not rounded it is 16.8 and 92 nm.
    assert (u.effective_dof, u.dof) == (pytest.approx(16.7, abs=0.15), 16)
    assert u.coverage_factor == pytest.approx(2.92, abs=0.005)
    assert round(u.coverage_factor * round(u.standard)) == 93
    assert u.expanded / found.value == pytest.approx(1.9e-6, abs=0.06e-6)


def test_second_order_of_the_end_gauge() -> None:
    """H.1.7: 11.7 nm and 1.7 nm beside each other; u_c grows from 32 nm to 34 nm."""
    found = propagate(length, end_gauge(), unit="nm")
    # Each printed term is a product of rounded factors; not rounded they are 11.75 nm and 1.67 nm.
    assert second_order(found) == pytest.approx(math.hypot(11.7, 1.7), abs=0.1)
    assert round(math.hypot(found.uncertainty.standard, second_order(found))) == 34
    assert simulate(found, seed=1).standard > found.uncertainty.standard


# --- H.2: resistance and reactance

READINGS = {
    "V": [5.007, 4.994, 5.005, 4.990, 4.999],
    "I": [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3],
    "φ": [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
}
FUNCTIONS = {
    "R": lambda V, I, φ: V / I * math.cos(φ),  # noqa: E741
    "X": lambda V, I, φ: V / I * math.sin(φ),  # noqa: E741
    "Z": lambda V, I, φ: V / I,  # noqa: E741
}
TABLE_H3 = {"R": (127.732, 0.071, 0.06e-2), "X": (219.847, 0.295, 0.13e-2), "Z": (254.260, 0.236, 0.09e-2)}
OUTPUTS = {("R", "X"): -0.588, ("R", "Z"): -0.485, ("X", "Z"): 0.993}
"""Coefficients of tables H.3 and H.4."""


def test_inputs_of_the_resistance() -> None:
    """Table H.2: means, standard deviations of the mean, correlation coefficients."""
    means = {"V": (4.9990, 5e-5), "I": (19.6610e-3, 5e-8), "φ": (1.04446, 5e-6)}
    deviations = {"V": (0.0032, 5e-5), "I": (0.0095e-3, 5e-8), "φ": (0.00075, 5e-6)}
    found = propagate_together({s: lambda s=s, **x: x[s] for s in READINGS}, observed=READINGS)
    for symbol, result in found.results.items():
        assert result.value == pytest.approx(means[symbol][0], abs=means[symbol][1])
        assert result.uncertainty.standard == pytest.approx(deviations[symbol][0], abs=deviations[symbol][1])
    assert found.correlation("V", "I") == pytest.approx(-0.36, abs=0.005)
    assert found.correlation("V", "φ") == pytest.approx(0.86, abs=0.005)
    assert found.correlation("I", "φ") == pytest.approx(-0.65, abs=0.0051)  # −0.6451


def test_resistance_by_simultaneous_readings() -> None:
    """H.2.3, approach 1, table H.3. Correlated repeats: ν = 4 for each output, neither fewer nor more."""
    found = propagate_together(FUNCTIONS, observed=READINGS)
    for name, (value, u, relative) in TABLE_H3.items():
        result = found.results[name]
        assert result.value == pytest.approx(value, abs=5e-4)
        # u(X) is 0.2956 Ω, printed 0.295; the other two are as printed.
        assert result.uncertainty.standard == pytest.approx(u, abs=6e-4 if name == "X" else 5e-4)
        assert result.uncertainty.standard / result.value == pytest.approx(relative, abs=0.005e-2)
        assert result.uncertainty.dof == 4
        assert result.uncertainty.coverage_factor == pytest.approx(2.78, abs=0.005)  # table G.2
    assert {pair: round(found.correlation(*pair), 3) for pair in OUTPUTS} == OUTPUTS


SETS = {
    "R": [127.67, 127.89, 127.51, 127.71, 127.88],
    "X": [220.32, 219.79, 220.64, 218.97, 219.51],
    "Z": [254.64, 254.29, 254.84, 253.49, 254.04],
}


def test_resistance_of_each_set() -> None:
    """H.2.4, approach 2, table H.4: each set's own values, their means, and what correlates these."""
    values = {name: [f(*moment) for moment in zip(*READINGS.values(), strict=True)] for name, f in FUNCTIONS.items()}
    assert {name: [round(value, 2) for value in row] for name, row in values.items()} == SETS
    found = propagate_together({s: lambda s=s, **x: x[s] for s in values}, observed=values)
    for name, (value, u, _) in TABLE_H3.items():
        assert found.results[name].value == pytest.approx(value, abs=6e-4)  # R is 127.7322, X 219.8465
        assert repeatability(name, values[name], unit="Ω").standard_uncertainty == pytest.approx(u, abs=5e-4)
        assert found.results[name].uncertainty.dof == 4
    assert {pair: round(found.correlation(*pair), 3) for pair in OUTPUTS} == OUTPUTS


def resistance(dof: float, correlations: Mapping[tuple[str, str], float] | None) -> Any:
    """Return R, X and Z of the means and deviations of table H.2."""
    inputs = [
        repeatability(symbol, values, unit="1") if math.isfinite(dof) else standard(
            symbol, uncertainty=repeatability(symbol, values, unit="1").standard_uncertainty, unit="1",
            estimate=math.fsum(values) / 5.0,
        )
        for symbol, values in READINGS.items()
    ]  # fmt: skip
    return propagate_together(FUNCTIONS, inputs, correlations=correlations)


@pytest.mark.parametrize(("given", "dof"), [(4.0, 4), (math.inf, None)])
def test_resistance_by_coefficients(given: float, dof: int | None) -> None:
    """H.2.3 with r as printed in table H.2: with ν = 4 of the inputs ν = 4 of the outputs, without it the same u."""
    found = resistance(given, {("V", "I"): -0.36, ("V", "φ"): 0.86, ("I", "φ"): -0.65})
    for name, (value, u, _) in TABLE_H3.items():
        assert found.results[name].value == pytest.approx(value, abs=5e-4)
        # Coefficients with two digits leave u(R), a difference of nearly equal terms, no more than two.
        assert found.results[name].uncertainty.standard == pytest.approx(u, abs=2e-3)
        assert found.results[name].uncertainty.dof == dof


def test_resistance_without_correlation() -> None:
    """Table H.5: u = 0.195, 0.201, 0.204 Ω; r = 0.056, 0.527, 0.878."""
    found = resistance(4.0, None)
    us = {name: found.results[name].uncertainty.standard for name in FUNCTIONS}
    assert us == {name: pytest.approx(u, abs=5e-4) for name, u in (("R", 0.195), ("X", 0.201), ("Z", 0.204))}
    relative = {name: us[name] / found.results[name].value for name in FUNCTIONS}
    assert relative == {name: pytest.approx(u, abs=5e-5) for name, u in (("R", 15e-4), ("X", 9e-4), ("Z", 8e-4))}
    printed = {("R", "X"): 0.056, ("R", "Z"): 0.527, ("X", "Z"): 0.878}
    assert {pair: round(found.correlation(*pair), 3) for pair in printed} == printed
