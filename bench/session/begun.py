# SPDX-License-Identifier: MIT
"""How a run begins, and how one that died or was stopped goes on: folder, ledger, journal, in this order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from bench.session.header import RunFacts, header
from bench.session.inputs import Inputs
from bench.session.options import Options
from bench.session.preflight import CannotBegin, clock_problems, prepare, room_problems
from bench.session.previous import Previous
from bench.session.software import software
from instruments.safety.guard_log import guard_entries
from stimcert.attempts import attempt_words, gap_words
from stimcert.store.host import host
from stimcert.store.journal import Journal, JournalError
from stimcert.store.ledger import Entry, Ledger, LedgerError, Reading, attempts, default_ledger
from stimcert.store.run_folder import FolderError, RunFolder, iso, run_id, sha256_of, utc_now

JOURNAL = "journal.sqlite"
_TROUBLES = (FolderError, LedgerError, JournalError, OSError)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run whose beginning is on record; nothing is energised yet.

    :param session: 1, and one more each time that the run goes on.
    :param kept: cases that ended in earlier sessions.
    :param ledger: of the station.
    :param history: what was done with this serial number before, line by line.
    :param instruments: identity of each role in the sessions before; empty in the first.
    :param guarded: entries of the guard's account that the journal has already.
    """

    id: str
    folder: RunFolder
    journal: Journal
    ledger: Ledger
    session: int = 1
    kept: frozenset[str] = field(default=frozenset())
    history: Sequence[str] = ()
    guarded: int = 0
    instruments: Mapping[str, str] = field(default_factory=dict)


def ledger_of(inputs: Inputs, station: Path) -> Ledger:
    """Return the ledger of a station.

    :param station: its file; a relative path in it is relative to its folder.
    """
    named = inputs.station.ledger
    return Ledger(station.parent / named if named else default_ledger())


def event_seed(options: Options, inputs: Inputs, name: str) -> int:
    """Return what decides at which moments a run makes events: a simulated run can be had again, a real one cannot.

    :param name: of the run.
    """
    return options.sim_seed or 0 if inputs.station.embedded else crc32(name.encode())


def begin(options: Options, inputs: Inputs, selected: Sequence[str], plugins: Sequence[str]) -> Begun:
    """Begin a run.

    :param selected: ids of the cases that will run.
    :param plugins: names of the loaded pytest plugins.
    :raises CannotBegin: in words; nothing was energised, and no folder is left behind.
    """
    started, ledger = utc_now(), ledger_of(inputs, options.station)
    name = run_id(started, inputs.plan.id, options.serial)
    path = options.run_dir or options.run_root / name
    try:
        before = ledger.read()
        _refuse([*clock_problems(before.wall), *room_problems(path, inputs)])
        folder = RunFolder(path)
        try:
            prepare(path, inputs)
            entry = ledger.append("begun", _line(name, options, inputs, path))
        except _TROUBLES:
            folder.discard()
            raise
        copies = [folder.add_input(file.role, file.name, file.data) for file in inputs.files]
        journal = Journal(path / JOURNAL)
        quoted = _quoted(ledger, entry, before, options.serial)
        facts = RunFacts(
            id=name,
            started=iso(started),
            serial=options.serial,
            operator=options.by,
            seed=event_seed(options, inputs, name),
            selected=list(selected),
            plugins=list(plugins),
            copies=copies,
            ledger=quoted,
            options=options.remembered(),
        )
        journal.append("run_begun", header(inputs, facts))
    except _TROUBLES as error:
        raise CannotBegin(str(error)) from error
    return Begun(id=name, folder=folder, journal=journal, ledger=ledger, history=_history(quoted))


