# SPDX-License-Identifier: MIT
"""What is loaded while instruments take readings: what comes later, in steps, and never at the cost of a run."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.session import spare_time

CHECKOUT = Path(__file__).resolve().parents[2]

STEPS = """
import sys
import bench.session.fixtures, bench.session.hooks, bench.session.run
from bench.session.spare_time import LATER, loading

before, seen = set(sys.modules), []
for _ in loading():
    seen.append({name for name in sys.modules if name.partition(".")[0] in ("stimcert", "bench")} - before)
    before |= seen[-1]
import stimcert.path_agreement, stimcert.record_pulses
assert set(sys.modules) <= before, set(sys.modules) - before
assert [len(new) for new in seen] == [1] * len(LATER), dict(zip(LATER, seen))
"""


def test_each_step_loads_one_module_that_a_run_does_not_start_with_and_none_is_left() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_module_that_cannot_be_loaded_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spare_time, "LATER", ("no.such.module", "stimcert.verdict"))
    assert len(list(spare_time.loading())) == 2
