# SPDX-License-Identifier: MIT
"""The guard as a process: it acts when its harness is killed, and only then."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instruments.errors import BenchError
from instruments.safety import guard as guard_module
from instruments.safety import guard_client
from instruments.safety.guard_client import Guard
from instruments.safety.guard_log import GuardLog
from instruments.safety.recipe import Recipe, SafeCommands
from instruments.safety.spawn import spawn
from stimcert.store.file_lock import FileLock, Held

CHECKOUT = Path(__file__).resolve().parents[3]
HARNESS = """
import sys
from instruments.safety.guard_client import Guard
from instruments.safety.recipe import Recipe
guard = Guard()
guard.hand_over(Recipe.from_json(sys.stdin.readline()))
guard.wait_ready()
print(guard.pid, flush=True)
sys.stdin.readline()
"""
HANGS = """
import os, sys
from dataclasses import replace
from instruments.safety.guard_client import Guard
from instruments.safety.recipe import Recipe
guard = Guard()
guard.hand_over(replace(Recipe.from_json(sys.stdin.readline()), harness=os.getpid()))
guard.wait_ready()
print(guard.pid, flush=True)
guard.beat(0.1)
while True:
    pass
"""


@pytest.fixture
def harness() -> Iterator[Callable[[Recipe], "subprocess.Popen[str]"]]:
    """Return a starter of small harness processes that hold an armed guard."""
    started: list[subprocess.Popen[str]] = []

    def start(recipe: Recipe, script: str = HARNESS) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(recipe.to_json() + "\n")
        process.stdin.flush()
        assert process.stdout.readline().strip().isdigit()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def armed(recipe: Recipe) -> Guard:
    """Return a guard that is ready."""
    guard = Guard()
    guard.hand_over(recipe)
    guard.wait_ready()
    return guard


def logged(path: Path, event: str) -> dict[str, Any] | None:
    """Return the last entry of that kind in a guard's log."""
    lines = path.read_text().splitlines() if path.exists() else []
    entries = [entry for entry in map(json.loads, lines) if entry["event"] == event]
    return entries[-1] if entries else None


def wait_for_log(path: Path, event: str) -> dict[str, Any]:
    """Return the entry as soon as the guard has written it."""
    pause = threading.Event()
    for _ in range(500):
        entry = logged(path, event)
        if entry is not None:
            return entry
        pause.wait(0.01)
    raise AssertionError(f"no {event!r} in {path}")


