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

import numpy as np
from numpy.typing import NDArray

from stimcert.monte_carlo import DRAWS, Simulation, summed_up, values_of
from stimcert.together import Correlated, Together, of_each_pair


class JointSimulation(Correlated[Simulation]):
    """What came out of the draws for each result, and what correlates them; r is 0 where one of them never changes."""


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
    return JointSimulation(
        results={name: summed_up(found.results[name], drawn, seed, digits) for name, drawn in values.items()},
        coefficients=of_each_pair(values, lambda one, other: _coefficient(values[one], values[other])),
    )


def _coefficient(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if not float(np.std(one)) * float(np.std(other)) > 0.0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
