# SPDX-License-Identifier: MIT
"""Means and integrals of piecewise constant functions, against sums done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.piecewise import Piecewise

WIDTHS = st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=8)
VALUES = st.floats(-10.0, 10.0)


def staircase(widths: list[float], values: list[float], begin: float = 0.0) -> Piecewise:
    return Piecewise(begin + np.concatenate(([0.0], np.cumsum(widths))), np.array(values, dtype=np.float64))


@st.composite
def functions(draw: st.DrawFn) -> Piecewise:
    widths = draw(WIDTHS)
    values = draw(st.lists(VALUES, min_size=len(widths), max_size=len(widths)))
    return staircase(widths, values, draw(st.floats(-100.0, 100.0)))


def by_hand(function: Piecewise, start: float, stop: float) -> float:
    area = 0.0
    for low, high, value in zip(function.edges[:-1], function.edges[1:], function.values, strict=True):
        area += value * max(0.0, min(high, stop) - max(low, start))
    return area / (stop - start)


def test_a_mean_weighs_the_segments_it_spans() -> None:
    function = staircase([1.0, 2.0, 1.0], [3.0, -1.0, 7.0])
    assert function.means(np.array([0.0, 0.5, 2.5]), 1.5).tolist() == [
        pytest.approx(5 / 3),
        1 / 3,
        pytest.approx(13 / 3),
    ]


def test_a_reading_inside_one_segment_is_exactly_its_value() -> None:
    function = staircase([1e-3, 1e-3], [0.1, 0.3], begin=4321.0)
    starts = np.linspace(4321.0, 4321.001, 1001)[:-1]
    assert set(function.means(starts, 1e-6)[:-1]) == {0.1}


@given(functions(), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20), st.floats(0.001, 1.0))
def test_means_are_those_done_by_hand(function: Piecewise, places: list[float], share: float) -> None:
    span = function.stop - function.start
    aperture = share * span
    starts = function.start + np.array(places) * (span - aperture)
    expected = [by_hand(function, begin, begin + aperture) for begin in starts]
    assert function.means(starts, aperture) == pytest.approx(expected, abs=1e-6, rel=1e-9)
    assert function.means(np.sort(starts), aperture) == pytest.approx(
        [by_hand(function, begin, begin + aperture) for begin in np.sort(starts)], abs=1e-6, rel=1e-9
    )


@given(functions(), st.floats(0.05, 0.95))
def test_an_integral_is_the_sum_of_its_parts(function: Piecewise, share: float) -> None:
    middle = function.start + share * (function.stop - function.start)
    parts = function.integral(function.start, middle) + function.integral(middle, function.stop)
    assert parts == pytest.approx(function.integral(function.start, function.stop), abs=1e-9)
    assert parts == pytest.approx(float(np.sum(function.values * np.diff(function.edges))), abs=1e-9)


@given(functions(), functions())
def test_a_product_is_the_product_at_every_moment(one: Piecewise, other: Piecewise) -> None:
    moved = Piecewise(other.edges - other.start + one.start, other.values)
    product = one.times(moved)
    times = np.linspace(product.start, product.stop, 50)[:-1]
    assert product.at(times) == pytest.approx(one.at(times) * moved.at(times))


def test_a_million_samples_add_up_to_the_integral() -> None:
    function = staircase([0.013] * 80, [(-1.0) ** k * k for k in range(80)], begin=7.0)
    samples = function.means(np.linspace(7.0, 8.0, 10**6 + 1)[:-1], 1e-6)
    assert samples.sum() * 1e-6 == pytest.approx(function.integral(7.0, 8.0), rel=1e-9)


def test_peak_is_a_magnitude() -> None:
    assert staircase([1.0, 1.0], [2.0, -3.0]).peak() == 3.0


def test_on_an_edge_the_value_that_begins_there_holds() -> None:
    assert staircase([1.0, 1.0], [2.0, -3.0]).at(np.array([0.0, 1.0, 2.0])).tolist() == [2.0, -3.0, -3.0]


@pytest.mark.parametrize("starts", [[-0.1], [1.5], [0.0, 1.5], [float("nan")]])
def test_nothing_is_known_outside_the_span(starts: list[float]) -> None:
    with pytest.raises(ValueError, match="known from"):
        staircase([1.0, 1.0], [2.0, -3.0]).means(np.array(starts), 0.6)


@pytest.mark.parametrize("aperture", [0.0, -1e-6, float("nan")])
def test_an_aperture_must_be_positive(aperture: float) -> None:
    with pytest.raises(ValueError, match="aperture"):
        staircase([1.0], [2.0]).means(np.array([0.0]), aperture)


@pytest.mark.parametrize(
    ("edges", "values"), [([0.0, 1.0], [1.0, 2.0]), ([0.0], []), ([0.0, 0.0], [1.0]), ([1.0, 0.0], [1.0])]
)
def test_edges_ascend_and_bound_the_values(edges: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match="edges"):
        Piecewise(np.array(edges), np.array(values))
