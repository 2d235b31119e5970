# SPDX-License-Identifier: MIT
"""The uncertainty budget of one measurement, every term of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.choosing import measured
from reports.record_file import Measurement, Node
from reports.view_parts import Fact, where
from reports.words import quantity_words

_MANY = 1e6


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The uncertainty budget of one measurement."""

    title: str
    rows: Sequence[Sequence[str]]
    result: Sequence[Fact]


def budget_of(measurement: Measurement) -> Budget | None:
    """Return the budget of a measurement, None where it has none."""
    terms = measurement.nodes("budget")
    if not terms:
        return None
    unit = measurement.unit
    standard, factor = measurement.number("standard_uncertainty"), measurement.number("coverage_factor")
    dof = measurement.number("dof")
    spread = numbers.given(measurement.expanded, unit)
    result = [
        Fact("Result", measured(measurement)),
        Fact("Combined standard uncertainty", _significant(standard, unit)),
        Fact("Effective degrees of freedom", _degrees(dof)),
        Fact("Coverage factor k", None if factor is None else f"{factor:.3g}"),
        Fact("Expanded uncertainty U", _significant(measurement.expanded, unit) or spread),
    ]
    title = f"{quantity_words(measurement.quantity)} at {where(measurement.node('conditions'))}"
    return Budget(title=title, rows=[_budget_row(term, unit) for term in terms], result=result)


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
