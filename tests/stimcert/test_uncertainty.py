# SPDX-License-Identifier: MIT
import doctest
import math
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimcert.uncertainty
from stimcert.gtc_reference import by_gtc
from stimcert.uncertainty import Term, coverage_factor, evaluate, normal, rectangular, repeatability, standard

SIZES = st.floats(min_value=1e-9, max_value=1e3)
DOFS = st.one_of(st.just(math.inf), st.floats(min_value=1.0, max_value=1e4))


def terms_of(sizes: list[tuple[float, float]]) -> list[Term]:
    return [standard(f"x{n}", uncertainty=u, unit="A", dof=dof) for n, (u, dof) in enumerate(sizes)]


def test_end_gauge_of_the_gum() -> None:
    """JCGM 100:2008, H.1: u_c = 32 nm, ν_eff = 16.7 taken as 16, t99 = 2.92, U99 = 93 nm (of the rounded figures)."""
    length, expansion = 50.000623e6, 11.5e-6  # nm, 1/K
    budget = [
        standard("l_s", uncertainty=25.0, unit="nm", estimate=length, dof=18),
        standard("d_0", uncertainty=5.8, unit="nm", estimate=215.0, dof=24),
        standard("d_1", uncertainty=3.9, unit="nm", dof=5),
        standard("d_2", uncertainty=6.7, unit="nm", dof=8),
        replace(rectangular("δα", half_width=1e-6, unit="1/K", sensitivity=length * 0.1), dof=50.0),
        replace(rectangular("δθ", half_width=0.05, unit="K", sensitivity=-length * expansion), dof=2.0),
    ]
    result = evaluate(budget, probability=0.99)
    assert round(result.standard) == 32
    assert result.effective_dof == pytest.approx(16.7, abs=0.1)  # printed from rounded contributions
    assert result.dof == 16
    assert result.coverage_factor == pytest.approx(2.92, abs=0.005)
    assert round(result.coverage_factor * round(result.standard)) == 93
    assert [round(row["contribution"], 1) for row in result.budget] == [25.0, 5.8, 3.9, 6.7, 2.9, 16.6]


@pytest.mark.parametrize(
    ("dof", "probability", "printed"),
    [(1, 0.95, 12.71), (4, 0.95, 2.78), (10, 0.95, 2.23), (20, 0.95, 2.09), (10, 0.99, 3.17), (None, 0.95, 1.960)],
)
def test_student_table_of_the_gum(dof: int | None, probability: float, printed: float) -> None:
    """JCGM 100:2008, table G.2."""
    assert coverage_factor(dof, probability) == pytest.approx(printed, abs=0.005)


def test_degrees_of_freedom_are_cut_and_never_rounded_up() -> None:
    """JCGM 100:2008, H.1.6: 16.7 is taken as 16."""
    assert coverage_factor(16.7, 0.99) == coverage_factor(16, 0.99) == pytest.approx(2.92, abs=0.005)
    assert coverage_factor(math.inf) == coverage_factor(None)
    for dof in (0.99, -1.0, math.nan):
        with pytest.raises(ValueError, match="at least 1"):
            coverage_factor(dof)


@given(st.lists(st.tuples(SIZES, DOFS, st.sampled_from(["", "gain", "zero"])), min_size=1, max_size=8))
def test_agrees_with_gtc_on_every_single_input(sizes: list[tuple[float, float, str]]) -> None:
    terms = [
        standard(f"x{n}", uncertainty=u, unit="A", dof=dof, source=source, sensitivity=(-1.0) ** n * (n + 1))
        for n, (u, dof, source) in enumerate(sizes)
    ]
    result, reference = evaluate(terms), by_gtc(terms)
    assert result.standard == pytest.approx(reference.standard, rel=1e-9)
    if math.isfinite(result.effective_dof) and result.effective_dof < 1e4:
        assert result.effective_dof == pytest.approx(reference.effective_dof, rel=1e-6)
        assert result.dof is not None
        assert result.dof <= result.effective_dof * (1 + 1e-9) < result.dof + 1 + 1e-6
        assert result.expanded == pytest.approx(reference.expanded, rel=1e-6)


@pytest.mark.parametrize("probability", [95, 0.5, 1.0, math.nan])
def test_gtc_is_never_asked_for_percent(probability: float) -> None:
    with pytest.raises(ValueError, match="coverage probability"):
        by_gtc([standard("x", uncertainty=1.0, unit="A")], probability=probability)


def test_gtc_is_not_asked_about_nothing() -> None:
    with pytest.raises(ValueError, match="nothing in the budget"):
        by_gtc([standard("x", uncertainty=0.0, unit="A")])


@given(st.lists(st.tuples(SIZES, DOFS), min_size=1, max_size=8), SIZES)
def test_a_growing_term_never_shrinks_the_standard_uncertainty(sizes: list[tuple[float, float]], more: float) -> None:
    grown = [(sizes[0][0] + more, sizes[0][1]), *sizes[1:]]
    assert evaluate(terms_of(grown)).standard > evaluate(terms_of(sizes)).standard * (1 - 1e-12)


@given(st.lists(st.tuples(SIZES, DOFS), min_size=1, max_size=6))
def test_budget_keeps_every_row_and_recombines(sizes: list[tuple[float, float]]) -> None:
    result = evaluate([*terms_of(sizes), standard("nothing", uncertainty=0.0, unit="A")])
    assert [row["symbol"] for row in result.budget] == [f"x{n}" for n in range(len(sizes))] + ["nothing"]
    assert math.hypot(*(row["contribution"] for row in result.budget)) == pytest.approx(result.standard, rel=1e-9)
    assert sum(row["share"] for row in result.budget) == pytest.approx(1.0)
    assert result.budget[-1]["share"] == 0.0


