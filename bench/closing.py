# SPDX-License-Identifier: MIT
"""``python -m bench close``: bring a run to its end that died or was stopped, and that nobody goes on with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.session.begun import JOURNAL, ended, keep_record, merge_guard
from bench.session.previous import Previous
from bench.session.run_store import RunStore
from instruments.errors import BenchError
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import SEALED, Event, log_of, read_events
from stimcert.store.ledger import Ledger, LedgerError
from stimcert.store.run_folder import RunFolder
from stimcert.verdict import Verdict


class CannotClose(Exception):
    """The run cannot be closed; its text says why."""


def close(path: Path, operator: str | None) -> list[str]:
    """Seal a run, and return what it came to, line by line.

    A run that died while it was sealed is sealed now, and gets what it still lacks.

    :param path: the run's folder.
    :param operator: who closes it; whoever ran it last, without one.
    :raises CannotClose: when it is sealed already, still goes on, or cannot be written.
    """
    try:
        sealed = _is_sealed(path)
        if sealed and not _torn_while_sealing(path):
            raise CannotClose(f"{path}: is sealed already; `python -m bench verify {path}` checks it")
        journal, events = Journal.reopen(path / JOURNAL, sealed=sealed)
        record = _seal(path, journal, events, operator, sealed)
        entry = ended(Ledger(Path(_begun(events)["ledger"]["path"])), record, path)
    except (JournalError, LedgerError, BenchError, OSError) as error:
        raise CannotClose(f"{path}: {error}") from error
    return [*_summary(record), *_published(path), f"ledger          entry {entry.number}, head {entry.hash}"]


def _is_sealed(path: Path) -> bool:
    events = read_events(path / JOURNAL)
    return bool(events) and events[-1].kind == SEALED


def _torn_while_sealing(path: Path) -> bool:
    return log_of(path / JOURNAL).exists() or not (path / "record.json").exists()


def _begun(events: Sequence[Event]) -> Mapping[str, Any]:
    return events[0].body


def _seal(path: Path, journal: Journal, events: Sequence[Event], operator: str | None, sealed: bool) -> dict[str, Any]:
    store = RunStore(RunFolder.again(path), journal, lambda: None)
    try:
        if not sealed:
            previous = Previous(path, events)
            merge_guard(journal, previous)
            by = operator or previous.begun["operator"]
            journal.append("run_closed", {"operator": by, "records": keep_record(path)})
        return store.conclude(sealed=True)
    except BaseException:
        journal.close()
        raise


def _summary(record: Mapping[str, Any]) -> list[str]:
    words = [f"verdict         {Verdict(record['verdict']).words}" + ("" if record["complete"] else ", PARTIAL")]
    words.append(f"device finding  {Verdict(record['device_finding']).words}")
    if record["reason"] is not None:
        words.append(f"because         {record['reason']['text']}")
    return words


def _published(path: Path) -> list[str]:
    """Render the run anew; what goes wrong there can be mended by rendering again."""
    from reports import ReportError, write_all

    try:
        write_all(path)
    except ReportError as error:
        return [f"report          NOT WRITTEN: {error}"]
    return [f"report          {path / 'report.html'}"]
