# SPDX-License-Identifier: MIT
"""Several results of the same inputs, by drawing: what each of them is, and what correlates them.

    >>> from stimcert.term import rectangular, standard
    >>> from stimcert.together import propagate_together
    >>> inputs = [standard("a", uncertainty=1.0, unit="V"), rectangular("c", half_width=3.0**0.5, unit="V")]
    >>> found = propagate_together({"y": lambda a, c: a + c, "z": lambda a, c: 2.0 * c}, inputs)
    >>> f"{simulate_together(found, seed=1).correlation('y', 'z'):.1f}"
    '0.7'

Source: JCGM 102:2011, 7.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stimcert.monte_carlo import DRAWS, Simulation, summed_up, values_of
from stimcert.together import Together


@dataclass(frozen=True, kw_only=True)
class JointSimulation:
    """What came out of the draws for each result, by name, and r of each pair of them."""

    results: Mapping[str, Simulation]
    coefficients: Mapping[frozenset[str], float]

    def correlation(self, one: str, other: str) -> float:
        """Return r of the draws of two results, in [−1, 1]; 0 where one of them never changes.

        :raises KeyError: for a name that none of them has.
        """
        return 1.0 if one == other and one in self.results else self.coefficients[frozenset((one, other))]


def simulate_together(found: Together, *, seed: int, draws: int = DRAWS, digits: int = 2) -> JointSimulation:
    """Propagate the distributions of the inputs through all models at once: each draw of the inputs serves them all.

    :param found: of :func:`stimcert.together.propagate_together`; the rest as for
        :func:`stimcert.monte_carlo.simulate`.
    :raises ValueError: for results of simultaneous readings, or of correlated inputs with finite degrees of freedom:
        what of these the results share is not kept.
    """
    lost = [name for name, result in found.results.items() if result.model is None]
    if lost:
        raise ValueError(f"{', '.join(lost)}: no model of single inputs; its draws cannot be shared with other results")
    values = {name: values_of(result, seed, draws) for name, result in found.results.items()}
    names = list(values)
    return JointSimulation(
        results={name: summed_up(found.results[name], values[name], seed, digits) for name in names},
        coefficients={
            frozenset((one, other)): _coefficient(values[one], values[other])
            for n, one in enumerate(names)
            for other in names[n + 1 :]
        },
    )


def _coefficient(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if not float(np.std(one)) * float(np.std(other)) > 0.0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
