# SPDX-License-Identifier: MIT
"""Results that follow from two others: a difference, a share, a deviation.

Both are taken for independent. Measured with one instrument on one range they share its gain, so that the uncertainty
given here is too large rather than too small.
"""

from collections.abc import Mapping

from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.term import Term, standard
from stimcert.uncertainty import evaluate

_CERTAIN = 2.0
"""Expanded uncertainties that a divisor must exceed: a share of nothing is no number."""


def rise(value: Measured, before: Measured) -> Measured:
    """Return |value| − |before| with its sign, in their unit.

    :raises NotMeasurable: when one of them is only a bound.

    Source: JCGM 100:2008, eq. (10).
    """
    _refuse_bounds(value, before)
    terms = [_term("I_2", value, 1.0), _term("I_1", before, -1.0)]
    return _result(abs(value.value) - abs(before.value), value.unit, terms, {"before": before.value})


def drop(value: Measured, before: Measured) -> Measured:
    """Return by how much |value| is less than |before|, ≥ 0: 0 for a rise; the uncertainty is that of the difference.

    :raises NotMeasurable: when one of them is only a bound.
    """
    change = rise(value, before)
    return Measured(
        value=max(-change.value, 0.0), unit=change.unit, uncertainty=change.uncertainty, details=change.details
    )


def share(value: Measured, whole: Measured) -> Measured:
    """Return |value| / |whole|, a fraction.

    :raises NotMeasurable: when one of them is only a bound, or ``whole`` may be nothing.

    Source: JCGM 100:2008, eq. (10).
    """
    _refuse_bounds(value, whole)
    if not abs(whole.value) > _CERTAIN * whole.uncertainty.expanded:
        found = show(whole.value, whole.unit)
        raise NotMeasurable("no_output_proven", f"{found} may be nothing: a share of it is no number", found=found)
    ratio = abs(value.value) / abs(whole.value)
    terms = [_term("I", value, 1.0 / abs(whole.value)), _term("I_0", whole, -ratio / abs(whole.value))]
    return _result(ratio, "%", terms, {"value": value.value, "whole": whole.value})


def deviation(value: Measured, reference: Measured) -> Measured:
    """Return ||value| / |reference| − 1|, a fraction ≥ 0.

    :raises NotMeasurable: when one of them is only a bound, or the reference may be nothing.
    """
    ratio = share(value, reference)
    return Measured(
        value=abs(ratio.value - 1.0), unit="%", uncertainty=ratio.uncertainty, details={"ratio": ratio.value}
    )


def _refuse_bounds(*parts: Measured) -> None:
    for part in parts:
        if part.bound is not None:
            text = f"at least {show(part.value, part.unit)} is no value that another could be compared with"
            raise NotMeasurable(part.cause or "overrange", text)


def _term(symbol: str, part: Measured, sensitivity: float) -> Term:
    dof = part.uncertainty.effective_dof
    return standard(
        symbol,
        uncertainty=part.uncertainty.standard,
        unit=part.unit,
        estimate=part.value,
        sensitivity=sensitivity,
        dof=max(dof, 1.0),
    )


def _result(value: float, unit: str, terms: list[Term], details: Mapping[str, float]) -> Measured:
    return Measured(value=value, unit=unit, uncertainty=evaluate(terms), details=details)
