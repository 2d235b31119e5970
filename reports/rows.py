# SPDX-License-Identifier: MIT
"""The table of readings, written by hand: ten thousand rows take a template ten times as long.

Every text goes through :func:`_data`; all else in a cell is made of numbers. Sections of rows are tables of their own,
so that a browser lays out only those on the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.record_file import Measurement, Node
from reports.text import as_html
from reports.words import ADVISORY, INFORMATION, LOOKS, Look, instrument_words
from stimcert.places import load_words, visit_words

SECTION = 200
# Reasons that say in words what the numbers of the same row say.
_SHOWN_BY_THE_ROW = frozenset({"limit_exceeded", "guard_band", "censored_above_limit"})


@dataclass(frozen=True)
class Column:
    """One column.

    :param head: HTML of its heading.
    :param cells: HTML of each cell, with the class attribute's value before it when it has one.
    """

    head: str
    cells: Sequence[str]
    css: str = ""


@dataclass(frozen=True)
class Section:
    """Some rows of a table, ready to be put into the page.

    :param first: number of the first row, counted from 1.
    """

    html: str
    first: int
    last: int


@dataclass(frozen=True)
class Readings:
    """A table of readings.

    :param caption: what all its rows have in common.
    :param head: HTML of the heading's cells.
    """

    caption: str
    head: str
    sections: Sequence[Section]
    count: int


def look_of(measurement: Measurement) -> Look:
    """Return how a measurement is marked: by its verdict, or as the information or advice that it is."""
    if measurement.kind == "advisory":
        exceeded = measurement.flag("exceeded")
        # A lower bound of a current shows that advice was exceeded, never that it was kept.
        return ADVISORY[None if measurement.data.get("bound") and not exceeded else exceeded]
    return INFORMATION if measurement.own is None else LOOKS[measurement.own]


def readings(
    measurements: Sequence[Measurement],
    caption: str,
    worst: Measurement | None,
    advice: Sequence[Sequence[Measurement]] = (),
) -> Readings:
    """Make the table of measurements of one quantity against one limit.

    :param worst: marked in the table; an element of ``measurements``.
    :param advice: the same readings against advisory rows, in the same order.
    """
    columns = _columns(measurements, advice)
    columns = [column for column in columns[:-1] if any(column.cells)] + columns[-1:]
    opened = [f'<td class="{c.css}">' if c.css else "<td>" for c in columns]
    texts = zip(*(c.cells for c in columns), strict=True)
    rows = [f"<tr>{''.join(a + b + '</td>' for a, b in zip(opened, cells, strict=True))}</tr>\n" for cells in texts]
    if worst is not None:
        place = next(n for n, m in enumerate(measurements) if m is worst)
        rows[place] = rows[place].replace("<tr>", '<tr class="worst">', 1)
    head = "".join(f'<th scope="col" class="{c.css}">{c.head}</th>' for c in columns)
    starts = range(0, len(rows), SECTION)
    sections = [Section("".join(rows[n : n + SECTION]), n + 1, min(n + SECTION, len(rows))) for n in starts]
    instruments = {instrument_words(m.conditions) for m in measurements}
    alone = instruments.pop() if len(instruments) == 1 else None
    return Readings(f"{caption}; {alone}" if alone else caption, head, sections, len(rows))


def same_readings(first: Sequence[Measurement], second: Sequence[Measurement]) -> bool:
    """Tell whether two rows of limits judged the very same readings, one after the other."""
    return [_reading(m) for m in first] == [_reading(m) for m in second]


def _reading(found: Measurement) -> tuple[object, ...]:
    attempt = found.conditions.data.get("attempt")
    return found.quantity, found.value, found.mode, found.level, found.load, attempt


def _columns(measurements: Sequence[Measurement], advice: Sequence[Sequence[Measurement]]) -> list[Column]:
    conditions = [m.conditions for m in measurements]
    before = [
        Column("No.", [_data(m.data.get("index")) for m in measurements], "n"),
        Column("Level", [_data(m.level) for m in measurements], "n"),
        _loads("Load", [m.load for m in measurements], 7),
        _loads("Measured load", [c.number("measured_load") for c in conditions], 5),
        _instruments(conditions),
    ]
    advised = [_advice(group) for group in advice]
    return [*before, *_values(measurements), _verdicts(measurements), *advised, _remarks(measurements)]


def _instruments(conditions: Sequence[Node]) -> Column:
    """Return who measured, row by row; where it is the same all the way the caption says it."""
    names = [instrument_words(c) for c in conditions]
    return Column("Measured by", [_data(name) for name in names] if len(set(names)) > 1 else [""] * len(names), "date")


def _loads(title: str, values: Sequence[float | None], digits: int) -> Column:
    """Return a column of resistances; few differ, so each is worded once."""
    words = {value: load_words(value, digits=digits) for value in set(values) if value is not None}
    return Column(title, ["" if value is None else words[value] for value in values], "n")


def _values(measurements: Sequence[Measurement]) -> list[Column]:
    """Return value, uncertainty, limits and margin on one scale, so that columns can be compared by eye."""
    unit = measurements[0].unit
    values = [m.value for m in measurements]
    spreads = [m.expanded for m in measurements]
    lowers, uppers = [m.lower for m in measurements], [m.upper for m in measurements]
    scale = numbers.Scale.of([*values, *lowers, *uppers], unit)
    smallest = min((u for u in spreads if u), default=None)
    places = scale.decimals(smallest, min((abs(v) for v in values if v), default=None))
    digits = numbers.digits_of_limit(measurements[0].kind)
    margins = [numbers.margin(m.held, m.lower, m.upper) for m in measurements]
    signs = ["≥ " if m.data.get("bound") else "" for m in measurements]
    shown = [sign + scale.fixed(v, places) for sign, v in zip(signs, values, strict=True)]
    fixed = [
        Column(_head("Lower limit", scale.unit), _worded(lowers, scale, digits), "n"),
        Column(_head("Value", scale.unit), shown, "n value"),
        Column(_head("± U", scale.unit), ["" if v is None else scale.fixed(v, places) for v in spreads], "n"),
        Column(_head("Upper limit", scale.unit), _worded(uppers, scale, digits), "n"),
    ]
    margin = ["" if v is None else scale.fixed(v, places) for v in margins]
    return [*fixed, Column(_head("Margin", scale.unit), margin, "n")]


def _worded(limits: Sequence[float | None], scale: numbers.Scale, digits: int) -> list[str]:
    """Return limits as text; few differ, so each is worded once."""
    words = {limit: "" if limit is None else scale.short(limit, digits) for limit in set(limits)}
    return [words[limit] for limit in limits]


def _verdicts(measurements: Sequence[Measurement]) -> Column:
    looks = [look_of(m) for m in measurements]
    written = {look: f'<span class="v-{look.shape}">{look.mark} {look.word}</span>' for look in set(looks)}
    judged = any(look is not INFORMATION for look in looks)
    return Column("Verdict", [written[look] if judged else "" for look in looks], "verdict")


def _advice(group: Sequence[Measurement]) -> Column:
    limits = numbers.limits(group[0].lower, group[0].upper, group[0].unit)
    looks = [look_of(m) for m in group]
    cells = [f'<span class="v-{look.shape}">{look.mark} {look.word}</span>' for look in looks]
    return Column(f"Advice<br>{as_html(limits)}", cells, "date")


def _remarks(measurements: Sequence[Measurement]) -> Column:
    return Column("Remark", [_remark(m) for m in measurements], "remark")


def _remark(measurement: Measurement) -> str:
    attempt = measurement.conditions.number("attempt") or 1
    reason, above = measurement.data.get("reason"), measurement.conditions.data.get("one_more_up") is True
    void, visited = Node(measurement.data.get("void")), visit_words(measurement.conditions.data)
    caught = "caught by the trigger" if measurement.conditions.text("record") == "caught" else None
    torn = "before the case was torn" if measurement.flag("torn") else None
    if attempt <= 1 and not any((reason, above, void, visited, caught, torn)):
        return ""
    repeated = f"attempt {attempt:g}" if attempt > 1 and not caught else None
    stepped = "after one more step up" if above else None
    why = Node(reason)
    text = None if why.text("code") in _SHOWN_BY_THE_ROW else why.text("text")
    voided = None if why.text("code") == void.text("code") else void.text("text")
    return _data("; ".join(part for part in (torn, *visited, stepped, repeated, caught, text, voided) if part))


def _head(title: str, unit: str) -> str:
    return f"{title}<br>{as_html(unit)}" if unit else title


def _data(value: object) -> str:
    """Return anybody's text as HTML that shows it and does nothing else."""
    if value is None or value == "":
        return ""
    if isinstance(value, int | float):
        return f"{value:g}"
    return f"<bdi>{as_html(str(value))}</bdi>"
