# SPDX-License-Identifier: MIT
"""Draws from the distributions of a budget's terms, and what a model makes of them.

Source: JCGM 101:2008, 6.4 (distributions, each with how to draw from it).
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stimcert.measured import Model
from stimcert.term import Term

_Floats = NDArray[np.float64]
_Draw = Callable[[np.random.Generator, int, float], _Floats]


def drawn(terms: tuple[Term, ...], model: Model, random: np.random.Generator, draws: int) -> _Floats:
    """Return the value of a model for each draw of its terms, shape (draws,)."""
    parts = [np.full(draws, estimate, dtype=np.float64) for estimate in model.estimates]
    together: dict[str, _Floats] = {}
    for place, term in enumerate(terms):
        if not term.standard_uncertainty > 0.0:
            continue
        error = _errors(term, random, draws, together)
        for part, coefficients in zip(parts, model.coefficients, strict=True):
            if coefficients[place]:
                part += coefficients[place] * error
    return np.asarray(model.function(*parts), dtype=np.float64)


def _trapezoidal(random: np.random.Generator, draws: int, divisor: float) -> _Floats:
    """Return the sum of two rectangles, whose half-widths are 1 together and differ by the flat part."""
    top = math.sqrt(max(6.0 / divisor**2 - 1.0, 0.0))
    one, other = random.uniform(-1.0, 1.0, draws), random.uniform(-1.0, 1.0, draws)
    return np.asarray(0.5 * (1.0 + top) * one + 0.5 * (1.0 - top) * other)


def _curvilinear(random: np.random.Generator, draws: int, divisor: float) -> _Floats:
    """Return draws from rectangles whose half-widths are drawn themselves."""
    doubt = 3.0 * math.sqrt(max(1.0 / divisor**2 - 1.0 / 3.0, 0.0))
    return np.asarray((1.0 + doubt * random.uniform(-1.0, 1.0, draws)) * random.uniform(-1.0, 1.0, draws))


_BOUNDED: dict[str, _Draw] = {
    "rectangular": lambda random, draws, _: random.uniform(-1.0, 1.0, draws),
    "triangular": lambda random, draws, _: random.triangular(-1.0, 0.0, 1.0, draws),
    "arcsine": lambda random, draws, _: np.sin(random.uniform(-math.pi, math.pi, draws)),
    "trapezoidal": _trapezoidal,
    "curvilinear trapezoid": _curvilinear,
}
"""How to draw from distributions with ends, for a half-width of 1; the divisor tells their shape."""


def _errors(term: Term, random: np.random.Generator, draws: int, together: dict[str, _Floats]) -> _Floats:
    """Return what one input is off by in each draw; inputs of one bundle stand at their ends at the same time."""
    if term.bundle:
        place = together.setdefault(term.bundle, random.uniform(-1.0, 1.0, draws))
        return np.asarray(math.copysign(term.half_width or 0.0, term.sensitivity) * place)
    half = term.half_width
    if half is not None and term.distribution in _BOUNDED:
        return np.asarray(half * _BOUNDED[term.distribution](random, draws, term.divisor))
    if term.distribution == "exponential":
        return term.standard_uncertainty * (random.standard_exponential(draws) - 1.0)
    if term.distribution == "gamma":
        shape = term.standard_uncertainty**2
        return np.asarray(random.standard_gamma(shape, draws) - shape)
    if term.distribution == "student":
        return term.standard_uncertainty * math.sqrt(1.0 - 2.0 / term.dof) * random.standard_t(term.dof, draws)
    if math.isfinite(term.dof):
        return term.standard_uncertainty * random.standard_t(term.dof, draws)
    return term.standard_uncertainty * random.standard_normal(draws)
