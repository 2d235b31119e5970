# SPDX-License-Identifier: MIT
"""What the bench found of itself: how often it alarms for nothing, and what it made void."""

import csv
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from reports import write_all
from stimcert.reason import Reason
from stimcert.void import make_void

WriteRun = Callable[..., Path]
DRIFTED = Reason("drifted", {"what": "zero", "before": "0 V", "after": "20 µV", "allowed": "10 µV"}).as_dict()


def page(run: Path) -> str:
    write_all(run)
    return unescape((run / "report.html").read_text(encoding="utf-8"))


def test_the_report_says_how_often_a_good_bench_is_refused(record: dict[str, Any], write_run: WriteRun) -> None:
    record["self_checks"] = {"count": 35, "false_alarm": 9.2e-5, "allowed": 1e-3}
    said = "35; a good bench fails one of them in at most 9.2e-05 of all runs (0.001 allowed)"
    assert said in page(write_run(record))


def test_the_report_says_where_both_paths_were_compared(record: dict[str, Any], write_run: WriteRun) -> None:
    paths = {"compared": 1, "disagreed": 0, "not_comparable": {"the record is clipped": 2}}
    record["self_checks"] = {"count": 35, "false_alarm": 9.2e-5, "allowed": 1e-3, "paths": paths}
    assert "at 1 point of the device; not at 2, because the record is clipped (2)" in page(write_run(record))


def test_a_record_of_before_says_nothing_of_it(record: dict[str, Any], write_run: WriteRun) -> None:
    record.pop("self_checks", None)
    assert "Self-checks" not in page(write_run(record))


def test_what_is_void_is_marked_in_report_and_table(record: dict[str, Any], write_run: WriteRun) -> None:
    case = next(case for case in record["cases"] if case["id"] != "STATION" and case["measurements"])
    make_void(case["measurements"], DRIFTED)
    case["verdict"] = record["verdict"] = "ERROR"
    case["reason"] = case["measurements"][0]["void"]
    record["reason"] = DRIFTED
    run = write_run(record)
    assert "void: the bench did not pass its check afterwards (zero was 0 V" in page(run)
    with (run / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case"] == case["id"]]
    assert rows
    assert all(row["void"].startswith("void: ") for row in rows)
    assert "PASS" not in {row["verdict"] for row in rows}
