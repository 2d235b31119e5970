# SPDX-License-Identifier: MIT
"""From a measurement function and its inputs to a measurement result: sensitivities are found by differences.

    >>> from stimcert.term import normal, rectangular
    >>> inputs = [rectangular("V", half_width=0.4e-3, unit="V", estimate=0.6), normal("R", expanded=1.0, unit="Ω",
    ...     estimate=1000.0)]
    >>> current = propagate(lambda V, R: V / R, inputs, unit="A")
    >>> f"{current.value * 1e6:.1f} µA ± {current.uncertainty.expanded * 1e9:.0f} nA"
    '600.0 µA ± 742 nA'

Source: JCGM 100:2008, 5.1.3 note 2 (numerical sensitivities), 5.2.2 (correlated inputs), 5.2.3 and H.2 (simultaneous
readings).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stimcert.measured import Measured, Model
from stimcert.term import OF_ONE, Term, hang_together, standard
from stimcert.uncertainty import COVERAGE_PROBABILITY, evaluate

_RELATIVE_STEP = 6e-6  # third root of the float's precision: the best for a central difference
_SHARE_OF_U = 1e-4


def propagate(
    function: Callable[..., Any],
    inputs: Sequence[Term] = (),
    *,
    unit: str = "1",
    observed: Mapping[str, Sequence[float]] | None = None,
    correlations: Mapping[tuple[str, str], float] | None = None,
    probability: float = COVERAGE_PROBABILITY,
    k: float | None = None,
) -> Measured:
    """Return the value of a function with its uncertainty.

    :param function: of the inputs, called with their symbols as keywords; for a simulation of what may be an array.
    :param inputs: each with its estimate; their own sensitivities are not used.
    :param unit: of the value.
    :param observed: quantities that were read at the same moments, all equally often and at least twice, in the order
        of these moments: the function is given their means, and their scatter counts together, with n − 1 degrees of
        freedom; where neighbours hang together it is not averaged down (:func:`stimcert.term.repeatability`).
    :param correlations: coefficients between inputs, by symbols; where the degrees of freedom of such inputs are finite
        they come from one evaluation (a line through points) and are the same for all of them. A simulation draws such
        inputs from a joint normal distribution (JCGM 101:2008, 6.4.8), whatever each is by itself.
    :param probability: coverage probability, a fraction in (0.5, 1).
    :param k: a fixed coverage factor instead, such as 2.
    :raises ValueError: for readings that do not belong together, coefficients that no quantities can have, or a value
        that is no number.
    """
    readings, named = dict(observed or {}), {term.symbol: term for term in inputs}
    _refuse(readings, named, len(inputs))
    estimates = {symbol: term.estimate for symbol, term in named.items()}
    estimates |= {symbol: math.fsum(values) / len(values) for symbol, values in readings.items()}
    scales = {symbol: term.standard_uncertainty for symbol, term in named.items()}
    by = {symbol: slope_of(function, estimates, symbol, scales.get(symbol, 0.0)) for symbol in estimates}
    terms = [replace(term, sensitivity=by[term.symbol]) for term in inputs]
    weights = _own_weights(inputs)
    if correlations:
        terms, weights = _uncorrelated(terms, correlations)
    if readings:
        terms.append(_ensemble(readings, estimates, by, unit))
    return Measured(
        value=float(function(**estimates)),
        unit=unit,
        uncertainty=evaluate(terms, probability=probability, k=k),
        model=_model(function, estimates, weights) if weights and not readings else None,
    )


def _refuse(readings: Mapping[str, Sequence[float]], named: Mapping[str, Term], count: int) -> None:
    if len(named) < count or set(readings) & set(named):
        raise ValueError("an input is given twice: each symbol stands for one input")
    lengths = {len(values) for values in readings.values()}
    if len(lengths) > 1 or (lengths and min(lengths) < 2):
        raise ValueError(
            f"observed readings number {sorted(lengths)}; what is read at the same moments is read equally often, "
            "and at least twice"
        )


def slope_of(function: Callable[..., Any], estimates: Mapping[str, float], symbol: str, scale: float) -> float:
    """Return ∂f/∂x by a central difference."""
    at = estimates[symbol]
    step = max(_RELATIVE_STEP * abs(at), _SHARE_OF_U * scale) or _RELATIVE_STEP
    above, below = (float(function(**{**estimates, symbol: at + side * step})) for side in (1.0, -1.0))
    return (above - below) / (2.0 * step)


def _ensemble(
    readings: Mapping[str, Sequence[float]], estimates: Mapping[str, float], by: Mapping[str, float], unit: str
) -> Term:
    """Return the scatter of simultaneous readings as they act on the result together: what they share is in it.

    With one deviation of the result for each moment, Σ cᵢ(xᵢ − x̄ᵢ), this is the propagation of the whole covariance
    matrix, and the degrees of freedom are those of any of the readings.
    """
    moments = zip(*readings.values(), strict=True)
    deviations = [
        math.fsum(by[symbol] * (value - estimates[symbol]) for symbol, value in zip(readings, moment, strict=True))
        for moment in moments
    ]
    n, one = len(deviations), hang_together(deviations)
    return standard(
        ", ".join(readings),
        uncertainty=math.sqrt(math.fsum(d * d for d in deviations) / ((n - 1) * (1 if one else n))),
        unit=unit,
        name=f"{n} simultaneous readings" + (f", {OF_ONE}" if one else ""),
        dof=n - 1,
    )


_Weights = dict[str, tuple[float, ...]]
"""Of each input what it takes of each independent term."""


def _own_weights(inputs: Sequence[Term]) -> _Weights:
    """Return the weights of inputs that are terms themselves; those of one source are one and the same."""
    keys = [term.source or term.symbol for term in inputs]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return {
        term.symbol: tuple(float(place == places[key]) for place in range(len(places)))
        for term, key in zip(inputs, keys, strict=True)
    }


def _uncorrelated(terms: Sequence[Term], correlations: Mapping[tuple[str, str], float]) -> tuple[list[Term], _Weights]:
    """Return independent terms that have the covariances of correlated ones: those without a partner as they are."""
    import numpy as np

    partners = {symbol for pair in correlations for symbol in pair}
    together = [term for term in terms if term.symbol in partners]
    alone = [term for term in terms if term.symbol not in partners]
    dof = _common_dof(together, partners)
    values, vectors = np.linalg.eigh(_coefficients(together, correlations))
    if not float(values.min()) > -1e-9:
        raise ValueError(f"no quantities have these correlations: {dict(correlations)}")
    roots = np.sqrt(np.maximum(values, 0.0))
    effects = np.array([term.sensitivity * term.standard_uncertainty for term in together]) @ vectors
    symbols = ", ".join(term.symbol for term in together)
    if math.isfinite(dof):
        # One evaluation, one number of degrees of freedom: cut into parts, they would be counted once for each part.
        u = float(np.hypot.reduce(effects * roots))
        return [*alone, standard(symbols, uncertainty=u, unit="1", name=f"correlated: {symbols}", dof=dof)], {}
    apart = [
        standard(
            f"{symbols} ({n})",
            uncertainty=float(root),
            unit="1",
            name=f"correlated: {symbols}",
            sensitivity=float(effect),
        )
        for n, (root, effect) in enumerate(zip(roots, effects, strict=True), start=1)
    ]
    own = _own_weights(alone)
    zeros = (0.0,) * len(apart)
    weights = {symbol: (*weight, *zeros) for symbol, weight in own.items()}
    before = (0.0,) * len(next(iter(own.values()), ()))
    for term, row in zip(together, vectors, strict=True):
        weights[term.symbol] = (*before, *(term.standard_uncertainty * float(part) for part in row))
    return [*alone, *apart], weights


def _common_dof(together: Sequence[Term], partners: set[str]) -> float:
    if len(together) < len(partners):
        raise ValueError(f"correlations name {sorted(partners)}; some of them are no inputs")
    dofs = {term.dof for term in together}
    if len(dofs) > 1:
        raise ValueError(
            f"correlated inputs with {sorted(dofs)} degrees of freedom: those of one evaluation have the same; for "
            "readings taken at the same moments give the readings themselves as observed"
        )
    return dofs.pop()


def _coefficients(together: Sequence[Term], correlations: Mapping[tuple[str, str], float]) -> Any:
    import numpy as np

    places = {term.symbol: place for place, term in enumerate(together)}
    matrix = np.eye(len(together))
    for (one, other), coefficient in correlations.items():
        matrix[places[one], places[other]] = matrix[places[other], places[one]] = coefficient
    return matrix


def _model(function: Callable[..., Any], estimates: Mapping[str, float], weights: _Weights) -> Model:
    symbols = list(weights)

    def of_parts(*parts: Any) -> Any:
        named = dict(zip(symbols, parts, strict=True))
        try:
            return function(**named)
        except TypeError:
            # Written for numbers, with functions of ``math``: one draw after the other.
            import numpy as np

            return np.vectorize(lambda *each: function(**dict(zip(symbols, each, strict=True))), otypes=[float])(*parts)

    return Model(
        function=of_parts,
        estimates=tuple(estimates[symbol] for symbol in symbols),
        coefficients=tuple(weights.values()),
    )
