# SPDX-License-Identifier: MIT
"""Write ``output_specification.csv``: a row per mode and row of the output table, SI units, every digit."""

import csv
from collections.abc import Iterator
from pathlib import Path

from reports.errors import ReportError
from reports.record_file import Node, Record
from reports.text import cell

NAME = "output_specification.csv"
COLUMNS = (
    ["run_id", "simulated", "case", "mode", "row", "name", "state", "load_ohm", "level", "value", "bound", "unit"]
    + ["expanded_uncertainty", "coverage_factor", "lowest", "highest", "declared_value", "declared_tolerance"]
    + ["text", "measurement"]
)
_NUMBERS = ("value", "expanded_uncertainty", "coverage_factor", "lowest", "highest")


def write_specification(run_dir: Path, record: Record) -> Path | None:
    """Write the output specification of a run and return the file's path; None where the run has none.

    ``measurement`` is the index of the measurement in its case of ``record.json``. UTF-8, RFC 4180.

    :raises ReportError: when the table cannot be written.
    """
    columns = record.nodes("output_specification")
    if not columns:
        return None
    path = run_dir / NAME
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            writer.writerows(_rows(record, columns))
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror})") from error
    return path


def _rows(record: Record, columns: list[Node]) -> Iterator[list[object]]:
    run = [_text(record, "run_id"), _text(record, "simulated")]
    for column in columns:
        of_mode = [_text(column, "case"), _text(column, "mode")]
        for row in column.nodes("rows"):
            yield [*run, *of_mode, *_cells(row)]


def _cells(row: Node) -> list[object]:
    declared, numbers = row.node("declared"), {key: row.number(key) for key in _NUMBERS}
    return [
        *(_text(row, key) for key in ("key", "name", "state")),
        row.number("load"),
        _text(row, "level"),
        numbers["value"],
        _text(row, "bound"),
        _text(row, "unit"),
        *(numbers[key] for key in _NUMBERS[1:]),
        declared.number("value"),
        declared.number("tolerance"),
        _text(row, "text"),
        _text(row, "measurement"),
    ]


def _text(node: Node, key: str) -> str | None:
    text = node.text(key)
    return None if text is None else cell(text)
