# SPDX-License-Identifier: MIT
"""Passing over long records in pieces that stay in a core's cache, and refusing what is no record.

Pieces keep the type of the record; sums over them are added in float64. A float32 record so loses less than 1e-6 of
its rectified mean, far below the resolution of any digitizer.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.quantity import show
from stimcert.waveform.sampled import Sampled, Samples

Floats = NDArray[np.float64]

# Bytes of a piece: half of a core's second cache.
BLOCK = 1 << 18
# The same where little is computed in a piece, so that calls weigh: it stays in the shared cache.
_LONG_BLOCK = 1 << 20
CHUNK = 256
_ROW = 1024
# No stimulator and no digitizer comes near; overflow codes such as 9.9e37 lie beyond.
_FURTHEST = 1e15


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The lowest and the highest sample of each chunk of a record, as read: zero included.

    :param lowest: shape (ceil(n / CHUNK),); the last chunk may hold fewer samples.
    :param highest: as ``lowest``.
    """

    lowest: Samples
    highest: Samples


def checked(record: Sampled) -> Samples:
    """Return the samples of a record that can be measured; what they are is looked at by :func:`bounds`.

    :raises ValueError: for a sample rate, zero or noise that is none.
    :raises NotMeasurable: for a record without samples.
    """
    rate, zero, noise = record.sample_rate, record.zero, record.noise
    if not (0.0 < rate < math.inf and math.isfinite(zero) and 0.0 <= noise < math.inf):
        raise ValueError(f"{rate!r} samples/s, zero {zero!r}, noise {noise!r}: all must be finite, none negative")
    if not len(record.samples):
        raise too_short(record, 1.0 / rate)
    return record.samples


def bounds(samples: Samples) -> tuple[float, float]:
    """Return the lowest and the highest of some samples.

    :raises NotMeasurable: when one is no number, or an instrument's overflow code.
    """
    lowest, highest = float(samples.min()), float(samples.max())
    if not (lowest >= -_FURTHEST and highest <= _FURTHEST):
        text = f"samples between {lowest!r} and {highest!r}: one is no number, or an overflow code"
        raise NotMeasurable("not_a_number", text, quantity="the record")
    return lowest, highest


def outline(record: Sampled) -> Outline:
    """Return the outline of a record: it shows where nothing happens.

    :raises NotMeasurable: as :func:`checked` and :func:`bounds`.
    """
    samples = checked(record)
    found = Outline(lowest=_chunk_wise(samples), highest=_chunk_wise(samples))
    step = _LONG_BLOCK // (CHUNK * samples.itemsize)
    firsts = np.arange(0, step * CHUNK, CHUNK)
    for first in range(0, len(found.lowest), step):
        part, rows = samples[first * CHUNK : (first + step) * CHUNK], slice(first, first + step)
        here = firsts[: len(found.lowest[rows])]
        # Both are looked for while the piece is in the cache.
        np.minimum.reduceat(part, here, out=found.lowest[rows])
        np.maximum.reduceat(part, here, out=found.highest[rows])
    bounds(found.lowest)
    bounds(found.highest)
    return found


def _chunk_wise(samples: Samples) -> Samples:
    """Return room for one value a chunk."""
    room: Samples = np.empty(-(-len(samples) // CHUNK), dtype=samples.dtype)
    return room


def pieces(samples: Samples, zero: float) -> Iterator[Samples]:
    """Give samples − zero, piece by piece, in one buffer that the next piece overwrites."""
    length = BLOCK // samples.itemsize
    buffer = np.empty(min(length, len(samples)), dtype=samples.dtype)
    for start in range(0, len(samples), length):
        part = samples[start : start + length]
        yield np.subtract(part, zero, out=buffer[: len(part)])


def square_sum(part: Samples) -> float:
    """Return Σx²; float32 is summed over 1024 samples at most before float64 takes over."""
    if len(part) <= _ROW:
        return float(np.dot(part, part))
    rows = part[: len(part) // _ROW * _ROW].reshape(-1, _ROW)
    rest = part[rows.size :]
    return float(np.vecdot(rows, rows).sum(dtype=np.float64)) + float(np.dot(rest, rest))


def too_short(record: Sampled, needed: float) -> NotMeasurable:
    """Return what to raise for a record where ``needed`` seconds are needed."""
    seen, required = show(len(record.samples) / record.sample_rate, "s"), show(needed, "s")
    text = f"the record lasts {seen}, {required} are needed: lengthen the record"
    return NotMeasurable("not_observed", text, observed=seen, required=required)


def too_slow(record: Sampled, what: str, needed: float) -> NotMeasurable:
    """Return what to raise for an event that the sample rate cannot resolve.

    :param needed: samples that it must last.
    """
    rate = record.sample_rate
    shortest = show(needed / rate, "s")
    text = f"{what} is shorter than {shortest}, the least that {rate:g} samples/s resolve: sample faster"
    return NotMeasurable("bandwidth", text, role="digitizer", event=f"{what} under {shortest}")
