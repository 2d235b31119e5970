# SPDX-License-Identifier: MIT
"""Stretches of one sign beyond a threshold, with hysteresis, and ringing joined to what rings."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.quiet import Compact
from stimcert.waveform.segments import Signs

# What carries less than this share of a neighbour's charge and stays under this share of its height rings with it.
_CHARGE, _HEIGHT = 0.05, 0.5
# How many stretches of ringing may lie between it and the phase that it belongs to.
_REACH = 8


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


def find_runs(part: Compact, high: float, low: float) -> Runs:
    """Return the stretches beyond ``low`` that reach ``high``, on either side."""
    if not len(part.samples):
        return _runs(part, np.zeros(1, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
    values = part.samples
    label = (values > low).view(np.int8) - (values < -low).view(np.int8)
    edges = np.concatenate(([0], np.flatnonzero(label[1:] != label[:-1]) + 1, [len(label)])).astype(np.intp)
    rows = np.flatnonzero(label[edges[:-1]])
    top = np.maximum.reduceat(values, edges[:-1])[rows].astype(np.float64)
    bottom = np.minimum.reduceat(values, edges[:-1])[rows].astype(np.float64)
    extremum = np.where(label[edges[rows]] > 0, top, bottom)
    reaches = np.abs(extremum) >= high
    rows = rows[reaches]
    totals = np.add.reduceat(values, edges[:-1], dtype=np.float64)[rows]
    return _runs(part, edges, rows, extremum[reaches], totals)


def _runs(part: Compact, edges: Indices, rows: Indices, extremum: Floats, total: Floats) -> Runs:
    start = part.original(edges[:-1][rows]) if len(rows) else rows
    stop = start + (edges[1:] - edges[:-1])[rows] if len(rows) else rows
    return Runs(
        start=start,
        stop=stop,
        main_start=start,
        main_stop=stop,
        sign=np.sign(extremum).astype(np.int8),
        extremum=extremum,
        total=total,
        joined=np.zeros(len(rows), dtype=np.intp),
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
