# SPDX-License-Identifier: MIT
"""Means, integrals and peaks of exponentials, against closed forms and fine sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.sim.exponentials import Exponentials
from instruments.sim.piecewise import Piecewise, mean_decay

RATES = st.floats(0.0, 50.0)
VALUES = st.floats(-10.0, 10.0)


@st.composite
def functions(draw: st.DrawFn) -> Exponentials:
    count = draw(st.integers(1, 5))
    widths = draw(st.lists(st.floats(0.01, 1.0), min_size=count, max_size=count))
    row = st.lists(VALUES, min_size=2, max_size=2)
    amplitudes = np.array(draw(st.lists(row, min_size=count, max_size=count)))
    rates = np.array(draw(st.lists(st.lists(RATES, min_size=2, max_size=2), min_size=count, max_size=count)))
    begins = np.array(draw(st.lists(VALUES, min_size=count, max_size=count)))
    start = draw(st.floats(-10.0, 10.0))
    return Exponentials(start + np.concatenate(([0.0], np.cumsum(widths))), begins, amplitudes, rates)


def by_hand(function: Exponentials, times: np.ndarray) -> np.ndarray:
    values = []
    for time in times:
        index = max(int(np.flatnonzero(function.edges[:-1] <= time)[-1]), 0)
        since = time - function.edges[index]
        terms = function.amplitudes[index] * (np.exp(-function.rates[index] * since) - 1)
        values.append(function.begins[index] + terms.sum())
    return np.array(values)


def inside(function: Exponentials, places: list[float]) -> np.ndarray:
    return function.start + np.array(places) * (function.stop - function.start) * 0.999


@given(functions(), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
def test_the_value_is_that_of_the_formula(function: Exponentials, places: list[float]) -> None:
    times = inside(function, places)
    assert function.at(times) == pytest.approx(by_hand(function, times), abs=1e-9)


@settings(max_examples=40)
@given(functions(), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5), st.floats(0.001, 0.9))
def test_means_are_those_of_a_fine_sum(function: Exponentials, places: list[float], share: float) -> None:
    aperture = share * (function.stop - function.start)
    starts = function.start + np.array(places) * (function.stop - function.start - aperture)
    for start, mean in zip(starts, function.means(starts, aperture), strict=True):
        cuts = [start, *(edge for edge in function.edges if start < edge < start + aperture), start + aperture]
        area = 0.0
        for low, high in zip(cuts[:-1], cuts[1:], strict=True):
            nodes, weights = np.polynomial.legendre.leggauss(40)
            area += float(weights @ by_hand(function, (low + high) / 2 + nodes * (high - low) / 2)) * (high - low) / 2
        assert mean == pytest.approx(area / aperture, abs=1e-6)
        assert function.integral(float(start), float(start + aperture)) == pytest.approx(area, abs=1e-6)


@given(functions(), st.floats(0.05, 0.95))
def test_an_integral_is_the_sum_of_its_parts(function: Exponentials, share: float) -> None:
    middle = function.start + share * (function.stop - function.start)
    parts = function.integral(function.start, middle) + function.integral(middle, function.stop)
    assert parts == pytest.approx(function.integral(function.start, function.stop), abs=1e-9)


@given(functions())
def test_no_value_exceeds_the_peak_and_one_reaches_it(function: Exponentials) -> None:
    times = np.concatenate(
        [np.linspace(low, high, 400)[:-1] for low, high in zip(function.edges[:-1], function.edges[1:], strict=True)]
    )
    values, peak = np.abs(function.at(times)), function.peak()
    assert values.max() <= peak * (1 + 1e-12) + 1e-12
    ends = function.edges[1:] - 1e-12 * np.maximum(1.0, np.abs(function.edges[1:]))
    assert max(values.max(), np.abs(function.at(ends)).max()) >= peak * 0.99 - 1e-6


def test_a_peak_between_two_edges_is_found() -> None:
    function = Exponentials(np.array([0.0, 10.0]), np.zeros(1), np.array([[1.0, -1.0]]), np.array([[1.0, 3.0]]))
    at = np.log(3) / 2  # where e^(−t) − e^(−3t) is greatest
    assert function.peak() == pytest.approx(np.exp(-at) - np.exp(-3 * at), rel=1e-12)


@settings(max_examples=50)
@given(functions(), st.floats(0.01, 10.0))
def test_clipping_holds_the_value_at_the_limit_and_elsewhere_leaves_it(function: Exponentials, limit: float) -> None:
    clipped = function.clipped(limit)
    times = inside(function, list(np.linspace(0.0, 1.0, 97)))
    assert clipped.at(times) == pytest.approx(np.clip(function.at(times), -limit, limit), abs=1e-6)
    assert clipped.peak() <= limit * (1 + 1e-9)
    assert (clipped.start, clipped.stop) == (function.start, function.stop)


def test_with_nothing_that_decays_it_is_a_piecewise_constant() -> None:
    edges, values = np.array([0.0, 0.3, 1.0]), np.array([2.0, -1.0])
    flat = Exponentials(edges, values, np.zeros((2, 2)), np.zeros((2, 2)))
    same = Piecewise(edges, values)
    starts = np.linspace(0.0, 0.8, 100)
    assert flat.means(starts, 0.1) == pytest.approx(same.means(starts, 0.1), abs=1e-12)
    assert flat.peak() == same.peak()
    assert flat.clipped(1.5).at(starts) == pytest.approx(same.clipped(1.5).at(starts))


def test_an_exponential_much_slower_than_its_segment_loses_nothing() -> None:
    # A microampere into a nanofarad with a teraohm beside it: a ramp of 1000 V/s for 10 ms.
    rate = 1e-3
    ramp = Exponentials(np.array([0.0, 0.01]), np.zeros(1), np.array([[-1e6]]), np.array([[rate]]))
    assert ramp.at(np.array([0.005]))[0] == pytest.approx(5.0, rel=1e-5)
    assert ramp.means(np.array([0.0]), 0.01)[0] == pytest.approx(5.0, rel=1e-5)
    exact = -1e6 * float(np.expm1(-rate * 0.005))
    assert ramp.at(np.array([0.005]))[0] == pytest.approx(exact, rel=1e-13)


@given(st.floats(0.0, 50.0))
def test_the_mean_of_a_decay_is_continuous_where_its_series_begins(x: float) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(60)
    assert mean_decay(np.array([x]))[0] == pytest.approx(float(weights @ np.expm1(-x * (nodes + 1) / 2)) / 2, abs=1e-12)


def test_late_in_a_run_a_sample_is_as_exact_as_early() -> None:
    def samples(begin: float) -> np.ndarray:
        function = Exponentials(begin + np.array([0.0, 1e-3]), np.ones(1), np.array([[1.0]]), np.array([[1e4]]))
        return function.means(begin + np.arange(100) * 1e-6, 1e-6)

    assert samples(5000.0) == pytest.approx(samples(0.0), abs=1e-7)


@pytest.mark.parametrize("starts", [[-0.1], [1.5], [float("nan")]])
def test_nothing_is_known_outside_the_span(starts: list[float]) -> None:
    function = Exponentials(np.array([0.0, 1.0]), np.ones(1), np.ones((1, 1)), np.ones((1, 1)))
    with pytest.raises(ValueError, match="known from"):
        function.means(np.array(starts), 0.6)
    with pytest.raises(ValueError, match="aperture"):
        function.means(np.array([0.0]), float("nan"))


@pytest.mark.parametrize(
    ("edges", "rates"),
    [([0.0, 1.0, 1.0], [[1.0], [1.0]]), ([0.0, 1.0, 2.0], [[1.0], [-1.0]]), ([0.0, 1.0], [[1.0]] * 2)],
)
def test_what_makes_no_sense_is_refused(edges: list[float], rates: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="edges"):
        Exponentials(np.array(edges), np.ones(2), np.ones((2, 1)), np.array(rates))
