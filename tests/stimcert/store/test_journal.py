# SPDX-License-Identifier: MIT
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from stimcert.store.journal import Journal, JournalError, read_events

WALL = "2026-11-22T10:15:00.123Z"
ROOT = Path(__file__).parents[3]


def test_events_come_back_in_order_with_their_facts(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    for number in range(3):
        assert journal.append("measurement", {"value": number, "µ": "Ω"}, wall=WALL) == number + 1
    journal.seal()
    events = read_events(tmp_path / "journal.sqlite")
    assert [(event.seq, event.kind, event.wall, event.body) for event in events] == [
        (number + 1, "measurement", WALL, {"value": number, "µ": "Ω"}) for number in range(3)
    ]


def test_an_existing_journal_is_never_written_again(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite").seal()
    with pytest.raises(JournalError, match="written once"):
        Journal(tmp_path / "journal.sqlite")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(tmp_path: Path, value: float) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(ValueError, match="JSON"):
        journal.append("measurement", {"value": value}, wall=WALL)
    assert list(journal.events()) == []
    journal.close()


def test_sealed_journal_is_one_plain_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("run_begun", {}, wall=WALL)
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
    journal.append("run_begun", {}, wall=WALL)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(tmp_path / "journal.sqlite", timeout=0).execute("SELECT * FROM event")
    journal.close()


def test_acknowledged_events_survive_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    script = (
        "import os, signal, sys; from pathlib import Path; from stimcert.store.journal import Journal\n"
        f"journal = Journal(Path({str(path)!r}))\n"
        f"for n in range(50): journal.append('measurement', {{'n': n}}, wall={WALL!r})\n"
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
