# SPDX-License-Identifier: MIT
"""The uncertainty budget of one measurement, every term of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.axis import value_on_axis
from reports.choosing import measured
from reports.plots import Plot
from reports.record_file import Measurement, Node, number
from reports.view_parts import Fact, where
from reports.words import quantity_words

_MANY = 1e6


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The uncertainty budget of one measurement, and how its value was judged by it.

    :param axis: value, U, acceptance and tolerance limits; empty where there are no limits.
    """

    title: str
    rows: Sequence[Sequence[str]]
    result: Sequence[Fact]
    decision: Sequence[Fact]
    axis: Sequence[Plot]


def budget_of(measurement: Measurement, rule: Node, name: str) -> Budget | None:
    """Return the budget of a measurement, None where it has none.

    :param rule: the record's decision rule.
    :param name: unique in the page, letters and digits.
    """
    terms = measurement.nodes("budget")
    if not terms:
        return None
    unit = measurement.unit
    standard, factor = measurement.number("standard_uncertainty"), measurement.number("coverage_factor")
    spread = numbers.given(measurement.expanded, unit)
    result = [
        Fact("Result", measured(measurement)),
        Fact("Combined standard uncertainty", _significant(standard, unit)),
        Fact("Effective degrees of freedom", _effective(measurement)),
        Fact("Coverage factor k", None if factor is None else f"{factor:.3g}"),
        Fact("Expanded uncertainty U", _significant(measurement.expanded, unit) or spread),
        Fact("Convention", rule.text("convention")),
        Fact("Method", _method(measurement)),
    ]
    title = f"{quantity_words(measurement.quantity)} at {where(measurement.node('conditions'))}"
    axis = value_on_axis(measurement, name)
    return Budget(
        title=title,
        rows=[_budget_row(term, unit) for term in terms],
        result=result,
        decision=_decision(measurement, rule),
        axis=[axis] if axis else [],
    )


def _effective(measurement: Measurement) -> str:
    """Return the degrees of freedom as they came out, and as they were taken for k."""
    whole, effective = measurement.number("dof"), measurement.number("effective_dof")
    if whole is None or effective is None:
        return _degrees(whole)
    return f"{effective:.4g}, taken as {whole:g}"


def _method(measurement: Measurement) -> str:
    """Return how the uncertainty was found, and what a simulation said of it where there was one."""
    drawn, unit = measurement.node("monte_carlo"), measurement.unit
    framework = "GUM uncertainty framework (JCGM 100)"
    if not drawn:
        return framework
    low, high = drawn.number("low"), drawn.number("high")
    said = (
        f"{framework}; Monte Carlo (JCGM 101), {drawn.text('draws')} draws, seed {drawn.text('seed')}: "
        f"{numbers.given(low, unit, 6)} … {numbers.given(high, unit, 6)}"
    )
    if drawn.flag("validated"):
        return f"{said}, which validates U"
    wider = (drawn.number("half_width") or 0.0) > (measurement.expanded or 0.0)
    return said + (
        f"; the wider interval decided, ± {_significant(drawn.number('half_width'), unit)}"
        if wider
        else "; U is the wider interval and decided"
    )


def _decision(measurement: Measurement, rule: Node) -> list[Fact]:
    """Return what the value was judged by; nothing where no guard band was laid."""
    band, unit = measurement.number("guard_band"), measurement.unit
    if band is None:
        return []
    accepted = measurement.entries("acceptance_limits")
    low, high = (number(edge) for edge in accepted) if len(accepted) == 2 else (None, None)
    return [
        Fact("Decision rule", rule.text("id")),
        Fact("Tolerance limit", numbers.limits(measurement.lower, measurement.upper, unit)),
        Fact("Guard band w", _significant(band, unit)),
        Fact("Acceptance limit", numbers.limits(low, high, unit, 6)),
        Fact("Probability that the true value is beyond its limits", _probability(measurement)),
    ]


def _probability(measurement: Measurement) -> str | None:
    risk = measurement.number("nonconformance_probability")
    return None if risk is None else numbers.probability(risk)


def _budget_row(term: Node, unit: str | None) -> list[str]:
    own, dof, share = term.text("unit"), term.number("dof"), term.number("share")
    sensitivity, divisor = term.number("sensitivity"), term.number("divisor")
    return [
        term.text("symbol") or "",
        term.text("name") or "",
        _significant(term.number("estimate"), own, 6),
        _significant(term.number("half_width"), own),
        term.text("distribution") or "",
        numbers.Scale("", 1.0).short(divisor, 4),
        _significant(term.number("standard_uncertainty"), own),
        numbers.Scale("", 1.0).short(sensitivity, 4),
        _significant(term.number("contribution"), unit),
        numbers.NOTHING if share is None else f"{share * 100:.1f} %",
        _degrees(dof),
    ]


def _degrees(dof: float | None) -> str:
    """Return degrees of freedom; beyond a million nobody could tell them from infinitely many."""
    return "∞" if dof is None or dof > _MANY else f"{dof:g}"


def _significant(value: float | None, unit: str | None, digits: int = 3) -> str:
    return numbers.NOTHING if value is None else numbers.given(float(f"{value:.{digits - 1}e}"), unit)
