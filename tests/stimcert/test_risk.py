# SPDX-License-Identifier: MIT
"""Risks of a production: the guard band that keeps one, and what a reading adds to what was known."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.risk import (
    GlobalRisk,
    conformance_probability,
    global_risk,
    guard_band_of_risk,
    nonconformance_probability,
    updated,
)

PROCESS = NormalDist(0.0, 1.0)


def test_a_guard_band_keeps_the_risk_that_was_asked_for_and_is_no_wider() -> None:
    w = guard_band_of_risk(PROCESS, 0.25, 0.001, lower=-2.0, upper=2.0)
    found = global_risk(PROCESS, 0.25, lower=-2.0, upper=2.0, guard_band=w).consumer
    assert 0.0 < w < 0.5
    assert 0.001 * (1.0 - 1e-6) < found <= 0.001


def test_where_simple_acceptance_keeps_it_no_guard_band_is_needed() -> None:
    assert guard_band_of_risk(PROCESS, 0.25, 0.01, lower=-2.0, upper=2.0) == 0.0


@pytest.mark.parametrize("consumer", [0.0, 0.5, -0.1, math.nan])
def test_what_is_no_risk_is_refused(consumer: float) -> None:
    with pytest.raises(ValueError, match="above 0 and below 0.5"):
        guard_band_of_risk(PROCESS, 0.25, consumer, upper=2.0)


def test_a_risk_that_no_guard_band_keeps_is_refused() -> None:
    with pytest.raises(ValueError, match="no guard band of up to 10 u"):
        guard_band_of_risk(lambda true: math.nan, 0.25, 0.001, span=(-8.0, 8.0), lower=-2.0, upper=2.0)


@given(st.floats(-3.0, 3.0), st.floats(0.5, 2.0))
def test_what_is_known_after_a_reading_is_prior_times_likelihood(value: float, u: float) -> None:
    prior = NormalDist(0.3, 1.0)
    known = updated(prior, value, u)
    ratios = [prior.pdf(x) * NormalDist(x, u).pdf(value) / known.pdf(x) for x in (-1.0, -0.2, 0.3, 1.0)]
    assert ratios == pytest.approx([ratios[0]] * 4, rel=1e-9)


@pytest.mark.parametrize("u", [0.0, -1.0, math.nan])
def test_a_reading_without_uncertainty_updates_nothing(u: float) -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        updated(PROCESS, 1.0, u)


def test_where_nothing_is_accepted_nothing_accepted_is_bad() -> None:
    assert GlobalRisk(consumer=0.0, producer=0.9, accepted=0.0).consumer_among_accepted == 0.0
    assert GlobalRisk(consumer=0.01, producer=0.1, accepted=0.5).consumer_among_accepted == 0.02


@pytest.mark.parametrize("dof", [None, 4])
def test_what_is_not_beyond_the_limits_is_within(dof: int | None) -> None:
    given = {"lower": -1.0, "upper": 2.0, "dof": dof}
    beyond = nonconformance_probability(1.0, 1.0, **given)  # type: ignore[arg-type]
    assert conformance_probability(1.0, 1.0, **given) == 1.0 - beyond  # type: ignore[arg-type]
    # Two standard uncertainties down, one up.
    assert beyond == pytest.approx({None: 0.0227501 + 0.1586553, 4: 0.0580582 + 0.1869505}[dof], rel=1e-5)


def test_a_density_needs_its_span_and_a_reading_its_uncertainty() -> None:
    with pytest.raises(ValueError, match="span"):
        global_risk(lambda x: math.exp(-x), 0.25, upper=2.0)
    with pytest.raises(ValueError, match="greater than zero"):
        global_risk(PROCESS, 0.0, upper=2.0)
