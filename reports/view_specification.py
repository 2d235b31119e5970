# SPDX-License-Identifier: MIT
"""The output specification of the report: a column for each mode, and what the maker states about the unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.record_file import Node, Record
from reports.view_parts import Fact

_ABREAST = 3
_BASIC = {
    "power_source": "Power source",
    "line_isolation": "Method of line isolation",
    "output_modes": "Output modes",
    "channels": "Channels",
    "channel_isolation": "Isolation of the channels",
    "regulation": "Regulated current or voltage",
    "software_control": "Software or firmware control",
    "overload_trip": "Automatic overload trip",
    "no_load_trip": "Automatic no-load trip",
    "shut_off": "Automatic shut-off",
    "patient_override": "Patient override control",
    "indicators": "Indicators",
    "timer": "Timer",
    "standards": "Standards",
    "lead_wires": "Lead wires",
    "weight": "Weight",
    "size": "Size",
    "housing": "Housing",
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One row of one mode.

    :param text: a value with its uncertainty, or words.
    :param more: what belongs to it: what is declared, the range over all points, why there is no value.
    :param css: class of the cell: how sure a reader may be of it.
    """

    text: str
    more: Sequence[str]
    css: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Some modes side by side.

    :param modes: heads of the columns.
    :param rows: name of each row, and a cell for each mode.
    """

    modes: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


@dataclass(frozen=True, kw_only=True)
class Specification:
    """The output specification: at most three modes to a table, so that it fits a printed page."""

    cases: str
    tables: Sequence[Table]
    basic: Sequence[Fact]


def specification(record: Record) -> Specification | None:
    """Return the output specification of a run, None where it has none."""
    columns = record.nodes("output_specification")
    if not columns:
        return None
    groups = [columns[at : at + _ABREAST] for at in range(0, len(columns), _ABREAST)]
    basic = record.node("dut").node("basic")
    return Specification(
        cases=", ".join(dict.fromkeys(column.text("case") or "?" for column in columns)),
        tables=[_table(group) for group in groups],
        basic=[Fact(name, basic.text(key)) for key, name in _BASIC.items() if basic.text(key)],
    )


def _table(columns: Sequence[Node]) -> Table:
    found = [{row.text("name") or "?": row for row in column.nodes("rows")} for column in columns]
    names = [name for name in _names(columns) if name != "Mode name"]
    return Table(
        modes=[column.text("mode") or "?" for column in columns],
        rows=[(name, [_cell(rows.get(name, Node(None))) for rows in found]) for name in names],
    )


def _names(columns: Sequence[Node]) -> list[str]:
    """Return the names of all rows, in the order of the table; a load that one mode lacks stands where it belongs."""
    longest = max((column.nodes("rows") for column in columns), key=len)
    order = [row.text("name") or "?" for row in longest]
    others = [row.text("name") or "?" for column in columns for row in column.nodes("rows")]
    return [*order, *(name for name in dict.fromkeys(others) if name not in order)]


def _cell(row: Node) -> Cell:
    state = row.text("state") or "not measured"
    css = state.replace(" ", "-")
    if state == "measured":
        return Cell(text=_value(row), more=_beside(row), css=css)
    if state == "words":
        return Cell(text=row.text("text") or numbers.NOTHING, more=(), css=css)
    if state == "declared":
        return Cell(text=row.text("text") or numbers.NOTHING, more=("declared by the maker, not measured",), css=css)
    return Cell(text=state, more=[row.text("text") or "nobody said why"], css=css)


def _value(row: Node) -> str:
    return numbers.with_uncertainty(
        row.number("value"), row.number("expanded_uncertainty"), row.text("unit"), row.text("bound")
    )


def _beside(row: Node) -> list[str]:
    declared, unit = row.node("declared"), row.text("unit")
    said = []
    if declared:
        tolerance = numbers.given(declared.number("tolerance"), "%")
        said.append(f"declared {numbers.given(declared.number('value'), unit)} ± {tolerance}")
    lowest, highest, expanded = (row.number(key) for key in ("lowest", "highest", "expanded_uncertainty"))
    if lowest is not None and highest is not None and highest - lowest > (expanded or 0.0):
        said.append(f"{numbers.given(lowest, unit, 4)} to {numbers.given(highest, unit, 4)} over all points")
    return [*said, *filter(None, [row.text("text")])]
