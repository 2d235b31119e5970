# SPDX-License-Identifier: MIT
"""``kill -9`` in the middle of a run, and what ``--resume`` makes of it.

The moment is a number of lines in the simulator's log, and some ms: so it falls anywhere in a run, however fast the
machine is. What the journal holds right after the kill is what was acknowledged.
"""

import json
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.verification import Wrong, verify
from stimcert.store.journal_file import Event, JournalError, read_events
from tests.bench.command import PATIENCE, Ended, run_verb, start, state_beside
from tests.bench.forked import run_forked

Moment = Callable[[list[dict[str, Any]]], bool]
"""Tells from the simulator's log whether it is time."""
IN_TIME = 0.5
"""s of wall time after a kill, in which the bench must be off."""
NOTICED = 10.0
JITTER = 0.03
ON = (("dut_output", "on", True), ("smu_output", "on", True), ("port", "port", "device"))


@dataclass(kw_only=True)
class Outcome:
    """What came of one kill.

    :param when: in which part of the run it fell.
    :param delay: s from the kill until everything was off; None where nothing was on.
    :param events: that were acknowledged.
    :param wrong: whatever should not be.
    """

    when: str
    delay: float | None = None
    events: int = 0
    finished: int = 0
    torn: int = 0
    verdict: str = ""
    wrong: list[str] = field(default_factory=list)


def log_of(folder: Path) -> list[dict[str, Any]]:
    """Return what the simulator noted so far, in the newest session."""
    try:
        text = (folder / "simulator.log").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def after_lines(count: int) -> Moment:
    """Return what tells that the log has so many lines."""
    return lambda log: len(log) >= count


def in_mode(number: int) -> Moment:
    """Return what tells that the device delivers in its n-th mode since the start."""

    def there(log: list[dict[str, Any]]) -> bool:
        modes = [place for place, one in enumerate(log) if one["event"] == "dut_mode"]
        return len(modes) >= number and any(one["event"] == "dut_level" for one in log[modes[number - 1] :])

    return there


def just_read_level(level: int) -> Moment:
    """Return what tells that a reading was taken at a level: the SMU comes back into the loop after it."""

    def read(log: list[dict[str, Any]]) -> bool:
        there = [n for n, one in enumerate(log) if one["event"] == "dut_level" and one["level"] == level]
        return bool(there) and any(one["event"] == "bypass" for one in log[there[0] + 1 :])

    return read


class Victim:
    """A run that is going to be killed.

    :param folder: of the run; must not exist.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        self._said = folder.with_suffix(".txt")
        self._process = start(folder, *options, where=self._said)

    @property
    def said(self) -> str:
        """What it said so far."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def kill(self, moment: Moment, jitter: float) -> float:
        """Kill it at a moment, or when it has ended; return when, s on the monotonic clock."""
        self._wait(moment)
        threading.Event().wait(jitter)
        killed = time.monotonic()
        self._process.kill()
        self._process.wait()
        return killed

    def stop(self, moment: Moment) -> None:
        """Stop it at a moment as a user does, and wait for its end."""
        self._wait(moment)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def _wait(self, moment: Moment) -> None:
        pause, deadline = threading.Event(), time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline and not moment(log_of(self.folder)):
            pause.wait(0.002)

    def went_off(self, killed: float) -> float | None:
        """Return how long it took until everything that was on was off; None where nothing was.

        :raises AssertionError: when something stays on.
        """
        pause, deadline, delays = threading.Event(), time.monotonic() + NOTICED, []
        for event, key, on in ON:
            before = [one for one in log_of(self.folder) if one["event"] == event and one["monotonic"] <= killed]
            if not before or before[-1][key] != on:
                continue
            while not (off := self._off(event, key, on, killed)):
                assert time.monotonic() < deadline, f"{event} stays on"
                pause.wait(0.01)
            delays.append(off[0]["monotonic"] - killed)
        return max(delays, default=None)

    def _off(self, event: str, key: str, on: object, killed: float) -> list[dict[str, Any]]:
        log = log_of(self.folder)
        return [one for one in log if one["event"] == event and one["monotonic"] > killed and one[key] != on]