def test_kill_switches_everything_off_and_says_so(
    toy: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    instruments = [toy(role) for role in ("smu", "dut", "switch")]
    log = tmp_path / "guard.jsonl"
    process = harness(Recipe(roles=tuple(one.commands() for one in instruments), log=str(log)))
    process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert all(one.told_off.wait(5) for one in instruments)
    entry = wait_for_log(log, "safe_off")
    assert entry["cause"] == "harness gone"
    assert entry["confirmed"] is True
    assert [role["role"] for role in entry["roles"]] == ["dut", "switch", "smu"]
    sent = [role["sent"] for role in entry["roles"]]
    assert sent == sorted(sent)
    assert not any(one.on for one in instruments)


def test_one_that_accepts_no_connection_delays_nobody(
    toy: Callable[..., Any], unreachable: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    smu = toy("smu")
    log = tmp_path / "guard.jsonl"
    process = harness(Recipe(roles=(unreachable("dut"), unreachable("switch"), smu.commands()), log=str(log)))
    process.kill()
    assert smu.told_off.wait(5)
    entry = wait_for_log(log, "safe_off")
    dut, switch, last = entry["roles"]
    assert last["confirmed"] and not dut["confirmed"] and not switch["confirmed"]
    assert dut["errors"]
    # 0.03 s for each of the two before it, not their timeouts.
    assert last["sent"] - entry["began"] < 0.25


def test_a_silent_instrument_is_told_and_not_believed(
    toy: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    silent = toy("smu", silent=True)
    log = tmp_path / "guard.jsonl"
    harness(Recipe(roles=(silent.commands(),), log=str(log), timeout=0.05)).kill()
    assert silent.told_off.wait(5)
    entry = wait_for_log(log, "safe_off")
    assert not silent.on
    assert entry["confirmed"] is False
    assert silent.messages.count("OFF") == 3


def test_a_released_guard_sends_nothing(toy: Callable[..., Any], tmp_path: Path) -> None:
    instrument = toy("smu")
    log = tmp_path / "guard.jsonl"
    guard = armed(Recipe(roles=(instrument.commands(),), log=str(log)))
    guard.release()
    assert not guard.alive
    assert instrument.messages == []
    assert logged(log, "released") and not logged(log, "safe_off")


def test_an_abandoned_guard_acts(toy: Callable[..., Any]) -> None:
    instrument = toy("smu")
    guard = armed(Recipe(roles=(instrument.commands(),)))
    guard.abandon()
    assert not instrument.on


def test_a_guard_without_recipe_is_dismissed_at_once() -> None:
    guard = Guard()
    guard.dismiss()
    guard.dismiss()
    assert not guard.alive


def test_a_guard_with_a_recipe_is_not_dismissed(toy: Callable[..., Any]) -> None:
    guard = armed(Recipe(roles=(toy("smu").commands(),)))
    guard.dismiss()
    assert guard.alive
    guard.release()


def test_a_guard_without_recipe_ends_with_its_harness() -> None:
    guard = Guard()
    guard.abandon()
    assert not guard.alive


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_guard_outlives_the_signals_that_stop_a_harness(toy: Callable[..., Any]) -> None:
    instrument = toy("smu")
    guard = armed(Recipe(roles=(instrument.commands(),)))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        os.kill(guard.pid, getattr(signal, name))
    assert guard.alive
    assert os.getsid(guard.pid) != os.getsid(0)
    guard.abandon()
    assert not instrument.on


def test_a_lost_guard_is_noticed() -> None:
    guard = armed(Recipe(roles=()))
    guard.check()
    os.kill(guard.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    guard._process.wait(5)
    with pytest.raises(BenchError, match="ended with code"):
        guard.check()
    guard.abandon()


def test_a_guard_that_is_gone_takes_no_word_and_leaves_quietly() -> None:
    guard = armed(Recipe(roles=()))
    guard._process.kill()
    guard._process.wait(5)
    with pytest.raises(BenchError, match="does not listen"):
        for _ in range(3):
            guard.beat(30.0)
    guard.release()


def test_a_guard_hears_no_beat_before_it_has_a_recipe_and_is_asked_once_whether_it_is_ready(
    toy: Callable[..., Any],
) -> None:
    instrument = toy("smu")
    guard = Guard()
    guard.beat(0.0)
    guard.hand_over(Recipe(roles=(instrument.commands(),)))
    guard.wait_ready()
    guard.wait_ready()
    guard.beat(60.0)
    guard.release()
    assert instrument.on


def test_a_guard_that_answers_something_else_guards_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_client, "spawn", lambda arguments, **how: spawn(["-c", "print('what?')"], **how))
    guard = Guard()
    with pytest.raises(BenchError, match="answered b'what.*expected 'ready'"):
        guard.wait_ready()
    guard.abandon()


class Switched:
    """A session that says what a test wants, and keeps what it was told."""

    def __init__(self, *, answer: str) -> None:
        self.answer, self.told = answer, 0

    def send_off(self) -> None:
        self.told += 1

    def answers(self) -> tuple[str, ...]:
        return (self.answer,)

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("answer", "code"), [("1", 0), ("0", 1)])
@pytest.mark.parametrize("alarmed", [True, False])
def test_the_guard_holds_the_locks_it_gets_and_acts_whether_or_not_it_gets_them(
    tmp_path: Path, answer: str, code: int, alarmed: bool
) -> None:
    free, taken, alarm = tmp_path / "free.lock", tmp_path / "taken.lock", tmp_path / "alarm.json"
    (tmp_path / "file").touch()
    recipe = Recipe(
        roles=(SafeCommands(role="smu", resource="r", off=("OFF",), ask=(("OFF?", "1"),)),),
        log=str(tmp_path / "guard.jsonl"),
        locks=(str(free), str(taken), str(tmp_path / "file" / "no.lock")),
        alarm=str(alarm) if alarmed else None,
    )
    session = Switched(answer=answer)
    seen: list[str] = []

    def opener(commands: SafeCommands, timeout: float) -> Switched:
        with pytest.raises(Held) as held:
            FileLock(free)
        seen.append(held.value.holder)
        return session

    with FileLock(taken, holder="the next run"):
        assert guard_module.act(recipe, opener, GuardLog(recipe.log), "harness gone") == code
    assert session.told == (1 if code == 0 else 3)
    assert "switches off" in seen[0]
    FileLock(free).release()
    assert alarm.exists() is (alarmed and code == 1)
    assert wait_for_log(tmp_path / "guard.jsonl", "safe_off")["confirmed"] is (code == 0)


def test_numpy_stays_away_only_where_it_is_not_there_already() -> None:
    numpy = sys.modules["numpy"]
    assert guard_module.load_visa().__name__ == "FreshSession"
    assert sys.modules["numpy"] is numpy


def test_a_guard_loads_nothing_heavy() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "instruments.safety.guard"],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}
    assert {"pyvisa", "pyvisa_py.highlevel", "instruments.safety.fresh"} <= loaded
    assert not loaded & {"pymeasure", "pandas", "scipy", "numpy._core", "pydantic", "stimcert"}


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_harness_that_hangs_loses_the_bench_and_is_ended(
    toy: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    instrument, log, alarm = toy("smu"), tmp_path / "guard.jsonl", tmp_path / "alarm.json"
    process = harness(Recipe(roles=(instrument.commands(),), log=str(log), alarm=str(alarm)), HANGS)
    assert instrument.told_off.wait(5)
    assert process.wait(10) == -signal.SIGTERM
    assert wait_for_log(log, "safe_off")["cause"] == "harness hangs"
    assert wait_for_log(log, "harness_ended")["how"] == "asked"
    assert not alarm.exists()


def test_a_bench_that_the_guard_could_not_confirm_is_locked(
    toy: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path
) -> None:
    log, alarm = tmp_path / "guard.jsonl", tmp_path / "alarm.json"
    stuck = toy("smu", stuck=True)
    harness(Recipe(roles=(stuck.commands(),), log=str(log), timeout=0.05, alarm=str(alarm))).kill()
    wait_for_log(log, "safe_off")
    assert json.loads(alarm.read_text())["unconfirmed"] == ["smu"]


class Lines:
    """What comes through the pipe at which second; None is its end."""

    def __init__(self, *lines: tuple[float, bytes | None]) -> None:
        self.time, self._lines = 0.0, list(lines)

    def get(self, timeout: float) -> bytes | None:
        if self._lines and self._lines[0][0] <= self.time + timeout:
            self.time, line = max(self.time, self._lines[0][0]), self._lines.pop(0)[1]
            return line
        self.time += max(timeout, 1e-3)
        raise queue.Empty


@pytest.mark.parametrize(
    ("lines", "cause", "at"),
    [
        ([(500.0, None)], "harness gone", 500.0),
        ([(1.0, b"beat 30\n"), (2.0, b"release\n")], "released", 2.0),
        ([(1.0, b"beat 30\n"), (30.0, b"beat 30\n")], "harness hangs", 60.0),
        ([(1.0, b"beat 1230\n"), (1200.0, b"beat 30\n")], "harness hangs", 1230.0),
        ([(1.0, b"beat 1200\n"), (2.0, b"beat 5\n"), (1000.0, None)], "harness hangs", 7.0),
        ([(1.0, b"beat \n"), (2.0, b"be"), (3.0, None)], "harness gone", 3.0),
    ],
)
def test_silence_beyond_what_was_announced_is_a_hang(
    lines: list[tuple[float, bytes | None]], cause: str, at: float
) -> None:
    pipe = Lines(*lines)
    assert guard_module.watch(pipe, lambda: pipe.time) == cause  # type: ignore[arg-type]
    assert pipe.time == pytest.approx(at, abs=0.01)


@pytest.mark.parametrize(
    ("there", "says", "how"),
    [
        ([False], [], "was gone"),
        ([True], [b"beat 30\n", None], "asked"),
        ([True], [b"release\n"], "asked"),
        ([True, True], [], "killed"),
    ],
)
def test_a_harness_that_does_not_end_when_asked_is_killed(
    there: list[bool], says: list[bytes | None], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[bool] = []

    def stop(pid: int, *, hard: bool) -> bool:
        stopped.append(hard)
        return there.pop(0)

    monkeypatch.setattr(guard_module, "stop_parent", stop)
    monkeypatch.setattr(guard_module, "GRACE", 0.01)
    lines: queue.Queue[bytes | None] = queue.Queue()
    for line in says:
        lines.put(line)
    assert guard_module.end_harness(7, lines) == how
    assert stopped == ([False, True] if how == "killed" else [False])
