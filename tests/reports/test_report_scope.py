# SPDX-License-Identifier: MIT
"""What a report says of loads and of what no case can show: nothing that was not measured, nothing twice."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import render
from reports.record_file import Record
from reports.view_impedance import impedance
from tests.reports.record_factory import RecordFactory

WriteRun = Callable[..., Path]


def _record(**changes: Any) -> Record:
    """Return a record of one case, its measurements changed."""
    record = RecordFactory(top=5e-4, levels=2).record()
    (case,) = [case for case in record["cases"] if case["id"] == "OC-01"]
    for measurement in case["measurements"]:
        for key, value in changes.items():
            if key in measurement["conditions"]:
                measurement["conditions"][key] = value
            else:
                measurement[key] = value
    return Record({**record, "cases": [case]})


def test_the_effect_of_the_load_is_that_at_the_highest_level() -> None:
    found = impedance(_record())
    assert found is not None
    assert list(found.loads) == ["500 Ω", "2 kΩ", "10 kΩ"]
    (row,) = found.rows
    assert (row.mode, row.level) == ("lift", "2")
    assert all("µA" in value for value, _ in row.cells)
    assert [bool(change) for _, change in row.cells] == [False, True, True]
    assert all(abs(float(change.replace("−", "-").rstrip(" %"))) < 0.1 for _, change in row.cells[1:])


@pytest.mark.parametrize(
    "changes",
    [{"void": {"text": "the bench drifted"}}, {"value": None}, {"reason": {"code": "repeated_one_range_up"}}],
    ids=["void", "no value", "repeated"],
)
def test_what_does_not_count_is_not_in_it(changes: dict[str, Any]) -> None:
    assert impedance(_record(**changes)) is None


def test_a_bound_has_no_deviation() -> None:
    found = impedance(_record(bound=">="))
    assert found is not None
    assert {change for _, change in found.rows[0].cells} == {""}
    assert all(value.startswith("≥") for value, _ in found.rows[0].cells)


def test_the_report_names_what_it_does_not_examine(record: dict[str, Any], write_run: WriteRun) -> None:
    html = render(write_run(record)).read_text(encoding="utf-8")
    section = html.partition('<section id="scope"')[2].partition("</section>")[0]
    assert re.findall(r"<dt>([^<]*)</dt>", section)[:2] == ["Earthed return", "Several channels"]
