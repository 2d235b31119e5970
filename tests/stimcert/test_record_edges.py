# SPDX-License-Identifier: MIT
"""Edges, overshoot and droop of pulses of which every answer is known; and what cannot be resolved."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import PulseTrain
from stimcert.reading import CurrentRecord
from stimcert.record_edges import EDGE_METRICS
from tests.stimcert.waveform.trains import sampled, train

Record = Callable[..., CurrentRecord]
WITHIN = 2.5


def sloped(
    edge: float, width: float, period: float, *, height: float = 5e-4, both: bool = False
) -> NDArray[np.float64]:
    """Return trapezoids, ten of them at 1 MS/s: each edge lasts ``edge``, 50 % to 50 % ``width``."""
    times = np.arange(round(10 * period * 1e6)) / 1e6
    at = times % period - period / 4
    one = np.clip(np.minimum((at + edge / 2) / edge, (width + edge / 2 - at) / edge), 0.0, 1.0)
    second = np.clip(np.minimum((at - width + edge / 2) / edge, (2 * width + edge / 2 - at) / edge), 0.0, 1.0)
    return height * (one - 1.5 * second if both else one)


def value(record: CurrentRecord, metric: str) -> Measured:
    return EDGE_METRICS[metric](PulseTrain(record=record))


def holds(measured: Measured, truth: float) -> None:
    assert abs(measured.value - truth) <= WITHIN * measured.uncertainty.expanded, (measured.value, truth)


@settings(max_examples=25, deadline=None)
@given(edge=st.floats(20e-6, 1e-4), width=st.floats(2e-4, 9e-4), sign=st.sampled_from([1, -1]), seed=st.integers(0, 9))
def test_straight_edges(record: Record, edge: float, width: float, sign: int, seed: int) -> None:
    """10 to 90 % of a straight edge takes 80 % of it."""
    found = record(sign * sloped(edge, width, 4e-3), noise=1e-4, seed=seed)
    for metric in ("pulse.rise", "pulse.fall"):
        measured = value(found, metric)
        holds(measured, 0.8 * edge)
        assert measured.uncertainty.expanded < 0.1 * edge + 1e-6


def test_the_fall_into_a_second_phase_is_that_of_the_first(record: Record) -> None:
    holds(value(record(sloped(40e-6, 4e-4, 4e-3, both=True)), "pulse.rise"), 0.8 * 40e-6)
    found = value(record(sloped(40e-6, 4e-4, 4e-3, both=True)), "pulse.fall")
    assert found.value < 0.8 * 40e-6  # steeper: two and a half times the height in the time of one


@pytest.mark.parametrize("metric", ["pulse.rise", "pulse.fall"])
def test_a_slow_edge_in_noise(record: Record, metric: str) -> None:
    """A quarter of a second at 100 kS/s: noise alone would cross every level a hundred times."""
    times = np.arange(600_000) / 1e5
    at = times % 2.0 - 0.3
    one = 5e-4 * np.clip(np.minimum(at / 0.25, (1.0 - at) / 0.25), 0.0, 1.0)
    measured = value(record(one, noise=1e-4, rate=1e5), metric)
    holds(measured, 0.2)
    assert measured.uncertainty.expanded < 0.01


@pytest.mark.parametrize("metric", ["pulse.rise", "pulse.fall"])
def test_an_edge_shorter_than_four_samples_is_refused(record: Record, metric: str) -> None:
    steps = train([(3e-4, 5e-4)], first=1e-3, period=4e-3, count=5)
    with pytest.raises(NotMeasurable) as refused:
        value(record(sampled(steps, rate=1e6, seconds=0.025).samples, noise=2e-5), metric)
    assert refused.value.code == "bandwidth"


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0.0, 0.6), seed=st.integers(0, 9))
def test_overshoot(record: Record, share: float, seed: int) -> None:
    steps = train([(20e-6, 5e-4 * (1 + share)), (3e-4, 5e-4)], first=1e-3, period=4e-3, count=5)
    holds(
        value(record(sampled(steps, rate=1e6, seconds=0.025).samples, noise=1e-4, seed=seed), "pulse.overshoot"), share
    )


@settings(max_examples=15, deadline=None)
@given(tau=st.floats(1.5e-3, 1e-1), seed=st.integers(0, 9))
def test_droop(record: Record, tau: float, seed: int) -> None:
    """Of a coupling capacitor: 1 − exp(−T/τ)."""
    times = np.arange(30_000) / 1e6
    at = times % 4e-3 - 1e-3
    one = np.where((at >= 0) & (at < 1e-3), 5e-4 * np.exp(-at / tau), 0.0)
    holds(value(record(one, noise=1e-4, seed=seed), "pulse.droop"), 1.0 - np.exp(-1e-3 / tau))
