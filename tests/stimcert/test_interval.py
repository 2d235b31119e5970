# SPDX-License-Identifier: MIT
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.interval import Interval, hull, largest, smallest
from stimcert.measured import Measured

Make = Callable[..., Measured]
ENDS = st.floats(-1e3, 1e3)
INTERVALS = st.tuples(ENDS, ENDS).map(lambda ends: Interval(low=min(ends), high=max(ends)))
SHARES = st.floats(0.0, 1.0)


def _inside(interval: Interval, share: float) -> float:
    value = interval.low + share * (interval.high - interval.low)
    return min(max(value, interval.low), interval.high)


@pytest.mark.parametrize(
    ("low", "high"),
    [(1.0, 0.0), (math.nan, 1.0), (0.0, math.nan), (math.inf, math.inf), (-math.inf, -math.inf)],
)
def test_what_is_no_interval_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="in order"):
        Interval(low=low, high=high)


@pytest.mark.parametrize(
    ("value", "expanded"), [(math.nan, 0.0), (math.inf, 0.0), (1.0, -1e-9), (1.0, math.nan), (1.0, math.inf)]
)
def test_a_value_without_uncertainty_is_refused(value: float, expanded: float) -> None:
    with pytest.raises(ValueError, match="U ≥ 0"):
        Interval.about(value, expanded)


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [(0.0, 0.9, True), (0.0, 1.0, None), (1.0, 1.0, None), (0.9, 1.1, None), (1.0, 2.0, None), (1.1, 2.0, False)],
)
def test_a_tie_is_no_answer(low: float, high: float, answer: bool | None) -> None:
    assert Interval(low=low, high=high).below(1.0) is answer


@given(INTERVALS, SHARES, ENDS)
def test_an_answer_holds_for_every_value(interval: Interval, share: float, limit: float) -> None:
    answer, value = interval.below(limit), _inside(interval, share)
    assert answer is None or answer == (value < limit)


@given(INTERVALS, SHARES)
def test_the_magnitude_holds_every_magnitude(interval: Interval, share: float) -> None:
    found = interval.magnitude
    assert 0.0 <= found.low <= abs(_inside(interval, share)) <= found.high
    assert found.high in (abs(interval.low), abs(interval.high))


@given(INTERVALS, INTERVALS, SHARES, SHARES)
def test_largest_smallest_and_hull(one: Interval, other: Interval, here: float, there: float) -> None:
    values, both = (_inside(one, here), _inside(other, there)), [one, other]
    assert largest(both).low <= max(values) <= largest(both).high
    assert smallest(both).low <= min(values) <= smallest(both).high
    assert all(hull(both).low <= value <= hull(both).high for value in values)


def test_a_result_and_a_censored_one(measured: Make) -> None:
    result = measured(480e-6, 1e-6)
    half = result.uncertainty.expanded
    assert half > 1e-6
    assert Interval.of(result) == Interval(low=480e-6 - half, high=480e-6 + half)
    assert Interval.of(measured(480e-6, 1e-6, bound=">=")) == Interval(low=480e-6 - half, high=math.inf)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (478.8e-6, 481.2e-6, "480 µA ± 1.2 µA"),
        (5e-3, 5e-3, "5 mA"),
        (1e-3, math.inf, "at least 1 mA"),
        (-math.inf, -1e-3, "at most -1 mA"),
        (-math.inf, math.inf, "unknown"),
    ],
)
def test_words(low: float, high: float, words: str) -> None:
    assert Interval(low=low, high=high).words("A") == words
