# SPDX-License-Identifier: MIT
"""Metrics of a sampled record, with NumPy: moving means, the absolute peak, whole cycles.

Each sample is the mean over one sample period. Units are those of the samples; nothing here knows volts or amperes.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimcert.maximum import expected_excess
from stimcert.waveform.sampled import Samples

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


# Small enough to stay in a core's cache.
_BLOCK = 1 << 15
_WHOLE = 1e-6
_ROUNDS = 12
# Of the windows of a plateau this share lies above a level so far below its own, in units of its noise.
_BELOW, _SHARE = 0.5, 0.6915
# How far below the corrected level, in units of its noise, a window may still belong to the plateau of the peak.
_WIDER = 3.0


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The largest magnitude of a moving mean.

    :param magnitude: corrected for what noise adds to a maximum; ≥ 0.
    :param raw: before that correction, with its sign.
    :param index: first sample of the window that shows it.
    :param windows: how many windows, one sample apart, share the level of the peak.
    :param excess: the correction in units of the window's noise.
    :param doubt: by how much the correction may be wrong, either way, in the same units.
    :param noise: standard deviation of one window's mean.
    :param alignment: largest amount by which an event between two samples could be higher than any window shows.
    """

    magnitude: float
    raw: float
    index: int
    windows: int
    excess: float
    doubt: float
    noise: float
    alignment: float


def window_samples(event: float, sample_rate: float) -> int:
    """Return the samples that cover an event, rounded up, at least one.

    :param event: minimum duration that counts, s, > 0.
    :param sample_rate: 1/s, > 0.
    :raises ValueError: when one of them is not positive and finite.
    """
    if not (0.0 < event < math.inf and 0.0 < sample_rate < math.inf):
        raise ValueError(f"event {event!r} s at {sample_rate!r} samples/s; both must be positive and finite")
    return max(math.ceil(event * sample_rate - _WHOLE), 1)


def moving_mean(samples: Samples, window: int) -> Floats:
    """Return the mean over each ``window`` consecutive samples, shape (n − window + 1,).

    :raises ValueError: when the record is shorter than the window.
    """
    count = len(samples) - window + 1
    if window < 1 or count < 1:
        raise ValueError(f"a window of {window} samples does not fit into a record of {len(samples)}")
    means = np.empty(count)
    step = max(_BLOCK, 4 * window)
    for start in range(0, count, step):
        part = samples[start : start + step + window - 1].astype(np.float64)
        means[start : start + step] = _window_sums(part, window)
    means /= window
    return means


def _window_sums(part: Floats, window: int) -> Floats:
    """Sum each ``window`` neighbours by doubling: sums over 1, 2, 4 … samples, those of the window's binary digits."""
    count = len(part) - window + 1
    width, offset, total = 1, 0, np.zeros(count)
    while True:
        if window & width:
            total += part[offset : offset + count]
            offset += width
        if 2 * width > window:
            return total
        part = part[:-width] + part[width:]
        width *= 2


def absolute_peak(samples: Samples, window: int, *, zero: float, noise: float) -> Peak:
    """Return the largest |moving mean − zero|, corrected for the noise's share in a maximum.

    Noise lifts the largest of n windows above the level that they share. How many share it is found
    self-consistently: those that reach the corrected level, and the share of them that noise put below it. One short
    event stands alone and is not corrected; a d.c. record is corrected for all its windows. The number found is an
    estimate: an event that hides in the noise of a plateau deserved no correction, and of a short plateau that noise
    lifted high only the highest window is found. The doubt covers both.

    :param zero: what the instrument shows when nothing flows.
    :param noise: standard deviation of one sample; neighbours are taken for independent.
    :raises ValueError: when the record is shorter than the window.
    """
    means = moving_mean(samples, window)
    means -= zero
    size = np.abs(means)
    index = int(size.argmax())
    largest, sigma = float(size[index]), noise / math.sqrt(window)
    windows, excess = _sharing(size, largest, sigma, window)
    most = expected_excess(_above(size, largest - (excess + _WIDER) * sigma), window)
    return Peak(
        magnitude=max(largest - excess * sigma, 0.0),
        raw=float(means[index]),
        index=index,
        windows=windows,
        excess=excess,
        doubt=max(excess, most - excess),
        noise=sigma,
        alignment=_alignment(size, index, noise, window),
    )