def go_on(options: Options, inputs: Inputs, path: Path, plugins: Sequence[str]) -> Begun:
    """Go on with a run that died or was stopped, in its own folder.

    :raises CannotBegin: in words, also when anything is not what the run was begun with.
    """
    ledger = ledger_of(inputs, options.station)
    try:
        before = ledger.read()
        _refuse([*clock_problems(before.wall), *room_problems(path, inputs)])
        prepare(path, inputs)
        journal, events = Journal.reopen(path / JOURNAL)
        try:
            previous = Previous(path=path, events=events)
            _refuse(previous.differences(options, inputs, software()))
            entry = ledger.append("resumed", _line(previous.run_id, options, inputs, path))
            kept = keep_record(path)
            body = {
                "session": previous.sessions + 1,
                "ended_before": previous.how_it_ended,
                "operator": options.by,
                "plugins": list(plugins),
                "records": kept,
                "ledger": {"number": entry.number, "previous": entry.previous, "head": entry.hash},
            }
            guarded = merge_guard(journal, previous)
            journal.append("run_resumed", body)
        except BaseException:
            journal.close()
            raise
    except _TROUBLES as error:
        raise CannotBegin(f"--resume={path}: {error}") from error
    return Begun(
        id=previous.run_id,
        folder=RunFolder.again(path),
        journal=journal,
        ledger=ledger,
        session=previous.sessions + 1,
        kept=previous.finished,
        history=_going_on(previous),
        guarded=guarded,
        instruments=previous.instruments,
    )


def merge_guard(journal: Journal, previous: Previous) -> int:
    """Take what the guard noted since into the journal; return how many entries of its account are there then."""
    entries = guard_entries(previous.path)
    for entry in entries[previous.guarded :]:
        journal.append("guard", entry, durable=False)
    return len(entries)


def keep_record(path: Path) -> dict[str, str]:
    """Give the record of a session that was stopped another name, and return the hash of each that is kept.

    :raises OSError: when that is impossible.
    """
    if (path / "record.json").exists():
        number = 1 + len(list(path.glob("record-*.json")))
        host().rename(path / "record.json", path / f"record-{number}.json")
    return {file.name: sha256_of(file) for file in sorted(path.glob("record-*.json"))}


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise CannotBegin("\n".join(problems))


def _line(name: str, options: Options, inputs: Inputs, path: Path) -> dict[str, object]:
    """Return what the ledger keeps of a run before anything of it is energised."""
    return {
        "run": name,
        "serial": options.serial,
        "operator": options.by,
        "plan": inputs.plan.id,
        "revision": inputs.plan.revision,
        "station": inputs.station.name,
        "folder": str(path.resolve()),
        "inputs": {f"{file.role} {file.name}": file.sha256 for file in inputs.files},
    }


def _quoted(ledger: Ledger, entry: Entry, before: Reading, serial: str) -> dict[str, Any]:
    """Return what the record quotes of the ledger."""
    earlier = [
        {"run": a.run, "number": a.number, "wall": a.wall, "verdict": a.verdict, "gone": a.gone}
        for a in attempts(before, serial)
    ]
    return {
        "path": str(ledger.path),
        "number": entry.number,
        "previous": entry.previous,
        "head": entry.hash,
        "earlier": earlier,
        "problems": list(before.problems),
    }


def _history(quoted: Mapping[str, Any]) -> list[str]:
    return [f"history  {attempt_words(quoted['earlier'])}", *(f"MISSING  {text}" for text in gap_words(quoted))]


def _going_on(previous: Previous) -> list[str]:
    kept = ", ".join(sorted(previous.finished)) or "none"
    return [f"resumes  session {previous.sessions + 1} after {previous.how_it_ended}; cases that are kept: {kept}"]


def ended(ledger: Ledger, record: Mapping[str, Any], path: Path) -> Entry:
    """Tell the ledger how a run ended.

    :raises LedgerError: when that is impossible.
    """
    body = {
        "run": record["run_id"],
        "serial": record["dut"]["serial"],
        "folder": str(path.resolve()),
        "journal": record["journal"]["head"],
        "verdict": record["verdict"],
        "device_finding": record["device_finding"],
        "complete": record["complete"],
    }
    return ledger.append("ended", body)
