# SPDX-License-Identifier: MIT
"""A journal that cannot be kept, gone on with or sealed is refused, whatever SQLite says."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.store import journal as journal_module
from stimcert.store.host import Host, hosted
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import SEALED, read_events


class Refusing(Host):
    """A machine on which SQLite keeps another value of one pragma than it was asked for, as it does silently."""

    def __init__(self, name: str, kept: str) -> None:
        self.name, self.kept = name, kept

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        if statement == f"PRAGMA {self.name}":
            statement = f"SELECT '{self.kept}'"
        return super().execute(connection, statement, parameters)


@pytest.mark.parametrize(
    ("name", "kept"), [("locking_mode", "normal"), ("journal_mode", "memory"), ("synchronous", "1")]
)
def test_a_pragma_that_was_not_accepted_is_no_journal(tmp_path: Path, name: str, kept: str) -> None:
    path = tmp_path / "journal.sqlite"
    with hosted(Refusing(name, kept)), pytest.raises(JournalError, match=f"{name}=.*keeps {kept}"):
        Journal(path)
    # Nothing holds the file any more.
    sqlite3.connect(path, timeout=0).execute("SELECT 1 FROM sqlite_master").close()


def test_a_missing_journal_is_not_reopened(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal here"):
        Journal.reopen(tmp_path / "journal.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_died_before_its_first_event_goes_on_from_nothing(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").close()
    again, events = Journal.reopen(tmp_path / "journal.sqlite")
    assert (events, again.count, again.sealed) == ([], 0, False)
    assert again.append("run_begun", {}) == 1
    again.close()


def test_a_last_event_that_was_written_before_the_file_was_closed_is_sealed_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.append(SEALED, {})
    journal.close()
    with pytest.raises(JournalError, match="is sealed"):
        Journal.reopen(path)
    again, events = Journal.reopen(path, sealed=True)
    assert again.sealed and [event.kind for event in events] == [SEALED]
    again.seal()
    assert [event.kind for event in read_events(path)] == [SEALED]


def test_a_journal_that_is_not_sealed_cannot_be_sealed_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    journal.close()
    with pytest.raises(JournalError, match="is not sealed"):
        Journal.reopen(tmp_path / "journal.sqlite", sealed=True)


class Busy(Host):
    """A machine on which somebody reads the log while it should go into the file."""

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        asked = "SELECT 1, 2, 0" if statement.startswith("PRAGMA wal_checkpoint") else statement
        return super().execute(connection, asked, parameters)


def test_a_log_that_stays_beside_the_file_is_not_sealed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    with hosted(Busy()), pytest.raises(JournalError, match="could not bring its log"):
        journal.seal()
    journal.close()


def test_what_sqlite_leaves_beside_a_sealed_journal_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    (tmp_path / "journal.sqlite-shm").touch()
    with pytest.raises(JournalError, match="left -shm beside"):
        journal.seal()


@pytest.mark.parametrize("sealed", [True, False])
def test_what_an_event_holds_is_read_from_ones_own_journal_too(tmp_path: Path, sealed: bool) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(450):
        journal.append("measurement", {"n": number}, durable=False)
    found = list(journal.events())
    journal.seal() if sealed else journal.close()
    assert found == read_events(tmp_path / "journal.sqlite")
    assert [event.body["n"] for event in found] == list(range(450))


class Late(Host):
    """A machine on which SQLite answers a pragma, and fails only when it is asked whether that was all."""

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        if statement == "PRAGMA journal_mode=DELETE":
            super().execute(connection, statement, parameters).fetchall()
            statement = "SELECT 'delete' UNION ALL SELECT abs(-9223372036854775808)"
        return super().execute(connection, statement, parameters)


def test_a_seal_that_fails_after_its_answer_is_none(tmp_path: Path) -> None:
    """An fdatasync that fails while the file leaves its log shows there, and nowhere else."""
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    with hosted(Late()), pytest.raises(JournalError, match="integer overflow"):
        journal.seal()
    journal.close()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed journal, to be spoilt in copies."""
    journal = Journal(tmp_path_factory.mktemp("good") / "journal.sqlite")
    for number in range(20):
        journal.append("measurement", {"n": number, "text": "µ" * number})
    journal.seal()
    return journal.path


@settings(max_examples=60)
@given(data=st.data())
def test_a_journal_that_was_damaged_anywhere_is_refused_or_says_what_it_said(
    good: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    damaged = tmp_path_factory.mktemp("damaged") / "journal.sqlite"
    damaged.write_bytes(content)
    try:
        events = read_events(damaged)
    except JournalError as refused:
        assert "journal.sqlite" in str(refused)
        return
    assert events == read_events(good)


@given(content=st.binary(max_size=300))
def test_whatever_bytes_are_no_journal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "journal.sqlite"
    path.write_bytes(content)
    with pytest.raises(JournalError):
        read_events(path)


def test_what_is_noted_does_not_grow_without_end_while_nobody_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_MOST_NOTED", 3)
    journal = Journal(tmp_path / "journal.sqlite")
    told: list[int] = []

    def account(number: int) -> Callable[[], dict[str, object]]:
        return lambda: told.append(number) or {"n": number}  # type: ignore[func-returns-value]

    for number in range(4):
        journal.note("done", account(number))
    assert told == [0, 1, 2]
    assert [event.body["n"] for event in journal.events()] == [0, 1, 2, 3]
    journal.close()
