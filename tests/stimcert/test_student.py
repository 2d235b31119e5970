# SPDX-License-Identifier: MIT
"""Student's t, held against SciPy's and against printed tables."""

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import stimcert.student
from stimcert.student import EXACT, quantile, upper_tail

DOFS = st.integers(1, 3 * EXACT) | st.sampled_from([10**4, 10**6])


@given(st.floats(-50.0, 50.0), DOFS)
def test_tails_are_those_of_scipy(t: float, dof: int) -> None:
    lost = abs(t) if t * t < 1e-15 * dof else 0.0  # SciPy takes such a t for 0; P(T > t) is 1/2 - t/π with one degree
    assert upper_tail(t, dof) == pytest.approx(stats.t.sf(t, dof), abs=1e-14 + lost)


@given(st.floats(0.0, 1e-6))
def test_a_small_t_is_not_lost(t: float) -> None:
    assert 0.5 - upper_tail(t, 1) == pytest.approx(t / math.pi, rel=1e-9, abs=2e-16)


@given(st.floats(0.001, 0.999), DOFS)
def test_quantiles_are_those_of_scipy(probability: float, dof: int) -> None:
    assert quantile(probability, dof) == pytest.approx(stats.t.ppf(probability, dof), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(
    ("tail", "dof"), [(1e-12, 1), (1e-12, 2), (7.924e-7, 50), (3.153e-14, 50), (3.97e-5, 100), (7.924e-12, 100)]
)
def test_far_quantiles_have_the_tail_that_was_asked_for(tail: float, dof: int) -> None:
    # Newton's steps from too high a guess would leave the ends between which the root lies.
    assert upper_tail(quantile(1.0 - tail, dof), dof) == pytest.approx(1.0 - (1.0 - tail), rel=1e-3)


def test_a_quantile_that_is_not_found_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stimcert.student, "_MOST_STEPS", 2)
    with pytest.raises(ArithmeticError, match="1 degrees of freedom"):
        quantile.__wrapped__(0.99999, 1)


@given(st.floats(-30.0, 30.0))
def test_infinite_degrees_of_freedom_are_normal(z: float) -> None:
    assert upper_tail(z) == pytest.approx(stats.norm.sf(z), rel=1e-12)


@pytest.mark.parametrize("dof", [EXACT, EXACT + 1])
def test_series_and_deviate_meet(dof: int) -> None:
    assert upper_tail(2.5, dof) == pytest.approx(stats.t.sf(2.5, dof), rel=1e-9)


@given(st.floats(0.5, 0.999), st.integers(1, 200))
def test_more_degrees_of_freedom_are_never_wider(probability: float, dof: int) -> None:
    # In the middle itself both are zero, but for the last digits.
    assert quantile(probability, dof + 1) <= quantile(probability, dof) * (1 + 1e-12) + 1e-15


@pytest.mark.parametrize("probability", [0.0, 1.0, 95.0, math.nan, -0.1])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="fraction between 0 and 1"):
        quantile(probability, 4)


@pytest.mark.parametrize("dof", [0, -1])
def test_no_degrees_of_freedom_are_refused(dof: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        quantile(0.9, dof)
    with pytest.raises(ValueError, match="at least 1"):
        upper_tail(1.0, dof)


def test_nothing_is_known_of_nan() -> None:
    with pytest.raises(ValueError, match="NaN"):
        upper_tail(math.nan, 4)


@pytest.mark.parametrize("dof", [None, 1, 4, 10**6])
def test_the_ends_are_certain(dof: int | None) -> None:
    assert (upper_tail(math.inf, dof), upper_tail(-math.inf, dof)) == (0.0, 1.0)


def test_the_documented_examples_are_true() -> None:
    assert doctest.testmod(stimcert.student).failed == 0
