# SPDX-License-Identifier: MIT
"""Uncertainty of a measurement result, by the law of propagation of uncertainty.

A budget is a list of :class:`Term`; :func:`evaluate` combines them and returns standard and expanded uncertainty with
every row of the budget. Terms are independent, but for those that name the same ``source``: these are one input, whose
sensitivities add before anything is squared.

    >>> from stimcert.uncertainty import evaluate, normal, rectangular
    >>> terms = [rectangular("δI", half_width=180e-9, unit="A"), normal("I_0", expanded=20e-9, unit="A")]
    >>> result = evaluate(terms)
    >>> f"{result.standard * 1e9:.1f} nA, k = {result.coverage_factor:.2f}"
    '104.4 nA, k = 1.96'

Source: JCGM 100:2008, clauses 4.3, 5.1.2, 5.2 and annex G.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from stimcert.correlation import bundled, shared
from stimcert.student import quantile, upper_tail
from stimcert.term import Term, normal, rectangular, repeatability, standard

__all__ = [
    "COVERAGE_PROBABILITY",
    "Term",
    "Uncertainty",
    "coverage_factor",
    "evaluate",
    "normal",
    "rectangular",
    "repeatability",
    "standard",
]

COVERAGE_PROBABILITY = 0.95
"""What an expanded uncertainty covers unless something else is asked for."""

_AS_GOOD_AS_INFINITE = 10**6  # from here on, k is the normal one to within 2e-6
_ROUNDING = 1.0 + 1e-12  # so that 4 computed as 3.9999999999999996 stays 4


@dataclass(frozen=True, kw_only=True)
class Uncertainty:
    """What belongs to a value to make it a measurement result.

    :param standard: combined standard uncertainty u_c, in the unit of the result.
    :param expanded: U = k·u_c.
    :param coverage_factor: k, from Student's t at the degrees of freedom.
    :param dof: effective degrees of freedom, truncated to the next lower integer; None when infinite or above 10⁶.
    :param effective_dof: the same before truncation (Welch-Satterthwaite); may be infinite.
    :param budget: one row per term, none left out; plain dicts, ready for a record.
    :param probability: coverage probability of the interval ± U.
    :param terms: the inputs themselves, one per source, so that what is derived from several results knows what they
        have in common.
    """

    standard: float
    expanded: float
    coverage_factor: float
    dof: int | None
    effective_dof: float
    budget: tuple[dict[str, Any], ...]
    probability: float = COVERAGE_PROBABILITY
    terms: tuple[Term, ...] = ()


def evaluate(
    terms: Sequence[Term], *, probability: float = COVERAGE_PROBABILITY, k: float | None = None
) -> Uncertainty:
    """Combine terms into the uncertainty of their result.

    :param terms: the inputs, each with its sensitivity; at least one. Symbols are unique, but for terms of one source.
    :param probability: coverage probability, a fraction in (0.5, 1).
    :param k: a fixed coverage factor, at least 1, instead of a probability: U = k·u covers what it then covers.
    :raises ValueError: for no terms, a symbol used twice, or a probability or a factor outside these bounds.

    Source: JCGM 100:2008, eq. (10) for u_c, F.1.2.4 for what inputs have in common, (G.2b) for the effective degrees of
    freedom, G.6.4 for the procedure; 7.2.3 for a fixed factor.
    """
    inputs = shared(terms)
    rows = bundled(inputs)
    _refuse(rows)
    contributions = [abs(term.sensitivity) * term.standard_uncertainty for term in rows]
    combined = math.hypot(*contributions)
    effective_dof = _effective_dof(rows, contributions, combined)
    dof = _whole(effective_dof)
    if k is None:
        k = coverage_factor(dof, probability)
    else:
        probability = _covered(k, dof)
    return Uncertainty(
        standard=combined,
        expanded=k * combined,
        coverage_factor=k,
        dof=dof,
        effective_dof=effective_dof,
        budget=_rows(rows, contributions, combined),
        probability=probability,
        terms=tuple(inputs),
    )


def coverage_factor(dof: float | None, probability: float = COVERAGE_PROBABILITY) -> float:
    """Return k for a two-sided interval, from Student's t (normal when ``dof`` is None).

    :param dof: degrees of freedom, at least 1, cut to the next lower integer; None for infinite.
    :param probability: a fraction in (0.5, 1); 95 is refused, it is not taken for percent.
    :raises ValueError: for anything else.

    Source: JCGM 100:2008, G.3.2 and, for what is no integer, G.4.1 note 1.
    """
    if not 0.5 < probability < 1.0:
        raise ValueError(f"coverage probability is {probability!r}; a fraction between 0.5 and 1 is allowed")
    return quantile((1.0 + probability) / 2.0, _whole(dof))


def _whole(dof: float | None) -> int | None:
    """Return degrees of freedom cut to the next lower integer; None from where they are as good as infinite."""
    if dof is None or dof > _AS_GOOD_AS_INFINITE:
        return None
    if not dof * _ROUNDING >= 1.0:
        raise ValueError(f"degrees of freedom are {dof!r}; at least 1 is allowed")
    return math.floor(dof * _ROUNDING)


def _covered(k: float, dof: int | None) -> float:
    """Return what a fixed coverage factor covers."""
    if not 1.0 <= k < math.inf:
        raise ValueError(f"coverage factor {k!r}; at least 1 is needed, and a finite one")
    return 1.0 - 2.0 * upper_tail(k, dof)


def _refuse(terms: Sequence[Term]) -> None:
    """Refuse budgets that could mislead."""
    if not terms:
        raise ValueError("a budget needs at least one term: nothing is known exactly")
    symbols = [term.symbol for term in terms]
    if len(set(symbols)) < len(symbols):
        twice = next(a for a, b in pairwise(sorted(symbols)) if a == b)
        raise ValueError(f"the symbol {twice!r} stands twice in the budget; each term needs its own")


def _effective_dof(terms: Sequence[Term], contributions: Sequence[float], combined: float) -> float:
    """Return the effective degrees of freedom of Welch and Satterthwaite; infinite for nothing but type B."""
    if not combined > 0.0:
        return math.inf
    paired = zip(terms, contributions, strict=True)
    lost = math.fsum((u / combined) ** 4 / term.dof for term, u in paired if term.dof < math.inf)
    return 1.0 / lost if lost > 0.0 else math.inf


def _rows(terms: Sequence[Term], contributions: Sequence[float], combined: float) -> tuple[dict[str, Any], ...]:
    variance = combined * combined
    return tuple(
        {
            "symbol": term.symbol,
            "name": term.name,
            "estimate": term.estimate,
            "unit": term.unit,
            "half_width": term.half_width,
            "distribution": term.distribution,
            "divisor": term.divisor,
            "standard_uncertainty": term.standard_uncertainty,
            "sensitivity": term.sensitivity,
            "contribution": contribution,
            "share": contribution * contribution / variance if variance else 0.0,
            "dof": None if math.isinf(term.dof) else term.dof,
        }
        for term, contribution in zip(terms, contributions, strict=True)
    )
