# SPDX-License-Identifier: MIT
"""The table of readings, written by hand: ten thousand rows take a template ten times as long.

Every text goes through :func:`_data`; all else in a cell is made of numbers. Sections of rows are tables of their own,
so that a browser lays out only those on the screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from reports import numbers
from reports.record_file import Node
from reports.text import visible
from reports.words import ADVISORY, INFORMATION, LOOKS, Look, verdict_of

SECTION = 200


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


def look_of(measurement: Node) -> Look:
    """Return how a measurement is marked: by its verdict, or as the information or advice that it is."""
    verdict = verdict_of(measurement.text("verdict"))
    if measurement.text("kind") == "advisory":
        return ADVISORY[bool(measurement.flag("exceeded"))]
    return INFORMATION if verdict is None else LOOKS[verdict]


def readings(measurements: Sequence[Node], caption: str, worst: Node | None) -> Readings:
    """Make the table of measurements of one quantity against one limit.

    :param worst: marked in the table; an element of ``measurements``.
    """
    columns = [column for column in _columns(measurements) if any(column.cells)]
    opened = [f'<td class="{c.css}">' if c.css else "<td>" for c in columns]
    texts = zip(*(c.cells for c in columns), strict=True)
    lines = ["".join(a + b + "</td>" for a, b in zip(opened, cells, strict=True)) for cells in texts]
    rows = ["<tr>" + line + "</tr>\n" for line in lines]
    if worst is not None:
        place = next(n for n, m in enumerate(measurements) if m is worst)
        rows[place] = rows[place].replace("<tr>", '<tr class="worst">', 1)
    head = "".join(f'<th scope="col" class="{c.css}">{c.head}</th>' for c in columns)
    starts = range(0, len(rows), SECTION)
    sections = [Section("".join(rows[n : n + SECTION]), n + 1, min(n + SECTION, len(rows))) for n in starts]
    return Readings(caption, head, sections, len(rows))


def _columns(measurements: Sequence[Node]) -> list[Column]:
    conditions = [m.node("conditions") for m in measurements]
    before = [
        Column("No.", [_data(m.data.get("index")) for m in measurements], "n"),
        Column("Level", [_data(c.data.get("level")) for c in conditions], "n"),
        _number_column("Load", [c.number("load") for c in conditions], "Ω", given=True),
        _number_column("Measured load", [c.number("measured_load") for c in conditions], "Ω"),
    ]
    return before + _values(measurements) + [_verdicts(measurements), _remarks(measurements, conditions)]


def _number_column(title: str, values: Sequence[float | None], unit: str, *, given: bool = False) -> Column:
    scale = numbers.Scale.of(values, unit)
    write: Callable[[float], str] = scale.short if given else (lambda value: scale.fixed(value, 3))
    known: dict[float, str] = {value: write(value) for value in set(values) - {None} if value is not None}
    return Column(_head(title, scale.unit), ["" if v is None else known[v] for v in values], "n")


def _values(measurements: Sequence[Node]) -> list[Column]:
    """Return value, uncertainty, limits and margin on one scale, so that columns can be compared by eye."""
    unit = measurements[0].text("unit")
    values = [m.number("value") for m in measurements]
    spreads = [m.number("expanded_uncertainty") for m in measurements]
    scale = numbers.Scale.of(values, unit)
    places = scale.decimals(min((u for u in spreads if u), default=None), max(map(abs, filter(None, values)), default=0))
    lowers = [m.number("lower_limit") for m in measurements]
    uppers = [m.number("upper_limit") for m in measurements]
    margins = [numbers.margin(*triple) for triple in zip(values, lowers, uppers, strict=True)]
    signs = ["≥ " if m.data.get("bound") else "" for m in measurements]
    shown = [sign + scale.fixed(v, places) for sign, v in zip(signs, values, strict=True)]
    fixed = [
        Column(_head("Lower limit", scale.unit), ["" if v is None else scale.short(v) for v in lowers], "n"),
        Column(_head("Value", scale.unit), shown, "n value"),
        Column(_head("± U", scale.unit), ["" if v is None else scale.fixed(v, places) for v in spreads], "n"),
        Column(_head("Upper limit", scale.unit), ["" if v is None else scale.short(v) for v in uppers], "n"),
    ]
    margin = ["" if v is None else scale.fixed(v, places) for v in margins]
    return [*fixed, Column(_head("Margin", scale.unit), margin, "n")]


def _verdicts(measurements: Sequence[Node]) -> Column:
    looks = [look_of(m) for m in measurements]
    written = {look: f'<span class="v-{look.shape}">{look.mark} {look.word}</span>' for look in set(looks)}
    judged = any(look is not INFORMATION for look in looks)
    return Column("Verdict", [written[look] if judged else "" for look in looks], "verdict")


def _remarks(measurements: Sequence[Node], conditions: Sequence[Node]) -> Column:
    pairs = zip(measurements, conditions, strict=True)
    return Column("Remark", [_remark(m, c) for m, c in pairs], "remark")


def _remark(measurement: Node, conditions: Node) -> str:
    attempt = conditions.number("attempt") or 1
    repeated = f"attempt {attempt:g}" if attempt > 1 else ""
    reason = measurement.node("reason").text("text") or ""
    return _data("; ".join(part for part in (repeated, reason) if part))


def _head(title: str, unit: str) -> str:
    return f"{title}<br>{escape(unit)}" if unit else title


def _data(value: object) -> str:
    """Return anybody's text as HTML that shows it and does nothing else."""
    if value is None or value == "":
        return ""
    if isinstance(value, int | float):
        return f"{value:g}"
    return f"<bdi>{escape(visible(str(value)))}</bdi>"
