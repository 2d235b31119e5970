# SPDX-License-Identifier: MIT
"""A whole treatment: how far the output drifts, when it ends by itself, and what charge flows, once and in a course.

All looks at the output are taken by one instrument on one range: its gain cancels in a drift, its offset remains, and
in a charge both add up over all the time.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from stimcert.correlation import join
from stimcert.derived import deviation
from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate

Result = Measured | NotMeasurable


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen of the output at one moment of a treatment.

    :param moment: middle of the record, s from the start of the output.
    :param peak: absolute peak current, A.
    :param mean: mean current with its sign, A.
    :param rectified: mean magnitude of the current, A.
    """

    moment: float
    peak: Result
    mean: Result
    rectified: Result


@dataclass(frozen=True, kw_only=True)
class Ending:
    """When an output was last seen on, and first seen off, s from its start.

    :param off: None when it was never seen off.
    """

    on: float
    off: float | None


def drift(looks: Sequence[Look]) -> Measured:
    """Return the largest deviation of the peak from that of the first look, a fraction ≥ 0.

    :raises NotMeasurable: when a look shows no peak, or only a bound, or there are fewer than two.
    """
    return _largest(looks, lambda first, look: deviation(_sure(look.peak), _sure(first.peak)))


def mean_drift(looks: Sequence[Look]) -> Measured:
    """Return the largest change of the mean from that of the first look, A, a magnitude.

    :raises NotMeasurable: as :func:`drift`.
    """
    return _largest(looks, lambda first, look: _change(_sure(look.mean), _sure(first.mean)))


def _largest(looks: Sequence[Look], compared: Callable[[Look, Look], Measured]) -> Measured:
    if len(looks) < 2:
        text = f"{len(looks)} looks at the output: a drift needs two at least"
        raise NotMeasurable("not_observed", text, observed=f"{len(looks)} looks", required="2")
    found = [(compared(looks[0], look), look.moment) for look in looks[1:]]
    largest, moment = max(found, key=lambda one: one[0].value)
    return replace(largest, details={**largest.details, "moment": moment, "looks": len(looks)})


def _change(value: Measured, before: Measured) -> Measured:
    change = value.value - before.value
    sign = math.copysign(1.0, change)
    terms = join(value.uncertainty.terms, before.uncertainty.terms).towards((sign, -sign))
    return Measured(value=abs(change), unit=value.unit, uncertainty=evaluate(terms), details={"before": before.value})


def ended_after(ending: Ending) -> Measured:
    """Return when an output ended by itself, s from its start: anywhere between the last look at it and the first off.

    An output that was never seen off ends after the last look, at least.

    Source: JCGM 100:2008, 4.3.7 for a value of which only its bounds are known.
    """
    if ending.off is None:
        terms = [rectangular("δt", half_width=0.0, unit="s", name="last look at the output")]
        return Measured(value=ending.on, unit="s", uncertainty=evaluate(terms), bound=">=", cause="not_observed")
    half = (ending.off - ending.on) / 2.0
    terms = [
        rectangular("δt", half_width=half, unit="s", name="between the last look with output and the first without")
    ]
    return Measured(value=ending.on + half, unit="s", uncertainty=evaluate(terms))


def dose(looks: Sequence[Look], ending: Ending) -> Measured:
    """Return ∫|i| dt over a treatment, C: 1 mA·min is 60 mC.

    Between two looks the mean magnitude counts as a straight line; half of what it changed by may be wrong. From the
    start to the first look, and from the last one to the end, it counts as it was then.

    :raises NotMeasurable: when a look shows no mean magnitude, or only a bound.

    Source: dose in mA·min as in iontophoresis; ∫|i| dt, this project's definition for currents of both signs.
    """
    if not looks:
        raise NotMeasurable("not_observed", "no look at the output", observed="no look", required="one")
    sizes = [_sure(look.rectified) for look in looks]
    end = ending.on if ending.off is None else (ending.on + ending.off) / 2.0
    edges = [0.0, *((a.moment + b.moment) / 2.0 for a, b in pairwise(looks)), max(end, looks[-1].moment)]
    spans = [later - earlier for earlier, later in pairwise(edges)]
    between = [
        abs(b.value - a.value) / 2.0 * (later.moment - earlier.moment)
        for (a, b), (earlier, later) in zip(pairwise(sizes), pairwise(looks), strict=True)
    ]
    unsure = 0.0 if ending.off is None else (ending.off - ending.on) / 2.0
    terms = [
        *_together(join(*(size.uncertainty.terms for size in sizes)).towards(spans), sizes),
        rectangular("δQ_line", half_width=math.fsum(between), unit="C", name="between the looks"),
        rectangular("δt_end", half_width=unsure, unit="s", name="when it ended", sensitivity=sizes[-1].value),
    ]
    value = math.fsum(size.value * span for size, span in zip(sizes, spans, strict=True))
    details = {"duration": edges[-1], "looks": len(looks)}
    return Measured(value=value, unit="C", uncertainty=evaluate(terms), details=details)


def course(one: Measured, *, treatments: int) -> Measured:
    """Return the dose of a course of treatments that are like one.

    :param one: dose of the treatment that was measured, C.
    :param treatments: how many there are, > 0.
    """
    terms = join(one.uncertainty.terms).towards((float(treatments),))
    value = treatments * one.value
    return Measured(value=value, unit="C", uncertainty=evaluate(terms), details={"treatments": treatments})


def _together(terms: Sequence[Term], parts: Sequence[Measured]) -> list[Term]:
    """Return the terms with what is each part's own (noise, cycles, drift) made one, so that a budget can be read."""
    shown = Counter(source for part in parts for source in {term.source for term in part.uncertainty.terms} if source)
    common = [term for term in terms if shown[term.source] > 1]
    alone = [term for term in terms if shown[term.source] <= 1]
    if not alone:
        return common
    own = evaluate(alone)
    name = f"what each of {len(parts)} looks has of its own: noise, cycles, drift since the check"
    dof = max(own.effective_dof, 1.0)
    return [*common, standard("δQ_looks", uncertainty=own.standard, unit="C", name=name, dof=dof)]


def _sure(found: Result) -> Measured:
    """Return a result that is a value.

    :raises NotMeasurable: for one that is none, or a bound.
    """
    if isinstance(found, NotMeasurable):
        raise found
    if found.bound is not None:
        text = f"at least {show(found.value, found.unit)} is no value for a drift or a dose"
        raise NotMeasurable(found.cause or "clipped", text, value=show(found.value, found.unit))
    return found
