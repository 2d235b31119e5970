# SPDX-License-Identifier: MIT
"""The level between pulses: what a record comes back to, where it comes back at all."""

import math
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from stimcert.waveform.blocks import CHUNK, Outline, outline
from stimcert.waveform.median import median, median_of_ordered
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Sampled, Samples

Choice = NDArray[np.bool_]

_SUBSAMPLE = 1 << 13
# Shares of the largest distance from zero, or of the record's span: how far inter-pulse samples may lie from their
# level …
_NEAR = 0.05
# … how far the middle half of them may spread (the crests of a sine spread more), and what is d.c. with ripple.
_FLAT, _RIPPLE = 0.02, 0.10
# Least share of the samples that makes a level: at zero or at the end of a record of one sign, and between two signs.
_SHARE, _SHARE_BETWEEN = 0.02, 0.25
_NOISE_WIDTH = 5.0
# Noise alone spans less than twice this in records of any length.
_NOISE_SPAN = 7.0
_ROUNDS = 4
# Least share of the inter-pulse samples that must lie in the later halves of pauses, for the others to be left out.
_LEAST_SETTLED = 0.2
# Of a normal distribution: distance of the quartiles, median of the steps between two samples, and the standard
# deviation of a median × √n.
_QUARTILES, _STEPS, _MEDIAN = 1.349, 0.9539, 1.2533


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The level that peaks and charges over the baseline are counted from.

    :param level: with the bench's zero taken off; 0 where that zero is the baseline.
    :param origin: ``zero`` for d.c. and for waveforms without a gap, where no sample lies between pulses.
    :param samples_used: inter-pulse samples among a subsample of the record.
    :param doubt: standard uncertainty of the level from noise and subsampling, ≥ 0.
    :param noise: of one sample: the larger of what was declared and of what the inter-pulse samples show.
    """

    level: float
    origin: Literal["between pulses", "zero"]
    samples_used: int
    doubt: float
    noise: float


def baseline(record: Sampled, *, known: Outline | None = None) -> Baseline:
    """Return the median of the inter-pulse samples, estimated from a subsample of at most 8192 samples.

    Inter-pulse samples are sought first within 5 % of the peak around the bench's zero, then at the end nearest to
    zero of a record of one sign (d.c. under pulses), then in the middle of a record of both. They must be flat. Of each
    pause the later half counts, since tails reach into the first.
    Where there are none, the bench's zero is the baseline: of 3 mA d.c. the baseline-to-peak is 3 mA. What lies
    within the 5 % is taken for the level between pulses, although it may be the low phase of a waveform without gaps.

    Source: IEC 60469:2013 (state levels); median as in the usual practice of stimulator testing.

    :param known: the record's outline, where the caller has it.
    :raises NotMeasurable: for a record that is empty or not finite.
    """
    known = known or outline(record)
    places = _places(len(record.samples))
    values = record.samples[places].astype(np.float64) - record.zero
    high, low = float(known.highest.max()) - record.zero, float(known.lowest.min()) - record.zero
    band = _band(np.sort(values), high, low, record.noise)
    if band is None:
        return Baseline(level=0.0, origin="zero", samples_used=0, doubt=0.0, noise=record.noise)
    inside = (band.low <= values) & (values <= band.high)
    near = np.sort(values[_settled(inside, places, known, band.raised(record.zero))])
    noise = max(record.noise, min(_middle_half(near) / _QUARTILES, _noise_of_steps(record.samples, places)))
    return Baseline(
        level=median_of_ordered(near),
        origin="between pulses",
        samples_used=len(near),
        doubt=_MEDIAN * noise / math.sqrt(len(near)),
        noise=noise,
    )


@dataclass(frozen=True, kw_only=True)
class _Band:
    """Where inter-pulse samples lie."""

    low: float
    high: float

    def raised(self, level: float) -> Self:
        return type(self)(low=self.low + level, high=self.high + level)


def _band(ordered: Floats, high: float, low: float, noise: float) -> _Band | None:
    """Return where inter-pulse samples lie, None where there are none."""
    if _steady(high, low, noise):
        return None
    found = _at_zero(ordered, high, low, noise)
    if found is not None:
        return found
    return _at_near_end(ordered, high, low, noise) if high * low > 0.0 else _between(ordered, high, low)


def _settled(inside: Choice, places: Indices, known: Outline, band: _Band) -> Choice:
    """Choose of the inter-pulse samples those in the later half of each pause, where tails have died away.

    Pauses are told by chunks: where they are too short for that, all samples stay.

    :param band: as the samples were read.
    """
    busy = np.flatnonzero((known.highest > band.high) | (known.lowest < band.low))
    chunk = places // CHUNK
    after = np.searchsorted(busy, chunk)
    ends = np.concatenate(([-1], busy, [len(known.highest)]))
    late = inside & (2 * chunk > ends[after] + ends[after + 1]) & (chunk < ends[after + 1])
    return late if np.count_nonzero(late) >= max(_LEAST_SETTLED * np.count_nonzero(inside), 3) else inside


def _places(count: int) -> Indices:
    """Choose one sample in each of equal stretches, at a place that changes: a fixed step could follow the pulses."""
    if count <= _SUBSAMPLE:
        return np.arange(count)
    return (_unit_places() * (count / _SUBSAMPLE)).astype(np.intp)


@cache
def _unit_places() -> Floats:
    """Return a place in each of equal stretches of length 1, the same ones in every call."""
    # Of NumPy, random numbers would take as long to load as all that is done with them at the start of a run.
    random = Random(1)
    inside: Floats = np.array([random.random() for _ in range(_SUBSAMPLE)])
    return np.arange(_SUBSAMPLE) + inside


def _noise_of_steps(samples: Samples, places: Indices) -> float:
    """Return the noise that the steps between neighbours show; edges are few, and slow tails leave it alone."""
    after = samples[np.minimum(places + 1, len(samples) - 1)].astype(np.float64)
    return median(np.abs(after - samples[places])) / _STEPS


def _steady(high: float, low: float, noise: float) -> bool:
    """Tell whether the record is d.c. with ripple, or noise alone."""
    return high - low <= max(_RIPPLE * max(abs(high), abs(low)), 2.0 * _NOISE_SPAN * noise)


def _at_zero(ordered: Floats, high: float, low: float, noise: float) -> _Band | None:
    peak = max(high, -low)
    return _level(ordered, 0.0, max(_NEAR * peak, _NOISE_WIDTH * noise), _SHARE, _FLAT * peak, noise)


def _at_near_end(ordered: Floats, high: float, low: float, noise: float) -> _Band | None:
    """Return the band at the end of a record of one sign that is nearer to zero."""
    sign = 1.0 if high > 0.0 else -1.0
    width = max(_NEAR * (high - low), _NOISE_WIDTH * noise)
    centre = (low if sign > 0.0 else high) + sign * width
    return _level(ordered, centre, width, _SHARE, _FLAT * (high - low) / 2.0, noise)


def _between(ordered: Floats, high: float, low: float) -> _Band | None:
    """Return the band about the median, when there are pulses of both signs around it."""
    width, centre = _NEAR * (high - low), median_of_ordered(ordered)
    if not low + 2.0 * width < centre < high - 2.0 * width:
        return None
    return _level(ordered, centre, width, _SHARE_BETWEEN, _FLAT * (high - low) / 2.0, 0.0)


def _level(ordered: Floats, centre: float, width: float, share: float, flat: float, noise: float) -> _Band | None:
    """Return what lies within ``width`` of ``centre``, when the samples there are enough and flat."""
    near = ordered
    for _ in range(_ROUNDS):
        first, last = np.searchsorted(ordered, (centre - width, centre + width))
        near = ordered[first:last]
        if not len(near):
            return None
        # A level off the centre is cut on one side: look again around its middle.
        centre = median_of_ordered(near)
    if len(near) < max(share * len(ordered), 3) or not _middle_half(near) <= max(flat, 2.0 * noise):
        return None
    return _Band(low=centre - width, high=centre + width)


def _middle_half(ordered: Floats) -> float:
    """Return the distance of the quartiles."""
    return float(ordered[(3 * len(ordered)) // 4] - ordered[len(ordered) // 4])
