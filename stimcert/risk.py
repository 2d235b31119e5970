# SPDX-License-Identifier: MIT
"""Risks of a decision: of one value, given its reading; of a production, given how its devices are spread.

The specific risk needs nothing but the reading. The global ones need the spread of the true values of the devices
that are tested, which only their maker knows: it is never assumed here.

Source: JCGM 106:2012, clause 7 (conformance probability), clause 9 (consumer's and producer's risk).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from stimcert.student import upper_tail

_STEPS = 2000
_SPAN = 8.5
"""Standard deviations over which a normal density is integrated: what lies outside is below 10⁻¹⁶."""


def nonconformance_probability(
    value: float, standard: float, lower: float | None = None, upper: float | None = None, *, dof: int | None = None
) -> float:
    """Return the probability that the true value lies beyond the limits, given a reading.

    :param standard: u ≥ 0 of the value; 0 leaves nothing to chance, and a value on a limit is not beyond it.
    :param dof: whole degrees of freedom of u; None for infinite: then the distribution is normal.

    Source: JCGM 106:2012, 7.2 and 7.3.

        >>> round(nonconformance_probability(0.0, 1.0, upper=1.96), 3)
        0.025
    """
    if standard == 0.0:
        return float((upper is not None and value > upper) or (lower is not None and value < lower))
    above = 0.0 if upper is None else upper_tail((upper - value) / standard, dof)
    below = 0.0 if lower is None else upper_tail((value - lower) / standard, dof)
    return min(above + below, 1.0)


def conformance_probability(
    value: float, standard: float, lower: float | None = None, upper: float | None = None, *, dof: int | None = None
) -> float:
    """Return p_c, the probability that the true value lies inside the limits, given a reading."""
    return 1.0 - nonconformance_probability(value, standard, lower, upper, dof=dof)


@dataclass(frozen=True, kw_only=True)
class GlobalRisk:
    """What a decision rule does to a whole production.

    :param consumer: probability that a device is beyond its limits and accepted.
    :param producer: probability that a device is inside its limits and rejected.
    """

    consumer: float
    producer: float


def global_risk(
    mean: float,
    spread: float,
    standard: float,
    *,
    lower: float | None = None,
    upper: float | None = None,
    guard_band: float = 0.0,
) -> GlobalRisk:
    """Return the risks of accepting and rejecting, for true values and readings that are normally distributed.

    :param mean: of the true values of the devices.
    :param spread: standard deviation of the true values, > 0.
    :param standard: u of a reading, > 0.
    :param guard_band: w, taken off the tolerance on each side that has a limit; negative widens it.
    :raises ValueError: for a spread or u that is not greater than zero.

    Source: JCGM 106:2012, eqs. (17) to (20).
    """
    if not (spread > 0.0 and standard > 0.0):
        raise ValueError(f"spread {spread!r}, u {standard!r}: both must be greater than zero")
    low, high = (-math.inf if lower is None else lower), (math.inf if upper is None else upper)
    reading = NormalDist(0.0, standard)

    def accepted(true: float) -> float:
        return reading.cdf(high - guard_band - true) - reading.cdf(low + guard_band - true)

    beyond = _weighted(accepted, mean, spread, -math.inf, low) + _weighted(accepted, mean, spread, high, math.inf)
    rejected = _weighted(lambda true: 1.0 - accepted(true), mean, spread, low, high)
    return GlobalRisk(consumer=beyond, producer=rejected)


def _weighted(function: Callable[[float], float], mean: float, spread: float, low: float, high: float) -> float:
    """Integrate a function over a normal density from ``low`` to ``high``, by Simpson's rule."""
    low, high = max(low, mean - _SPAN * spread), min(high, mean + _SPAN * spread)
    if not low < high:
        return 0.0
    density, step = NormalDist(mean, spread).pdf, (high - low) / _STEPS
    weights = (1.0, *(4.0 if n % 2 else 2.0 for n in range(1, _STEPS)), 1.0)
    points = (low + n * step for n in range(_STEPS + 1))
    return step / 3.0 * math.fsum(w * function(x) * density(x) for w, x in zip(weights, points, strict=True))
