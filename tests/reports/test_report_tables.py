# SPDX-License-Identifier: MIT
"""readings.csv: every digit of the record, and nothing that a spreadsheet would compute."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import write_tables
from reports.tables import COLUMNS

WriteRun = Callable[..., Path]


def rows_of(record: dict[str, Any], write_run: WriteRun) -> list[dict[str, str]]:
    path = write_tables(write_run(record, waveforms=False))
    assert path.name == "readings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_measurement_is_a_row(record: dict[str, Any], write_run: WriteRun) -> None:
    rows = rows_of(record, write_run)
    expected = [(c["id"], str(m["index"])) for c in record["cases"] for m in c["measurements"]]
    assert [(row["case"], row["index"]) for row in rows] == expected
    assert list(rows[0]) == COLUMNS


def test_no_digit_is_lost(record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["measurements"][0]["value"] = 0.1 + 0.2
    rows = rows_of(record, write_run)
    measurements = [m for c in record["cases"] for m in c["measurements"]]
    for row, found in zip(rows, measurements, strict=True):
        assert float(row["value"]) == found["value"]
        assert float(row["expanded_uncertainty"]) == found["expanded_uncertainty"]
        assert row["unit"] == found["unit"]
        assert (float(row["load_ohm"]) if row["load_ohm"] else None) == found["conditions"].get("load")


def test_what_is_missing_is_empty(record: dict[str, Any], write_run: WriteRun) -> None:
    first = rows_of(record, write_run)[0]
    assert (first["level"], first["load_ohm"], first["dof"], first["limit"], first["reason"]) == ("",) * 5


def test_whole_numbers_stay_whole(record: dict[str, Any], write_run: WriteRun) -> None:
    row = next(row for row in rows_of(record, write_run) if row["case"] == "OC-01")
    assert (row["level"], row["attempt"]) == ("1", "1")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "x;=", "\n@"])
def test_a_formula_is_shown_and_not_computed(start: str, record: dict[str, Any], write_run: WriteRun) -> None:
    text = start + 'HYPERLINK("http://x","y")'
    record["cases"][1]["measurements"][0]["reason"] = {"code": text, "params": {}, "text": text}
    record["cases"][1]["id"] = text
    row = next(row for row in rows_of(record, write_run) if "HYPERLINK" in row["case"])
    for found in (row["case"], row["reason"], row["reason_code"]):
        for part in found.split(";"):
            assert part.lstrip()[0] not in "=+-@\t\r\n＝"


def test_negative_numbers_are_numbers(record: dict[str, Any], write_run: WriteRun) -> None:
    row = next(row for row in rows_of(record, write_run) if row["value"].startswith("-"))
    assert float(row["value"]) < 0
