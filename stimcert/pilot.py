# SPDX-License-Identifier: MIT
"""How many readings a mean is taken of: a pilot reading says it, and is no part of the mean.

Whoever looks at the readings before deciding how many to take, and then averages them all, stops where chance is kind.
So the pilot fixes n by its scatter alone, and only what is read afterwards counts.

Source: Stein, A two-sample test for a linear hypothesis whose power is independent of the variance, Annals of
Mathematical Statistics 16 (1945) 243: the first sample fixes the size of the second.
"""

import math

from stimcert.reading import MeanReading
from stimcert.term import SQRT_3

FEWEST, MOST = 5, 50
"""Readings of a mean: fewer leave too few degrees of freedom, more take longer than they gain."""

SHARE = 1.0 / 3.0
"""Of the standard uncertainty by the data sheet, that the type A part of a mean should not exceed."""


def readings_for(pilot: MeanReading) -> int:
    """Return of how many readings a mean is taken, by the scatter of a pilot.

    :param pilot: valid, with at least two values.
    :raises ValueError: for a pilot that shows no scatter, since it has no values.

        >>> from stimcert.reading import Accuracy, Status
        >>> accuracy = Accuracy(gain=0.0, offset=3e-9, resolution=0.0, source="made up")
        >>> pilot = MeanReading(role="smu", unit="A", status=Status.VALID, values=(1e-6, 1.004e-6, 0.996e-6), bound=1.0,
        ...     range=1e-3, aperture=0.02, limit=1.0, accuracy=accuracy, bench_time=0.0)
        >>> readings_for(pilot)
        48
    """
    n = len(pilot.values)
    if n < 2:
        raise ValueError(f"a pilot of {n} reading(s) shows no scatter; at least two are needed")
    mean = math.fsum(pilot.values) / n
    variance = math.fsum((value - mean) ** 2 for value in pilot.values) / (n - 1)
    allowed = SHARE * pilot.accuracy.half_width(mean) / SQRT_3
    needed = math.ceil(variance / allowed**2 - 1e-9) if allowed > 0.0 else MOST
    return min(max(needed, FEWEST), MOST)
