# SPDX-License-Identifier: MIT
"""A disk without room, or that forgets names: what could not be stored waits, and nothing is acknowledged too early."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from stimcert.store.host import Host, hosted
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import read_events


class Full(Host):
    """A disk that is full for some commits, at the statement that a test names."""

    def __init__(self, statement: str) -> None:
        self.statement: str | None = statement

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        if self.statement and statement.startswith(self.statement):
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(connection, statement, parameters)


@pytest.mark.parametrize("statement", ["BEGIN", "COMMIT"])
def test_what_was_prepared_and_could_not_be_stored_waits_for_room(tmp_path: Path, statement: str) -> None:
    disk = Full(statement)
    journal = Journal(tmp_path / "journal.sqlite")
    with hosted(disk):
        journal.note("done", lambda: {})
        with pytest.raises(JournalError, match="full"):
            for _ in range(2):
                journal.prepare()
                journal.append("intent", {})
        disk.statement = None
        journal.prepare()
        journal.append("run_error", {})
    journal.seal()
    kinds = [event.kind for event in read_events(tmp_path / "journal.sqlite")]
    assert kinds == (["done", "run_error"] if statement == "BEGIN" else ["done", "intent", "run_error"])


def test_no_event_is_acknowledged_before_the_names_of_the_files_are_on_disk(tmp_path: Path) -> None:
    class Nameless(Host):
        synced, fails = 0, True

        def sync_folder(self, path: Path) -> None:
            assert path == tmp_path
            if self.fails:
                raise OSError(5, "Input/output error")
            self.synced += 1

    machine = Nameless()
    with hosted(machine):
        journal = Journal(tmp_path / "journal.sqlite")
        with pytest.raises(JournalError, match="Input/output error"):
            journal.append("run_begun", {})
        machine.fails = False
        journal.append("case_begun", {})
        journal.append("case_ended", {})
    assert machine.synced == 1
    assert [event.kind for event in journal.events()] == ["run_begun", "case_begun", "case_ended"]
    journal.close()


@pytest.mark.parametrize("statement", ["BEGIN", "COMMIT", "INSERT"])
def test_an_event_that_could_not_be_stored_waits_for_room(tmp_path: Path, statement: str) -> None:
    disk = Full(statement)
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    with hosted(disk):
        if statement != "INSERT":
            journal.append("done", {}, durable=False)
        with pytest.raises(JournalError, match="full"):
            journal.append("measurement", {})
        disk.statement = None
        journal.append("run_error", {})
    journal.seal()
    kinds = [event.kind for event in read_events(tmp_path / "journal.sqlite")]
    assert [kind for kind in kinds if kind != "done"] == ["run_begun", "measurement", "run_error"]
