# SPDX-License-Identifier: MIT
"""Risks of a decision: of one value, given its reading; of a production, given how its devices are spread.

The specific risk needs nothing but the reading. The global ones need the spread of the true values of the devices
that are tested, which only their maker knows: it is never assumed here.

Source: JCGM 106:2012, clause 7 (conformance probability), 9.3.2 (specific risks), 9.5 and annex A (global ones).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from stimcert.student import upper_tail

_STEPS = 2000
_HALVINGS = 40
_ROUNDING = 1.0 + 1e-9  # the tails are exact to twelve digits, and a far limit adds next to nothing
_SPAN = 8.5
"""Standard deviations over which a normal density is integrated: what lies outside is below 10⁻¹⁶."""


def nonconformance_probability(
    value: float, standard: float, lower: float | None = None, upper: float | None = None, *, dof: int | None = None
) -> float:
    """Return the probability that the true value lies beyond the limits, given a reading.

    :param standard: u ≥ 0 of the value; 0 leaves nothing to chance, and a value on a limit is not beyond it.
    :param dof: whole degrees of freedom of u; None for infinite: then the distribution is normal.

    Source: JCGM 106:2012, eq. (6) to (11) in 7.2 to 7.4; 7.2.3 for Student's t.

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
    """Return p_c, the probability that the true value lies inside the limits, given a reading.

    Source: JCGM 106:2012, 7.1.
    """
    return 1.0 - nonconformance_probability(value, standard, lower, upper, dof=dof)


@dataclass(frozen=True, kw_only=True)
class GlobalRisk:
    """What a decision rule does to a whole production.

    :param consumer: probability that a device is beyond its limits and accepted.
    :param producer: probability that a device is inside its limits and rejected.
    :param accepted: probability that a device is accepted, rightly or not.
    """

    consumer: float
    producer: float
    accepted: float

    @property
    def consumer_among_accepted(self) -> float:
        """Share of the accepted devices that are beyond their limits; 0 where none is accepted."""
        return self.consumer / self.accepted if self.accepted > 0.0 else 0.0


def global_risk(
    process: NormalDist | Callable[[float], float],
    standard: float,
    *,
    span: tuple[float, float] | None = None,
    lower: float | None = None,
    upper: float | None = None,
    guard_band: float = 0.0,
) -> GlobalRisk:
    """Return the risks of accepting and rejecting, for readings that are normally distributed about the true value.

    :param process: how the true values of the devices are spread: a normal distribution, or a probability density.
    :param standard: u of a reading, > 0.
    :param span: where the density is not zero; needed for one that is no normal distribution.
    :param guard_band: w, taken off the tolerance on each side that has a limit; negative widens it.
    :raises ValueError: for a u that is not greater than zero, or a density without a span.

    Source: JCGM 106:2012, eq. (17) to (20) in 9.5.2 and 9.5.3; (A.15) to (A.17) for normal distributions.

        >>> found = global_risk(NormalDist(0.0, 1.0), 0.25, lower=-2.0, upper=2.0)
        >>> f"{found.consumer:.3f} {found.producer:.3f}"
        '0.008 0.015'
    """
    if not standard > 0.0:
        raise ValueError(f"u is {standard!r}; it must be greater than zero")
    density, (first, last) = _density(process, span)
    low, high = (-math.inf if lower is None else lower), (math.inf if upper is None else upper)
    reading = NormalDist(0.0, standard)

    def accepted(true: float) -> float:
        inside = reading.cdf(high - guard_band - true) - reading.cdf(low + guard_band - true)
        return max(inside, 0.0) * density(true)

    inner = max(low, first), min(high, last)
    consumer = _integrated(accepted, first, min(low, last)) + _integrated(accepted, max(high, first), last)
    rightly = _integrated(accepted, *inner)
    return GlobalRisk(
        consumer=consumer,
        producer=_integrated(density, *inner) - rightly,
        accepted=consumer + rightly,
    )


