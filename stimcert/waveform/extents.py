# SPDX-License-Identifier: MIT
"""How far a phase reaches: out to where the current has returned into the noise, or to the next phase."""

from dataclasses import dataclass

import numpy as np

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.reversals import Reversals, find_reversals
from stimcert.waveform.runs import Runs
from stimcert.waveform.sampled import Samples
from stimcert.waveform.segments import segment_sums

_FIRST = 16
# A mean over a window is above the noise when it exceeds this many of its standard deviations, and this share of the
# phase's height.
_NOISE, _LEAST = 5.0, 1e-3


@dataclass(frozen=True, kw_only=True)
class Extents:
    """Where the charge of each phase begins and ends.

    :param start: first sample, shape (n,).
    :param stop: the sample after the last one.
    :param sums: sum of the samples' distances from the baseline.
    """

    start: Indices
    stop: Indices
    sums: Floats


def extend(samples: Samples, runs: Runs, base: float, noise: float) -> Extents:
    """Extend runs forward, then backward, by windows of growing width until the mean of one is within its noise.

    The window in which that happens still counts, so that of a tail less than its noise is lost. What a sample in the
    middle of a direct reversal has of each side is given to each.
    """
    count = len(samples)
    total = runs.total + _runs_between(samples, runs, base)
    stop, after = _grow(samples, runs, runs.stop, np.append(runs.start[1:], count), base, noise)
    start, before = _grow(samples, runs, runs.start, np.append(0, stop[:-1]), base, noise)
    sums = total + after + before
    _share_reversals(sums, stop, find_reversals(samples, runs), base)
    return Extents(start=start, stop=stop, sums=sums)


def _share_reversals(sums: Floats, stop: Indices, reversals: Reversals, base: float) -> None:
    """Move to each side of a direct reversal what it has of the sample in the middle; the net charge stays."""
    rows, share = reversals.row, reversals.share
    mixed = share * reversals.before + (1.0 - share) * reversals.after - base
    inside = reversals.sample < stop[rows]
    own = share * (reversals.before - base)
    moved = own - np.where(inside, mixed, 0.0)
    sums[rows] += moved
    sums[rows + 1] -= moved


def _runs_between(samples: Samples, runs: Runs, base: float) -> Floats:
    """Return what joined runs have between them, which is in no run's own sum."""
    rows = np.flatnonzero(runs.joined)
    sums = np.zeros(len(runs.start))
    start, stop = runs.start[rows], runs.stop[rows]
    sums[rows] = segment_sums(samples, start, stop) - base * (stop - start) - runs.total[rows]
    return sums


def _grow(
    samples: Samples, runs: Runs, edge: Indices, limit: Indices, base: float, noise: float
) -> tuple[Indices, Floats]:
    """Move each edge towards its limit, and return where it came to and the sum of what lies between."""
    edge, sums = edge.copy(), np.zeros(len(edge))
    rows, width = np.flatnonzero(edge != limit), _FIRST
    forward = bool(len(rows)) and bool(limit[rows[0]] > edge[rows[0]])
    while len(rows):
        here = edge[rows]
        there = np.minimum(here + width, limit[rows]) if forward else np.maximum(here - width, limit[rows])
        low, high = np.minimum(here, there), np.maximum(here, there)
        new = segment_sums(samples, low, high) - base * (high - low)
        sums[rows] += new
        edge[rows] = there
        size = high - low
        least = np.maximum(_NOISE * noise * np.sqrt(size), _LEAST * np.abs(runs.extremum[rows]) * size)
        rows = rows[(new * runs.sign[rows] > least) & (there != limit[rows])]
        width *= 2
    return edge, sums
