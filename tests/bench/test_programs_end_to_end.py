# SPDX-License-Identifier: MIT
"""What comes late or once in a program is seen: by the program's record, where it is strongest, or by the trigger."""

import csv
import re

import pytest

from tests.bench.runs import MICROCURRENT, Ask, Edited, Result

ONE_POINT = (
    ('levels = "all"', "levels = [7]"),
    ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["500 Ω"]'),
)
PROGRAM = Edited(
    MICROCURRENT,
    (
        *ONE_POINT,
        ('cycle = "10 ms"', 'cycle = "10 ms"\nprogram = "4.5 s"'),
        ('dwell = "200 ms"', 'dwell = "13.5 s"'),
    ),
)
LONG = Edited(MICROCURRENT, (*ONE_POINT, ('dwell = "200 ms"', 'dwell = "400 s"')))
ONLY = ("-k", "OC-01")
HIDDEN = Ask(name="hidden part, program declared", device="microcurrent_hidden_part", plan=PROGRAM, options=ONLY)
LATE = Ask(name="late fault, watched", device="microcurrent_late_fault", plan=LONG, options=ONLY)


def peaks(run: Result, record: str) -> list[dict[str, object]]:
    """Return the peaks against the ceiling from one kind of record."""
    return run.measurements("OC-01", limit="microcurrent.ceiling", record=record)


@pytest.mark.parametrize("run", [HIDDEN], indirect=True, ids=str)
def test_the_hidden_part_of_a_program_is_measured_at_the_full_rate(run: Result) -> None:
    """Half a second in four and a half: 393.75 µA × 267 % = 1.051 mA."""
    assert (run.verdict, run.case_verdicts["OC-01"]) == ("FAIL", "FAIL")
    whole = [m for m in (*peaks(run, "program"), *peaks(run, "chosen")) if m["bound"] is None]
    assert len(whole) == 2
    for found in whole:
        assert found["verdict"] == "FAIL"
        assert found["value"] == pytest.approx(1.0513e-3, rel=5e-3)


@pytest.mark.parametrize("run", [LATE], indirect=True, ids=str)
def test_a_fault_after_six_minutes_fires_the_trigger(run: Result) -> None:
    (before,) = peaks(run, "chosen")
    assert before["value"] == pytest.approx(393.75e-6, rel=5e-3)
    clipped, found = peaks(run, "caught")
    assert (clipped["bound"], clipped["verdict"]) == (">=", "FAIL")
    # Three times the level and a direct current of 100 µA beside it.
    assert (found["bound"], found["verdict"]) == (None, "FAIL")
    assert found["value"] == pytest.approx(3 * 393.75e-6 + 100e-6, rel=5e-3)
    assert "caught by the trigger" in run.report
    # 360 s of 400 s, then it was beyond doubt; a watch is asked every 4 s, and counts what it surely saw.
    assert 0.87 <= before["conditions"]["observed"] <= 0.902  # type: ignore[index]
    assert re.search(r"Seen at full bandwidth (8[789]|90)(\.\d)? % of a dwell of 400 s", run.report)
    table = csv.DictReader((run.folder / "readings.csv").read_text(encoding="utf-8").splitlines())
    rows = [row for row in table if row["limit"] == "microcurrent.ceiling"]
    assert [row["record"] for row in rows] == ["chosen", "caught", "caught"]
    assert [bool(row["observed"]) for row in rows] == [True, False, False]
    # The SMU would have met the fault as well: the mean is that of the record before it.
    (mean,) = run.measurements("OC-01", quantity="current.mean")
    assert mean["conditions"]["instrument"] == "digitizer"
