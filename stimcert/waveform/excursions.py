# SPDX-License-Identifier: MIT
"""Stretches of a record where the current lies beyond a threshold, with their signs."""

import numpy as np
from numpy.typing import NDArray

from stimcert.waveform.blocks import CHUNK, Outline
from stimcert.waveform.peak import Indices
from stimcert.waveform.sampled import Sampled, Samples

Signs = NDArray[np.int8]

# Chunks looked into at a time.
_BATCH = 128


def excursions(record: Sampled, threshold: float, known: Outline) -> tuple[Indices, Indices, Signs]:
    """Return stretches beyond a threshold in order of time, cut where chunks end.

    :param threshold: from zero, in the unit of the samples.
    :param known: the record's outline: chunks of one sign, or of none, are not looked into.
    :return: first sample, the one after the last, and sign (+1 or −1) of each, shape (stretches,).
    """
    upper, lower = known.highest - record.zero, known.lowest - record.zero
    steady = (lower > threshold).astype(np.int8) - (upper < -threshold).astype(np.int8)
    moving = (steady == 0) & ((upper > threshold) | (lower < -threshold))
    whole = np.flatnonzero(steady)
    count = len(record.samples)
    found = [(whole * CHUNK, np.minimum(whole * CHUNK + CHUNK, count), steady[whole])]
    chunks = np.flatnonzero(moving)
    last = chunks[-1:] if len(chunks) and (chunks[-1] + 1) * CHUNK > count else chunks[:0]
    rows = record.samples[: count // CHUNK * CHUNK].reshape(-1, CHUNK)
    chunks = chunks[: len(chunks) - len(last)]
    for first in range(0, len(chunks), _BATCH):
        part = chunks[first : first + _BATCH]
        found.append(_edges(rows[part] - record.zero, part * CHUNK, threshold))
    for chunk in last.tolist():
        tail = record.samples[None, chunk * CHUNK :] - record.zero
        found.append(_edges(tail, np.array([chunk * CHUNK]), threshold))
    starts, stops, signs = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(starts, kind="stable")
    return starts[order], stops[order], signs[order]


def _edges(rows: Samples, firsts: Indices, threshold: float) -> tuple[Indices, Indices, Signs]:
    """Return the stretches beyond the threshold within each row; ``firsts`` gives the index of its first sample."""
    width = rows.shape[1] + 2
    signs = np.zeros((len(rows), width), dtype=np.int8)
    np.subtract(rows > threshold, rows < -threshold, out=signs[:, 1:-1], dtype=np.int8)
    flat = signs.reshape(-1)
    change = np.flatnonzero(flat[1:] != flat[:-1])
    begin, end = change[flat[change + 1] != 0], change[flat[change] != 0]
    offset = firsts - np.arange(len(rows)) * width
    return begin + offset[begin // width], end + offset[end // width], flat[begin + 1]


def joined(starts: Indices, stops: Indices, signs: Signs) -> tuple[Indices, Indices, Signs]:
    """Join neighbours of one sign: from the start of the first to the stop of the last."""
    if not len(signs):
        return starts, stops, signs
    new = np.flatnonzero(np.concatenate(([True], signs[1:] != signs[:-1])))
    last = np.append(new[1:], len(signs)) - 1
    return starts[new], stops[last], signs[new]
