# SPDX-License-Identifier: MIT
"""The account of the fault matrix: what was done stays done, and what does not hold is counted by its name."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from tests.fault_matrix import matrix, page
from tests.fault_matrix.results import OtherRun, Results
from tests.fault_matrix.rows import ROWS, Row, Seam
from tests.fault_matrix.table import rows_of_table
from tests.fault_matrix.trial import Outcome

COUNTS = {device: dict.fromkeys(get_args(Seam), 3) | {"question": 5, "sqlite": 2} for device in ("hot", "good")}
OUTCOME = Outcome(
    row=ROWS[0],
    at=2,
    device="hot",
    injected=True,
    recorded=False,
    verdict="FAIL",
    code="limit_exceeded",
    verified=False,
    exit_code=1,
    seconds=0.5,
)


def of(seam: str) -> Row:
    return next(row for row in ROWS if row.seam == seam)


def test_a_run_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    file = tmp_path / "results"
    Results(file, COUNTS).add(OUTCOME)
    with file.open("a", encoding="utf-8") as stream:
        stream.write('{"row": "N1 a late')  # torn by whatever ended the process
    again = Results(file, COUNTS)
    assert [replace(outcome, commit="") for outcome in again.done] == [OUTCOME]
    assert again.keys() == {("N1 a late reply", 2, "hot")}


def test_what_broke_a_promise_is_done_again_and_the_newest_counts(tmp_path: Path) -> None:
    results = Results(tmp_path / "results", COUNTS)
    results.add(replace(OUTCOME, broken=("unnamed: x",)))
    assert results.keys(again=True) == set() != results.keys()
    results.add(OUTCOME)
    (newest,) = Results(tmp_path / "results", COUNTS).done
    assert newest.broken == ()
    assert results.keys(again=True) == results.keys()


def test_how_often_sqlite_is_asked_may_differ_from_run_to_run_questions_may_not(tmp_path: Path) -> None:
    file = tmp_path / "results"
    Results(file, COUNTS)
    assert Results(file, {device: {**seams, "sqlite": 3} for device, seams in COUNTS.items()}).counts == COUNTS
    with pytest.raises(OtherRun, match="other steps"):
        Results(file, {device: {**seams, "question": 6} for device, seams in COUNTS.items()})


def test_every_step_of_every_row_is_there_once() -> None:
    steps = matrix.every_step(COUNTS)
    assert len(set(steps)) == len(steps)
    for row in ROWS:
        numbers = [at for other, at, device in steps if other is row and device == row.devices[0]]
        assert numbers == list(range(1, COUNTS["hot"][row.seam] + 1))


def test_a_sample_has_every_row_and_is_the_same_for_the_same_seed() -> None:
    steps = matrix.every_step(COUNTS)
    drawn = matrix.sample(steps, 60, seed=1)
    assert len(set(drawn)) == 60
    assert {row for row, _, _ in drawn} == set(ROWS)
    assert drawn == matrix.sample(steps, 60, seed=1) != matrix.sample(steps, 60, seed=2)
    assert sorted(matrix.sample(steps, None, seed=1), key=steps.index) == steps


def test_what_does_not_hold_says_how_to_see_it_again() -> None:
    command = matrix.command_of(OUTCOME)
    assert command == 'python tests/fault_matrix/matrix.py --row="N1 a late reply" --at=2 --device=hot'
    asked = argparse.Namespace(row="N1 a late reply", at=matrix._span("2"), device="hot")
    assert matrix._selected(matrix.every_step(COUNTS), asked) == [(ROWS[0], 2, "hot")]


@pytest.mark.parametrize(
    ("said", "counted_as"),
    [
        ("false PASS: verdict PASS, verified True", "false PASS"),
        ("exit code 0 without a sealed, complete PASS", "false PASS"),
        ("left live: {}", "output left on"),
        ("journal: broken chain", "acknowledged events lost"),
        ("a valid FAIL is lost: device_finding PASS", "valid FAIL lost"),
        ("unnamed: interrupted", "fault not named"),
    ],
)
def test_the_page_counts_each_broken_promise_by_its_name(said: str, counted_as: str) -> None:
    found = page._broken([replace(OUTCOME, broken=(said,)), OUTCOME])
    assert {name for name, count in found.items() if count} == {counted_as}


def test_the_table_says_what_was_not_done() -> None:
    steps = [(ROWS[0], at, "hot") for at in (1, 2, 3, 4)]
    done = [OUTCOME, replace(OUTCOME, at=3, injected=False), replace(OUTCOME, at=4, verdict="ERROR", broken=("x",))]
    *_, row, total = rows_of_table(done, steps)
    assert row == "| N1 | a late reply | 4 | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 0 | 1 |"
    assert total == "| all |  | 4 | 2 | 1 | 1 | 1 | 1 | 0 | 0 | 0 | 1 |"
