# SPDX-License-Identifier: MIT
"""Several results of the same inputs, with what correlates them.

    >>> from stimcert.term import standard
    >>> inputs = [standard("a", uncertainty=3.0, unit="1"), standard("b", uncertainty=4.0, unit="1")]
    >>> found = propagate_together({"sum": lambda a, b: a + b, "difference": lambda a, b: a - b}, inputs)
    >>> found.results["sum"].uncertainty.standard, round(found.correlation("sum", "difference"), 2)
    (5.0, -0.28)

Source: JCGM 100:2008, eq. (H.9); JCGM 102:2011, 6.2.1.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Generic, TypeVar

from stimcert.measured import Measured
from stimcert.propagation import propagate
from stimcert.term import Term
from stimcert.uncertainty import COVERAGE_PROBABILITY

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Correlated(Generic[R]):
    """Results by name, and the coefficients of correlation of each pair of them."""

    results: Mapping[str, R]
    coefficients: Mapping[frozenset[str], float]

    def correlation(self, one: str, other: str) -> float:
        """Return r of two results, in [−1, 1]; 0 where one of them is known exactly.

        :raises KeyError: for a name that none of them has.
        """
        return 1.0 if one == other and one in self.results else self.coefficients[frozenset((one, other))]


def of_each_pair(names: Iterable[str], coefficient: Callable[[str, str], float]) -> dict[frozenset[str], float]:
    """Return what a function says of each two of these names."""
    return {frozenset(pair): coefficient(*pair) for pair in combinations(names, 2)}


class Together(Correlated[Measured]):
    """Measurement results, and what correlates them."""

    def covariance(self, one: str, other: str) -> float:
        """Return the covariance of two results, in the product of their units."""
        us = [self.results[name].uncertainty.standard for name in (one, other)]
        return self.correlation(one, other) * us[0] * us[1]


def propagate_together(
    functions: Mapping[str, Callable[..., Any]],
    inputs: Sequence[Term] = (),
    *,
    units: Mapping[str, str] | None = None,
    observed: Mapping[str, Sequence[float]] | None = None,
    correlations: Mapping[tuple[str, str], float] | None = None,
    probability: float = COVERAGE_PROBABILITY,
) -> Together:
    """Return the results of several functions of the same inputs.

    :param units: of the results, by their names; ``1`` where none is given.
    All else, and what is refused, as for :func:`stimcert.propagation.propagate`.
    """

    def result(function: Callable[..., Any], unit: str = "1") -> Measured:
        return propagate(
            function, inputs, unit=unit, observed=observed, correlations=correlations, probability=probability
        )

    results = {name: result(function, (units or {}).get(name, "1")) for name, function in functions.items()}

    def coefficient(*pair: str) -> float:
        return _coefficient(result, [functions[name] for name in pair], [results[name] for name in pair])

    return Together(results=results, coefficients=of_each_pair(functions, coefficient))


def _coefficient(
    result: Callable[..., Measured], functions: Sequence[Callable[..., Any]], pair: Sequence[Measured]
) -> float:
    """Return r from the variances of sum and difference of both results, each in its own standard uncertainty."""
    one, other = (each.uncertainty.standard for each in pair)
    if not one * other > 0.0:
        return 0.0
    first, second = functions

    def variance(sign: float) -> float:
        return float(result(lambda **x: first(**x) / one + sign * second(**x) / other).uncertainty.standard ** 2)

    return math.copysign(min(abs(r := (variance(1.0) - variance(-1.0)) / 4.0), 1.0), r)
