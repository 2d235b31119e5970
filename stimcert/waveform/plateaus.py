# SPDX-License-Identifier: MIT
"""The plateau of a phase, told apart from its edges and from ringing."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Samples

_INNER = 0.80
_PARTS = 15
# Lengths are rounded down to this many binary digits, so that phases of nearly one length are looked at together.
_DIGITS = 5
# Samples that are looked at together.
_ELEMENTS = 1 << 16
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
    length = np.maximum(np.rint(_INNER * (stop - start)).astype(np.intp), 1)
    _, exponent = np.frexp(length)
    unit = 1 << np.maximum(exponent - _DIGITS, 0)
    length -= length % unit
    first = np.clip(np.rint((start + stop - length) / 2.0).astype(np.intp), 0, len(samples) - length)
    found = np.empty(len(start))
    for group in _of_one_length(length):
        edges = _edges(int(length[group[0]]))
        step = max(_ELEMENTS // int(edges[-1]), 1)
        for rows in (group[at : at + step] for at in range(0, len(group), step)):
            found[rows] = _middles(_part_sums(samples, first[rows], edges) / np.diff(edges))
    return found


def _of_one_length(length: Indices) -> list[Indices]:
    """Divide stretches into groups of one length, in the order of time within each."""
    order = np.argsort(length, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(length[order])) + 1) if len(order) else []


def _edges(length: int) -> Indices:
    """Return where the parts of a stretch begin, and its end."""
    return np.rint(np.linspace(0.0, length, min(_PARTS, length) + 1)).astype(np.intp)


def _middles(means: Floats) -> Floats:
    """Return the median of each row; the rows are sorted in place."""
    means.sort(axis=1)
    count = means.shape[1]
    middle: Floats = (means[:, (count - 1) // 2] + means[:, count // 2]) / 2.0
    return middle


def _part_sums(samples: Samples, first: Indices, edges: Indices) -> Floats:
    """Return the sum between each two edges of each stretch: over all from first to last where that is little more."""
    length, begin, end = int(edges[-1]), int(first[0]), int(first[-1]) + int(edges[-1])
    if end - begin <= _DENSE * len(first) * length:
        return _sums_between(samples[begin:end], (first - begin)[:, None] + edges)
    values: Samples = sliding_window_view(samples, length)[first]  # type: ignore[assignment]
    return _sums_between(values.ravel(), (np.arange(len(first)) * length)[:, None] + edges)


def _sums_between(values: Samples, places: Indices) -> Floats:
    """Return the sums from each place of a row to the next; the last place of all is the end of the values."""
    sums = np.empty(places.size)
    np.add.reduceat(values, places.ravel()[:-1], dtype=np.float64, out=sums[:-1])
    return sums.reshape(places.shape)[:, :-1]
