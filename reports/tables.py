# SPDX-License-Identifier: MIT
"""Write ``readings.csv``: a row per measurement, SI units, every digit the record has."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

from reports.errors import ReportError
from reports.record_file import Case, Measurement, Node, Record, number, read_record
from reports.text import cell

_TEXTS = ("quantity", "limit", "kind", "bound", "unit", "verdict", "waveform")
_NUMBERS = (
    "value",
    "standard_uncertainty",
    "expanded_uncertainty",
    "coverage_factor",
    "dof",
    "guard_band",
    "nonconformance_probability",
)
_CONDITIONS = {
    "load": "load_ohm",
    "measured_load": "measured_load_ohm",
    "observed": "observed",
    "bench_time": "bench_time_s",
    "range": "range",
    "shunt": "shunt_ohm",
}
COLUMNS = (
    ["run_id", "simulated", "case", "index", "quantity", "limit", "kind", "mode", "level", "load_ohm"]
    + ["measured_load_ohm", "value", "bound", "unit", "standard_uncertainty", "expanded_uncertainty"]
    + ["coverage_factor", "dof", "lower_limit", "upper_limit", "acceptance_lower", "acceptance_upper"]
    + ["guard_band", "nonconformance_probability", "verdict"]
    + [
        "reason_code",
        "reason",
        "void",
        "torn",
        "attempt",
        "repetition",
        "record",
        "observed",
        "bench_time_s",
        "wall_time",
    ]
    + ["range", "shunt_ohm", "waveform"]
)
_WHOLE = ("level", "attempt", "repetition")


_cell = lru_cache(maxsize=1024)(cell)
"""Most columns hold few different words."""


def write_tables(run_dir: Path, record: Record | None = None) -> Path:
    """Write all measurements of a run as one table and return the file's path.

    Values are in the unit of the column ``unit``, or in the one that the column's name ends with. UTF-8, RFC 4180.

    :param record: the contents of ``record.json`` where they were read already.
    :raises ReportError: when the record cannot be read or the table not be written.
    """
    record = record or read_record(run_dir)
    rows = (_row(m, case, record) for case in record.cases for m in case.measurements)
    path = run_dir / "readings.csv"
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            _write(file, rows)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror})") from error
    return path


def _write(file: TextIO, rows: Iterator[dict[str, Any]]) -> None:
    # By position: to look at the names of each row costs more than to write it.
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([row.get(column, "") for column in COLUMNS] for row in rows)


def _row(measurement: Measurement, case: Case, record: Record) -> dict[str, Any]:
    conditions, reason = measurement.conditions, measurement.node("reason")
    lower, upper = [*measurement.entries("acceptance_limits"), None, None][:2]
    row: dict[str, Any] = {name: _text(measurement, name) for name in _TEXTS}
    row |= {name: measurement.number(name) for name in (*_NUMBERS, "lower_limit", "upper_limit")}
    row |= {column: conditions.number(name) for name, column in _CONDITIONS.items()}
    row |= {"index": _whole(measurement, "index")} | {name: _whole(conditions, name) for name in _WHOLE}
    row |= {"acceptance_lower": number(lower), "acceptance_upper": number(upper)}
    row |= {"mode": _text(conditions, "mode"), "record": _text(conditions, "record")}
    row |= {"wall_time": _text(conditions, "wall_time")}
    row |= {"reason_code": _text(reason, "code"), "reason": _text(reason, "text")}
    row["void"] = _text(Node(measurement.data.get("void")), "text")
    row["torn"] = "True" if measurement.flag("torn") else None
    return row | {"run_id": _text(record, "run_id"), "simulated": _text(record, "simulated"), "case": _text(case, "id")}


def _text(node: Node, key: str) -> str | None:
    text = node.text(key)
    return None if text is None else _cell(text)


def _whole(node: Node, key: str) -> int | float | None:
    """Return a number, without a decimal point where it is whole."""
    value = node.number(key)
    return int(value) if value is not None and value.is_integer() else value
