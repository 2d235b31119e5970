# SPDX-License-Identifier: MIT
"""A second method for the same budget: distributions are propagated by drawing from them.

The law of propagation takes the result for normal (or Student's t) and its model for linear. Drawing assumes neither.
What is decided by a simulation uses the wider of both intervals, so that it can only make a verdict less favourable.

Source: JCGM 101:2008, 6.4 (distributions), 7 (method), 7.9.2 and 8.1 (numerical tolerance, validation).
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stimcert.draws import drawn
from stimcert.measured import Measured, Model
from stimcert.uncertainty import Uncertainty

DRAWS = 200_000
"""Ten thousand times 1/(1 − p) for p = 95 % (JCGM 101:2008, 7.2.2)."""

_OUTSIDE = 10
"""Draws that must lie outside of an interval for its ends to be known at all."""

_STEP = 0.25
"""Step of a second difference over the uncertainty: a whole one takes in what belongs to the fourth derivative."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What came out of the draws, in the unit of the result.

    :param mean: of the draws; where the model is curved it is not the estimate.
    :param standard: their standard deviation.
    :param low: lower end of the probabilistically symmetric coverage interval, ``high`` its upper end.
    :param half_width: of the interval about the estimate that holds both this one and ± U of the budget.
    :param tolerance: half a unit of the last digit of u_c that counts, the second by default.
    :param validated: whether both ends agree with those of the budget within that tolerance.
    """

    draws: int
    seed: int
    mean: float
    standard: float
    low: float
    high: float
    half_width: float
    tolerance: float
    validated: bool

    @property
    def coverage_factor(self) -> float:
        """Half the length of the coverage interval over the standard deviation of the draws."""
        return 0.5 * (self.high - self.low) / self.standard if self.standard > 0.0 else 0.0


def simulate(measured: Measured, *, seed: int, draws: int = DRAWS, digits: int = 2) -> Simulation:
    """Propagate the distributions of all terms through the model.

    :param seed: of NumPy's PCG64; the same one gives the same draws.
    :param digits: how many significant digits of u_c count when both methods are compared, at least one.
    :raises ValueError: for a result whose terms are not known, for fewer than 1,000 draws, or so few that less than ten
        lie outside the interval, and for a model that has no finite value in one of them.

        >>> from stimcert.uncertainty import evaluate, rectangular
        >>> four = [rectangular(f"X_{n}", half_width=3**0.5, unit="1") for n in range(4)]
        >>> found = simulate(Measured(value=0.0, unit="1", uncertainty=evaluate(four)), seed=1)
        >>> f"u = {found.standard:.2f}, {found.low:.1f} to {found.high:.1f}"
        'u = 2.00, -3.9 to 3.9'
    """
    return summed_up(measured, values_of(measured, seed, draws), seed, digits)


def shortest_interval(measured: Measured, *, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """Return the shortest interval that holds the probability of the result; where it leans, not the symmetric one.

    :param seed: as for :func:`simulate`, and with the same refusals.

    Source: JCGM 101:2008, 7.7.2.
    """
    values = np.sort(values_of(measured, seed, draws))
    covered = int(measured.uncertainty.probability * draws + 0.5)
    first = int(np.argmin(values[covered:] - values[:-covered]))
    return float(values[first]), float(values[first + covered])


def values_of(measured: Measured, seed: int, draws: int) -> _Floats:
    """Return the value of the model for each draw."""
    if not measured.uncertainty.terms:
        raise ValueError("the terms of this result are not known: nothing can be drawn")
    probability = measured.uncertainty.probability
    if draws < 1000 or not draws * (1.0 - probability) >= _OUTSIDE:
        raise ValueError(
            f"{draws} draws; at least 1000 are needed for the ends of an interval, and {_OUTSIDE} outside of it; "
            f"it covers {probability:.6g}"
        )
    model = measured.model or _linear(measured)
    values = drawn(measured.uncertainty.terms, model, np.random.Generator(np.random.PCG64(seed)), draws)
    lost = draws - int(np.count_nonzero(np.isfinite(values)))
    if lost:
        raise ValueError(
            f"the model has no finite value in {lost} of {draws} draws: its inputs reach where it is not defined; no "
            "interval holds what is no number"
        )
    # What is held against limits may be more than the model says, as with the distance of a ratio from 1.
    return values + (measured.value - _centre(model))


def second_order(measured: Measured) -> float:
    """Return the second-order term of a result, in its unit: the larger of its bias and its standard deviation.

    It is infinite where the model is not defined next to its estimates.

    Source: JCGM 100:2008, 5.1.2 note, without its term of third derivatives, for normal inputs: variance ½ tr((HΣ)²);
    the second term of eq. (H.10): bias ½ tr(HΣ). Both hold for correlated inputs, as JCGM 101:2008, table 9, has them.
    """
    model, terms = measured.model, measured.uncertainty.terms
    if model is None or not terms:
        return 0.0
    us = np.array([term.standard_uncertainty for term in terms])
    scaled = np.asarray(model.coefficients) * us
    covariance = scaled @ scaled.T
    curved = _hessian(model, _STEP * np.sqrt(np.diag(covariance))) @ covariance
    if not np.isfinite(curved).all():
        return math.inf
    return max(abs(0.5 * float(np.trace(curved))), math.sqrt(max(0.5 * float(np.trace(curved @ curved)), 0.0)))


def widened(uncertainty: Uncertainty, half_width: float) -> Uncertainty:
    """Return an uncertainty whose U is at least ``half_width``; u grows by the same factor, the budget stays."""
    if not half_width > uncertainty.expanded:
        return uncertainty
    factor = half_width / uncertainty.expanded if uncertainty.expanded > 0.0 else 1.0
    return replace(uncertainty, expanded=half_width, standard=uncertainty.standard * factor)


def _linear(measured: Measured) -> Model:
    terms = measured.uncertainty.terms
    return Model(
        function=_itself, estimates=(measured.value,), coefficients=(tuple(term.sensitivity for term in terms),)
    )


def _itself(value: Any) -> Any:
    return value


def _centre(model: Model) -> float:
    return float(model.function(*model.estimates))


def summed_up(measured: Measured, values: _Floats, seed: int, digits: int = 2) -> Simulation:
    """Return mean, deviation and interval of the draws.

    Source: JCGM 101:2008, 7.6, 7.7.2 and, for the tolerance, 7.9.2 and 8.1.3.
    """
    uncertainty, draws = measured.uncertainty, len(values)
    covered = int(uncertainty.probability * draws + 0.5)
    first = (draws - covered) // 2
    ordered = np.partition(values, (first - 1, first - 1 + covered))
    low, high = float(ordered[first - 1]), float(ordered[first - 1 + covered])
    tolerance = numerical_tolerance(uncertainty.standard, digits)
    ends = (measured.value - uncertainty.expanded - low, measured.value + uncertainty.expanded - high)
    return Simulation(
        draws=draws,
        seed=seed,
        mean=float(values.mean()),
        standard=float(values.std(ddof=1)),
        low=low,
        high=high,
        half_width=max(uncertainty.expanded, high - measured.value, measured.value - low),
        tolerance=tolerance,
        validated=all(abs(end) <= tolerance for end in ends),
    )


def numerical_tolerance(standard: float, digits: int = 2) -> float:
    """Return half a unit of the last significant digit of a standard uncertainty.

    :param digits: significant digits that count, at least one.
    :raises ValueError: for fewer.

    Source: JCGM 101:2008, 7.9.2, whose first example this is.

        >>> numerical_tolerance(0.00035)
        5e-06
    """
    if not digits >= 1:
        raise ValueError(f"{digits} significant digits; at least one is needed")
    if not standard > 0.0:
        return 0.0
    exponent = math.floor(math.log10(float(f"{standard:.{digits - 1}e}"))) - digits + 1
    return float(f"0.5e{exponent}")


def _hessian(model: Model, steps: _Floats) -> _Floats:
    """Return the second derivatives of a model, by differences; a part that has no step gets none."""
    count, function = len(steps), model.function
    middle = np.asarray(model.estimates)

    def at(*moves: tuple[int, float]) -> float:
        place = middle.copy()
        for part, times in moves:
            place[part] += times * steps[part]
        return float(function(*place))

    second = np.zeros((count, count))
    for j in range(count):
        for k in range(j + 1):
            if not steps[j] * steps[k] > 0.0:
                continue
            if j == k:
                change = at((j, 1.0)) + at((j, -1.0)) - 2.0 * at()
            else:
                change = (at((j, 1.0), (k, 1.0)) - at((j, 1.0), (k, -1.0)) - at((j, -1.0), (k, 1.0))
                          + at((j, -1.0), (k, -1.0))) / 4.0  # fmt: skip
            second[j, k] = second[k, j] = change / (steps[j] * steps[k])
    return second
