# SPDX-License-Identifier: MIT
"""What a step of voltage into Rs + Rp ‖ Cp tells about its capacitor.

A current of V/R1 flows at first, V/R in the end, with R1 all that is in series and R = R1 + Rp. What flows beyond the
end charges the capacitor:

    ∫ (i − V/R) dt = V·Cp·(Rp/R)²

The integral does not depend on how sharply the step is made, as a first value or a fitted slope would.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32] | NDArray[np.float64]

_TAIL = 0.5
_RISEN = 0.3
# Samples by which the moment of the step may be wrong.
_MOMENT = 0.25


@dataclass(frozen=True, kw_only=True)
class Excess:
    """What a record has beyond its end, from the step on.

    :param area: in unit·s.
    :param tail: the end, in the record's unit.
    :param moment: half-width of what the moment of the step leaves open, in unit·s.
    :param error: standard error of the area from white noise of the record, in unit·s, with ``dof``.
    """

    area: float
    tail: float
    moment: float
    error: float
    dof: int


def excess(samples: Samples, *, sample_rate: float) -> Excess:
    """Return what a step that rises to a maximum and decays has beyond its end.

    :param samples: from before the step (zero there) until long after it: its second half counts as the end.
    :param sample_rate: 1/s; each sample is a mean over its period.
    :raises ValueError: when there is no step, or no zero before it.
    """
    values = np.asarray(samples, dtype=np.float64)
    first = int(len(values) * (1 - _TAIL))
    tail, noise = float(values[first:].mean()), float(values[first:].std(ddof=1))
    peak = int(np.abs(values).argmax())
    # The step lies in one of the two samples before the first that is whole.
    risen = np.flatnonzero(np.abs(values) > _RISEN * abs(values[peak]))
    start = int(risen[0]) - 1 if risen.size else -1
    if start < 1 or start + 4 > first:
        raise ValueError("the record does not show a step from zero with an end")
    height = values[start + 2] + 1.5 * (values[start + 2] - values[start + 3])
    before = 2.0 - (values[start] + values[start + 1]) / height
    count = first - start
    area = float((values[start:first] - tail).sum() + tail * before) / sample_rate
    error = noise * (count + count**2 / (len(values) - first)) ** 0.5 / sample_rate
    return Excess(
        area=area, tail=tail, moment=_MOMENT * abs(tail) / sample_rate, error=error, dof=len(values) - first - 1
    )


def time_constant(charge: float, *, voltage: float, series: float, total: float) -> float:
    """Return Rp·Cp, s.

    :param charge: what the step brought beyond its end, C.
    :param voltage: of the step, V.
    :param series: R1, everything in series with the parallel part, Ω.
    :param total: R, at direct current, Ω, > ``series``.
    :raises ValueError: when nothing is parallel.
    """
    parallel = total - series
    if not parallel > 0.0:
        raise ValueError(f"{total} Ω in all and {series} Ω in series leave nothing parallel")
    return charge * total * total / (voltage * parallel)
