# SPDX-License-Identifier: MIT
"""A second opinion: the same budget through GTC, the GUM Tree Calculator.

The bench itself computes in closed form (decision 12); tests, and whoever doubts a budget, hold it against GTC. This
module is the only door to it. It loads late, and the places where GTC is known to mislead are closed here: every input
is labelled, none is trimmed, a probability is a fraction, and degrees of freedom are cut to the next lower integer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stimcert.correlation import bundled, shared
from stimcert.term import Term


@dataclass(frozen=True, kw_only=True)
class SecondOpinion:
    """What GTC makes of a budget; the names are those of :class:`stimcert.uncertainty.Uncertainty`."""

    standard: float
    effective_dof: float
    coverage_factor: float
    expanded: float


def by_gtc(terms: Sequence[Term], *, probability: float = 0.95) -> SecondOpinion:
    """Combine terms by GTC.

    :param terms: at least one with an uncertainty above zero.
    :param probability: a fraction in (0.5, 1).
    :raises ValueError: for a probability that is none, or nothing uncertain.
    :raises ArithmeticError: when GTC returns a coverage factor below 1.
    """
    if not 0.5 < probability < 1.0:
        raise ValueError(f"coverage probability is {probability!r}; a fraction between 0.5 and 1 is allowed")
    import GTC

    rows = [term for term in bundled(shared(terms)) if term.standard_uncertainty > 0.0]
    if not rows:
        raise ValueError("nothing in the budget is uncertain")
    inputs = [GTC.ureal(term.estimate, term.standard_uncertainty, term.dof, term.symbol) for term in rows]
    scaled = [term.sensitivity * value for term, value in zip(rows, inputs, strict=True)]
    total = sum(scaled[1:], start=scaled[0])
    standard, dof = float(GTC.uncertainty(total)), float(GTC.dof(total))
    whole = math.floor(dof * (1.0 + 1e-12)) if dof < 1e6 else math.inf
    factor = float(GTC.reporting.k_factor(whole, 100.0 * probability))
    if not factor >= 1.0:
        raise ArithmeticError(f"GTC's coverage factor for {whole} degrees of freedom is {factor}")
    return SecondOpinion(standard=standard, effective_dof=dof, coverage_factor=factor, expanded=factor * standard)
