# SPDX-License-Identifier: MIT
"""Which part of a program is the strongest, so that a short record at the full rate can be taken in it."""

import numpy as np

from stimcert.waveform.peak import Floats
from stimcert.waveform.sampled import Samples

_PARTS = 16
"""Blocks of one window: it is placed with this resolution."""


def strongest_part(samples: Samples, sample_rate: float, *, zero: float, window: float, period: float) -> float:
    """Return when, from the start of a record, the window of the largest mean square begins, s.

    Only windows are looked at that begin in the last ``period`` of the record and lie in it as a whole, so that what
    is found comes again soonest after its end; the first of equal ones is taken.

    :param window: length of the window, s, > 0.
    :param period: after which the record repeats, s, > 0.
    :raises ValueError: for a record shorter than the window.
    """
    block = max(round(window * sample_rate / _PARTS), 1)
    width = max(round(window * sample_rate / block), 1)
    powers = _powers(samples, block, zero)
    if len(powers) < width:
        raise ValueError(f"a record of {len(samples)} samples holds no window of {window:g} s at {sample_rate:g} 1/s")
    totals = np.concatenate(([0.0], np.cumsum(powers)))
    sums = totals[width:] - totals[:-width]
    first = max(len(sums) - round(period * sample_rate / block), 0)
    # Rounding must not choose between equal windows.
    best = first + int(np.argmax(sums[first:] >= sums[first:].max() * (1.0 - 1e-9)))
    return best * block / sample_rate


def _powers(samples: Samples, block: int, zero: float) -> Floats:
    """Return the sum of the squares over each whole block."""
    whole = len(samples) // block * block
    blocks = samples[:whole].reshape(-1, block) - samples.dtype.type(zero)
    powers: Floats = np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64)
    return powers
