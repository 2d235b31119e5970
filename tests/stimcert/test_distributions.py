# SPDX-License-Identifier: MIT
"""Distributions with a shape of their own, drawn and on paper, and what the doors of the public API refuse.

Published numbers stand in the modules of their documents; those of EA-4/02 here are from memory and called that.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest

from stimcert.metrology import (
    Term,
    arcsine,
    combine,
    counted,
    coverage_interval,
    curvilinear_trapezoid,
    decide,
    doubted,
    evaluate,
    exponential,
    fit_line,
    guard_band,
    guard_band_of_risk,
    numerical_tolerance,
    pooled,
    propagate,
    rectangular,
    simulate,
    standard,
    student,
    trapezoidal,
)


@pytest.mark.parametrize(
    ("term", "u"),
    [
        (trapezoidal("x", half_width=1.0, top=0.0, unit="1"), 1.0 / math.sqrt(6.0)),
        (trapezoidal("x", half_width=1.0, top=1.0, unit="1"), 1.0 / math.sqrt(3.0)),
        (trapezoidal("x", half_width=1.0, top=0.5, unit="1"), math.sqrt(1.25 / 6.0)),
        (curvilinear_trapezoid("x", half_width=1.0, doubt=0.5, unit="1"), math.sqrt(1.0 / 3.0 + 0.25 / 9.0)),
        (exponential("x", mean=2.0, unit="1"), 2.0),
        (counted("x", 0), 1.0),
        (counted("x", 99), 10.0),
        (student("x", deviation=2.0, dof=6.0, unit="1"), 2.0),
        (arcsine("x", half_width=1.0, unit="1"), math.sqrt(0.5)),
    ],
)
def test_distributions_have_their_deviation_on_paper_and_drawn(term: Term, u: float) -> None:
    found = propagate(lambda x: x, [term])
    drawn = simulate(found, seed=1)
    assert found.uncertainty.standard == pytest.approx(u)
    assert (drawn.mean, drawn.standard) == (
        pytest.approx(found.value, abs=0.01 * u),
        pytest.approx(u, rel=0.01),
    )


def test_a_dominating_rectangle_has_its_own_coverage_factor() -> None:
    """EA-4/02, S9, from memory: k = 1.65, 0.95 of the rectangle over its deviation."""
    found = propagate(
        lambda a, b: a + b, [rectangular("a", half_width=1.0, unit="V"), standard("b", uncertainty=0.01, unit="V")]
    )
    assert simulate(found, seed=9).coverage_factor == pytest.approx(1.65, abs=0.01)


def test_a_trapezoid_has_its_own_coverage_factor() -> None:
    """EA-4/02, S10, from memory: k = 1.83 for a trapezoid with an edge parameter of 0.33."""
    found = propagate(lambda a: a, [trapezoidal("a", half_width=1.0, top=0.33, unit="mm")])
    assert simulate(found, seed=10).coverage_factor == pytest.approx(1.83, abs=0.01)


# --- what the new doors refuse


@pytest.mark.parametrize(
    "make",
    [
        lambda: trapezoidal("x", half_width=1.0, top=1.5, unit="V"),
        lambda: curvilinear_trapezoid("x", half_width=1.0, doubt=2.0, unit="V"),
        lambda: curvilinear_trapezoid("x", half_width=math.nan, doubt=0.1, unit="V"),
        lambda: exponential("x", mean=0.0, unit="V"),
        lambda: student("x", deviation=1.0, dof=2.0, unit="V"),
        lambda: doubted(0.9),
        lambda: doubted(math.nan),
        lambda: coverage_interval("x", half_width=1.0, probability=95.0, unit="V"),
        lambda: coverage_interval("x", half_width=1.0, probability=0.0, unit="V"),
        lambda: coverage_interval("x", half_width=1.0, probability=math.nan, unit="V"),
        lambda: pooled("x", [], [], readings=1, unit="V"),
        lambda: pooled("x", [1.0, 2.0], [4.0], readings=1, unit="V"),
        lambda: pooled("x", [1.0], [4.0], readings=0, unit="V"),
        lambda: numerical_tolerance(1.0, 0),
        lambda: fit_line([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], unit="V", deviation=0.0),
        lambda: fit_line([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], unit="V", deviation=math.nan),
        lambda: fit_line([1.0, 2.0], [1.0, 2.0], unit="V"),
        lambda: fit_line([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], unit="V"),
        lambda: guard_band(-10.1),
        lambda: counted("N", -1),
        lambda: counted("N", 2.5),
        lambda: guard_band(math.nan),
        lambda: guard_band_of_risk(NormalDist(), 0.1, 0.7, upper=1.0),
        lambda: guard_band_of_risk(NormalDist(5.0, 1.0), 0.0, 0.01, upper=1.0),
    ],
)
def test_what_is_no_such_thing_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="allowed|needed|above zero|slope|greater than zero"):
        make()


def test_inputs_of_one_source_are_drawn_as_one() -> None:
    """The gain of a meter in both parts of a ratio: nothing of it may be left, drawn or propagated."""
    pair = [rectangular(name, half_width=0.1, unit="1", estimate=1.0, source="gain") for name in "ab"]
    found = propagate(lambda a, b: a / b, pair)
    drawn = simulate(found, seed=1, draws=5000)
    assert found.uncertainty.standard == pytest.approx(0.0, abs=1e-9)
    assert drawn.standard == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "words", "binary"), [(0.0, "PASS", "PASS"), (8.0, "CONDITIONAL PASS", "FAIL"), (20.0, "FAIL", "FAIL")]
)
def test_a_binary_statement_rejects_what_it_does_not_accept(value: float, words: str, binary: str) -> None:
    """A guard band of one's own, r = 1.5: three sigma of ILAC-G8's table."""
    result = evaluate([standard("x", uncertainty=1.0, unit="A")])
    decision = decide(value, result, upper=10.0, rule=guard_band(1.5))
    assert (decision.verdict.words, decision.binary.words) == (words, binary)
    assert decision.guard_band == pytest.approx(1.5 * result.expanded)
    assert decision.rule == "guard-1.5U"


# --- a fixed coverage factor, and results of results


@pytest.mark.parametrize(("dof", "covered"), [(math.inf, 0.9545), (10.0, 0.9266), (4.0, 0.8839)])
def test_a_fixed_coverage_factor_covers_what_it_covers(dof: float, covered: float) -> None:
    """k = 2: 95.45 % of a normal distribution, less of Student's t (JCGM 100:2008, table G.2 read the other way)."""
    found = evaluate([standard("x", uncertainty=1.0, unit="A", dof=dof)], k=2.0)
    assert (found.expanded, found.coverage_factor) == (2.0, 2.0)
    assert found.probability == pytest.approx(covered, abs=1e-4)
    assert propagate(lambda x: x, [standard("x", uncertainty=1.0, unit="A")], k=3.0).uncertainty.expanded == 3.0


