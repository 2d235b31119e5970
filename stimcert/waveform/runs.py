# SPDX-License-Identifier: MIT
"""Stretches of one sign beyond a threshold, with hysteresis, and ringing joined to what rings."""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stimcert.waveform.blocks import CHUNK, Outline
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Samples
from stimcert.waveform.segments import Signs

# What carries less than this share of a neighbour's charge and stays under this share of its height rings with it.
_CHARGE, _HEIGHT = 0.05, 0.5
# How many stretches of ringing may lie between it and the phase that it belongs to.
_REACH = 8
# Bytes of the chunks that are looked at together.
_PIECE = 1 << 19


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Stretches of one sign, in the order of time; all arrays have shape (n,).

    :param start: first sample, ringing joined to it included.
    :param stop: the sample after the last one.
    :param main_start: the same without ringing.
    :param main_stop: the same without ringing.
    :param sign: +1 or −1.
    :param extremum: furthest sample from the baseline, as distance with sign.
    :param total: sum of the samples' distances from the baseline.
    :param joined: stretches of ringing that were joined.
    """

    start: Indices
    stop: Indices
    main_start: Indices
    main_stop: Indices
    sign: Signs
    extremum: Floats
    total: Floats
    joined: Indices

    def select(self, chosen: Indices) -> Self:
        """Return these only."""
        return type(self)(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


def find_runs(samples: Samples, known: Outline, base: float, *, high: float, low: float) -> Runs:
    """Return the stretches further than ``low`` from ``base`` on one side that reach ``high``.

    Chunks that lie within ``low`` are left out.

    :param known: the record's outline.
    """
    active = (known.highest > base + low) | (known.lowest < base - low)
    kept, step = np.flatnonzero(active), _PIECE // (CHUNK * samples.itemsize)
    buffer = np.empty((step, CHUNK), dtype=samples.dtype)
    parts = (kept[at : at + step] for at in range(0, len(kept), step))
    pieces = [_pieces_of(_chunks(samples, part, buffer), part, base, low) for part in parts]
    found = np.concatenate(pieces, axis=1) if pieces else np.empty((len(_Piece), 0))
    return _runs(_joined(found), high)


class _Piece(IntEnum):
    """Rows of a table of stretches."""

    START = 0
    STOP = 1
    FURTHEST = 2
    TOTAL = 3


def _pieces_of(values: Samples, kept: Indices, base: float, low: float) -> Floats:
    """Return the stretches beyond ``low`` in some chunks as a table; ends of the table may cut one.

    :param values: the samples of these chunks; they are overwritten.
    """
    np.subtract(values, base, out=values)
    label = (values > low).view(np.int8) - (values < -low).view(np.int8)
    changes = label[1:] != label[:-1]
    # What is beyond at both sides of chunks that were left out is not one stretch.
    changes[(np.flatnonzero(np.diff(kept) > 1) + 1) * CHUNK - 1] = True
    edges = np.append(0, np.flatnonzero(changes) + 1)
    sign = label[edges]
    rows = np.flatnonzero(sign)
    start = kept[edges[rows] // CHUNK] * CHUNK + edges[rows] % CHUNK
    length = np.diff(np.append(edges, len(values)))[rows]
    total = np.add.reduceat(values, edges, dtype=np.float64)[rows]
    furthest = np.maximum.reduceat(np.abs(values, out=values), edges)[rows].astype(np.float64)
    return np.stack((start, start + length, furthest * sign[rows], total))


def _chunks(samples: Samples, kept: Indices, buffer: Samples) -> Samples:
    """Copy some chunks, one after the other, into a buffer; the last one of a record may be shorter.

    One buffer for all of them: fresh memory for each piece costs more than what is computed in it.
    """
    whole = len(samples) // CHUNK
    full = kept[kept < whole]
    # Indices are in range: without ``clip`` NumPy copies by way of a buffer of its own.
    samples[: whole * CHUNK].reshape(whole, CHUNK).take(full, axis=0, out=buffer[: len(full)], mode="clip")
    tail = samples[whole * CHUNK :] if len(full) < len(kept) else samples[:0]
    end = len(full) * CHUNK + len(tail)
    values = buffer.reshape(-1)[:end]
    values[end - len(tail) :] = tail
    return values


def _joined(found: Floats) -> Floats:
    """Join stretches that the end of a piece has cut."""
    if not found.shape[1]:
        return found
    cut = found[_Piece.START, 1:] == found[_Piece.STOP, :-1]
    cut &= np.sign(found[_Piece.FURTHEST, 1:]) == np.sign(found[_Piece.FURTHEST, :-1])
    heads = np.flatnonzero(np.append(True, ~cut))
    if len(heads) == found.shape[1]:
        return found
    sign = np.sign(found[_Piece.FURTHEST, heads])
    furthest = np.maximum.reduceat(np.abs(found[_Piece.FURTHEST]), heads) * sign
    stop = found[_Piece.STOP, np.append(heads[1:], found.shape[1]) - 1]
    return np.stack((found[_Piece.START, heads], stop, furthest, np.add.reduceat(found[_Piece.TOTAL], heads)))


def _runs(found: Floats, high: float) -> Runs:
    """Return those stretches that reach ``high``."""
    found = found[:, np.abs(found[_Piece.FURTHEST]) >= high]
    start, stop = found[_Piece.START].astype(np.intp), found[_Piece.STOP].astype(np.intp)
    return Runs(
        start=start,
        stop=stop,
        main_start=start,
        main_stop=stop,
        sign=np.sign(found[_Piece.FURTHEST]).astype(np.int8),
        extremum=found[_Piece.FURTHEST],
        total=found[_Piece.TOTAL],
        joined=np.zeros(len(start), dtype=np.intp),
    )


def join_ringing(runs: Runs) -> Runs:
    """Join small stretches that touch a phase to it: the one before them, or the one after where none is before."""
    if len(runs.start) < 2:
        return runs
    touch = _touching(runs)
    rings = _rings(runs, touch)
    if not rings.any():
        return runs
    head = ~(rings & touch)
    heads = np.flatnonzero(head)
    leading = np.flatnonzero(rings[heads[:-1]] & touch[heads[1:]])
    heads = np.delete(heads, leading + 1)
    last = np.append(heads[1:], len(runs.start)) - 1
    main = np.maximum.reduceat(np.where(rings, -1, np.arange(len(rings))), heads)
    main = np.where(main < 0, heads, main)
    merged = runs.select(main)
    return Runs(
        start=runs.start[heads],
        stop=runs.stop[last],
        main_start=merged.main_start,
        main_stop=merged.main_stop,
        sign=merged.sign,
        extremum=merged.extremum,
        total=np.add.reduceat(runs.total, heads),
        joined=last - heads,
    )


def _touching(runs: Runs) -> NDArray[np.bool_]:
    """Tell which stretch follows the one before it at once: within half of the shorter one."""
    length = runs.stop - runs.start
    gap = runs.start[1:] - runs.stop[:-1]
    return np.concatenate(([False], gap <= 2 + np.minimum(length[1:], length[:-1]) // 2))


def _rings(runs: Runs, touch: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which stretches are small beside one that they touch, over others perhaps."""
    charge, height = np.abs(runs.total), np.abs(runs.extremum)
    group = np.cumsum(~touch)
    rings = np.zeros(len(charge), dtype=bool)
    for step in range(1, min(_REACH, len(charge) - 1) + 1):
        same = group[step:] == group[:-step]
        if not same.any():
            break
        for small, large in ((slice(step, None), slice(None, -step)), (slice(None, -step), slice(step, None))):
            rings[small] |= same & (charge[small] < _CHARGE * charge[large]) & (height[small] < _HEIGHT * height[large])
    return rings
