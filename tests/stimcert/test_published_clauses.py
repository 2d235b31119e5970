# SPDX-License-Identifier: MIT
"""JCGM 100:2008 (GUM), clauses 4 to 7, annexes F and G, through the public API: their small examples and tables.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``100-2008-en``). A
tolerance is half a unit of the last digit printed; where it is another, the test says why.
"""

import math
from itertools import combinations

import numpy as np
import pytest

from stimcert.metrology import (
    Term,
    coverage_factor,
    coverage_interval,
    doubted,
    evaluate,
    normal,
    propagate,
    propagate_together,
    rectangular,
    repeatability,
    simulate,
    standard,
    trapezoidal,
    triangular,
)

# --- JCGM 100, 4.3 and 4.4: one input


@pytest.mark.parametrize(
    ("term", "printed", "half"),
    [
        pytest.param(normal("m", expanded=240.0, coverage_factor=3.0, unit="µg"), 80.0, 0.5, id="4.3.3 mass"),
        pytest.param(
            coverage_interval("R", half_width=129.0, probability=0.99, unit="µΩ"), 50.0, 0.5, id="4.3.4 resistor"
        ),
        pytest.param(
            coverage_interval("l", half_width=0.04, probability=0.5, unit="mm"), 0.06, 0.005, id="4.3.5 machinist"
        ),
        pytest.param(rectangular("α", half_width=0.40, unit="1e-6/K"), 0.23, 0.005, id="4.3.7 example 1"),
        pytest.param(rectangular("ΔV", half_width=14 * 0.928571 + 2.0, unit="µV"), 8.7, 0.05, id="4.3.7 example 2"),
        pytest.param(rectangular("α", half_width=(0.12 + 0.40) / 2.0, unit="1e-6/K"), 0.15, 0.005, id="4.3.8"),
        pytest.param(
            coverage_interval("x", half_width=9.0, probability=0.9973, unit="1"), 3.0, 5e-4, id="4.3.9 note 1: a²/9"
        ),
        pytest.param(rectangular("t", half_width=4.0, unit="K", estimate=100.0), 2.3, 0.05, id="4.4.5"),
        pytest.param(triangular("t", half_width=4.0, unit="K", estimate=100.0), 1.6, 0.05, id="4.4.6"),
        pytest.param(rectangular("m", half_width=0.5, unit="g"), 0.29, 0.005, id="F.2.2.1 resolution"),
    ],
)
def test_type_b(term: Term, printed: float, half: float) -> None:
    assert term.standard_uncertainty == pytest.approx(printed, abs=half)


def test_variances_of_type_b() -> None:
    """4.3.3: 6.4·10⁻⁹ g²; 4.3.4: 2.5·10⁻⁹ Ω²; 4.3.5: 3.5·10⁻³ mm²; 4.3.7: 53.3·10⁻¹⁵ K⁻² and 75 µV²."""
    machinist = coverage_interval("l", half_width=0.04, probability=0.5, unit="mm")
    resistor = coverage_interval("R", half_width=129e-6, probability=0.99, unit="Ω")
    assert normal("m", expanded=240e-6, coverage_factor=3.0, unit="g").standard_uncertainty ** 2 == pytest.approx(
        6.4e-9, abs=0.05e-9
    )
    assert resistor.standard_uncertainty**2 == pytest.approx(2.5e-9, abs=0.05e-9)
    assert (machinist.standard_uncertainty**2, machinist.divisor) == (
        pytest.approx(3.5e-3, abs=0.05e-3),
        pytest.approx(1 / 1.48, abs=0.003),
    )
    assert rectangular("α", half_width=0.4e-6, unit="1/K").standard_uncertainty ** 2 == pytest.approx(
        53.3e-15, abs=0.05e-15
    )
    assert rectangular("ΔV", half_width=15.0, unit="µV").standard_uncertainty ** 2 == pytest.approx(75.0, abs=0.5)