def measured(record: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what each case measured in its last attempt, and where; STATION apart, which is made anew each time."""
    keys = ("mode", "level", "load", "one_more_up", "attempt")
    return {
        case["id"]: sorted(
            (m["quantity"], str(m["limit"]), *(str(m["conditions"].get(key)) for key in keys))
            for m in case["measurements"]
            if not m.get("torn")
        )
        for case in record["cases"]
        if case["id"] != "STATION"
    }


def verdicts(record: dict[str, Any]) -> dict[str, str]:
    """Return the verdict of the run and of its cases."""
    return {"run": record["verdict"], **{case["id"]: case["verdict"] for case in record["cases"]}}


def one_kill(
    folder: Path,
    options: tuple[str, ...],
    undisturbed: dict[str, Any],
    moment: Moment,
    jitter: float,
) -> Outcome:
    """Kill a run, go on with it, and compare it with an undisturbed one.

    :param undisturbed: the record of that one.
    """
    victim = Victim(folder, *options)
    killed = victim.kill(moment, jitter)
    try:
        kept = read_events(folder / "journal.sqlite")
    except JournalError:
        kept = []
    outcome = Outcome(when=_part(kept), events=len(kept))
    outcome.delay = victim.went_off(killed)
    if outcome.delay is not None and outcome.delay > IN_TIME:
        outcome.wrong.append(f"off only {outcome.delay:.3f} s after the kill")
    ended = _go_on(folder, outcome.when, options)
    if ended is None:
        return outcome
    _compare(outcome, kept, undisturbed, ended)
    return outcome


def _part(kept: list[Event]) -> str:
    kinds = [event.kind for event in kept]
    if "run_begun" not in kinds:
        return "before its beginning was on record"
    if kinds[-1] == "run_sealed":
        return "after its end was on record"
    if "bench_checked" not in kinds:
        return "in the station check"
    if "run_ended" in kinds or kinds.count("bench_checked") > 1:
        return "while it ended"
    return "while it measured"


def _go_on(folder: Path, when: str, options: tuple[str, ...]) -> Ended | None:
    if when.startswith("before"):
        return None  # nothing was acknowledged, and nothing energised: there is nothing to go on with
    if when.startswith("after"):
        # Killed while it was sealed, it may lack something yet.
        return replace(run_verb("close", str(folder), **state_beside(folder)), folder=folder)
    return _resumed(folder, options)


def _resumed(folder: Path, options: tuple[str, ...]) -> Ended:
    return run_forked(folder, f"--resume={folder}", *options, names_folder=False)


def _compare(outcome: Outcome, kept: list[Event], undisturbed: dict[str, Any], ended: Ended) -> None:
    try:
        record, events = ended.record, read_events(ended.folder / "journal.sqlite")
    except (OSError, JournalError) as error:
        outcome.wrong.append(f"no record after going on: {error}\n{ended.text}")
        return
    outcome.verdict = record["verdict"]
    if events[: len(kept)] != kept:
        outcome.wrong.append("events that were acknowledged are lost")
    if verdicts(record) != verdicts(undisturbed):
        outcome.wrong.append(f"verdicts {verdicts(record)} instead of {verdicts(undisturbed)}")
    if measured(record) != measured(undisturbed):
        outcome.wrong.append("the cases measured something else than undisturbed")
    finished = {event.body["case"] for event in kept if event.kind == "case_ended"} - {"STATION"}
    again = {e.body["case"] for e in events[len(kept) :] if e.kind == "case_begun"} & finished
    if again:
        outcome.wrong.append(f"measured again though finished: {', '.join(map(str, again))}")
    outcome.finished = len(finished)
    outcome.torn = sum(bool(m.get("torn")) for case in record["cases"] for m in case["measurements"])
    torn = [e for e in kept if e.kind == "measurement" and e.body["case"] not in finished | {"STATION"}]
    if outcome.when.endswith("measured") and outcome.torn < len(torn):
        outcome.wrong.append(f"{len(torn)} measurements of a torn case were stored, {outcome.torn} are shown")
    _verified(outcome, ended.folder)


def _verified(outcome: Outcome, folder: Path) -> None:
    try:
        list(verify(folder))
    except Wrong as wrong:
        if "the run is FAIL" not in str(wrong) or outcome.verdict != "FAIL":
            outcome.wrong.append(f"verify: {wrong}")


def moments(seed: int, count: int, lines: int) -> list[tuple[int, float]]:
    """Return random moments: a number of lines of the log, and s after it."""
    chance = random.Random(seed)
    return [(chance.randint(0, lines), chance.uniform(0.0, JITTER)) for _ in range(count)]