def _sharing(size: Floats, largest: float, sigma: float, window: int) -> tuple[int, float]:
    """Return how many windows share the peak's level, and what that adds to the largest of them."""
    windows = len(size)
    excess = expected_excess(windows, window)
    for _ in range(_ROUNDS):
        above = _above(size, largest - (excess + _BELOW) * sigma)
        found = min(round((above - 1) / _SHARE) + 1, windows)
        if found == windows:
            break
        windows, excess = found, expected_excess(found, window)
    return windows, excess


def _above(size: Floats, level: float) -> int:
    """Return how many windows reach a level, the largest itself at least."""
    return max(int(np.count_nonzero(size >= level)), 1)


_REACH = 3
_STEEPEST = 1.3
"""By how much a flank gets steeper in one sample; a spike that decays in 4 samples to 1/e does by 1.28."""
_DECAY = 0.3
"""Share of its height that such a spike loses in one sample at most; what loses more has ended there."""


def _alignment(size: Floats, index: int, noise: float, window: int) -> float:
    """Return by how much a true maximum between samples could exceed the window at ``index``.

    What noise alone explains of the steps between neighbours is left out.
    """
    if not _REACH <= index < len(size) - _REACH:
        return 0.0
    around = [float(s) for s in size[index - _REACH : index + _REACH + 1]]
    hidden_by = _shared if window == 1 else _crossing
    hidden = max(hidden_by(around), hidden_by(around[::-1]))
    return max(hidden - 4.0 * noise * math.sqrt(2.0) / window, 0.0)


def _shared(around: list[float]) -> float:
    """Return by how much a window of one sample could exceed the one in the middle if it began in the one before it.

    The mean over one sample needs one sample to come up an edge, so that a single point lies on its flank, and says
    which share of it; for so long the other flank goes on towards the edge, at most as much steeper as it has become
    flatter since. What comes up over several samples is no edge, and hides nothing.
    """
    rest, foot, flank, top, after, beyond, further = around
    fall, height, hidden = top - after, top - foot, 0.0
    if 0.0 < fall <= _DECAY * height and flank > foot and abs(foot - rest) <= (flank - foot) / 2:
        hidden = fall * _steeper(fall, after - beyond) * min((flank - foot) / height, 1.0)
    if 0.0 < after - beyond <= _DECAY * height and abs(flank - foot) <= (top - flank) / 2:
        # The middle itself may lie on the edge: the next one shows how high it would have begun.
        hidden = max(hidden, after + (after - beyond) * _steeper(after - beyond, beyond - further) - top)
    return hidden


def _steeper(step: float, further: float) -> float:
    """Return by how much a flank's next step may exceed its last one: as that one does the one before it."""
    return min(max(step / further, 1.0), _STEEPEST) if further > 0.0 else 1.0


def _crossing(around: list[float]) -> float:
    """Return how far above the middle two flanks meet between it and the next one.

    The moving mean of a rectangular event rises and falls by straight lines, so that this is exact for a rectangle. A
    flank that gets steeper towards the top, as the mean over a decaying spike does, is taken to go on doing so.
    """
    _, earlier, before, top, after, beyond, further = around
    rise, fall = top - before, after - beyond
    if rise <= 0.0 or fall <= 0.0:
        return 0.0
    rise *= _steeper(rise, before - earlier)
    fall *= _steeper(fall, beyond - further)
    return max(rise * (after - top + fall) / (rise + fall), 0.0)


def cycle_edges(count: int, sample_rate: float, cycle: float) -> Indices:
    """Return the first sample of each whole cycle in a record, and after the last one its end.

    :param cycle: declared period, s.
    :raises ValueError: when the cycle is shorter than two samples or not finite.
    """
    length = cycle * sample_rate
    if not 2.0 <= length < math.inf:
        raise ValueError(f"a cycle of {cycle!r} s at {sample_rate!r} samples/s; two samples a cycle are the least")
    whole = math.floor((count + _WHOLE) / length)
    edges: Indices = np.rint(np.arange(whole + 1) * length).astype(np.intp)
    return edges
