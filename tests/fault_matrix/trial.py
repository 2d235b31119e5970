# SPDX-License-Identifier: MIT
"""One disturbed run, and what must hold after it, whatever was done to it."""

import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stimcert.store.journal_file import JournalError, read_events
from tests.bench.children import begin, exit_code_of
from tests.bench.command import CHECKOUT, environment, words_of
from tests.bench.forked import _context
from tests.bench.forked_helpers import fork_helpers
from tests.fault_matrix.injection import DISK, Injection
from tests.fault_matrix.rows import FULL, ROWS, Row
from tests.fault_matrix.small_disk import mount
from tests.fault_matrix.traced import CALLS, RECORD, Tracer, wait_for_tracer

HERE = Path(__file__).parent
PATIENCE = 90.0
"""s of wall time until a run counts as hanging."""
ENDS = 8.0
"""s for the guard and the simulator's own end after a run."""
MEMORY = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)
"""Where a run costs no waiting for a disk; None where there is no such place."""
COUNTING = Row(id="", does="nothing", seam="event", codes=None)
KEEPS = "OC-01"
"""The case of the plan in which either device keeps the ceiling."""
EXPECTED = {"hot": "FAIL", "good": "PASS"}
_INSTRUMENTS = ("question", "message", "block")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a disturbed run left.

    :param injected: whether its step was reached at all.
    :param recorded: whether the run was being sealed, or its record there, by then.
    :param made_good: whether what failed was done again, and with success.
    :param verdict: of the record; None without one.
    :param code: reason code of the total.
    :param verified: whether ``python -m bench verify`` calls what is there a sealed, complete PASS.
    :param exit_code: None for a process that had to be ended.
    :param place: the functions of ours that were disturbed, the innermost first.
    :param commit: of the software, where the outcome is kept.
    :param broken: every invariant that does not hold, in words.
    """

    row: Row
    at: int
    device: str
    injected: bool
    recorded: bool
    verdict: str | None
    code: str | None
    verified: bool
    exit_code: int | None
    seconds: float
    place: str = ""
    commit: str = ""
    made_good: bool = False
    broken: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def trial(row: Row, at: int, device: str) -> Outcome:
    """Run the bench on a device with one fault at one step, and check the invariants."""
    with tempfile.TemporaryDirectory(prefix="fault-", dir=MEMORY) as scratch:
        folder = Path(scratch)
        start = time.monotonic()
        exit_code, account = _run(row, at, device, folder)
        seconds = time.monotonic() - start
        record = _record(folder / "run")
        reason = (record or {}).get("reason") or {}
        made = Outcome(
            row=row,
            at=at,
            device=device,
            injected=any("injected" in entry for entry in account),
            recorded=any(entry.get("recorded") for entry in account),
            made_good=any(entry.get("made_good") for entry in account),
            verdict=record["verdict"] if record else None,
            code=_code(record, reason),
            verified=_verified(folder / "run"),
            exit_code=exit_code,
            seconds=seconds,
            place=next((entry["place"] for entry in account if "place" in entry), ""),
            counts={name: n for entry in account for name, n in entry.get("counts", {}).items()},
        )
        broken = tuple(_broken(made, folder / "run", account, record))
        return Outcome(**{**vars(made), "broken": broken})


def _run(row: Row, at: int, device: str, folder: Path) -> tuple[int | None, list[dict[str, Any]]]:
    """Run the bench; return its exit code, None where it had to be ended, and the account of what was done to it."""
    context = _context()
    assert context is not None, "the matrix needs a system that forks"
    process = context.Process(target=_be_the_run, args=(ROWS.index(row) if row in ROWS else -1, at, device, folder))
    begin(process)
    tracer = Tracer(process.pid or 0, row.seam, at, folder) if row.seam in CALLS else None
    code = exit_code_of(process, PATIENCE)
    account = [json.loads(line) for line in _lines(folder / "account")]
    if tracer is not None:
        account.append(tracer.found())
    return code, account


def _be_the_run(number: int, at: int, device: str, folder: Path) -> None:
    import pytest

    row = ROWS[number] if number >= 0 else COUNTING
    for stream in (1, 2):
        os.dup2(os.open(folder / f"said.{stream}", os.O_WRONLY | os.O_CREAT, 0o600), stream)
    os.environ.clear()
    os.environ.update(environment())
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    os.chdir(CHECKOUT)
    if row.seam in CALLS:
        wait_for_tracer(folder)
    there = _small_disk(folder) if row.does == FULL else folder
    files = [f"--plan={HERE / 'plan.toml'}", f"--station={HERE / 'station.toml'}"]
    words = words_of(there / "run", *files, f"--sim-device=microcurrent_{device}", "-p", "no:hypothesispytest")
    sys.argv = ["pytest", *words]
    fork_helpers()
    injection = Injection(row, at, folder / "account", there / "run" / RECORD)
    injection.install()
    code = int(pytest.main(words))
    sys.setprofile(None)
    injection.tell(counts=injection.counts)
    if there != folder:
        _simulator(there / "run")
        shutil.copytree(there / "run", folder / "run")
    sys.stdout.flush()
    os._exit(code)


def _small_disk(folder: Path) -> Path:
    """Return where a disk of this process's own is mounted."""
    disk = folder / DISK
    disk.mkdir()
    mount(disk)
    return disk


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _record(run: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((run / "record.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _verified(run: Path) -> bool:
    from bench.verification import Wrong, verify

    try:
        return bool(list(verify(run)))
    except (Wrong, OSError):
        return False


def _code(record: dict[str, Any] | None, reason: dict[str, Any]) -> str | None:
    """Return what names the fault: the reason of the case behind the total's, where it is one."""
    if record is None:
        return None
    by_case = {case["id"]: case["reason"] for case in record["cases"] if case["reason"]}
    named = by_case.get(reason.get("params", {}).get("case"), reason)
    if named.get("code") == "station_check_failed":
        named = by_case.get("STATION", named)
    return named.get("code")


# --- what must hold


def _broken(made: Outcome, run: Path, account: list[dict[str, Any]], record: dict[str, Any] | None) -> list[str]:
    found = []
    if made.exit_code is None:
        found.append("the run hangs")
    if made.device == "hot" and (made.verdict == "PASS" or made.verified):
        found.append(f"false PASS: verdict {made.verdict}, verified {made.verified}")
    if made.exit_code == 0 and not made.verified and made.row.codes is not None:
        found.append("exit code 0 without a sealed, complete PASS")
    if _condemned(made, record):
        found.append("a broken bench condemns what is good")
    if _unnoticed(made, record):
        found.append("false PASS: ends as if nothing had happened")
    found += _named(made)
    found += _safe(run, record)
    return found + _kept(run, account, record)


def _condemned(made: Outcome, record: dict[str, Any] | None) -> bool:
    """Whether a device, or the case in which it keeps the ceiling, is called bad."""
    cases = {case["id"]: case["verdict"] for case in (record or {"cases": []})["cases"]}
    bad = ("FAIL", "CONDITIONAL_FAIL")
    return cases.get(KEEPS) in bad or (made.device == "good" and made.verdict in bad)


def _unnoticed(made: Outcome, record: dict[str, Any] | None) -> bool:
    """Whether a fault that must be noticed was not: the good device passes, or the record of the hot one shows nothing.

    What goes wrong on the way to safety is tried again through a new session; the record says so.
    After its record a run of the hot device has nothing left to say: it ends in 1 in any case. What is sealed by then
    stays a PASS, as it was measured; the exit code says that something went wrong.
    """
    if not made.injected or made.row.harmless or made.made_good or made.row.codes is None:
        return False
    if made.row.seam in _INSTRUMENTS:
        told = record is not None and record["safe_state"] is not None and record["safe_state"]["errors"]
        return made.verdict == EXPECTED[made.device] and not told
    return made.exit_code == 0 or (made.verified and not made.recorded)


def _named(made: Outcome) -> list[str]:
    """The reason names the fault, wherever there is a record that needs one."""
    if not made.injected or made.verdict in (None, "PASS", EXPECTED[made.device]) or made.row.codes is None:
        return []
    return [] if made.code in made.row.codes else [f"unnamed: {made.code}"]


def _safe(run: Path, record: dict[str, Any] | None) -> list[str]:
    """Output off by the simulator's own account, or the alarm."""
    events = _simulator(run)
    states = [event for event in events if event["event"] == "state"]
    if not events:
        return []
    live = not states or (states[-1]["port"], states[-1]["dut_output"], states[-1]["smu_output"]) != (
        "open",
        False,
        False,
    )
    state = (record or {}).get("safe_state")
    if live and not (state and not state["confirmed"]):
        return [f"left live: {states[-1] if states else 'the simulator never ended'}"]
    return []


def _simulator(run: Path) -> list[dict[str, Any]]:
    """Wait for the simulator's end, and return its account."""
    deadline = time.monotonic() + ENDS
    while True:
        events = [json.loads(line) for line in _lines(run / "simulator.log") if line.endswith("}")]
        if not events or events[-1]["event"] == "state" or time.monotonic() > deadline:
            return events
        time.sleep(0.05)


def _kept(run: Path, account: list[dict[str, Any]], record: dict[str, Any] | None) -> list[str]:
    """Every acknowledged event is there, the chain holds, and no FAIL of the device got lost."""
    acknowledged = [entry for entry in account if "acknowledged" in entry and entry["acknowledged"]]
    if not acknowledged:
        return []
    try:
        events = read_events(run / "journal.sqlite")
    except JournalError as error:
        return [f"journal: {error}"]
    last = acknowledged[-1]
    if len(events) < last["acknowledged"] or events[last["acknowledged"] - 1].hash != last["head"]:
        return [f"acknowledged events lost: {last['acknowledged']} were, {len(events)} are there"]
    failed = [event for event in events if event.kind == "measurement" and event.body.get("verdict") == "FAIL"]
    if failed and record is not None and record["device_finding"] != "FAIL":
        return [f"a valid FAIL is lost: device_finding {record['device_finding']}"]
    return []
