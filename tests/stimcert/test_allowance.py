# SPDX-License-Identifier: MIT
"""How far a finding may be off, and how often a good bench is refused for nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stimcert.allowance import DRIFT_SHARE, EACH_CHECK, Allowance, normal_quantile, student_quantile

sizes = st.floats(min_value=1e-9, max_value=1e3)
scatters = st.lists(st.tuples(sizes, st.integers(1, 10**6)), max_size=3).map(tuple)
allowances = st.builds(Allowance, limit=sizes, drift=st.none() | sizes, normal=st.just(0.0) | sizes, scatter=scatters)


@pytest.mark.parametrize(
    ("outside", "dof", "published"),
    [(0.05, 1, 12.706), (0.05, 4, 2.776), (0.01, 9, 3.250), (0.001, 2, 31.599), (0.002, 30, 3.385), (0.05, 120, 1.980)],
)
def test_quantiles_are_those_of_the_tables(outside: float, dof: int, published: float) -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2."""
    assert student_quantile(outside, dof) == pytest.approx(published, abs=6e-4)


@given(st.floats(1e-8, 0.5), st.integers(1, 10**7))
def test_quantiles_are_those_of_an_independent_implementation(outside: float, dof: int) -> None:
    assert student_quantile(outside, dof) == pytest.approx(stats.t.isf(outside / 2, dof), rel=5e-4)


def test_less_than_one_degree_of_freedom_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        student_quantile(0.05, 0)


def test_half_widths_of_specifications_add_up_and_alarm_never() -> None:
    found = Allowance(limit=3.0) + Allowance(limit=1.0).scaled(-2.0)
    assert (found.half_width, found.false_alarm) == (5.0, 0.0)
    assert found.change(Allowance()) == pytest.approx(DRIFT_SHARE * 5.0)


def test_certificates_add_in_quadrature() -> None:
    found = Allowance(normal=3.0) + Allowance(normal=4.0)
    assert found.half_width == pytest.approx(5.0 * normal_quantile(EACH_CHECK))
    assert found.change(found) == 0.0


@given(allowances, allowances)
def test_a_sum_allows_no_less_than_either(one: Allowance, other: Allowance) -> None:
    assert (one + other).half_width >= max(one.half_width, other.half_width) * (1 - 1e-9)
    assert (one + other).half_width == pytest.approx((other + one).half_width)


@given(allowances, st.floats(-1e3, 1e3))
def test_scaling_a_finding_scales_what_it_may_be_off(allowance: Allowance, factor: float) -> None:
    scaled = allowance.scaled(factor)
    assert scaled.limit == pytest.approx(abs(factor) * allowance.limit)
    assert scaled.change(scaled) == pytest.approx(abs(factor) * allowance.change(allowance), rel=1e-9, abs=1e-300)


def test_nothing_lies_inside_of_nan() -> None:
    assert math.isnan(Allowance(limit=math.nan).half_width)


def test_false_alarms_are_as_rare_as_promised() -> None:
    """At a probability that can be seen: 5 % of noise alone, on the very edge of the specification."""
    rng = np.random.default_rng(0)
    readings = rng.standard_normal((40_000, 10))
    means, errors = readings.mean(axis=1), readings.std(axis=1, ddof=1) / math.sqrt(10)
    share = float(np.mean(np.abs(means) > errors * student_quantile(0.05, 9)))
    assert share == pytest.approx(0.05, abs=0.005)
