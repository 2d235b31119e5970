# SPDX-License-Identifier: MIT
"""Uncertainty of a measurement result, by the law of propagation of uncertainty.

A budget is a list of independent :class:`Term`; :func:`evaluate` combines them through GTC, the GUM Tree Calculator,
and returns standard and expanded uncertainty with every row of the budget. This module is the only door to GTC: it
loads late, and the places where GTC is known to mislead (trimmed budgets, probabilities in percent, real-valued
degrees of freedom, unlabelled terms) are closed here.

    >>> from stimcert.uncertainty import evaluate, normal, rectangular
    >>> terms = [rectangular("δI", half_width=180e-9, unit="A"), normal("I_0", expanded=20e-9, unit="A")]
    >>> result = evaluate(terms)
    >>> f"{result.standard * 1e9:.1f} nA, k = {result.coverage_factor:.2f}"
    '104.4 nA, k = 1.96'

Source: JCGM 100:2008, clauses 4.3, 5.1.2 and annex G.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from statistics import NormalDist
from types import ModuleType
from typing import Any

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

_RECOMBINES = 1e-9
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
    """

    standard: float
    expanded: float
    coverage_factor: float
    dof: int | None
    effective_dof: float
    budget: tuple[dict[str, Any], ...]
    probability: float = COVERAGE_PROBABILITY


def evaluate(terms: Sequence[Term], *, probability: float = COVERAGE_PROBABILITY) -> Uncertainty:
    """Combine independent terms into the uncertainty of their result.

    :param terms: the inputs, each with its sensitivity; at least one, symbols unique.
    :param probability: coverage probability, a fraction in (0.5, 1).
    :raises ValueError: for no terms, a symbol used twice, or a probability outside (0.5, 1).

    Source: JCGM 100:2008, eq. (10) for u_c, (G.2b) for the effective degrees of freedom.
    """
    contributions = _contributions(terms)
    combined, effective_dof = _combine(terms, contributions)
    dof = None if effective_dof > _AS_GOOD_AS_INFINITE else math.floor(effective_dof * _ROUNDING)
    k = coverage_factor(dof, probability)
    return Uncertainty(
        standard=combined,
        expanded=k * combined,
        coverage_factor=k,
        dof=dof,
        effective_dof=effective_dof,
        budget=_rows(terms, contributions, combined),
        probability=probability,
    )


def _gtc() -> ModuleType:
    """Return GTC, loaded without what it needs of SciPy for quantiles only: that takes four times as long as GTC."""
    if "GTC" not in sys.modules:
        import scipy

        for name in ("special", "optimize"):
            # The import of the real module puts it in this place.
            if f"scipy.{name}" not in sys.modules:
                setattr(scipy, name, _Later(f"scipy.{name}"))
    return import_module("GTC")


class _Later:
    """Stands for a module until something of it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


@lru_cache(maxsize=1024)
def coverage_factor(dof: int | None, probability: float = COVERAGE_PROBABILITY) -> float:
    """Return k for a two-sided interval, from Student's t (normal when ``dof`` is None).

    :param dof: whole degrees of freedom, at least 1; None for infinite.
    :param probability: a fraction in (0.5, 1); 95 is refused, it is not taken for percent.
    :raises ValueError: for anything else.

    Source: JCGM 100:2008, G.3.2 and, for whole degrees of freedom, G.4.1 note 1.
    """
    if not 0.5 < probability < 1.0:
        raise ValueError(f"coverage probability is {probability!r}; a fraction between 0.5 and 1 is allowed")
    if dof is not None and dof < 1:
        raise ValueError(f"degrees of freedom are {dof!r}; at least 1 is allowed")
    if dof is None:
        return NormalDist().inv_cdf((1.0 + probability) / 2.0)
    return float(_gtc().reporting.k_factor(dof, 100.0 * probability))


def _contributions(terms: Sequence[Term]) -> list[float]:
    """Return |c|·u of every term, after refusing budgets that could mislead."""
    if not terms:
        raise ValueError("a budget needs at least one term: nothing is known exactly")
    symbols = [term.symbol for term in terms]
    if len(set(symbols)) < len(symbols):
        twice = next(a for a, b in pairwise(sorted(symbols)) if a == b)
        raise ValueError(f"the symbol {twice!r} stands twice in the budget; each term needs its own")
    return [abs(term.sensitivity) * term.standard_uncertainty for term in terms]


def _combine(terms: Sequence[Term], contributions: Sequence[float]) -> tuple[float, float]:
    """Return u_c and the effective degrees of freedom, by GTC.

    Terms with infinite degrees of freedom add nothing to the Welch-Satterthwaite sum, so that their quadrature sum
    stands for all of them: GTC gets one number instead of many.
    """
    gtc = _gtc()
    paired = list(zip(terms, contributions, strict=True))
    certain = math.hypot(*(contribution for term, contribution in paired if term.dof == math.inf))
    parts = [("type B", certain, math.inf)]
    parts += [(term.symbol, contribution, term.dof) for term, contribution in paired if term.dof != math.inf]
    inputs = [gtc.ureal(0.0, contribution, dof, symbol) for symbol, contribution, dof in parts if contribution > 0.0]
    if not inputs:
        return 0.0, math.inf
    total = sum(inputs[1:], start=inputs[0])
    combined = float(gtc.uncertainty(total))
    if not math.isclose(combined, math.hypot(*contributions), rel_tol=_RECOMBINES):
        raise ArithmeticError(f"the budget does not recombine: {combined} from {list(contributions)}")
    return combined, float(gtc.dof(total))


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