def test_a_rectangle_whose_width_is_known_to_30_percent() -> None:
    """4.3.9 note 2: a₂ = 0.3 a₁ makes u less than 5 % larger than a₁/√3."""
    one, other = 1.0, 0.3
    term = trapezoidal("x", half_width=one + other, top=(one - other) / (one + other), unit="1")
    assert 1.04 < term.standard_uncertainty * math.sqrt(3.0) / one < 1.05


TABLE_1 = (
    96.90, 98.18, 98.25, 98.61, 99.03, 99.49, 99.56, 99.74, 99.89, 100.07, 100.33, 100.42, 100.68, 100.95, 101.11,
    101.20, 101.57, 101.84, 102.36, 102.72,
)  # fmt: skip


def test_type_a() -> None:
    """4.4.3 and table 1: mean 100.145 °C, s = 1.489 °C, u = 0.333 °C; the table is sorted, and so not in order."""
    term = repeatability("t", TABLE_1, unit="K", ordered=False)
    assert term.estimate == pytest.approx(100.145, abs=5e-4)
    assert term.standard_uncertainty * math.sqrt(20.0) == pytest.approx(1.489, abs=5e-4)
    assert term.standard_uncertainty == pytest.approx(0.333, abs=5e-4)
    assert term.dof == 19
    # Had they been read in that order, they would be one slow drift, of which averaging gains nothing.
    drift = repeatability("t", TABLE_1, unit="K")
    assert drift.standard_uncertainty == pytest.approx(1.489, abs=5e-4)
    assert drift.name == "repeatability, of one reading: neighbours hang together"
    assert propagate(lambda t: t, observed={"t": TABLE_1}).uncertainty.standard == pytest.approx(1.489, abs=5e-4)


# --- JCGM 100, 5.1, 5.2 and F.1: several inputs


def test_voltmeter() -> None:
    """5.1.5: u² = 219·10⁻¹² V², u = 15 µV, 16·10⁻⁶."""
    inputs = [
        standard("V", uncertainty=12e-6, unit="V", estimate=0.928571),
        rectangular("ΔV", half_width=14e-6 * 0.928571 + 2e-6, unit="V"),
    ]
    found = propagate(lambda V, ΔV: V + ΔV, inputs, unit="V")
    assert found.uncertainty.standard**2 == pytest.approx(219e-12, abs=0.5e-12)
    assert found.uncertainty.standard == pytest.approx(15e-6, abs=0.5e-6)
    assert found.uncertainty.standard / found.value == pytest.approx(16e-6, abs=0.5e-6)


def resistors(source: str = "") -> list[Term]:
    return [standard(f"R{n}", uncertainty=0.1, unit="Ω", estimate=1000.0, source=source) for n in range(10)]


def test_ten_resistors_of_one_standard() -> None:
    """5.2.2, example, and GUM-6:2020, 10.5.3: 1 Ω; 0.32 Ω where the common standard is overlooked."""

    def total(**x: float) -> float:
        return math.fsum(x.values())

    all_pairs = {(f"R{a}", f"R{b}"): 1.0 for a, b in combinations(range(10), 2)}
    shared = propagate(total, resistors(source="R_s"), unit="Ω")
    correlated = propagate(total, resistors(), correlations=all_pairs, unit="Ω")
    assert (shared.value, shared.uncertainty.standard) == pytest.approx((10_000.0, 1.0))
    assert correlated.uncertainty.standard == pytest.approx(1.0)
    assert propagate(total, resistors(), unit="Ω").uncertainty.standard == pytest.approx(0.32, abs=0.005)


@pytest.mark.parametrize(("ratio", "r"), [(100e-6, 0.5), (10e-6, 0.990), (1e-6, 1.000)])
def test_correlation_of_two_calibrated_resistors(ratio: float, r: float) -> None:
    """F.1.2.3, example 2."""
    inputs = [
        standard("RS", uncertainty=0.1, unit="Ω", estimate=1000.0),
        *(standard(symbol, uncertainty=ratio, unit="1", estimate=1.0) for symbol in ("α1", "α2")),
    ]
    found = propagate_together({"R1": lambda RS, α1, α2: α1 * RS, "R2": lambda RS, α1, α2: α2 * RS}, inputs)
    assert found.correlation("R1", "R2") == pytest.approx(r, abs=5e-4)


