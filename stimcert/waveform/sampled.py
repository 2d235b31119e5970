# SPDX-License-Identifier: MIT
"""What every metric of a waveform is computed from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A digitized record, in the unit of its samples; positive leaves the active terminal.

    :param samples: each the mean over one sample period, shape (n,).
    :param sample_rate: 1/s.
    :param zero: what the instrument shows when nothing flows.
    :param noise: standard deviation of one sample.
    """

    samples: Samples
    sample_rate: float
    zero: float = 0.0
    noise: float = 0.0
