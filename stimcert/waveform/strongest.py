# SPDX-License-Identifier: MIT
"""Which part of a program is the strongest, so that a short record at the full rate can be taken in it."""

import math

import numpy as np

from stimcert.waveform.peak import Floats
from stimcert.waveform.sampled import Samples

_PARTS = 16
"""Blocks of one window: it is placed with this resolution."""


def strongest_part(samples: Samples, sample_rate: float, *, zero: float, window: float, period: float) -> float:
    """Return when, from the start of a record, the strongest window begins, s.

    That is the one with the largest mean square, to which the square of its mean is added: of windows of equal power
    the one counts in which the sign does not change. Only windows are looked at that begin in the last ``period`` of
    the record and lie in it as a whole, so that what is found comes again soonest after its end; the first of equal
    ones is taken.

    :param window: length of the window, s, > 0.
    :param period: after which the record repeats, s, > 0.
    :raises ValueError: for a record shorter than the window.
    """
    block = max(round(window * sample_rate / _PARTS), 1)
    width = max(math.ceil(window * sample_rate / block - 1e-9), 1)
    if len(samples) < width * block:
        raise ValueError(f"a record of {len(samples)} samples holds no window of {window:g} s at {sample_rate:g} 1/s")
    blocks = samples[: len(samples) // block * block].reshape(-1, block) - samples.dtype.type(zero)
    squares = _moving(np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64), width)
    means = _moving(blocks.sum(axis=1, dtype=np.float64), width)
    strength = squares + means**2 / (width * block)
    first = max(len(strength) - round(period * sample_rate / block), 0)
    # Rounding must not choose between equal windows.
    best = first + int(np.argmax(strength[first:] >= strength[first:].max() * (1.0 - 1e-9)))
    return best * block / sample_rate


def _moving(values: Floats, width: int) -> Floats:
    """Return the sum over each ``width`` neighbours."""
    totals = np.concatenate(([0.0], np.cumsum(values)))
    sums: Floats = totals[width:] - totals[:-width]
    return sums
