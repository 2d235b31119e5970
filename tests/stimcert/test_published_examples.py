# SPDX-License-Identifier: MIT
"""Worked examples of the field's guides, through the public API, with the numbers that are printed there.

None of these documents could be opened where this was written. Where their numbers come from instead, each test says:
the test suites of GTC (github.com/MSLNZ/GTC) and of Suncal (github.com/sandialabs/suncal) quote them with their
places, and so do pages of laboratories. What no such page quotes is worked out from its definition or remembered; the
test says so, and does not call it published.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest

from stimcert.metrology import (
    Measured,
    Term,
    Verdict,
    arcsine,
    conformance_probability,
    coverage_factor,
    decide,
    doubted,
    evaluate,
    global_risk,
    nonconformance_probability,
    propagate,
    rectangular,
    rule_named,
    second_order,
    simulate,
    standard,
)

# --- JCGM 100:2008, H.1: end gauge. Numbers as in GTC's documentation of the example (docs/API/GUM_H1.rst) and in
# --- Suncal's test_examples.py (u(d) = 9.7 nm with 25.6 degrees of freedom).

NOMINAL = 50.000623e6  # nm


def end_gauge() -> list[Term]:
    return [
        standard("ls", uncertainty=25.0, unit="nm", estimate=NOMINAL, dof=18),
        standard("d0", uncertainty=5.8, unit="nm", estimate=215.0, dof=24),
        standard("d1", uncertainty=3.9, unit="nm", dof=5),
        standard("d2", uncertainty=6.7, unit="nm", dof=8),
        rectangular("dα", half_width=1e-6, unit="1/K", dof=doubted(0.1)),
        rectangular("αs", half_width=2e-6, unit="1/K", estimate=11.5e-6),
        rectangular("dθ", half_width=0.05, unit="K", dof=doubted(0.5)),
        standard("θ", uncertainty=0.2, unit="K", estimate=-0.1),
        arcsine("Δ", half_width=0.5, unit="K"),
    ]


def length(ls: float, d0: float, d1: float, d2: float, dα: float, αs: float, dθ: float, θ: float, Δ: float) -> float:
    """Return the length of the end gauge, nm (JCGM 100:2008, eq. H.3)."""
    return ls + d0 + d1 + d2 - ls * (dα * (θ + Δ) + αs * dθ)


def test_end_gauge_of_the_gum() -> None:
    found = propagate(length, end_gauge(), unit="nm", probability=0.99)
    assert found.value == pytest.approx(50.000838e6, abs=1.0)
    assert round(found.uncertainty.standard) == 32
    assert found.uncertainty.effective_dof == pytest.approx(16.7, abs=0.2)
    assert found.uncertainty.dof == 16
    assert found.uncertainty.coverage_factor == pytest.approx(2.92, abs=0.005)
    # Printed is 93, of the rounded 32 nm.
    assert round(found.uncertainty.coverage_factor * round(found.uncertainty.standard)) == 93
    contributions = {row["symbol"]: row["contribution"] for row in found.uncertainty.budget}
    assert {symbol: round(u, 1) for symbol, u in contributions.items()} == {
        "ls": 25.0, "d0": 5.8, "d1": 3.9, "d2": 6.7, "dα": 2.9, "αs": 0.0, "dθ": 16.6, "θ": 0.0, "Δ": 0.0,
    }  # fmt: skip


def test_the_difference_of_the_end_gauges() -> None:
    found = evaluate(end_gauge()[1:4])
    assert found.standard == pytest.approx(9.7, abs=0.05)
    assert found.effective_dof == pytest.approx(25.6, abs=0.2)  # printed from unrounded u


def test_the_second_order_of_the_end_gauge() -> None:
    """From memory of H.1.7, in no page read here: with the second-order terms u_c becomes 34 nm."""
    found = propagate(length, end_gauge(), unit="nm")
    assert round(math.hypot(found.uncertainty.standard, second_order(found))) == 34
    assert simulate(found, seed=1).standard > found.uncertainty.standard


# --- JCGM 100:2008, H.2: resistance and reactance. Numbers as in GTC's test_type_a.py.

READINGS = {
    "V": [5.007, 4.994, 5.005, 4.990, 4.999],
    "I": [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3],
    "φ": [1.0456, 1.0438, 1.0468, 1.0428, 1.0433],
}
RESISTANCE = {
    "R": (lambda V, I, φ: V / I * math.cos(φ), 127.732, 0.071),  # noqa: E741
    "X": (lambda V, I, φ: V / I * math.sin(φ), 219.847, 0.295),  # noqa: E741
    "Z": (lambda V, I, φ: V / I, 254.260, 0.236),  # noqa: E741
}


@pytest.mark.parametrize(
    ("symbol", "mean", "u"), [("V", 4.9990, 0.0032), ("I", 19.6610e-3, 0.0095e-3), ("φ", 1.04446, 0.00075)]
)
def test_inputs_of_the_resistance(symbol: str, mean: float, u: float) -> None:
    found = propagate(lambda **x: x[symbol], observed={symbol: READINGS[symbol]})
    assert found.value == pytest.approx(mean, rel=1e-6)
    assert found.uncertainty.standard == pytest.approx(u, rel=0.02)
    assert found.uncertainty.dof == 4


@pytest.mark.parametrize("name", RESISTANCE)
def test_resistance_of_the_gum_by_simultaneous_readings(name: str) -> None:
    """Correlated repeats: ν = 4 for each output, neither fewer nor more."""
    function, value, u = RESISTANCE[name]
    found = propagate(function, observed=READINGS, unit="Ω")
    assert found.value == pytest.approx(value, abs=0.0006)
    assert found.uncertainty.standard == pytest.approx(u, abs=0.0006)
    assert found.uncertainty.dof == 4
    assert found.uncertainty.coverage_factor == pytest.approx(2.78, abs=0.005)


@pytest.mark.parametrize(("one", "other", "coefficient"), [("R", "X", -0.588), ("R", "Z", -0.485), ("X", "Z", 0.993)])
def test_correlations_of_the_outputs(one: str, other: str, coefficient: float) -> None:
    def total(sign: float) -> float:
        def both(**x: float) -> float:
            return RESISTANCE[one][0](**x) + sign * RESISTANCE[other][0](**x)

        return propagate(both, observed=READINGS).uncertainty.standard

    covariance = (total(1.0) ** 2 - total(-1.0) ** 2) / 4.0
    us = [propagate(RESISTANCE[name][0], observed=READINGS).uncertainty.standard for name in (one, other)]
    assert covariance / (us[0] * us[1]) == pytest.approx(coefficient, abs=0.001)


@pytest.mark.parametrize("name", RESISTANCE)
def test_resistance_of_the_gum_by_coefficients(name: str) -> None:
    """With r(V, I) = −0.36, r(V, φ) = 0.86, r(I, φ) = −0.65 and the inputs as printed."""
    function, value, u = RESISTANCE[name]
    inputs = [
        standard("V", uncertainty=0.0032, unit="V", estimate=4.9990),
        standard("I", uncertainty=0.0095e-3, unit="A", estimate=19.6610e-3),
        standard("φ", uncertainty=0.00075, unit="rad", estimate=1.04446),
    ]
    coefficients = {("V", "I"): -0.36, ("V", "φ"): 0.86, ("I", "φ"): -0.65}
    found = propagate(function, inputs, correlations=coefficients, unit="Ω")
    assert found.value == pytest.approx(value, abs=0.0005)
    # Printed from unrounded inputs.
    assert found.uncertainty.standard == pytest.approx(u, rel=0.03)


# --- JCGM 100:2008, table G.2, as quoted by every textbook.


@pytest.mark.parametrize(
    ("dof", "probability", "printed"),
    [(1, 0.95, 12.71), (4, 0.95, 2.78), (10, 0.95, 2.23), (20, 0.95, 2.09), (10, 0.99, 3.17), (None, 0.95, 1.960)],
)
def test_student_table_of_the_gum(dof: int | None, probability: float, printed: float) -> None:
    assert coverage_factor(dof, probability) == pytest.approx(printed, abs=0.005)


# --- JCGM 101:2008, 9.2: additive models. Tables 2 and 3 as quoted in Suncal's test_examples.py; 9.2.4 worked out here.


ENDS = 0.026
"""Four standard errors of the end of an interval with 10⁶ draws, and the rounding of what is printed."""


def four(make: Callable[[int], Term]) -> Measured:
    return propagate(lambda **x: sum(x.values()), [make(n) for n in range(4)])


def rectangles(n: int, *, last: float = 1.0) -> Term:
    return rectangular(f"X{n}", half_width=math.sqrt(3.0) * (last if n == 3 else 1.0), unit="1")


def test_additive_model_with_normal_inputs() -> None:
    """9.2.2, table 2: y = 0.00, u = 2.00, −3.92 to 3.92 by both methods."""
    found = four(lambda n: standard(f"X{n}", uncertainty=1.0, unit="1"))
    drawn = simulate(found, seed=92, draws=1_000_000)
    assert found.uncertainty.expanded == pytest.approx(3.92, abs=0.005)
    assert (drawn.mean, drawn.standard) == (pytest.approx(0.0, abs=0.01), pytest.approx(2.0, abs=0.01))
    assert (drawn.low, drawn.high) == (pytest.approx(-3.92, abs=ENDS), pytest.approx(3.92, abs=ENDS))
    assert drawn.validated


def test_additive_model_with_rectangular_inputs() -> None:
    """9.2.3, table 3: u = 2.00; ± 3.92 by the law of propagation, ± 3.88 by Monte Carlo."""
    found = four(rectangles)
    drawn = simulate(found, seed=93, draws=1_000_000)
    assert (found.uncertainty.standard, found.uncertainty.expanded) == (
        pytest.approx(2.0),
        pytest.approx(3.92, abs=5e-3),
    )
    assert (drawn.mean, drawn.standard) == (pytest.approx(0.0, abs=0.01), pytest.approx(2.0, abs=0.01))
    assert (drawn.low, drawn.high) == (pytest.approx(-3.88, abs=ENDS), pytest.approx(3.88, abs=ENDS))
    # The exact end of 9.2.3.3: 2√3·(2 − (3/5)^(1/4)).
    assert drawn.high == pytest.approx(2.0 * math.sqrt(3.0) * (2.0 - 0.6**0.25), abs=0.015)


def test_additive_model_with_one_dominating_rectangle() -> None:
    """9.2.4: one input ten times as wide. Worked out here: u = √103; the interval is nearly 0.95 of the rectangle."""
    found = four(lambda n: rectangles(n, last=10.0))
    drawn = simulate(found, seed=94, draws=1_000_000)
    assert found.uncertainty.standard == pytest.approx(math.sqrt(103.0))
    assert found.uncertainty.expanded == pytest.approx(19.9, abs=0.05)
    assert drawn.high == pytest.approx(17.0, abs=0.1)
    assert not drawn.validated
    assert drawn.half_width == found.uncertainty.expanded


# --- JCGM 106:2012, clause 7: conformance probability. The table is that of the standard normal distribution.


@pytest.mark.parametrize(("p_c", "z"), [(0.80, 0.84), (0.90, 1.28), (0.95, 1.64), (0.99, 2.33), (0.999, 3.09)])
def test_conformance_probability_of_a_one_sided_tolerance(p_c: float, z: float) -> None:
    """JCGM 106:2012, table 1: z = (T_U − y)/u. From memory, in no page read here."""
    assert conformance_probability(-z, 1.0, upper=0.0) == pytest.approx(p_c, abs=0.002)
    guard = rule_named(f"pfa:{1.0 - p_c:.4g}").band(1.0)
    assert guard == pytest.approx(z, abs=0.006)


@pytest.mark.parametrize(
    ("what", "value", "u", "lower", "upper", "p_c"),
    [
        ("breakdown voltage of a Zener diode, V", -5.47, 0.05, None, -5.40, 0.92),
        ("burst pressure of a container, kPa", 509.7, 8.6, 490.0, None, 0.99),
        ("kinematic viscosity of an oil, mm²/s", 13.6, 1.8, 12.5, 16.3, 0.66),
    ],
)
def test_conformance_probability_of_three_products(
    what: str, value: float, u: float, lower: float | None, upper: float | None, p_c: float
) -> None:
    """JCGM 106:2012, 7.3.3 and 7.4. From memory, in no page read here."""
    assert conformance_probability(value, u, lower, upper) == pytest.approx(p_c, abs=0.005), what


def test_highest_speed_that_is_not_yet_fined() -> None:
    """JCGM 106:2012, 8.3.3.2, from memory: with u = 2 % and 99.9 % to be exceeded, 100 km/h are fined from 107 on."""
    limit = 100.0
    for _ in range(20):
        limit = 100.0 + rule_named("pfa:0.001").band(0.02 * limit)
    assert round(limit) == 107


@pytest.mark.parametrize(
    ("value", "u", "total", "below", "above"),
    [
        (10.0, 0.4, 0.01242, 0.00621, 0.00621),
        (10.5, 0.4, 0.10574, 0.00009, 0.10565),
        (12.0, 0.4, 0.99379, 0.0, 0.99379),
    ],
)
def test_specific_risk_of_a_two_sided_tolerance(
    value: float, u: float, total: float, below: float, above: float
) -> None:
    """Numbers of Suncal's test_risk.py (limits 9 and 11), which has them from a spreadsheet of another author."""
    assert nonconformance_probability(value, u, 9.0, 11.0) == pytest.approx(total, abs=1e-5)
    assert nonconformance_probability(value, u, lower=9.0) == pytest.approx(below, abs=1e-5)
    assert nonconformance_probability(value, u, upper=11.0) == pytest.approx(above, abs=1e-5)