def guard_band_of_risk(
    process: NormalDist | Callable[[float], float],
    standard: float,
    consumer: float,
    *,
    span: tuple[float, float] | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> float:
    """Return the narrowest guard band w ≥ 0 that keeps the global consumer's risk at ``consumer``.

    All but ``consumer`` as for :func:`global_risk`. 0 where simple acceptance already keeps it.

    :raises ValueError: for a risk that is no fraction above 0 and below 0.5, or that no guard band keeps.

    Source: JCGM 106:2012, 9.5.4 (acceptance limit for a given consumer's risk).
    """
    if not 0.0 < consumer < 0.5:
        raise ValueError(f"consumer's risk {consumer!r}; a fraction above 0 and below 0.5 is allowed")

    def risk(w: float) -> float:
        return global_risk(process, standard, span=span, lower=lower, upper=upper, guard_band=w).consumer

    low, high = 0.0, 10.0 * standard
    if risk(low) <= consumer:
        return low
    # Beyond 10 u nothing is left but what is no number.
    if not risk(high) <= consumer:
        raise ValueError(f"no guard band of up to 10 u keeps the consumer's risk at {consumer}")
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if risk(middle) > consumer else (low, middle)
    return high


def band_between_limits(w: float, standard: float, dof: int | None, tolerance: float, risk: float) -> float:
    """Return w, widened until a value at an acceptance limit lies beyond either tolerance limit with ``risk`` at most.

    Where even the middle has more than that, nothing is accepted: w is half the tolerance at least.

    :param w: the guard band that leaves ``risk`` at one limit alone.
    :param standard: u ≥ 0 of the value, with ``dof`` as for :func:`nonconformance_probability`.
    :param tolerance: upper minus lower tolerance limit, > 0.

    Source: JCGM 106:2012, eq. (11) and 7.7.5.

        >>> round(band_between_limits(1.645 * 0.25, 0.25, None, 1.0, 0.05), 2)
        0.45
    """

    def kept(band: float) -> bool:
        return nonconformance_probability(band, standard, 0.0, tolerance, dof=dof) <= risk * _ROUNDING

    if kept(w):
        return w
    if not kept(0.5 * tolerance):
        return max(w, 0.5 * tolerance)
    low, high = w, 0.5 * tolerance
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if kept(middle) else (middle, high)
    return high


def updated(prior: NormalDist, value: float, standard: float) -> NormalDist:
    """Return what is known of one device of a normal production after it was measured.

    :param prior: how the true values of the production are spread.
    :param standard: u of the measured value, > 0.

    Source: JCGM 106:2012, A.4.4, eq. (A.13) and (A.14).

        >>> known = updated(NormalDist(0.0, 2.0), 3.0, 1.0)
        >>> round(known.mean, 2), round(known.stdev, 3)
        (2.4, 0.894)
    """
    if not standard > 0.0:
        raise ValueError(f"u is {standard!r}; it must be greater than zero")
    weight = prior.variance / (prior.variance + standard * standard)
    return NormalDist(prior.mean + weight * (value - prior.mean), standard * math.sqrt(weight))


def _density(
    process: NormalDist | Callable[[float], float], span: tuple[float, float] | None
) -> tuple[Callable[[float], float], tuple[float, float]]:
    if isinstance(process, NormalDist):
        reach = _SPAN * process.stdev
        return process.pdf, span or (process.mean - reach, process.mean + reach)
    if span is None:
        raise ValueError("a density needs the span outside which it is zero")
    return process, span


def _integrated(function: Callable[[float], float], low: float, high: float) -> float:
    """Integrate a function by Simpson's rule; nothing where the ends are not in order."""
    if not low < high:
        return 0.0
    step = (high - low) / _STEPS
    weights = (1.0, *(4.0 if n % 2 else 2.0 for n in range(1, _STEPS)), 1.0)
    points = (low + n * step for n in range(_STEPS + 1))
    return step / 3.0 * math.fsum(w * function(x) for w, x in zip(weights, points, strict=True))
