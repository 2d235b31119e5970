# SPDX-License-Identifier: MIT
"""Differences and shares of two results."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.derived import deviation, drop, rise, share, voltage
from stimcert.measured import Measured, NotMeasurable
from stimcert.uncertainty import evaluate, standard

CURRENTS = st.floats(1e-6, 1e-1) | st.floats(-1e-1, -1e-6)


def measured(value: float, u: float = 1e-9, *, at_least: bool = False, dof: float = math.inf) -> Measured:
    budget = evaluate([standard("I", uncertainty=u, unit="A", estimate=value, dof=dof)])
    return Measured(value=value, unit="A", uncertainty=budget, bound=">=" if at_least else None, cause="clipped")


def test_a_rise_is_one_of_magnitudes() -> None:
    assert rise(measured(-3e-3), measured(1e-3)).value == pytest.approx(2e-3)
    assert rise(measured(1e-3), measured(-3e-3)).value == pytest.approx(-2e-3)


def test_the_uncertainties_of_a_difference_add_in_quadrature() -> None:
    assert rise(measured(3e-3, 3e-6), measured(1e-3, 4e-6)).uncertainty.standard == pytest.approx(5e-6)


@given(CURRENTS, CURRENTS)
def test_a_drop_is_what_is_missing_and_never_negative(value: float, before: float) -> None:
    found = drop(measured(value), measured(before)).value
    assert found == max(abs(before) - abs(value), 0.0)


@given(CURRENTS, CURRENTS, st.floats(0.001, 0.2))
def test_the_uncertainty_of_a_share_is_relative(value: float, whole: float, relative: float) -> None:
    found = share(measured(value, abs(value) * relative), measured(whole, abs(whole) * relative))
    assert found.value == pytest.approx(abs(value / whole))
    assert found.uncertainty.standard == pytest.approx(found.value * relative * math.sqrt(2.0))
    assert found.unit == "%"


@given(CURRENTS, st.floats(0.1, 10.0))
def test_a_deviation_has_no_sign(value: float, factor: float) -> None:
    assert deviation(measured(value * factor), measured(value)).value == pytest.approx(abs(factor - 1.0), abs=1e-12)


@pytest.mark.parametrize("function", [rise, drop, share, deviation])
@pytest.mark.parametrize("first", [True, False])
def test_a_bound_cannot_be_compared(function, first: bool) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotMeasurable) as refused:
        function(measured(1e-3, at_least=first), measured(1e-3, at_least=not first))
    assert refused.value.code == "clipped"


@pytest.mark.parametrize("whole", [0.0, 1e-9, -3.9e-9])
def test_a_share_of_nothing_is_no_number(whole: float) -> None:
    with pytest.raises(NotMeasurable) as refused:
        share(measured(1e-3), measured(whole))
    assert refused.value.code == "no_output_proven"


def test_few_repeats_stay_few() -> None:
    assert rise(measured(3e-3, 1e-6, dof=4.0), measured(1e-3, 1e-12)).uncertainty.dof == 4


def test_the_parts_stand_in_the_budget() -> None:
    budget = share(measured(2e-3, 1e-6), measured(4e-3, 1e-6)).uncertainty.budget
    assert [(row["symbol"], row["estimate"]) for row in budget] == [("I_1", 2e-3), ("I_2", 4e-3)]


def test_a_voltage_is_that_of_the_load_as_measured() -> None:
    """10 mA ± 20 µA through 500.2 Ω ± 0.1 Ω: 5.002 V, u² = (500.2 · 20 µ)² + (10 m · 0.1)²."""
    load = replace(measured(500.2, 0.1), unit="Ω")
    found = voltage(measured(-10e-3, 20e-6), load)
    assert (found.value, found.unit) == (pytest.approx(5.002), "V")
    assert found.uncertainty.standard == pytest.approx(math.hypot(500.2 * 20e-6, 10e-3 * 0.1))


def test_a_bound_of_a_current_is_one_of_the_voltage() -> None:
    found = voltage(measured(1e-3, at_least=True), replace(measured(500.0, 0.1), unit="Ω"))
    assert (found.bound, found.cause) == (">=", "clipped")
