# SPDX-License-Identifier: MIT
"""Waveforms of which every answer is known: exact means over each sample, edges anywhere between samples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimcert.waveform.sampled import Sampled


@dataclass(frozen=True, kw_only=True)
class Step:
    """A current that begins at a time and stays."""

    at: float
    value: float


def sampled(
    steps: Sequence[Step],
    *,
    rate: float,
    seconds: float,
    noise: float = 0.0,
    offset: float = 0.0,
    dtype: type = np.float64,
    seed: int = 0,
) -> Sampled:
    """Sample steps, 0 before the first: each sample is the exact mean over its period."""
    times = np.array([0.0, *(step.at for step in steps), seconds])
    values = np.array([0.0, *(step.value for step in steps)])
    integral = np.concatenate(([0.0], np.cumsum(values * np.diff(times))))
    edges = np.arange(round(seconds * rate) + 1) / rate
    means = np.diff(np.interp(edges, times, integral)) * rate + offset
    return with_noise(means, rate=rate, noise=noise, dtype=dtype, seed=seed)


def with_noise(
    means: NDArray[np.float64], *, rate: float, noise: float = 0.0, dtype: type = np.float64, seed: int = 0
) -> Sampled:
    """Add the noise of a digitizer."""
    noisy = means + noise * np.random.default_rng(seed).standard_normal(len(means)) if noise else means
    return Sampled(samples=noisy.astype(dtype), sample_rate=rate, noise=noise)


def train(phases: Sequence[tuple[float, float]], *, first: float, period: float, count: int) -> list[Step]:
    """Repeat phases (duration in s, value), each period anew, with 0 after the last of them."""
    steps = []
    for pulse in range(count):
        at = first + pulse * period
        for duration, value in phases:
            steps.append(Step(at=at, value=value))
            at += duration
        steps.append(Step(at=at, value=0.0))
    return steps
