# SPDX-License-Identifier: MIT
"""Inputs in common: what cancels, what remains, and what one specification bounds."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.allowance import DRIFT_SHARE
from stimcert.correlation import bundled, join, shared
from stimcert.derived import deviation, rise, share
from stimcert.measured import Measured
from stimcert.models import mean_current
from stimcert.reading import Accuracy, MeanReading, Status
from stimcert.specification import Effect, Specified, as_used, drift_allowance
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate

GAIN, OFFSET = 1e-3, 5e-8
CURRENTS = st.floats(1e-6, 9e-4)


def read(value: float, *, full_scale: float = 1e-2, at: float = 0.0, drift: float = 0.0, two: bool = False) -> Measured:
    """Return one reading of a meter without noise or resolution."""
    accuracy = Accuracy(
        gain=GAIN,
        offset=OFFSET,
        resolution=0.0,
        source="made up",
        convention="two-rectangles" if two else "one-rectangle",
        drift=drift,
    )
    reading = MeanReading(
        role="smu",
        unit="A",
        status=Status.VALID,
        values=(value,),
        bound=1.0,
        range=full_scale,
        aperture=0.02,
        limit=1.0,
        accuracy=accuracy,
        bench_time=at,
    )
    return mean_current(reading)


@given(CURRENTS, st.floats(0.2, 5.0))
def test_the_gain_cancels_in_a_ratio_and_the_offset_remains(value: float, factor: float) -> None:
    """r = a/b: δr = δo·(1/b − a/b²), whatever the gain."""
    whole = value / factor
    ratio = share(read(value), read(whole))
    expected = OFFSET * abs(1.0 / whole - value / whole**2) / math.sqrt(3)
    assert ratio.uncertainty.standard == pytest.approx(expected, rel=1e-6, abs=1e-15)


@given(CURRENTS, CURRENTS)
def test_the_offset_cancels_in_a_difference_and_the_gain_acts_on_it(value: float, before: float) -> None:
    found = rise(read(value), read(before))
    assert found.uncertainty.standard == pytest.approx(GAIN * abs(value - before) / math.sqrt(3), rel=1e-6, abs=1e-18)


def test_a_difference_of_magnitudes_with_opposite_signs_doubles_the_offset() -> None:
    found = rise(read(3e-4), read(-1e-4))
    assert found.uncertainty.standard == pytest.approx((GAIN * 2e-4 + 2 * OFFSET) / math.sqrt(3), rel=1e-9)


def test_other_ranges_have_other_errors() -> None:
    one, other = read(3e-4), read(1e-4, full_scale=1e-1)
    assert rise(one, other).uncertainty.standard == pytest.approx(
        math.hypot(one.uncertainty.standard, other.uncertainty.standard)
    )
    symbols = [row["symbol"] for row in rise(one, other).uncertainty.budget]
    assert len(set(symbols)) == len(symbols)


@given(CURRENTS, st.floats(0.5, 2.0))
def test_a_ratio_on_one_range_is_known_better_than_of_strangers(value: float, factor: float) -> None:
    same = deviation(read(value), read(value * factor)).uncertainty.standard
    strange = deviation(read(value), read(value * factor, full_scale=1e-1)).uncertainty.standard
    assert same < strange


def test_drift_between_two_moments_does_not_cancel() -> None:
    still = share(read(3e-4, at=1.0, drift=DRIFT_SHARE), read(3e-4, at=1.0, drift=DRIFT_SHARE))
    moved = share(read(3e-4, at=1.0, drift=DRIFT_SHARE), read(3e-4, at=2.0, drift=DRIFT_SHARE))
    assert still.uncertainty.standard == pytest.approx(0.0, abs=1e-15)
    one = DRIFT_SHARE * (GAIN * 3e-4 + OFFSET) / 3e-4 / math.sqrt(3)
    assert moved.uncertainty.standard == pytest.approx(math.sqrt(2.0) * one)


def test_budget_and_closing_check_stand_on_one_number() -> None:
    result = read(3e-4, drift=DRIFT_SHARE)
    drift = next(row for row in result.uncertainty.budget if row["symbol"] == "δI_drift")
    accuracy = Accuracy(gain=GAIN, offset=OFFSET, resolution=0.0, source="made up")
    assert drift["half_width"] == pytest.approx(drift_allowance(accuracy, 3e-4))


@given(CURRENTS)
def test_two_rectangles_are_never_wider_than_one(value: float) -> None:
    one, two = read(value), read(value, two=True)
    assert two.uncertainty.standard < one.uncertainty.standard
    assert two.uncertainty.standard == pytest.approx(math.hypot(GAIN * value, OFFSET) / math.sqrt(3))
    assert [row["symbol"] for row in two.uncertainty.budget if row["contribution"]] == ["I_gain", "I"]


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6))
def test_sensitivities_of_one_source_add_before_they_are_squared(sensitivities: list[float]) -> None:
    terms = [
        standard(f"x{n}", uncertainty=2.0, unit="A", sensitivity=c, source="one") for n, c in enumerate(sensitivities)
    ]
    result = evaluate(terms)
    assert result.standard == pytest.approx(2.0 * abs(math.fsum(sensitivities)), rel=1e-9, abs=1e-9)
    assert len(result.budget) == 1


def test_the_larger_uncertainty_of_one_source_counts() -> None:
    terms = [standard("x", uncertainty=u, unit="A", source="one") for u in (1.0, 3.0, 2.0)]
    assert [term.standard_uncertainty for term in shared(terms)] == [3.0]
    assert evaluate(terms).standard == 9.0


def test_order_does_not_matter() -> None:
    terms = [*read(3e-4).uncertainty.terms, standard("x", uncertainty=1e-8, unit="A")]
    assert evaluate(terms[::-1]).standard == pytest.approx(evaluate(terms).standard)


def test_a_bundle_of_what_cancelled_is_the_rest_of_it() -> None:
    pair = [
        rectangular("g", half_width=1.0, unit="%", sensitivity=0.0, bundle="both"),
        rectangular("o", half_width=2.0, unit="A", sensitivity=3.0, bundle="both"),
    ]
    assert bundled(pair) == [pair[1]]
    nothing = [replace(term, sensitivity=0.0) for term in pair]
    assert [row.sensitivity for row in bundled(nothing)] == [0.0]


def test_symbols_of_parts_that_mean_something_else_are_numbered() -> None:
    def noise(u: float) -> Term:
        return standard("δ", uncertainty=u, unit="A")

    gain = standard("g", uncertainty=1.0, unit="%", source="gain")
    found = join([gain, noise(1.0)], [gain, noise(2.0)]).towards((1.0, -1.0))
    assert [(term.symbol, term.sensitivity) for term in found] == [("g", 0.0), ("δ_1", 1.0), ("δ_2", -1.0)]


def hot(kelvin: float, coefficient: float | None = 0.15) -> Accuracy:
    known = Accuracy(gain=GAIN, offset=OFFSET, resolution=0.0, source="made up", temperature_coefficient=coefficient)
    return as_used(known, kelvin_outside=kelvin)


def test_outside_the_specified_temperatures_the_coefficient_enters_the_budget() -> None:
    """2 K outside at 15 % of the accuracy for each: 30 % of it as a rectangle of its own, in common for a run."""
    where = Specified(role="smu", range=1e-3, unit="A", accuracy=hot(2.0), moment=0.0)
    result = evaluate(where.terms("I", Effect(estimate=3e-4, by_gain=3e-4, by_offset=1.0)))
    row = next(row for row in result.budget if row["symbol"] == "δI_temp")
    assert row["half_width"] == pytest.approx(0.3 * (GAIN * 3e-4 + OFFSET))
    assert "2 K outside 18 to 28 °C" in row["name"]


def test_inside_no_row_stands_for_a_temperature() -> None:
    where = Specified(role="smu", range=1e-3, unit="A", accuracy=hot(0.0, None), moment=0.0)
    result = evaluate(where.terms("I", Effect(estimate=3e-4, by_gain=3e-4, by_offset=1.0)))
    assert [row["symbol"] for row in result.budget] == ["I", "δI_drift"]


def test_without_a_coefficient_nothing_holds_outside() -> None:
    with pytest.raises(ValueError, match="no temperature coefficient"):
        hot(2.0, None)