@pytest.mark.parametrize("k", [0.9, 0.0, -2.0, math.nan, math.inf])
def test_what_is_no_coverage_factor_is_refused(k: float) -> None:
    with pytest.raises(ValueError, match="coverage factor"):
        evaluate([standard("x", uncertainty=1.0, unit="A")], k=k)


def test_a_result_of_results_is_the_result_of_their_inputs() -> None:
    """P = U²/R by way of I = U/R and P = U·I, whose U is one and the same."""
    volts = standard("U", uncertainty=0.01, unit="V", estimate=5.0, source="U")
    ohms = rectangular("R", half_width=2.0, unit="Ω", estimate=100.0, source="R")
    at_once = propagate(lambda U, R: U * U / R, [volts, ohms], unit="W")
    parts = {
        "U": propagate(lambda U: U, [volts], unit="V"),
        "I": propagate(lambda U, R: U / R, [volts, ohms], unit="A"),
    }
    found = combine(lambda U, I: U * I, parts, unit="W", k=2.0)  # noqa: E741
    assert found.value == pytest.approx(at_once.value)
    assert found.uncertainty.standard == pytest.approx(at_once.uncertainty.standard, rel=1e-6)
    assert found.uncertainty.coverage_factor == 2.0
    assert simulate(found, seed=1, draws=20_000).standard == pytest.approx(found.uncertainty.standard, rel=0.02)