# --- JCGM 100, annex G: coverage


def test_three_equal_rectangles() -> None:
    """G.2.2, example: 95 % lie within 1.937 σ, 99 % within 2.379 σ, where a normal distribution has 1.960 and 2.576."""
    terms = [rectangular(f"x{n}", half_width=1.0, unit="1") for n in range(3)]
    for probability, drawn, normally in ((0.95, 1.937, 1.960), (0.99, 2.379, 2.576)):
        found = propagate(lambda **x: sum(x.values()), terms, probability=probability)
        assert found.uncertainty.standard == pytest.approx(1.0)
        assert found.uncertainty.coverage_factor == pytest.approx(normally, abs=5e-4)
        # Three standard errors of the ends with half a million draws.
        assert simulate(found, seed=7, draws=500_000).coverage_factor == pytest.approx(drawn, abs=0.006)


@pytest.mark.parametrize(("probability", "k"), [(0.5774, 1.00), (0.95, 1.65), (0.99, 1.71)])
def test_one_rectangle(probability: float, k: float) -> None:
    """G.1.3, note of table G.1."""
    found = propagate(lambda x: x, [rectangular("x", half_width=1.0, unit="1")], probability=probability)
    drawn = simulate(found, seed=8)
    # Half a unit of the last digit, and three standard errors of the ends.
    assert (drawn.high - drawn.low) / (2.0 * found.uncertainty.standard) == pytest.approx(k, abs=0.007)


def test_effective_degrees_of_freedom() -> None:
    """G.4.1, example: u = 1.03 %, ν = 19.0, t = 2.09, U = 2.2 %."""
    inputs = [
        standard(symbol, uncertainty=u, unit="%", dof=n - 1)
        for symbol, u, n in (("x1", 0.25, 10), ("x2", 0.57, 5), ("x3", 0.82, 15))
    ]
    found = evaluate(inputs)
    assert found.standard == pytest.approx(1.03, abs=0.005)
    # Printed of 1.03 %; of u not rounded it is 18.96, which is cut to 18: the less favourable side.
    assert found.effective_dof == pytest.approx(19.0, abs=0.05)
    assert (found.dof, coverage_factor(19)) == (18, pytest.approx(2.09, abs=0.005))
    assert found.expanded == pytest.approx(2.2, abs=0.05)


def test_degrees_of_freedom_of_a_judgement() -> None:
    """G.4.2, example: reliable to 25 % is ν = 8, to 50 % is ν = 2."""
    assert (doubted(0.25), doubted(0.5)) == (8.0, 2.0)


SIGMAS = tuple(math.erf(k / math.sqrt(2.0)) for k in (1.0, 2.0, 3.0))
FRACTIONS = (SIGMAS[0], 0.90, 0.95, SIGMAS[1], 0.99, SIGMAS[2])
"""Columns of table G.2; 68.27 %, 95.45 % and 99.73 % stand for k = 1, 2 and 3 of a normal distribution."""

