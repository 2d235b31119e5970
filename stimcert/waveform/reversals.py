# SPDX-License-Identifier: MIT
"""Direct reversals: a phase that follows one of the other sign at once, with the edge inside one sample."""

from dataclasses import dataclass

import numpy as np

from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.runs import Runs
from stimcert.waveform.sampled import Samples


@dataclass(frozen=True, kw_only=True)
class Reversals:
    """Direct reversals, in the order of time; all arrays have shape (n,).

    :param row: the phase before the reversal; the one after it is the next.
    :param sample: the sample in which it happens.
    :param share: the share of that sample before the edge, 0 to 1.
    :param before: the level before it, raw.
    :param after: the level after it, raw.
    """

    row: Indices
    sample: Indices
    share: Floats
    before: Floats
    after: Floats


def find_reversals(samples: Samples, runs: Runs) -> Reversals:
    """Return where one phase turns into the next with at most one sample between them.

    The sample with the edge in it is a mean of both levels, which its neighbours show.
    """
    gap = runs.main_start[1:] - runs.main_stop[:-1]
    row = np.flatnonzero((gap <= 1) & (runs.sign[1:] != runs.sign[:-1]))
    left = runs.main_stop[row]
    inside = left < runs.main_start[row + 1]
    right = len(samples) - 1
    # Without a sample between them, the edge is in the one that differs more from its outer neighbour.
    last = np.abs(samples[left - 1] - samples[np.maximum(left - 2, 0)])
    first = np.abs(samples[left] - samples[np.minimum(left + 1, right)])
    sample = np.where(inside | (first >= last), left, left - 1)
    before = samples[np.maximum(sample - 1, 0)].astype(np.float64)
    after = samples[np.minimum(sample + 1, right)].astype(np.float64)
    mixed, step = samples[sample].astype(np.float64), before - after
    share = np.divide(mixed - after, step, out=np.full(len(row), 0.5), where=step != 0.0)
    return Reversals(row=row, sample=sample, share=np.clip(share, 0.0, 1.0), before=before, after=after)
