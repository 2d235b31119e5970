# SPDX-License-Identifier: MIT
"""Monte Carlo as a second method: it agrees where the first one holds, and widens where it does not."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stimcert.monte_carlo
from stimcert.derived import deviation, rise, share
from stimcert.measured import Measured
from stimcert.monte_carlo import numerical_tolerance, second_order, shortest_interval, simulate, widened
from stimcert.propagation import propagate
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate

RARELY = settings(max_examples=15)


def result(*terms: Term, value: float = 0.0) -> Measured:
    return Measured(value=value, unit="A", uncertainty=evaluate(list(terms)))


def normals(count: int) -> list[Term]:
    return [standard(f"x{n}", uncertainty=1.0, unit="A") for n in range(count)]


def test_normal_terms_are_validated() -> None:
    found = simulate(result(*normals(4), value=5.0), seed=1, draws=1_000_000)
    assert found.validated
    assert (found.mean, found.standard) == (pytest.approx(5.0, abs=0.01), pytest.approx(2.0, abs=0.01))


def test_one_dominating_rectangle_is_narrower_and_not_validated() -> None:
    """95 % of a rectangle lie within 0.95 of its half-width; 1.96 u is 1.13 of it. The wider one counts."""
    measured = result(rectangular("x", half_width=1.0, unit="A"))
    found = simulate(measured, seed=1)
    assert found.high == pytest.approx(0.95, abs=0.01)
    assert found.half_width == measured.uncertainty.expanded > found.high
    assert not found.validated


def test_few_degrees_of_freedom_beside_much_else_widen() -> None:
    """With two degrees of freedom in a third of the variance, k by Welch-Satterthwaite is too small a factor."""
    terms = [standard("a", uncertainty=1.0, unit="A", dof=2.0), standard("b", uncertainty=1.4, unit="A")]
    measured = result(*terms)
    assert simulate(measured, seed=1).half_width > measured.uncertainty.expanded


@given(st.integers(0, 2**32 - 1))
@RARELY
def test_the_same_seed_gives_the_same_draws(seed: int) -> None:
    measured = result(*normals(2), rectangular("r", half_width=1.0, unit="A"))
    assert simulate(measured, seed=seed, draws=2000) == simulate(measured, seed=seed, draws=2000)
    assert simulate(measured, seed=seed, draws=2000) != simulate(measured, seed=seed + 1, draws=2000)


@given(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=4), st.sampled_from(["normal", "rectangular"]))
@RARELY
def test_a_simulation_never_narrows(sizes: list[float], kind: str) -> None:
    terms = [
        rectangular(f"x{n}", half_width=size, unit="A")
        if kind == "rectangular"
        else standard(f"x{n}", uncertainty=size, unit="A")
        for n, size in enumerate(sizes)
    ]
    measured = result(*terms)
    found = simulate(measured, seed=3, draws=5000)
    assert found.half_width >= measured.uncertainty.expanded
    assert widened(measured.uncertainty, found.half_width).expanded == found.half_width


def test_one_specification_for_two_inputs_is_one_rectangle() -> None:
    pair = [
        rectangular("g", half_width=1.0, unit="%", sensitivity=3.0, source="g", bundle="both"),
        rectangular("o", half_width=2.0, unit="A", sensitivity=-1.0, source="o", bundle="both"),
    ]
    found = simulate(result(*pair), seed=1)
    assert found.standard == pytest.approx(5.0 / math.sqrt(3.0), rel=0.01)
    assert found.high == pytest.approx(0.95 * 5.0, rel=0.01)


def test_what_two_results_share_cancels_in_their_ratio() -> None:
    gain = rectangular("g", half_width=0.1, unit="%", source="gain")
    one = result(Term(**{**fields(gain), "sensitivity": 2.0}), value=2.0)
    other = result(Term(**{**fields(gain), "sensitivity": 4.0}), value=4.0)
    found = simulate(share(one, other), seed=1)
    assert (found.low, found.high) == (pytest.approx(0.5, abs=1e-9), pytest.approx(0.5, abs=1e-9))


def fields(term: Term) -> dict[str, object]:
    return {name: getattr(term, name) for name in Term.__slots__}  # type: ignore[attr-defined]


def test_a_ratio_of_uncertain_parts_is_curved_and_a_difference_is_not() -> None:
    one, rough = result(standard("a", uncertainty=0.01, unit="A"), value=1.0), normals(1)[0]
    small = result(Term(**{**fields(rough), "standard_uncertainty": 0.2}), value=1.0)
    assert second_order(rise(one, small)) == 0.0
    ratio = share(one, small)
    assert second_order(ratio) > 0.1 * ratio.uncertainty.standard
    found = simulate(ratio, seed=1)
    assert found.high - ratio.value > ratio.value - found.low
    assert found.half_width > ratio.uncertainty.expanded


def test_the_second_order_term_of_a_ratio_is_the_known_one() -> None:
    """E[1/(1 + δ)] − 1 = u² and its variance has 2 u⁴ beyond the first order."""
    one, whole = result(standard("a", uncertainty=0.0, unit="A"), value=1.0), normals(1)[0]
    measured = share(one, result(Term(**{**fields(whole), "standard_uncertainty": 0.05}), value=1.0))
    assert second_order(measured) == pytest.approx(math.sqrt(2.0) * 0.05**2, rel=0.02)


def test_a_deviation_is_simulated_as_the_ratio_that_it_stands_for() -> None:
    near = deviation(result(*normals(1), value=1000.0), result(standard("b", uncertainty=1.0, unit="A"), value=999.0))
    found = simulate(near, seed=1)
    assert found.half_width == pytest.approx(near.uncertainty.expanded, rel=0.03)


@pytest.mark.parametrize(
    ("standard_uncertainty", "tolerance"),
    [(0.35e-3, 5e-6), (2.0, 0.05), (10.15, 0.5), (9.96, 0.5), (0.0, 0.0), (8.7e-9, 5e-11)],
)
def test_the_tolerance_is_half_a_unit_of_the_second_digit(standard_uncertainty: float, tolerance: float) -> None:
    assert numerical_tolerance(standard_uncertainty) == pytest.approx(tolerance)


def test_without_terms_nothing_is_drawn() -> None:
    with pytest.raises(ValueError, match="not known"):
        forgotten = result(*normals(1))
        object.__setattr__(forgotten.uncertainty, "terms", ())
        simulate(forgotten, seed=1)


def test_an_interval_that_nothing_leaves_has_no_drawn_ends() -> None:
    """With k = 9 not one of 200,000 draws lies outside; the last ones would be taken for the ends."""
    wide = Measured(value=0.0, unit="1", uncertainty=evaluate(normals(1), k=9.0))
    with pytest.raises(ValueError, match="outside of it"):
        simulate(wide, seed=1)
    with pytest.raises(ValueError, match="outside of it"):
        shortest_interval(wide, seed=1)


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_what_is_no_number_is_in_no_interval() -> None:
    """A logarithm at 1 ± 1: every sixth draw has none, and the others would pass for all of them."""
    found = propagate(lambda x: np.log(x), [standard("x", uncertainty=1.0, unit="1", estimate=1.0)])
    for draw in (simulate, shortest_interval):
        with pytest.raises(ValueError, match=r"no finite value in 3\d{4} of 200000 draws"):
            draw(found, seed=1)
    at_the_edge = propagate(lambda x: np.sqrt(x), [standard("x", uncertainty=0.5, unit="1", estimate=0.1)])
    assert second_order(at_the_edge) == math.inf


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        simulate(result(*normals(1)), seed=1, draws=999)


def test_the_documented_examples_are_true() -> None:
    assert doctest.testmod(stimcert.monte_carlo).failed == 0
