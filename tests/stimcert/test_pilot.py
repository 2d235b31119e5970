# SPDX-License-Identifier: MIT
"""A pilot fixes the number of readings by its scatter, and by nothing else."""

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimcert.pilot
from stimcert.pilot import FEWEST, MOST, readings_for
from stimcert.reading import Accuracy, MeanReading, Status


def pilot(*values: float, offset: float = 3e-9) -> MeanReading:
    accuracy = Accuracy(gain=0.0, offset=offset, resolution=0.0, source="made up")
    return MeanReading(
        role="smu",
        unit="A",
        status=Status.VALID,
        values=values,
        bound=1.0,
        range=1e-3,
        aperture=0.02,
        limit=1.0,
        accuracy=accuracy,
        bench_time=0.0,
    )


def test_a_quiet_pilot_asks_for_the_fewest() -> None:
    assert readings_for(pilot(1e-6, 1e-6, 1e-6)) == FEWEST


def test_a_noisy_pilot_asks_for_the_most() -> None:
    assert readings_for(pilot(1e-6, 3e-6)) == MOST


@given(st.lists(st.floats(-1e-8, 1e-8), min_size=2, max_size=8), st.floats(-1e-3, 1e-3))
def test_the_number_hangs_on_the_scatter_alone(deviations: list[float], at: float) -> None:
    here, there = pilot(*deviations), pilot(*(at + d for d in deviations))
    assert abs(readings_for(here) - readings_for(there)) <= 1
    assert FEWEST <= readings_for(here) <= MOST


@given(st.lists(st.floats(-1e-8, 1e-8), min_size=3, max_size=8))
def test_with_so_many_the_scatter_hardly_counts(deviations: list[float]) -> None:
    n = readings_for(pilot(*deviations))
    mean = math.fsum(deviations) / len(deviations)
    scatter = math.sqrt(math.fsum((d - mean) ** 2 for d in deviations) / (len(deviations) - 1))
    if n < MOST:
        assert scatter / math.sqrt(n) <= 3e-9 / math.sqrt(3.0) / 3.0 * (1 + 1e-6)


@pytest.mark.parametrize("values", [(), (1e-6,)])
def test_one_reading_is_no_pilot(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="shows no scatter"):
        readings_for(pilot(*values))


def test_the_documented_example_is_true() -> None:
    assert doctest.testmod(stimcert.pilot).failed == 0