TABLE_G2 = """
1  1.84 6.31 12.71 13.97 63.66 235.80 |  2  1.32 2.92 4.30 4.53 9.92 19.21 |  3  1.20 2.35 3.18 3.31 5.84 9.22
4  1.14 2.13 2.78 2.87 4.60 6.62      |  5  1.11 2.02 2.57 2.65 4.03 5.51  |  6  1.09 1.94 2.45 2.52 3.71 4.90
7  1.08 1.89 2.36 2.43 3.50 4.53      |  8  1.07 1.86 2.31 2.37 3.36 4.28  |  9  1.06 1.83 2.26 2.32 3.25 4.09
10 1.05 1.81 2.23 2.28 3.17 3.96      | 11  1.05 1.80 2.20 2.25 3.11 3.85  | 12  1.04 1.78 2.18 2.23 3.05 3.76
13 1.04 1.77 2.16 2.21 3.01 3.69      | 14  1.04 1.76 2.14 2.20 2.98 3.64  | 15  1.03 1.75 2.13 2.18 2.95 3.59
16 1.03 1.75 2.12 2.17 2.92 3.54      | 17  1.03 1.74 2.11 2.16 2.90 3.51  | 18  1.03 1.73 2.10 2.15 2.88 3.48
19 1.03 1.73 2.09 2.14 2.86 3.45      | 20  1.03 1.72 2.09 2.13 2.85 3.42  | 25  1.02 1.71 2.06 2.11 2.79 3.33
30 1.02 1.70 2.04 2.09 2.75 3.27      | 35  1.01 1.70 2.03 2.07 2.72 3.23  | 40  1.01 1.68 2.02 2.06 2.70 3.20
45 1.01 1.68 2.01 2.06 2.69 3.18      | 50  1.01 1.68 2.01 2.05 2.68 3.16
100 1.005 1.660 1.984 2.025 2.626 3.077 | inf 1.000 1.645 1.960 2.000 2.576 3.000
"""
MISPRINTED = {("35", "1.70")}
"""t₉₀(35) is 1.690."""


def test_table_of_student() -> None:
    """Table G.2, all 168 of its numbers but one."""
    rows = [row.split() for row in TABLE_G2.replace("|", "\n").splitlines() if row.split()]
    assert len(rows) == 28
    for dof, *printed in rows:
        for fraction, text in zip(FRACTIONS, printed, strict=True):
            half = 0.5 * 10.0 ** -len(text.partition(".")[2])
            factor = coverage_factor(None if dof == "inf" else int(dof), fraction)
            if (dof, text) not in MISPRINTED:
                assert factor == pytest.approx(float(text), abs=half * 1.001), (dof, fraction)


def test_fixed_factors() -> None:
    """Table G.1 and G.6.6: k = 2 covers 95.45 %, k = 3 99.73 %; at ν = 11 they fall short by 10 % and 4 %."""
    covered = {k: evaluate([standard("x", uncertainty=1.0, unit="1")], k=k).probability for k in (1.0, 2.0, 3.0)}
    assert covered == {k: pytest.approx(p, abs=5e-5) for k, p in ((1.0, 0.6827), (2.0, 0.9545), (3.0, 0.9973))}
    assert coverage_factor(11, 0.95) / 2.0 - 1.0 == pytest.approx(0.10, abs=0.005)
    assert coverage_factor(11, 0.99) / 3.0 - 1.0 == pytest.approx(0.04, abs=0.005)


# --- JCGM 100, F.2.4.4: a cosine, where the first order sees nothing


@pytest.mark.parametrize(
    ("shape", "mean", "variance"),
    [
        ("normal, one dimension", 1 / 2, 1 / 2),
        ("normal, two dimensions", 1.0, 1.0),
        ("rectangular, one dimension", 1 / 6, 1 / 45),
    ],
)
def test_cosine_error(shape: str, mean: float, variance: float) -> None:
    """E(δ) and var(δ) of δ = 1 − cos β, in σ² and σ⁴, or in β₀² and β₀⁴ for a rectangle of half-width β₀."""
    size = 0.01
    make = {
        "n": lambda symbol: standard(symbol, uncertainty=size, unit="rad"),
        "r": lambda symbol: rectangular(symbol, half_width=size, unit="rad"),
    }[shape[0]]
    inputs = [make("β1"), make("β2")] if "two" in shape else [make("β1")]
    found = propagate(lambda **β: 1.0 - np.cos(sum(each**2 for each in β.values()) ** 0.5), inputs)
    drawn = simulate(found, seed=244)
    assert found.uncertainty.standard == pytest.approx(0.0, abs=1e-9)
    assert drawn.mean / size**2 == pytest.approx(mean, rel=0.02)
    assert drawn.standard**2 / size**4 == pytest.approx(variance, rel=0.05)
