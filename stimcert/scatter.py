# SPDX-License-Identifier: MIT
"""Type A of many values that follow each other: averaging gains nothing where neighbours repeat each other's error.

Source: JCGM 100:2008, 4.2.3, and 4.2.7 for correlated observations; Box, Jenkins, Reinsel, Time Series Analysis, on
the large-lag standard error 1/√n.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST = 8
"""Values from which on neighbours can be told to hang together."""

Values = NDArray[np.floating[Any]]


def hang_together(values: Values) -> bool:
    """Tell whether neighbours are correlated: lag 1 beyond 2/√n, where independent values stay in 97.5 %.

    :param values: shape (n,); fewer than :data:`FEWEST` never do.
    """
    n = len(values)
    if n < FEWEST:
        return False
    deviations = values - values.mean()
    return bool(deviations[1:] @ deviations[:-1] > 2.0 / math.sqrt(n) * (deviations @ deviations))


def standard_error(values: Values) -> float:
    """Return the standard uncertainty of the mean of values; that of a single one where neighbours hang together.

    :param values: shape (n,), at least two, in the order in which they were taken.
    """
    single = float(values.std(ddof=1))
    return single if hang_together(values) else single / math.sqrt(len(values))
