# SPDX-License-Identifier: MIT
"""A run is stopped with the device connected and delivering; the simulator's own log says how that ends."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stimcert.store.journal_file import read_events
from tests.bench.command import PATIENCE, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

IN_TIME = 0.5
"""s after the signal, in which the bench must be off."""
NOTICED = 10.0
"""s for whatever must happen at all after a signal; the guard and the simulator's end included."""


class Run:
    """A run of the shipped plan, slow enough to be caught in the middle of a point."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder.with_suffix(".txt")
        self.process = start(folder, "--sim-pace=0.01", where=self.said)
        self.signalled = 0.0

    def signal(self, name: str) -> None:
        """Send a signal to the whole process group, as a terminal does; only the first one counts for times."""
        self.signalled = self.signalled or time.monotonic()
        os.kill(-self.process.pid, signal.Signals[name])

    def events(self) -> list[dict[str, Any]]:
        """Return what the simulator logged so far."""
        log = self.folder / "simulator.log"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def after(self, event: str) -> list[dict[str, Any]]:
        """Return the simulator's events of one kind since the first signal."""
        return [one for one in self.events() if one["event"] == event and one["monotonic"] >= self.signalled]

    def newest(self, event: str, key: str) -> object:
        """Return the value that an event logged last, None before the first."""
        found = [one[key] for one in self.events() if one["event"] == event]
        return found[-1] if found else None

    def delivers(self) -> bool:
        """Tell whether the device is connected and its output on, on a level that it was set to."""
        on = self.newest("dut_output", "on") is True and self.newest("port", "port") == "device"
        return on and self.newest("dut_level", "level") is not None

    def wait_for(self, there: Callable[[], object], what: str, patience: float) -> None:
        """Wait until something is so."""
        pause, deadline = threading.Event(), time.monotonic() + patience
        while not there():
            assert time.monotonic() < deadline, f"never seen: {what}"
            pause.wait(0.005)

    def delays(self) -> dict[str, float]:
        """Wait until device, port and SMU are off; return the s that each took from the first signal."""
        off = {
            "dut": lambda: [one for one in self.after("dut_output") if one["on"] is False],
            "port": lambda: [one for one in self.after("port") if one["port"] == "open"],
            "smu": lambda: [one for one in self.after("smu_output") if one["on"] is False],
        }
        for what, found in off.items():
            self.wait_for(found, f"{what} off", NOTICED)
        return {what: found()[0]["monotonic"] - self.signalled for what, found in off.items()}

    def ends(self) -> int:
        """Wait for the process and return its exit code."""
        return self.process.wait(PATIENCE)

    def record(self) -> dict[str, Any]:
        """Return the record."""
        found: dict[str, Any] = json.loads((self.folder / "record.json").read_text(encoding="utf-8"))
        return found

    def guard(self) -> list[str]:
        """Return what the guard did."""
        log = self.folder / "guard.jsonl"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        return [json.loads(line)["event"] for line in text.splitlines(keepends=True) if line.endswith("\n")]


@pytest.fixture
def delivering(tmp_path: Path) -> Iterator[Run]:
    """A run whose device delivers right now."""
    run = Run(tmp_path / "run")
    try:
        run.wait_for(lambda: run.delivers() or run.process.poll() is not None, "output", PATIENCE)
        assert run.process.poll() is None, run.said.read_text(encoding="utf-8")
        yield run
    finally:
        run.process.kill()
        run.process.wait()


def is_off(run: Run) -> bool:
    """Tell whether the simulator ended with everything off, by its own account."""
    last = run.events()[-1]
    return last["event"] == "state" and (last["port"], last["smu_output"], last["dut_output"]) == ("open", False, False)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_in_a_safe_bench_and_an_aborted_record(delivering: Run, name: str) -> None:
    delivering.signal(name)
    delays = delivering.delays()
    assert max(delays.values()) < IN_TIME
    assert delivering.ends() == pytest.ExitCode.INTERRUPTED
    assert is_off(delivering)
    assert delivering.guard()[-1] == "released"

    record = delivering.record()
    assert (record["verdict"], record["complete"], record["document"]) == ("ABORTED", False, "test report")
    assert name in record["reason"]["text"]
    assert record["safe_state"]["confirmed"] is True
    assert {case["id"]: case["verdict"] for case in record["cases"]} == {
        "STATION": "PASS",
        "OC-01": "ABORTED",
        "OC-02": "NOT_RUN",
    }
    assert read_events(delivering.folder / "journal.sqlite")[-1].kind == "run_ended"
    assert "ABORTED" in (delivering.folder / "report.html").read_text(encoding="utf-8")
    said = delivering.said.read_text(encoding="utf-8").splitlines()
    assert "verdict         ABORTED" in said
    assert f"because         case OC-01 is ABORTED: interrupted by {name}" in said


def test_impatience_does_no_harm(delivering: Run) -> None:
    report, pause = delivering.folder / "report.html", threading.Event()
    deadline = time.monotonic() + PATIENCE
    while not report.exists() and delivering.process.poll() is None and time.monotonic() < deadline:
        delivering.signal("SIGINT")
        pause.wait(0.03)
    assert delivering.ends() != 0
    assert max(delivering.delays().values()) < IN_TIME
    assert is_off(delivering)
    assert delivering.record()["verdict"] == "ABORTED"
    assert delivering.record()["safe_state"]["confirmed"] is True
    assert report.exists()
    assert read_events(delivering.folder / "journal.sqlite")[-1].kind == "run_ended"


def test_a_killed_run_is_made_safe_by_its_guard_and_claims_nothing(delivering: Run) -> None:
    delivering.signal("SIGKILL")
    assert max(delivering.delays().values()) < IN_TIME
    assert delivering.ends() != 0
    delivering.wait_for(lambda: "safe_off" in delivering.guard(), "the guard's account", NOTICED)

    assert not (delivering.folder / "record.json").exists()
    assert not (delivering.folder / "report.html").exists()
    kinds = [event.kind for event in read_events(delivering.folder / "journal.sqlite")]
    assert kinds[0] == "run_begun"
    assert not {"run_ended", "safe_state", "interrupted"} & set(kinds)
    # The simulator ends by itself when its last client is gone.
    delivering.wait_for(lambda: is_off(delivering), "the end of the simulator", NOTICED)
