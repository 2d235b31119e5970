# SPDX-License-Identifier: MIT
"""One limit of a case, and the measurement that came nearest to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.choosing import ADVISORY, measured, worst_of
from reports.record_file import Measurement, Node, number
from reports.rows import look_of
from reports.view_parts import where
from reports.words import LOOKS, Look, instrument_words, quantity_words
from stimcert.verdict import worst

MODALITY = "modality"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One limit of a case, and the measurement that came nearest to it or went furthest beyond.

    :param judged: it counts for the verdict; advice does not.
    :param magnitude: the limit holds for the magnitude, whatever the sign.
    :param several: each point has limits of its own; ``limit`` is that of the worst.
    :param status: said only of a limit that nobody could check in its source.
    """

    quantity: str
    limit: str
    judged: bool
    magnitude: bool
    several: bool
    row: str | None
    source: str
    status: str | None
    value: str
    where: str
    margin: str
    share: str
    look: Look
    count: int


def requirement(group: Sequence[Measurement], rows: dict[str | None, Node]) -> Requirement:
    """Sum up the measurements of one quantity against one limit.

    :param group: at least one.
    :param rows: the limit rows of the case by their names.
    """
    found = worst_of(group) or group[0]
    row = rows.get(found.limit, Node(None))
    held, lower, upper = found.held, found.lower, found.upper
    distance = numbers.margin(held, lower, upper)
    return Requirement(
        quantity=quantity_words(found.quantity),
        limit=_limit(found, row),
        judged=found.judged,
        magnitude=found.magnitude,
        several=len({(m.lower, m.upper) for m in group}) > 1,
        row=found.limit,
        source=_source(row),
        status=_unverified(row),
        value=_value(found),
        where=where(found.conditions) or instrument_words(found.conditions) or "",
        margin=_margin_words(distance, found),
        share=numbers.signed_share(numbers.margin_share(held, lower, upper)),
        look=_look_of_all(group, found),
        count=len(group),
    )


def _limit(found: Measurement, row: Node) -> str:
    """Return what is allowed: bounds, or what a mode is sold as."""
    if found.quantity == MODALITY and row.text("claim"):
        return f"sold as {row.text('claim')}"
    return numbers.limits(found.lower, found.upper, found.unit, numbers.digits_of_limit(found.kind))


def _value(found: Measurement) -> str:
    """Return what was found: a value, or a modality with the peak that it was told by."""
    words = found.conditions.text("modality")
    return f"{words}, peak {measured(found)}" if found.quantity == MODALITY and words else measured(found)


def _look_of_all(group: Sequence[Measurement], found: Measurement) -> Look:
    """Return the worst verdict of a requirement; an advisory row has none and is only exceeded or not."""
    if found.kind == ADVISORY:
        return look_of(next((m for m in group if m.flag("exceeded")), found))
    return LOOKS[worst(m.own for m in group if m.own is not None)]


def _margin_words(distance: float | None, measurement: Measurement) -> str:
    if distance is None:
        return numbers.NOTHING
    scale = numbers.Scale.of((distance, measurement.expanded), measurement.unit)
    sign = "≤ " if measurement.data.get("bound") else ""
    if measurement.expanded is None:
        return f"{sign}{scale.short(distance, 4)} {scale.unit}"
    return f"{sign}{scale.fixed(distance, scale.decimals(measurement.expanded))} {scale.unit}"


def _source(row: Node) -> str:
    parts = [row.text("source"), row.text("edition"), row.text("clause") and f"clause {row.text('clause')}"]
    loads = [numbers.given(load, "Ω") for entry in row.entries("loads") if (load := number(entry)) is not None]
    parts += [f"at {', '.join(loads)}"] if loads else []
    parts += [row.text("regime") and f"{row.text('regime')} regime"]
    event = row.number("event") if (row.text("metric") or "").endswith("peak") else None
    parts += [f"events of {numbers.given(event, 's')} and longer"] if event else []
    return ", ".join(part for part in parts if part)


def _unverified(row: Node) -> str | None:
    return "unverified in its source" if row and row.text("status") != "verified" else None
