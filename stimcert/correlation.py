# SPDX-License-Identifier: MIT
"""What measurement results have in common: inputs of one source, and inputs that one specification bounds.

The gain error of an instrument on one range is the same in every reading of a run. In a ratio of two readings it
cancels; in a difference it acts on the difference; an offset cancels in a difference and remains in a charge, where it
grows with time. All of that follows when the sensitivities of terms of one source are added before they are squared.

A data sheet bounds gain and offset by one figure, ± (gain · |reading| + offset). By the convention *one rectangle* the
sum of both contributions is the half-width of one rectangular distribution; by *two rectangles* each has its own, which
gives a smaller uncertainty.

Source: JCGM 100:2008, 5.2.2 and F.1.2.4 (correlation through inputs in common), 4.3.7 (rectangles; its example 2 makes
one of a voltmeter's share of reading and share of range).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stimcert.term import SQRT_3, Term


def shared(terms: Iterable[Term]) -> list[Term]:
    """Return the terms with those of one source made one: their sensitivities add.

    Where the same input is known differently well, the larger uncertainty counts.
    """
    found: list[Term] = []
    places: dict[str, int] = {}
    for term in terms:
        if not term.source or term.source not in places:
            if term.source:
                places[term.source] = len(found)
            found.append(term)
            continue
        place = places[term.source]
        known = max(found[place], term, key=_uncertainty)
        found[place] = replace(known, sensitivity=found[place].sensitivity + term.sensitivity)
    return found


def bundled(terms: Sequence[Term]) -> list[Term]:
    """Return the rows of a budget: terms that one specification bounds become one rectangle."""
    bundles: dict[str, list[Term]] = {}
    rows: list[Term | str] = []
    for term in terms:
        if not term.bundle:
            rows.append(term)
        elif term.bundle in bundles:
            bundles[term.bundle].append(term)
        else:
            bundles[term.bundle] = [term]
            rows.append(term.bundle)
    return [_one_rectangle(bundles[row]) if isinstance(row, str) else row for row in rows]


@dataclass(frozen=True, kw_only=True)
class Joint:
    """What several results depend on, each input once.

    :param terms: the inputs; their sensitivities mean nothing yet.
    :param coefficients: for each result its sensitivity to each of the inputs.
    """

    terms: tuple[Term, ...]
    coefficients: tuple[tuple[float, ...], ...]

    def towards(self, by: Sequence[float]) -> list[Term]:
        """Return the inputs of what depends on the results.

        :param by: its sensitivity to each of them.
        """
        return [
            replace(term, sensitivity=sensitivity)
            for term, sensitivity in zip(self.terms, self.sensitivities(by), strict=True)
        ]

    def sensitivities(self, by: Sequence[float]) -> list[float]:
        """Return the sensitivity of what depends on the results to each of the inputs; ``by`` as before."""
        return [
            math.fsum(b * c for b, c in zip(by, column, strict=True)) for column in zip(*self.coefficients, strict=True)
        ]


def join(*parts: Sequence[Term]) -> Joint:
    """Return the inputs of several results, those of one source only once.

    A symbol that stands for something else in each part gets the number of its part.
    """
    keys = [[term.source or (number, term.symbol) for term in terms] for number, terms in enumerate(parts, start=1)]
    found: dict[object, tuple[int, Term]] = {}
    for number, (terms, named) in enumerate(zip(parts, keys, strict=True), start=1):
        for key, term in zip(named, terms, strict=True):
            first, known = found.get(key, (number, term))
            found[key] = first, max(known, term, key=_uncertainty)
    meanings = Counter(term.symbol for _, term in found.values())
    known_by = [dict(zip(named, terms, strict=True)) for named, terms in zip(keys, parts, strict=True)]
    return Joint(
        terms=tuple(
            term if meanings[term.symbol] == 1 else replace(term, symbol=f"{term.symbol}_{number}")
            for number, term in found.values()
        ),
        coefficients=tuple(tuple(own[key].sensitivity if key in own else 0.0 for key in found) for own in known_by),
    )


def _uncertainty(term: Term) -> float:
    return term.standard_uncertainty


def _one_rectangle(members: Sequence[Term]) -> Term:
    """Return one rectangle as wide as all members together, told in the unit of the last one that counts."""
    counting = [term for term in members if term.sensitivity != 0.0]
    if len(counting) < 2:
        return counting[0] if counting else members[-1]
    told = counting[-1]
    width = math.fsum(abs(term.sensitivity) * (term.half_width or 0.0) for term in counting) / abs(told.sensitivity)
    # As ``replace`` would have it, in a third of the time: this stands in every budget of a run.
    return Term(
        symbol=told.symbol,
        name=told.bundle,
        estimate=told.estimate,
        unit=told.unit,
        standard_uncertainty=width / SQRT_3,
        half_width=width,
        distribution="rectangular",
        divisor=SQRT_3,
        sensitivity=told.sensitivity,
        source=told.source,
        bundle=told.bundle,
    )
