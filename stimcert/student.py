# SPDX-License-Identifier: MIT
"""Student's t for whole degrees of freedom, and the normal distribution where they are infinite.

SciPy has both and takes a quarter of a second to load, which every run would wait for; a test holds this module
against it. Up to :data:`EXACT` degrees of freedom the distribution function is the finite series; beyond that the
normal deviate that belongs to t is exact to 12 digits.

Source: Abramowitz, Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (series); Hill, Algorithm 395,
Comm. ACM 13 (1970) 617 (normal deviate).
"""

import math
from functools import lru_cache
from statistics import NormalDist

EXACT = 100
"""Degrees of freedom up to which the series is summed."""

_FAR = 1e100
_MOST_STEPS = 200
_CONVERGED = 1e-13
_NEXT_TO_NOTHING = 2e-16
_NORMAL = NormalDist()
_SQRT_2 = math.sqrt(2.0)


def upper_tail(t: float, dof: int | None = None) -> float:
    """Return the probability that a variable of Student's t exceeds ``t``.

    :param dof: whole degrees of freedom, at least 1; None for the normal distribution.
    :raises ValueError: for fewer than one, or for NaN.

        >>> round(upper_tail(2.776, 4), 4)
        0.025
    """
    if math.isnan(t):
        raise ValueError("t is NaN: nothing is known of its probability")
    if dof is None:
        return _normal_tail(t)
    _check(dof)
    if dof > EXACT:
        return _normal_tail(_normal_deviate(t, dof))
    within = _within(abs(t), dof)
    tail = max(0.5 - 0.5 * within, 0.0)
    return tail if t >= 0.0 else 1.0 - tail


@lru_cache(maxsize=4096)
def quantile(probability: float, dof: int | None = None) -> float:
    """Return the value that a variable of Student's t exceeds with 1 − ``probability``.

    :param probability: in (0, 1).
    :param dof: as in :func:`upper_tail`.
    :raises ValueError: for anything else.

        >>> round(quantile(0.975, 4), 2), round(quantile(0.975), 2)
        (2.78, 1.96)
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability is {probability!r}; a fraction between 0 and 1 is allowed")
    if dof is None:
        return _NORMAL.inv_cdf(probability)
    _check(dof)
    if probability < 0.5:
        return -quantile(1.0 - probability, dof)
    if probability == 0.5:
        return 0.0
    return _root(1.0 - probability, dof)


def _check(dof: int) -> None:
    if not dof >= 1:
        raise ValueError(f"degrees of freedom are {dof!r}; at least 1 is allowed")


def _normal_tail(t: float) -> float:
    return 0.5 * math.erfc(t / _SQRT_2)


def _root(tail: float, dof: int) -> float:
    """Return t ≥ 0 with the given upper tail, by Newton's method between ends that hold the root.

    From below no step overtakes the root, since the tail bends upward; so ``high`` is finite where one leaves the ends.

    :raises ArithmeticError: when it is not found, rather than returning what is only near.
    """
    low, high = 0.0, math.inf
    t = _first_guess(tail, dof)
    for _ in range(_MOST_STEPS):
        beyond = upper_tail(t, dof) - tail
        low, high = (t, high) if beyond > 0.0 else (low, t)
        step = beyond / _density(t, dof)
        if abs(step) <= _CONVERGED * t or abs(beyond) <= _NEXT_TO_NOTHING:
            return t + step
        t += step
        if not low < t < high:
            t = 0.5 * (low + high)
    raise ArithmeticError(f"no t was found whose upper tail is {tail!r} at {dof} degrees of freedom")


def _first_guess(tail: float, dof: int) -> float:
    """Return what is near: the normal quantile with two terms of its expansion in 1/ν (26.7.5)."""
    z = -_NORMAL.inv_cdf(tail)
    more = (z**3 + z) / (4.0 * dof) + (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / (96.0 * dof * dof)
    return max(z + more, 1e-3)


def _density(t: float, dof: int) -> float:
    scale = math.lgamma((dof + 1) / 2.0) - math.lgamma(dof / 2.0) - 0.5 * math.log(math.pi * dof)
    return math.exp(scale - (dof + 1) / 2.0 * math.log1p(t * t / dof))


def _within(t: float, dof: int) -> float:
    """Return P(|T| ≤ t) for t ≥ 0, by the finite series in cos θ with tan θ = t/√ν."""
    theta = math.atan2(t, math.sqrt(dof))
    cos2 = math.cos(theta) ** 2
    odd = dof % 2
    term = math.cos(theta) if odd else 1.0
    total = 0.0 if dof == 1 else term
    for k in range(2 + odd, dof - 1, 2):
        term *= cos2 * (k - 1) / k
        total += term
    if odd:
        return 2.0 / math.pi * (theta + math.sin(theta) * total)
    return math.sin(theta) * total


def _normal_deviate(t: float, dof: int) -> float:
    """Return the z with the tail of t."""
    if abs(t) > _FAR:
        return math.copysign(math.inf, t)
    a = dof - 0.5
    b = 48.0 * a * a
    y = a * math.log1p(t * t / dof)
    z = math.sqrt(y)
    last = (((((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b) + y + 3.0) / b + 1.0) * z
    return math.copysign(last, t)
