# SPDX-License-Identifier: MIT
"""Where phases cross half of their own height, between samples."""

import numpy as np

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.reversals import find_reversals
from stimcert.waveform.runs import Runs
from stimcert.waveform.sampled import Samples
from stimcert.waveform.segments import first_reach


def half_crossings(samples: Samples, runs: Runs, base: float) -> tuple[Floats, Floats]:
    """Return the places where each phase first reaches and last leaves half of its extremum, in samples.

    Between two samples the place is interpolated from the middle of one to the middle of the other. At a sharp direct
    reversal interpolation is biased by a quarter of a sample; there both phases meet where the charge of the mixed
    sample puts the edge.
    """
    levels = base + runs.extremum / 2.0
    first = first_reach(samples, runs.main_start, runs.main_stop, levels, runs.sign)
    count = len(samples)
    last = count - 1 - first_reach(samples[::-1], count - runs.main_stop, count - runs.main_start, levels, runs.sign)
    start = _interpolate(samples, first - 1, first, levels)
    stop = _interpolate(samples, last, last + 1, levels)
    reversals = find_reversals(samples, runs)
    sharp = start[reversals.row + 1] - stop[reversals.row] <= 2.0
    rows, place = reversals.row[sharp], reversals.sample[sharp] + reversals.share[sharp]
    stop[rows], start[rows + 1] = place, place
    return start, stop


def _interpolate(samples: Samples, before: Indices, after: Indices, levels: Floats) -> Floats:
    """Return the place where a straight line between the middles of two neighbouring samples reaches a level."""
    low = samples[np.maximum(before, 0)].astype(np.float64)
    high = samples[np.minimum(after, len(samples) - 1)].astype(np.float64)
    rise = high - low
    share = np.divide(levels - low, rise, out=np.full(len(rise), 0.5), where=rise != 0.0)
    place: Floats = before + 0.5 + np.clip(share, 0.0, 1.0)
    return place
