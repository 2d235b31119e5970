# SPDX-License-Identifier: MIT
"""The plateau of a phase, told apart from its edges and from ringing."""

import numpy as np

from stimcert.waveform.peak import Floats
from stimcert.waveform.sampled import Samples
from stimcert.waveform.segments import segment_sums

_INNER = 0.10
_PARTS = 15


def plateaus(samples: Samples, start: Floats, stop: Floats) -> Floats:
    """Return the median of the middle 80 % of each stretch, raw.

    The stretch is divided into 15 parts; the median is that of their means, so that all samples count against noise,
    and ringing or spikes in fewer than half of the parts do not.

    Source: IEC 60469:2013 (state level of a pulse top, its ends left out).

    :param start: place where the phase begins, in samples, shape (n,).
    :param stop: place where it ends.
    """
    inner = _INNER * (stop - start)
    shares = np.linspace(0.0, 1.0, _PARTS + 1)
    edges = np.rint((start + inner)[:, None] + shares * (stop - start - 2.0 * inner)[:, None]).astype(np.intp)
    first = np.minimum(edges[:, :-1], len(samples) - 1)
    last = np.maximum(edges[:, 1:], first + 1)
    means = segment_sums(samples, first.ravel(), last.ravel()) / (last - first).ravel()
    middle: Floats = np.median(means.reshape(first.shape), axis=1)
    return middle
