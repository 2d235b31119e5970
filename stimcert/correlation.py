# SPDX-License-Identifier: MIT
"""What measurement results have in common: inputs of one source, and inputs that one specification bounds.

The gain error of an instrument on one range is the same in every reading of a run. In a ratio of two readings it
cancels; in a difference it acts on the difference; an offset cancels in a difference and remains in a charge, where it
grows with time. All of that follows when the sensitivities of terms of one source are added before they are squared.

A data sheet bounds gain and offset by one figure, ± (gain · |reading| + offset). By the convention *one rectangle* the
sum of both contributions is the half-width of one rectangular distribution; by *two rectangles* each has its own, which
gives a smaller uncertainty.

Source: JCGM 100:2008, 5.2.2 and F.1.2.4 (correlation through inputs in common), 4.3.7 (rectangles).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

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
    for term in terms:
        if term.bundle:
            bundles.setdefault(term.bundle, []).append(term)
    if not bundles:
        return list(terms)
    rows: list[Term] = []
    for term in terms:
        if not term.bundle:
            rows.append(term)
        elif term is bundles[term.bundle][0]:
            rows.append(_one_rectangle(bundles[term.bundle]))
    return rows


def inputs_of(*parts: tuple[Sequence[Term], float]) -> list[Term]:
    """Return the inputs of a result that depends on others, those in common only once.

    :param parts: of each of the others its terms, and the sensitivity of the result to it. A symbol that stands for
        something else in each part gets the number of its part.
    """
    scaled = [[replace(term, sensitivity=by * term.sensitivity) for term in terms] for terms, by in parts]
    joined = shared(term for terms in scaled for term in terms)
    meanings = Counter(term.symbol for term in joined)
    numbers = {
        (term.source or id(term)): number for number, terms in reversed([*enumerate(scaled, 1)]) for term in terms
    }
    return [
        term
        if meanings[term.symbol] == 1
        else replace(term, symbol=f"{term.symbol}_{numbers[term.source or id(term)]}")
        for term in joined
    ]


def _uncertainty(term: Term) -> float:
    return term.standard_uncertainty


def _one_rectangle(members: Sequence[Term]) -> Term:
    """Return one rectangle as wide as all members together, told in the unit of the last one that counts."""
    counting = [term for term in members if term.sensitivity != 0.0]
    if len(counting) < 2:
        return counting[0] if counting else members[-1]
    told = counting[-1]
    width = math.fsum(abs(term.sensitivity) * (term.half_width or 0.0) for term in counting) / abs(told.sensitivity)
    return replace(told, name=told.bundle, half_width=width, standard_uncertainty=width / SQRT_3)
