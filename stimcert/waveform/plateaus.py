# SPDX-License-Identifier: MIT
"""The plateau of a phase, told apart from its edges and from ringing."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Samples

_INNER = 0.80
_PARTS = 15
# Lengths are rounded down to this many binary digits, so that phases of nearly one length are looked at together.
_DIGITS = 5
# Samples that are held at a time: few enough to stay in a core's cache.
_ELEMENTS = 1 << 15
# Up to this many samples for each one that counts, going over all of them costs less than picking.
_DENSE = 3


def plateaus(samples: Samples, start: Floats, stop: Floats) -> Floats:
    """Return the median of the middle 80 % of each stretch (75 % at least), raw.

    It is divided into 15 parts; the median is that of their means, so that all samples count against noise, and
    ringing or spikes in fewer than half of the parts do not.

    Source: IEC 60469:2013 (state level of a pulse top, its ends left out).

    :param start: place where the phase begins, in samples, shape (n,).
    :param stop: place where it ends.
    """
    length = np.maximum((_INNER * (stop - start)).astype(np.intp), 1)
    _, exponent = np.frexp(length)
    unit = 1 << np.maximum(exponent - _DIGITS, 0)
    length -= length % unit
    first = np.clip(np.rint((start + stop - length) / 2.0).astype(np.intp), 0, len(samples) - length)
    found = np.empty(len(start))
    for rows in _portions(length):
        found[rows] = _middles(samples, first[rows], int(length[rows[0]]))
    return found


def _portions(length: Indices) -> Iterator[Indices]:
    """Divide stretches into groups of one length that hold few samples."""
    order = np.argsort(length, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(length[order])) + 1):
        step = max(_ELEMENTS // max(int(length[group[0]]), 1), 1) if len(group) else 1
        yield from (group[at : at + step] for at in range(0, len(group), step))


def _middles(samples: Samples, first: Indices, length: int) -> Floats:
    """Return the median of the means of the parts of each stretch."""
    edges = np.rint(np.linspace(0.0, length, min(_PARTS, length) + 1)).astype(np.intp)
    means = _part_sums(samples, first, edges) / np.diff(edges)
    means.sort(axis=1)
    count = means.shape[1]
    middle: Floats = (means[:, (count - 1) // 2] + means[:, count // 2]) / 2.0
    return middle


def _part_sums(samples: Samples, first: Indices, edges: Indices) -> Floats:
    """Return the sum between each two edges of each stretch: over all from first to last where that is little more."""
    length, begin, end = int(edges[-1]), int(first[0]), int(first[-1]) + int(edges[-1])
    if end - begin <= _DENSE * len(first) * length:
        # One sample more at the end, so that the last edge is an index too.
        values = np.append(samples[begin:end].astype(np.float64), 0.0)
        sums: Floats = np.add.reduceat(values, ((first - begin)[:, None] + edges).ravel())
        return sums.reshape(len(first), len(edges))[:, :-1]
    values = sliding_window_view(samples, length)[first].astype(np.float64)
    starts = (np.arange(len(first)) * length)[:, None] + edges[:-1]
    gathered: Floats = np.add.reduceat(values.ravel(), starts.ravel()).reshape(starts.shape)
    return gathered
