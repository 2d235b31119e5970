# SPDX-License-Identifier: MIT
"""The output specification on paper and in a spreadsheet: every row of every mode, and no text that computes."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports import render, write_all
from reports.record_file import Record, read_record
from reports.specification_table import COLUMNS, NAME, write_specification
from reports.view_specification import specification
from stimcert.output_table import columns

WriteRun = Callable[..., Path]
HOSTILE = '=HYPERLINK("x")'


def _disclosing(record: dict[str, Any], *modes: str) -> dict[str, Any]:
    """Return a record that discloses modes of which nothing was measured, one feature of them hostile."""
    facts = {"loads": [500.0], "features": HOSTILE, "balanced_by": None, "symmetry": None, "declared": []}
    planned = {"id": "OS-01", "output": [{"mode": mode, **facts} for mode in modes]}
    basic = {"power_source": "Lithium cell"}
    return {**record, "dut": {**record["dut"], "basic": basic}, "output_specification": columns(planned, [], [])}


def test_a_spreadsheet_shows_what_it_could_compute(record: dict[str, Any], write_run: WriteRun) -> None:
    folder = write_run(_disclosing(record, "lift"))
    write_all(folder)
    with (folder / NAME).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == list(COLUMNS)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    (features,) = [row for row in rows if row[COLUMNS.index("row")] == "additional_features"]
    assert features[COLUMNS.index("text")] == "'" + HOSTILE


def test_a_run_that_discloses_nothing_has_no_table(record: dict[str, Any], write_run: WriteRun) -> None:
    folder = write_run(record)
    assert write_specification(folder, read_record(folder)) is None
    assert not (folder / NAME).exists()
    assert specification(Record(record)) is None


def test_modes_stand_side_by_side_three_at_most(record: dict[str, Any], write_run: WriteRun) -> None:
    found = specification(Record(_disclosing(record, "a", "b", "c", "d")))
    assert found is not None
    assert [list(table.modes) for table in found.tables] == [["a", "b", "c"], ["d"]]
    html = render(write_run(_disclosing(record, "a", "b", "c", "d"))).read_text(encoding="utf-8")
    section = html.partition('<section id="specification"')[2].partition("</section>")[0]
    assert section.count("<table") == 2
    assert "declared by the maker, not measured" in section
    assert "Lithium cell" in section
