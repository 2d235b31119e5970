# SPDX-License-Identifier: MIT
"""The largest of many noisy values is too large: by how much.

The means of overlapping windows hang together, so that n windows count as fewer independent ones. Their effective
number comes from the rate at which such a mean crosses a high level, that of a process whose correlation falls
linearly over the window.

Source: Siegmund, Sequential Analysis, Springer 1985, chapter VIII (crossing rate and the function ν); Blom, Statistical
Estimates and Transformed Beta-Variables, 1958 (expected largest of N normal values).
"""

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()


@lru_cache(maxsize=4096)
def expected_excess(windows: int, length: int) -> float:
    """Return the expected largest of ``windows`` means of white noise, in units of the noise of one of them.

    :param windows: how many windows, one sample apart, share the level of the largest; at least 1.
    :param length: samples of which each window is the mean, at least 1.
    """
    count = 1.0
    for _ in range(4):
        level = _largest(count)
        count = 1.0 + (windows - 1) * _independence(max(level, 1.0), length)
    return _largest(count)


def _largest(count: float) -> float:
    """Return the expected largest of ``count`` independent standard normal values; 0 for one."""
    return _NORMAL.inv_cdf((count - 0.375) / (count + 0.25))


def _independence(level: float, length: int) -> float:
    """Return the share of windows that count as independent at a level (in units of their noise)."""
    crossing = _NORMAL.pdf(level) * level / length * _discreteness(level * math.sqrt(2.0 / length))
    return min(crossing / _NORMAL.cdf(-level), 1.0)


def _discreteness(x: float) -> float:
    """Return Siegmund's ν(x): what a process seen only at samples loses of its crossings."""
    half = x / 2.0
    return (2.0 / x) * (_NORMAL.cdf(half) - 0.5) / (half * _NORMAL.cdf(half) + _NORMAL.pdf(half))
