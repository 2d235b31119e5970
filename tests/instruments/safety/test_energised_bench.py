# SPDX-License-Identifier: MIT
"""A harness is stopped with the simulated bench energised; the simulator's own log says how that ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
HARNESS = """
import sys, threading
from pathlib import Path
from instruments.safety import signals
from instruments.opening import SimOptions, open_station
from instruments.station_file import StationFile
from stimcert.strict_toml import load

folder, *faults = sys.argv[1:]
path = Path("instruments/stations/sim.toml")
file = load(path.read_bytes(), StationFile, path.name).value
with signals.install(), open_station(file, run_dir=Path(folder), sim=SimOptions(faults=tuple(faults))) as station:
    station.arm_guard()
    station.switch.select_shunt(100.0)
    if "smu_silent" in faults:
        station._drivers["smu"].write(":OUTP ON")
    else:
        station.smu.configure_ammeter(current_range=1e-3, limit=1e-3, nplc=1.0)
        station.smu.output(True)
    station.dut.select_mode("lift")
    station.switch.set_port("device")
    station.dut.start()
    print("energised", flush=True)
    threading.Event().wait(60)
"""
PATIENCE = 10.0
"""s for anything that happens at all; what must happen fast is compared with the log's own times."""
IN_TIME = 0.5
"""s after the end of the harness, in which the bench must be off."""


class Run:
    """A harness process on an energised simulated bench."""

    def __init__(self, folder: Path, faults: tuple[str, ...]) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", HARNESS, str(folder), *faults], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "energised\n"
        self.stopped_at = 0.0

    def stop(self, name: str) -> None:
        """Send a signal."""
        self.stopped_at = time.monotonic()
        self.process.send_signal(signal.Signals[name])

    def entries(self, file: str) -> list[dict[str, Any]]:
        """Return the complete lines of a log."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def after(self, event: str) -> list[dict[str, Any]]:
        """Return the simulator's events of one kind since the signal."""
        events = self.entries("simulator.log")
        return [one for one in events if one["event"] == event and one["monotonic"] >= self.stopped_at]

    def wait_for(self, there: Callable[[], object], what: str) -> None:
        """Wait until something is in a log."""
        pause, deadline = threading.Event(), time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < deadline, f"never seen: {what}"
            pause.wait(0.01)

    def delays(self) -> dict[str, float]:
        """Wait until device, port and SMU are off; return the s that each took."""
        off = {
            "dut": lambda: [one for one in self.after("dut_output") if one["on"] is False],
            "port": lambda: [one for one in self.after("port") if one["port"] == "open"],
            "smu": lambda: [one for one in self.after("smu_output") if one["on"] is False],
        }
        for what, events in off.items():
            self.wait_for(events, f"{what} off")
        return {what: events()[0]["monotonic"] - self.stopped_at for what, events in off.items()}


@pytest.fixture
def energised(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Return a starter of harness processes."""
    started: list[Run] = []

    def start(*faults: str) -> Run:
        started.append(Run(tmp_path, faults))
        return started[-1]

    yield start
    for run in started:
        run.process.kill()
        run.process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_the_bench_is_off_half_a_second_later(energised: Callable[..., Run], name: str) -> None:
    run = energised()
    run.stop(name)
    delays = run.delays()
    assert max(delays.values()) < IN_TIME
    assert delays["dut"] <= delays["port"] <= delays["smu"]
    assert run.process.wait(PATIENCE) != 0
    by_guard = [one for one in run.entries("guard.jsonl") if one["event"] == "safe_off"]
    if name == "SIGKILL":
        run.wait_for(lambda: "safe_off" in [one["event"] for one in run.entries("guard.jsonl")], "guard's account")
        (entry,) = [one for one in run.entries("guard.jsonl") if one["event"] == "safe_off"]
        assert entry["confirmed"] is True
    else:
        assert by_guard == []
        assert run.entries("guard.jsonl")[-1]["event"] == "released"
        assert run.entries("simulator.log")[-1]["event"] == "state"


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_silent_smu_is_switched_off_all_the_same(energised: Callable[..., Run]) -> None:
    run = energised("smu_silent")
    run.stop("SIGKILL")
    assert max(run.delays().values()) < IN_TIME
    run.wait_for(lambda: "safe_off" in [one["event"] for one in run.entries("guard.jsonl")], "guard's account")
    entry = run.entries("guard.jsonl")[-1]
    assert entry["confirmed"] is False
    assert {role["role"]: role["confirmed"] for role in entry["roles"]} == {
        "dut": True,
        "switch": True,
        "smu": False,
        "reference": True,
    }