# --- JCGM 106:2012, 9.5.4: ball bearings. Numbers as in Suncal's notebook "Risk - Ball Bearing".


def radial_error(x: float) -> float:
    """Return the density of the true radial error motion (µm): a gamma density with shape 4 and scale 1/4."""
    return 0.0 if x <= 0.0 else 4.0**4 * x**3 * math.exp(-4.0 * x) / 6.0


def test_ball_bearings_without_inspection() -> None:
    """4.2 % of the bearings exceed 2 µm."""
    everything = global_risk(radial_error, 1e-9, span=(0.0, 12.0), upper=2.0, guard_band=-100.0)
    assert everything.consumer == pytest.approx(0.042, abs=0.0005)


def test_ball_bearings_inspected_with_simple_acceptance() -> None:
    """With u = 0.25 µm 0.8 % are accepted and exceed the limit."""
    assert global_risk(radial_error, 0.25, span=(0.0, 12.0), upper=2.0).consumer == pytest.approx(0.008, abs=0.0005)


def test_ball_bearings_with_a_guard_band() -> None:
    """An acceptance limit of 1.67 µm brings that down to 0.1 %."""
    found = global_risk(radial_error, 0.25, span=(0.0, 12.0), upper=2.0, guard_band=2.0 - 1.67)
    assert found.consumer == pytest.approx(0.001, abs=0.00005)
    assert found.producer > global_risk(radial_error, 0.25, span=(0.0, 12.0), upper=2.0).producer


