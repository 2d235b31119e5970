# SPDX-License-Identifier: MIT
"""The median, without what NumPy's loads for it: masked arrays, for which the start of every run would wait."""

import math

import numpy as np

from stimcert.waveform.peak import Floats


def median(values: Floats) -> float:
    """Return the median of values, shape (n,); NaN where there are none, or one of them is."""
    if not len(values):
        return math.nan
    low, high = (len(values) - 1) // 2, len(values) // 2
    parted = np.partition(values, (low, high, -1))
    # NaN sorts to the end.
    return math.nan if np.isnan(parted[-1]) else median_of_ordered(parted)


def median_of_ordered(ordered: Floats) -> float:
    """Return the median of values, shape (n,) with n > 0, none NaN, those in the middle at their places."""
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2.0
