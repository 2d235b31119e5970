# SPDX-License-Identifier: MIT
"""What averaging gains: √n for independent values, nothing for values that hang together."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from stimcert.reading import CurrentRecord
from stimcert.record_mean import mean_of_record
from stimcert.scatter import FEWEST, hang_together, standard_error
from stimcert.term import repeatability


def test_independent_values_are_averaged_down() -> None:
    values = np.random.default_rng(1).normal(size=400)
    assert not hang_together(values)
    assert standard_error(values) == pytest.approx(values.std(ddof=1) / 20.0)


@pytest.mark.parametrize("values", [np.linspace(0.0, 1.0, 50), np.cumsum(np.random.default_rng(2).normal(size=200))])
def test_a_drift_is_not_averaged_down(values: np.ndarray) -> None:  # type: ignore[type-arg]
    assert standard_error(values) == pytest.approx(values.std(ddof=1))


def test_few_values_show_no_correlation() -> None:
    values = np.linspace(0.0, 1.0, FEWEST - 1)
    assert standard_error(values) == pytest.approx(values.std(ddof=1) / math.sqrt(FEWEST - 1))


@pytest.mark.parametrize("seed", range(5))
def test_readings_and_cycles_are_held_to_the_same_test(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=30) + np.linspace(0.0, 2.0 * (seed % 3), 30)
    term = repeatability("x", [float(value) for value in values], unit="A")
    assert standard_error(values) == pytest.approx(term.standard_uncertainty)


def test_independent_values_are_seldom_taken_for_a_drift() -> None:
    random = np.random.default_rng(7)
    assert sum(hang_together(random.normal(size=50)) for _ in range(500)) < 500 * 0.06


def test_the_mean_of_a_current_that_drifts_has_the_scatter_of_its_cycles(record: Callable[..., CurrentRecord]) -> None:
    steady = np.tile([1e-4, 3e-4], 500)
    drifting = steady + np.repeat(np.linspace(0.0, 1e-5, 100), 10)
    found = mean_of_record(record(drifting), cycle=10e-6)
    row = next(row for row in found.uncertainty.budget if row["symbol"] == "δv_rep")
    assert row["contribution"] == pytest.approx(np.linspace(0.0, 1e-5, 100).std(ddof=1), rel=0.01)
