# SPDX-License-Identifier: MIT
"""Peak memory at 10,000 readings, over that of plain pytest with one empty item a reading."""

import sys
from pathlib import Path

from processes import Finished, run_process, run_workload, scratch_folder
from workload import write_workload

READINGS = 10_000
ALLOWED = 2.5
EMPTY = """\
import pytest


@pytest.mark.parametrize("reading", range({count}))
def test_reading(reading):
    pass
"""


def plain_pytest(scratch: Path, count: int) -> Finished:
    """Run pytest on that many empty items, without anything of the project."""
    folder = scratch / "plain"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_empty.py").write_text(EMPTY.format(count=count), encoding="utf-8")
    return run_process([sys.executable, "-m", "pytest", "."], folder, scratch / "plain.txt")


def main() -> None:
    """Measure and print."""
    with scratch_folder() as scratch:
        # Plain pytest first: a process counts what its parent had when it was spawned, and reading a record takes much.
        plain = plain_pytest(scratch, READINGS)
        run = run_workload(scratch, write_workload(scratch / "plan", READINGS))
    print(f"pytest bench/, {run.readings} readings   {run.process.peak:7.1f} MiB")
    print(f"plain pytest, {READINGS} empty items {plain.peak:7.1f} MiB")
    print(f"ratio = {run.process.peak / plain.peak:.2f} (at most {ALLOWED})")


if __name__ == "__main__":
    main()
