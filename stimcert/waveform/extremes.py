# SPDX-License-Identifier: MIT
"""Positive, negative, absolute and peak-to-peak extremes of a record over a minimum event duration.

As :func:`stimcert.waveform.peak.absolute_peak`, for either sign, and made for long records: only chunks whose highest
sample could matter are averaged. How many windows share the level of an extreme is counted on all candidates up to
2¹⁸ of them, beyond on every 7th, 61st … window; that changes the correction by less than 0.05 of a window's noise.
"""

import math
from dataclasses import dataclass

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.waveform.blocks import Outline, checked, outline, too_short
from stimcert.waveform.moving import WIDER, Search, Side
from stimcert.waveform.peak import absolute_peak, window_samples
from stimcert.waveform.sampled import Sampled, Samples

_ROUNDS = 12
# As in peak.py: of the windows of a plateau this share lies above a level so far below its own.
_BELOW, _SHARE = 0.5, 0.6915


@dataclass(frozen=True, kw_only=True)
class Extreme:
    """The highest or the lowest moving mean of a record, in the unit of its samples, zero taken off.

    :param value: signed; what noise adds to an extreme is taken off.
    :param raw: before that.
    :param index: first sample of the window that shows it.
    :param windows: how many windows, one sample apart, share its level.
    :param excess: the correction in units of ``noise``.
    :param doubt: by how much the correction may be wrong, either way, in the same units.
    :param noise: standard deviation of one window's mean.
    :param alignment: by how much an event between two samples could lie further out than any window shows; ≥ 0.
    """

    value: float
    raw: float
    index: int
    windows: int
    excess: float
    doubt: float
    noise: float
    alignment: float


@dataclass(frozen=True, kw_only=True)
class Extremes:
    """The extremes of a record over one window.

    :param positive: the highest; below zero for a record that never is positive.
    :param negative: the lowest; above zero for a record that never is negative.
    :param absolute: the one further from zero, corrected for the windows of both signs that share its magnitude.
    :param window: samples averaged.
    :param windows: how many there are, one sample apart.
    :param sample_rate: 1/s.
    """

    positive: Extreme
    negative: Extreme
    absolute: Extreme
    window: int
    windows: int
    sample_rate: float

    @property
    def peak_to_peak(self) -> float:
        """Highest less lowest, ≥ 0."""
        return max(self.positive.value - self.negative.value, 0.0)

    def baseline_to_peak(self, baseline: float) -> float:
        """Return the largest distance from a baseline, itself in the unit of the samples with zero taken off."""
        return max(abs(self.positive.value - baseline), abs(self.negative.value - baseline))


def extremes(record: Sampled, *, event: float, known: Outline | None = None) -> Extremes:
    """Return the extremes of the moving mean over an event's duration.

    :param event: minimum duration that counts, s; rounded up to whole samples.
    :param known: the record's outline, where the caller has it.
    :raises ValueError: for an event that is not positive and finite.
    :raises NotMeasurable: for a record shorter than the event, or samples that are none.
    """
    samples = checked(record)
    window = window_samples(event, record.sample_rate)
    if len(samples) < window:
        raise too_short(record, event)
    search = Search(record, window, known or outline(record))
    sides = search.run()
    positive = _extreme(record, window, sides[:1], search.stride)
    negative = _extreme(record, window, sides[1:], search.stride)
    absolute = _extreme(record, window, sorted(sides, key=lambda side: -side.largest), search.stride)
    return Extremes(
        positive=positive,
        negative=negative,
        absolute=absolute,
        window=window,
        windows=search.windows,
        sample_rate=record.sample_rate,
    )


def _extreme(record: Sampled, window: int, sides: list[Side], stride: int) -> Extreme:
    """Correct the first side's largest for all windows, of all sides, that share its level."""
    top, sigma = sides[0], record.noise / math.sqrt(window)
    total = len(sides) * (len(record.samples) - window + 1)
    near = np.concatenate([values for side in sides for values in side.near])
    windows, excess = _sharing(near, stride, top.largest, sigma, window, total)
    wide = min(_above(near, stride, top.largest - (excess + WIDER) * sigma), total)
    return Extreme(
        value=top.sign * (top.largest - excess * sigma),
        raw=top.sign * top.largest,
        index=top.index,
        windows=windows,
        excess=excess,
        doubt=max(excess, expected_excess(wide, window) - excess),
        noise=sigma,
        alignment=_alignment(record, top, window),
    )


def _sharing(near: Samples, stride: int, largest: float, sigma: float, window: int, total: int) -> tuple[int, float]:
    """Return how many windows share the level of an extreme, and what that adds to it, self-consistently."""
    windows, excess = total, expected_excess(total, window)
    for _ in range(_ROUNDS):
        above = _above(near, stride, largest - (excess + _BELOW) * sigma)
        found = min(round((above - 1) / _SHARE) + 1, total)
        if found == windows:
            break
        windows, excess = found, expected_excess(found, window)
    return windows, excess


def _above(near: Samples, stride: int, level: float) -> int:
    return max(stride * int(np.count_nonzero(near >= level)), 1)


def _alignment(record: Sampled, side: Side, window: int) -> float:
    """Ask :func:`absolute_peak` about the surroundings of an extreme, those of the other sign set to zero."""
    around = record.samples[max(side.index - 2 * window - 2, 0) : side.index + 3 * window + 2]
    sized = np.maximum(side.sign * (around.astype(np.float64) - record.zero), 0.0)
    return absolute_peak(sized, window, zero=0.0, noise=record.noise).alignment
