# SPDX-License-Identifier: MIT
"""Results that follow from two others: a difference, a share, a deviation.

What both depend on, counts once: read by one instrument on one range, they share its gain, which cancels in a share and
acts on a difference alone; the offset cancels in a difference of the same sign and remains in a share.

Source: JCGM 100:2008, eq. (10) and 5.2.2.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stimcert.correlation import join
from stimcert.measured import Measured, Model, NotMeasurable
from stimcert.propagation import slope_of
from stimcert.quantity import show
from stimcert.term import Term, standard
from stimcert.uncertainty import evaluate

_CERTAIN = 2.0
"""Expanded uncertainties that a divisor must exceed: a share of nothing is no number."""


def rise(value: Measured, before: Measured) -> Measured:
    """Return |value| − |before| with its sign, in their unit.

    :raises NotMeasurable: when one of them is only a bound.
    """
    _refuse_bounds(value, before)
    sign_2, sign_1 = math.copysign(1.0, value.value), math.copysign(1.0, before.value)
    terms = join(_terms("I_2", value), _terms("I_1", before)).towards((sign_2, -sign_1))
    return Measured(
        value=abs(value.value) - abs(before.value),
        unit=value.unit,
        uncertainty=evaluate(terms),
        details={"before": before.value},
    )


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
    """
    _refuse_bounds(value, whole)
    if not abs(whole.value) > _CERTAIN * whole.uncertainty.expanded:
        found = show(whole.value, whole.unit)
        raise NotMeasurable("no_output_proven", f"{found} may be nothing: a share of it is no number", found=found)
    ratio = value.value / whole.value
    both = join(_terms("I", value), _terms("I_0", whole))
    model = Model(function=_ratio, estimates=(value.value, whole.value), coefficients=both.coefficients)
    by = math.copysign(1.0, ratio) / whole.value, -abs(ratio) / whole.value
    return Measured(
        value=abs(ratio),
        unit="%",
        uncertainty=evaluate(both.towards(by)),
        details={"value": value.value, "whole": whole.value},
        model=model,
    )


def deviation(value: Measured, reference: Measured) -> Measured:
    """Return ||value| / |reference| − 1|, a fraction ≥ 0.

    :raises NotMeasurable: when one of them is only a bound, or the reference may be nothing.
    """
    ratio = share(value, reference)
    return Measured(
        value=abs(ratio.value - 1.0),
        unit="%",
        uncertainty=ratio.uncertainty,
        details={"ratio": ratio.value},
        model=ratio.model,
    )


def combine(
    function: Callable[..., Any], parts: Mapping[str, Measured], *, unit: str = "1", k: float | None = None
) -> Measured:
    """Return the value of a function of results, as :func:`stimcert.propagation.propagate` does of inputs.

    :param function: called with the names of the parts as keywords; for a simulation with arrays.
    :param parts: results by name; what they have in common (inputs of one source) is known to be common.
    :param k: as for :func:`stimcert.uncertainty.evaluate`.
    :raises NotMeasurable: when one of them is only a bound.

        >>> from stimcert.term import rectangular
        >>> def reading(value: float) -> Measured:
        ...     gain = rectangular("g", half_width=0.01, unit="%", sensitivity=value, source="gain of the meter")
        ...     return Measured(value=value, unit="A", uncertainty=evaluate([gain]))
        >>> found = combine(lambda a, b: a - b, {"a": reading(3.0), "b": reading(2.0)}, unit="A")
        >>> found.value, round(found.uncertainty.standard, 5)
        (1.0, 0.00577)
    """
    _refuse_bounds(*parts.values())
    both = join(*(_terms(name, part) for name, part in parts.items()))
    estimates = {name: part.value for name, part in parts.items()}
    by = [slope_of(function, estimates, name, part.uncertainty.standard) for name, part in parts.items()]
    return Measured(
        value=float(function(**estimates)),
        unit=unit,
        uncertainty=evaluate(both.towards(by), k=k),
        model=Model(
            function=lambda *values: function(**dict(zip(parts, values, strict=True))),
            estimates=tuple(estimates.values()),
            coefficients=both.coefficients,
        ),
    )


def voltage(current: Measured, load: Measured) -> Measured:
    """Return |I|·R in V, what is across a resistor while a current flows through it; a bound of a current stays one.

    :param current: A; of a peak the result is the peak of the voltage.
    :param load: total resistance that the device sees, Ω, as it was measured.

    Source: JCGM 100:2008, eq. (10).
    """
    amperes, ohms = abs(current.value), load.value
    sign = math.copysign(1.0, current.value)
    terms = join(_terms("I", current), _terms("R", load)).towards((sign * ohms, amperes))
    details = {"current": amperes, "load": ohms}
    return replace(current, value=amperes * ohms, unit="V", uncertainty=evaluate(terms), details=details, model=None)


def _ratio(value: Any, whole: Any) -> Any:
    return abs(value / whole)


def _refuse_bounds(*parts: Measured) -> None:
    for part in parts:
        if part.bound is not None:
            text = f"at least {show(part.value, part.unit)} is no value that another could be compared with"
            raise NotMeasurable(part.cause or "overrange", text)


def _terms(symbol: str, part: Measured) -> Sequence[Term]:
    """Return the inputs of a part; one that has lost them counts as a single input of its own."""
    if part.uncertainty.terms:
        return part.uncertainty.terms
    return [
        standard(
            symbol,
            uncertainty=part.uncertainty.standard,
            unit=part.unit,
            estimate=part.value,
            dof=max(part.uncertainty.effective_dof, 1.0),
        )
    ]