@given(st.lists(st.tuples(SIZES, DOFS), min_size=1, max_size=6), st.sampled_from([1e-6, 1e-3, 1e3]))
def test_another_unit_changes_nothing_but_the_unit(sizes: list[tuple[float, float]], factor: float) -> None:
    plain, scaled = evaluate(terms_of(sizes)), evaluate(terms_of([(u * factor, dof) for u, dof in sizes]))
    assert scaled.standard == pytest.approx(plain.standard * factor, rel=1e-9)
    assert scaled.effective_dof == pytest.approx(plain.effective_dof, rel=1e-6)


def test_order_of_terms_does_not_matter() -> None:
    results = [evaluate(list(order)) for order in permutations(terms_of([(1.0, 3.0), (2.0, math.inf), (3.0, 9.0)]))]
    assert len({round(result.expanded, 9) for result in results}) == 1


def test_small_terms_are_not_trimmed() -> None:
    result = evaluate(
        [rectangular("big", half_width=700e-9, unit="A"), rectangular("small", half_width=5e-9, unit="A")]
    )
    assert result.budget[1]["contribution"] == pytest.approx(5e-9 / math.sqrt(3))


def test_sign_of_a_sensitivity_is_kept_in_the_row_and_squared_in_the_sum() -> None:
    result = evaluate([rectangular("x", half_width=3.0, unit="A", sensitivity=-2.0)])
    assert result.standard == pytest.approx(6.0 / math.sqrt(3))
    assert result.budget[0]["sensitivity"] == -2.0
    assert result.budget[0]["contribution"] > 0.0


@pytest.mark.parametrize("equal", [1, 2, 3, 5, 7])
def test_whole_degrees_of_freedom_stay_whole(equal: int) -> None:
    """n equal terms have n times the degrees of freedom of one, although 7 × 39 comes out as 272.9999999999999."""
    for dof in range(1, 40):
        assert evaluate(terms_of([(1e-7, float(dof))] * equal)).dof == equal * dof


def test_fractional_degrees_of_freedom_are_cut_towards_the_larger_uncertainty() -> None:
    result = evaluate(terms_of([(1.0, 4.0), (0.4, math.inf)]))
    assert 5.0 < result.effective_dof < 6.0
    assert result.coverage_factor == coverage_factor(5)


def test_nothing_uncertain_gives_zero() -> None:
    result = evaluate([standard("x", uncertainty=0.0, unit="A")])
    assert (result.standard, result.expanded, result.dof) == (0.0, 0.0, None)


@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0, 95, 95.0, math.nan, -0.95])
def test_a_probability_in_percent_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="coverage probability"):
        coverage_factor(4, probability)


@pytest.mark.parametrize("dof", [0, -1])
def test_no_degrees_of_freedom_are_refused(dof: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        coverage_factor(dof)


def test_a_symbol_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="'x' stands twice"):
        evaluate([standard("x", uncertainty=1.0, unit="A"), standard("x", uncertainty=2.0, unit="A")])


def test_an_empty_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one term"):
        evaluate([])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1e-9])
def test_what_is_no_uncertainty_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="standard uncertainty"):
        standard("x", uncertainty=bad, unit="A")
    with pytest.raises(ValueError, match="standard uncertainty"):
        rectangular("x", half_width=bad, unit="A")
    with pytest.raises(ValueError, match="standard uncertainty"):
        normal("x", expanded=bad, unit="A")


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_estimate_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        standard("x", uncertainty=1.0, unit="A", estimate=bad)
    with pytest.raises(ValueError, match="not finite"):
        standard("x", uncertainty=1.0, unit="A", sensitivity=bad)


@pytest.mark.parametrize("bad", [math.nan, 0.99, 0.0, -3.0])
def test_too_few_degrees_of_freedom_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="degrees of freedom"):
        standard("x", uncertainty=1.0, unit="A", dof=bad)


@pytest.mark.parametrize("bad", [0.0, 0.95, -2.0, math.nan])
def test_a_probability_is_no_coverage_factor(bad: float) -> None:
    with pytest.raises(ValueError, match="coverage factor"):
        normal("x", expanded=1.0, unit="A", coverage_factor=bad)


def test_repeatability_is_that_of_the_mean() -> None:
    term = repeatability("x", [1.0, 2.0, 3.0, 4.0], unit="A")
    assert term.estimate == 2.5
    assert term.standard_uncertainty == pytest.approx(math.sqrt(5.0 / 3.0) / 2.0)
    assert (term.dof, term.distribution) == (3, "t")


def test_correlated_readings_are_not_averaged_down() -> None:
    drift = [float(n) for n in range(16)]
    scatter = math.sqrt(16 * 17 / 12)
    assert repeatability("x", drift, unit="A").standard_uncertainty == pytest.approx(scatter)
    alternating = [(-1.0) ** n for n in range(16)]
    assert repeatability("x", alternating, unit="A").standard_uncertainty == pytest.approx(math.sqrt(16 / 15) / 4)


def test_one_reading_does_not_repeat() -> None:
    with pytest.raises(ValueError, match="at least two"):
        repeatability("x", [1.0], unit="A")


def test_the_documented_example_is_true() -> None:
    assert doctest.testmod(stimcert.uncertainty).attempted == 4
    assert doctest.testmod(stimcert.uncertainty).failed == 0
