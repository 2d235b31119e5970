# SPDX-License-Identifier: MIT
import math
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stimcert.store.host import Host, hosted
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import SEALED, read_events

ROOT = Path(__file__).parents[3]


def test_events_come_back_in_order_with_their_facts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(3):
        assert journal.append("measurement", {"value": number, "µ": "Ω"}) == number + 1
    journal.seal()
    events = read_events(tmp_path / "journal.sqlite")
    assert [(event.seq, event.kind, event.body) for event in events] == [
        (number + 1, "measurement", {"value": number, "µ": "Ω"}) for number in range(3)
    ]


def test_an_existing_journal_is_never_written_again(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").seal()
    with pytest.raises(JournalError, match="written once"):
        Journal(tmp_path / "journal.sqlite")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(tmp_path: Path, value: float) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(ValueError, match="JSON"):
        journal.append("measurement", {"value": value})
    assert list(journal.events()) == []
    journal.close()


def test_sealed_journal_is_one_plain_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    journal.seal()
    assert [path.name for path in tmp_path.iterdir()] == ["journal.sqlite"]


def test_every_event_is_synced_before_append_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    connection = journal._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert not connection.in_transaction
    journal.close()


def test_nobody_else_can_open_a_journal_in_use(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(tmp_path / "journal.sqlite", timeout=0).execute("SELECT * FROM event")
    journal.close()


def test_acknowledged_events_survive_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    script = (
        "import os, signal, sys; from pathlib import Path; from stimcert.store.journal import Journal\n"
        f"journal = Journal(Path({str(path)!r}))\n"
        f"for n in range(50): journal.append('measurement', {{'n': n}})\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert [event.body["n"] for event in read_events(path)] == list(range(50))


def test_a_missing_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        read_events(tmp_path / "journal.sqlite")


def test_something_else_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("once upon a time, there was a text file, long enough for a header" * 20)
    with pytest.raises(JournalError, match="journal.sqlite"):
        read_events(tmp_path / "journal.sqlite")


class Clocks(Host):
    """Clocks that a test sets."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 22, 10, 15, 0, 123456, tzinfo=UTC)
        self.since_boot = 1000.0

    def pass_by(self, seconds: float, *, set_by: float = 0.0) -> None:
        self.wall += timedelta(seconds=seconds + set_by)
        self.since_boot += seconds

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.since_boot


def test_an_event_has_both_clocks(tmp_path: Path) -> None:
    clocks = Clocks()
    with hosted(clocks):
        journal = Journal(tmp_path / "journal.sqlite")
        journal.append("run_begun", {})
        clocks.pass_by(1.5)
        journal.append("measurement", {})
        first, second = journal.events()
        journal.close()
    assert (first.wall, second.wall) == ("2026-11-22T10:15:00.123Z", "2026-11-22T10:15:01.623Z")
    assert second.monotonic - first.monotonic == 1.5


@pytest.mark.parametrize("jump", [86400.0, -86400.0, 2.5])
def test_a_wall_clock_that_is_set_is_an_event(tmp_path: Path, jump: float) -> None:
    clocks = Clocks()
    with hosted(clocks):
        journal = Journal(tmp_path / "journal.sqlite")
        journal.append("run_begun", {})
        clocks.pass_by(1.0, set_by=jump)
        journal.append("measurement", {})
        clocks.pass_by(1.0)
        journal.append("measurement", {})
        events = list(journal.events())
        journal.close()
    assert [event.kind for event in events] == ["run_begun", "clock_step", "measurement", "measurement"]
    assert events[1].body == {"seconds": jump}


def test_a_clock_that_is_slewed_is_none(tmp_path: Path) -> None:
    clocks = Clocks()
    with hosted(clocks):
        journal = Journal(tmp_path / "journal.sqlite")
        for _ in range(100):
            clocks.pass_by(1.0, set_by=0.05)
            journal.append("measurement", {})
        assert journal.count == 100
        journal.close()


def test_what_need_not_be_durable_shares_the_next_commit(tmp_path: Path) -> None:
    calls: list[str] = []

    class Counting(Host):
        def execute(
            self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
        ) -> sqlite3.Cursor:
            calls.append(statement.split()[0])
            return super().execute(connection, statement, parameters)

    journal = Journal(tmp_path / "journal.sqlite")
    with hosted(Counting()):
        for number in range(5):
            journal.append("done", {"n": number}, durable=False)
        assert calls == []
        journal.append("intent", {})
    assert calls == ["BEGIN", "COMMIT"]
    assert [event.seq for event in journal.events()] == [1, 2, 3, 4, 5, 6]
    journal.seal()
    assert len(read_events(tmp_path / "journal.sqlite")) == 6


def test_what_was_only_noted_keeps_its_place_and_its_time(tmp_path: Path) -> None:
    clocks = Clocks()
    with hosted(clocks):
        journal = Journal(tmp_path / "journal.sqlite")
        journal.note("done", lambda: {"n": 1})
        clocks.pass_by(1.0)
        journal.append("measurement", {"n": 2}, durable=False)
        journal.note("done", lambda: {"n": 3})
        clocks.pass_by(1.0)
        journal.prepare()
        journal.note("done", lambda: {"n": 4})
        journal.append("intent", {"n": 5})
        assert journal.count == 5
        journal.seal()
    events = read_events(tmp_path / "journal.sqlite")
    assert [(event.body["n"], event.wall[17:19]) for event in events] == [
        (1, "00"),
        (2, "01"),
        (3, "01"),
        (4, "02"),
        (5, "02"),
    ]


def test_what_was_prepared_is_on_disk_with_the_next_commit_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    for _ in range(2):
        journal.note("done", lambda: {})
        journal.prepare()
    killed = shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-killed")
    assert [event.kind for event in read_events(killed / "journal.sqlite")] == ["run_begun"]
    journal.append("intent", {})
    killed = shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-killed-later")
    assert [event.kind for event in read_events(killed / "journal.sqlite")] == ["run_begun", "done", "done", "intent"]
    journal.close()


def test_nothing_to_prepare_leaves_nothing_open(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.prepare()
    assert not journal._connection.in_transaction
    journal.note("done", lambda: {})
    for _ in range(3):
        journal.prepare()
    journal.commit()
    journal.prepare()
    assert not journal._connection.in_transaction
    assert [event.kind for event in journal.stored()] == ["done"]
    journal.close()


def test_what_is_stored_is_read_back_in_portions_and_nothing_else_is(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(1, 6):
        journal.append("done", {"number": number})
    journal.append("prepared", {}, durable=False)
    journal.prepare()
    assert [event.seq for event in journal.stored(most=2)] == [1, 2]
    assert [event.seq for event in journal.stored(after=2, most=2)] == [3, 4]
    assert [event.body for event in journal.stored(after=4, most=2)] == [{"number": 5}]
    assert list(journal.stored(after=5)) == []
    journal.commit()
    assert [event.kind for event in journal.stored(after=5)] == ["prepared"]
    journal.close()
    with pytest.raises(JournalError, match="read back"):
        list(journal.stored())


def test_a_note_that_json_has_no_words_for_is_told_to_whoever_appends_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.note("done", lambda: {"value": math.nan})
    with pytest.raises(ValueError, match="JSON"):
        journal.append("measurement", {})
    journal.append("case_error", {})
    assert [event.kind for event in journal.events()] == ["case_error"]
    journal.close()


def sealed(tmp_path: Path, count: int = 5) -> Path:
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(count):
        journal.append("measurement", {"n": number})
    journal.seal()
    return journal.path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'done' WHERE seq = 2",
        "DELETE FROM event WHERE seq = 5",
        "INSERT INTO event SELECT 9, kind, wall, monotonic, body, hash FROM event WHERE seq = 1",
        "INSERT OR REPLACE INTO event SELECT seq, 'x', wall, monotonic, body, hash FROM event WHERE seq = 1",
        "INSERT INTO event VALUES (6, 'x', 'w', 'no number', '{}', hex(zeroblob(32)))",
        "INSERT INTO event VALUES (6, 'x', 'w', 1.0, 'no json', hex(zeroblob(32)))",
    ],
)
def test_the_file_itself_takes_nothing_but_the_next_event(tmp_path: Path, statement: str) -> None:
    connection = sqlite3.connect(sealed(tmp_path))
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("forgery", "complaint"),
    [
        ("UPDATE event SET body = '{\"n\":7}' WHERE seq = 2", "event 2 .* is not what was written"),
        ("UPDATE event SET wall = '2026' WHERE seq = 3", "event 3 .* is not what was written"),
        ("UPDATE event SET monotonic = monotonic + 1 WHERE seq = 3", "event 3 .* is not what was written"),
        ("DELETE FROM event WHERE seq = 4", "event 4 is missing"),
        ("DELETE FROM event WHERE seq = 1", "event 1 is missing"),
        ("DROP TABLE event", "tables"),
    ],
)
def test_a_forgery_is_found_and_named(tmp_path: Path, forgery: str, complaint: str) -> None:
    path = sealed(tmp_path)
    connection = sqlite3.connect(path)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"
    triggers = connection.execute(query).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(forgery)
    for _, text in triggers if "DROP" not in forgery else ():
        connection.execute(text)
    connection.commit()
    connection.close()
    with pytest.raises(JournalError, match=complaint):
        read_events(path)


def test_a_journal_without_its_triggers_is_named(tmp_path: Path) -> None:
    path = sealed(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_stays")
    connection.commit()
    connection.close()
    with pytest.raises(JournalError, match="tables"):
        read_events(path)


def test_a_journal_that_was_never_sealed_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {"run": 1})
    head = journal.head
    journal.close()
    again, events = Journal.reopen(tmp_path / "journal.sqlite")
    assert [event.body for event in events] == [{"run": 1}]
    assert (again.head, again.count) == (head, 1)
    again.append(SEALED, {})
    again.seal()
    assert [event.seq for event in read_events(tmp_path / "journal.sqlite")] == [1, 2]
    with pytest.raises(JournalError, match="is sealed"):
        Journal.reopen(tmp_path / "journal.sqlite")


def test_a_journal_in_use_is_not_reopened(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {})
    with pytest.raises(JournalError, match="locked"):
        Journal.reopen(tmp_path / "journal.sqlite")
    journal.close()


def test_reading_a_journal_that_was_never_sealed_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    script = (
        "import os, signal; from pathlib import Path; from stimcert.store.journal import Journal\n"
        f"journal = Journal(Path({str(path)!r}))\n"
        "journal.append('run_begun', {}); journal.append('done', {}, durable=False)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert "journal.sqlite-wal" in before
    assert [event.kind for event in read_events(path)] == ["run_begun"]
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
