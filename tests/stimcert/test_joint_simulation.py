# SPDX-License-Identifier: MIT
"""Several results drawn at once: what their draws share, and when that cannot be told."""

import pytest

from stimcert.metrology import propagate_together, rectangular, simulate, simulate_together, standard

INPUTS = [standard("a", uncertainty=1.0, unit="1"), rectangular("b", half_width=2.0, unit="1")]
FUNCTIONS = {
    "sum": lambda a, b: a + b,
    "twice": lambda a, b: 2.0 * (a + b),
    "against": lambda a, b: -a - b,
    "fixed": lambda a, b: 0.0 * a,
}


def test_each_result_is_drawn_as_it_is_alone_and_all_from_the_same_draws() -> None:
    found = propagate_together(FUNCTIONS, INPUTS)
    drawn = simulate_together(found, seed=5, draws=20_000)
    assert drawn.results["sum"] == simulate(found.results["sum"], seed=5, draws=20_000)
    assert drawn.correlation("sum", "twice") == pytest.approx(1.0)
    assert drawn.correlation("against", "sum") == pytest.approx(-1.0)
    assert drawn.correlation("fixed", "sum") == 0.0
    assert drawn.correlation("sum", "sum") == 1.0
    with pytest.raises(KeyError):
        drawn.correlation("sum", "other")


def test_what_simultaneous_readings_share_is_not_invented() -> None:
    observed = propagate_together(
        {"a": lambda a, b: a, "b": lambda a, b: b}, observed={"a": [1.0, 2.0], "b": [2.0, 1.0]}
    )
    with pytest.raises(ValueError, match="a, b: no model"):
        simulate_together(observed, seed=1)


def test_whole_numbers_are_drawn_as_numbers() -> None:
    """An estimate written 215 is 215.0."""
    found = propagate_together({"y": lambda a: 2 * a}, [standard("a", uncertainty=1, unit="1", estimate=215)])
    assert simulate_together(found, seed=1).results["y"].mean == pytest.approx(430.0, abs=0.05)
