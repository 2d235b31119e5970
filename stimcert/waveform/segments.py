# SPDX-License-Identifier: MIT
"""Sums and searches in many stretches of one record at once, without a copy of the record."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Samples

Signs = NDArray[np.int8]

# Elements that are held at a time: small enough to stay in a core's cache.
_ELEMENTS = 1 << 15
# Up to this many samples for each one that counts, going over all of them costs less than picking.
_DENSE = 8
# A stretch longer than this is worth a call of its own.
_LONG = 2048
# First window in which a crossing is looked for, and by how much it grows where there was none.
_FIRST, _GROWTH = 8, 4


def segment_sums(samples: Samples, starts: Indices, stops: Indices) -> Floats:
    """Return the sum of each stretch ``[start, stop)``, in float64; 0 for an empty one."""
    sums = np.zeros(len(starts))
    lengths = stops - starts
    for row in np.flatnonzero(lengths > _LONG):
        sums[row] = samples[starts[row] : stops[row]].sum(dtype=np.float64)
    short = np.flatnonzero((lengths > 0) & (lengths <= _LONG))
    for part in _portions(short, lengths[short]):
        sums[part] = _portion_sums(samples, starts[part], stops[part])
    return sums


def _portion_sums(samples: Samples, starts: Indices, stops: Indices) -> Floats:
    """Return the sums of stretches that are not empty: over all between them where that is little, else gathered."""
    first, last, lengths = int(starts.min()), int(stops.max()), stops - starts
    total = int(lengths.sum())
    if last - first <= _DENSE * total:
        # One sample more at the end, so that the last stop is an index too.
        values = np.append(samples[first:last].astype(np.float64), 0.0)
        sums: Floats = np.add.reduceat(values, np.column_stack((starts, stops)).ravel() - first)[::2]
        return sums
    offsets = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    index = np.arange(total) + np.repeat(starts - offsets, lengths)
    gathered: Floats = np.add.reduceat(samples[index].astype(np.float64), offsets)
    return gathered


def _portions(rows: Indices, lengths: Indices) -> Iterator[Indices]:
    """Divide rows so that each portion holds few elements."""
    if not len(rows):
        return
    portion = np.cumsum(lengths) // _ELEMENTS
    yield from np.split(rows, np.flatnonzero(np.diff(portion)) + 1)


def first_reach(samples: Samples, starts: Indices, stops: Indices, levels: Floats, signs: Signs) -> Indices:
    """Return the first index in each ``[start, stop)`` at which sign · sample ≥ sign · level; ``stop`` without one."""
    found = stops.copy()
    rows, at, width = np.arange(len(starts)), starts.copy(), _FIRST
    while len(rows):
        parts = _rows(rows, width)
        hit = np.concatenate([_hits(samples, at[p], width, levels[rows[p]], signs[rows[p]]) for p in parts])
        new = np.where(hit < width, at + hit, stops[rows])
        found[rows] = np.minimum(new, stops[rows])
        at = at + width
        again = (hit == width) & (at < stops[rows])
        rows, at = rows[again], at[again]
        width = min(width * _GROWTH, _LONG)
    return found


def _rows(rows: Indices, width: int) -> Iterator[slice]:
    step = max(_ELEMENTS // width, 1)
    yield from (slice(start, start + step) for start in range(0, len(rows), step))


def _hits(samples: Samples, at: Indices, width: int, levels: Floats, signs: Signs) -> Indices:
    """Return the offset of the first sample that reaches its level, ``width`` where none does."""
    if width == _FIRST:
        return _soon(samples, at, levels * signs, signs)
    reached = _windows(samples, at, width) * signs[:, None] >= (levels * signs)[:, None]
    return np.where(reached.any(axis=1), reached.argmax(axis=1), width)


def _soon(samples: Samples, at: Indices, heights: Floats, signs: Signs) -> Indices:
    """Return the same for the first window, sample by sample: rows are many, and few samples in each."""
    hit = np.full(len(at), _FIRST)
    for offset in reversed(range(_FIRST)):
        here = samples[np.minimum(at + offset, len(samples) - 1)]
        hit[here * signs >= heights] = offset
    return hit


def _windows(samples: Samples, at: Indices, width: int) -> Samples:
    """Return ``width`` samples from each place on; beyond the end of the record its last one."""
    if len(at) and int(at.max()) + width <= len(samples):
        found: Samples = sliding_window_view(samples, width)[at]  # type: ignore[assignment]
        return found
    clipped: Samples = samples[np.minimum(at[:, None] + np.arange(width), len(samples) - 1)]
    return clipped
