# SPDX-License-Identifier: MIT
"""How a run ends when the world fails it: the outcome of each, on whole processes, by verdict and reason.

Signals, ``kill -9`` and a test that hangs for ever are in ``tests/bench/test_interrupts.py`` and
``tests/bench/test_careless_bench_tests.py``.
"""

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from tests.bench.children import begin, exit_code_of
from tests.bench.command import CHECKOUT, run_bench
from tests.fault_matrix.matrix import LACKS, can_be_done, command_of, counted
from tests.fault_matrix.results import Counts
from tests.fault_matrix.rows import BENCH, FULL, ROWS, SILENT
from tests.fault_matrix.small_disk import make_read_only, mount, possible
from tests.fault_matrix.trial import trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
AHEAD, BACK = "the clock jumps a day ahead", "the clock jumps a day back"
SHARE = 0.6
"""Where in a run: in the middle of its second case."""


@pytest.fixture(scope="module")
def counts() -> Counts:
    """How many steps a run has."""
    return counted()


@pytest.mark.parametrize(
    ("does", "device", "verdict", "codes"),
    [
        (SILENT, "hot", "ERROR", BENCH),
        (FULL, "hot", "ERROR", ("storage_failed",)),
        ("an fdatasync that fails", "good", "ERROR", ("storage_failed",)),
        ("disk full in SQLite", "good", "ERROR", ("storage_failed",)),
        ("SIGTERM", "good", "ABORTED", ("interrupted",)),
        ("SIGINT three times", "good", "ABORTED", ("interrupted",)),
        (AHEAD, "good", "PASS", (None,)),
        (BACK, "good", "PASS", (None,)),
    ],
)
def test_a_run_ends_as_the_table_says(
    counts: Counts, does: str, device: str, verdict: str, codes: tuple[str | None, ...]
) -> None:
    row = next(row for row in ROWS if row.does == does)
    if not can_be_done(row):
        pytest.skip(LACKS)
    outcome = trial(row, int(SHARE * counts[device][row.seam]), device)
    assert outcome.injected
    assert not outcome.broken, f"{outcome.broken} {outcome.place}\nonce more: {command_of(outcome)}"
    assert outcome.verdict == verdict
    assert outcome.code in codes


def test_a_folder_that_nothing_can_be_written_to_is_refused_before_anything_is_energised(tmp_path: Path) -> None:
    if not possible():
        pytest.skip(LACKS)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_on_a_read_only_disk, args=(tmp_path,))
    begin(process)
    code = exit_code_of(process)
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert "Read-only file system" in said


def _on_a_read_only_disk(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mount(disk)
    make_read_only(disk)
    ended = run_bench(disk / "run", f"--plan={CHECKOUT / 'tests' / 'fault_matrix' / 'plan.toml'}")
    (folder / "said").write_text(ended.text, encoding="utf-8")
    os._exit(ended.code)