def test_global_risks_of_a_normal_production() -> None:
    """Deaver, How to maintain your confidence: 0.8 % and 1.5 %, as quoted in Suncal's test_risk.py."""
    found = global_risk(NormalDist(0.0, 4.0), 1.0, lower=-8.0, upper=8.0)
    assert (found.consumer, found.producer) == (pytest.approx(0.008, abs=5e-4), pytest.approx(0.015, abs=5e-4))


def test_a_density_needs_its_span() -> None:
    with pytest.raises(ValueError, match="span"):
        global_risk(radial_error, 0.25, upper=2.0)
    with pytest.raises(ValueError, match="greater than zero"):
        global_risk(radial_error, 0.0, span=(0.0, 12.0), upper=2.0)


# --- ILAC-G8:09/2019, table 1: guard bands as a share of U, and the risk each leaves. As quoted by Harper Metrology
# --- (24/10/2024) and, for w = 0 and w = U, by SGS ("Decision Rule").


@pytest.mark.parametrize(
    ("name", "share", "less_than"),
    [
        ("6 sigma", 3.0, 1e-6),
        ("3 sigma", 1.5, 0.0016),
        ("ILAC G8:2009", 1.0, 0.025),
        ("ISO 14253-1", 0.83, 0.05),
        ("simple acceptance", 0.0, 0.5 + 1e-12),
    ],
)
def test_guard_bands_of_ilac_g8(name: str, share: float, less_than: float) -> None:
    """The table takes U for 2 u; with k = 1.96 the second to fourth are 0.16, 2.5 and 5.2 %."""
    at_limit = nonconformance_probability(-share * 2.0, 1.0, upper=0.0)
    assert at_limit < less_than, name


@pytest.mark.parametrize(("rule", "share"), [("guard-U", 1.0), ("guard-0.83U", 0.83), ("simple", 0.0)])
def test_rules_by_their_place_in_the_table(rule: str, share: float) -> None:
    result = evaluate([standard("x", uncertainty=1.0, unit="A")])
    decision = decide(0.0, result, upper=10.0, rule=rule)
    assert decision.guard_band == pytest.approx(share * result.expanded)
    assert decision.verdict is Verdict.PASS
