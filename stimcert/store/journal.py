# SPDX-License-Identifier: MIT
"""The journal of a run: one SQLite file, one event a row, each durable before the next thing happens.

``synchronous=FULL`` in WAL mode costs one fdatasync a commit. The single connection takes the file exclusively
*before* WAL is chosen, so that the two-connection condition of SQLite's WAL-reset defect (fixed in 3.51.3)
cannot arise. Every pragma is read back: SQLite answers a refused pragma with the old value, not with an error.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    wall TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT
"""
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_INSERT = "INSERT INTO event (kind, wall, body) VALUES (?, ?, ?)"
_BATCH = 200
_PRAGMAS = (("locking_mode", "EXCLUSIVE", "exclusive"), ("journal_mode", "WAL", "wal"), ("synchronous", "FULL", "2"))


class JournalError(Exception):
    """The journal cannot be kept or read: nothing may be measured without it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row: what happened, when (UTC), and its facts."""

    seq: int
    kind: str
    wall: str
    body: dict[str, object]


class Journal:
    """The writing side: one run, one process, one connection.

    :param path: must not exist.
    :raises JournalError: when the file exists or a pragma was not accepted.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise JournalError(f"{path} exists: a journal is written once")
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        for name, value, expected in _PRAGMAS:
            self._set_pragma(name, value, expected)
        self._connection.execute(_SCHEMA)

    def _set_pragma(self, name: str, value: str, expected: str) -> None:
        self._connection.execute(f"PRAGMA {name}={value}")
        (answer,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        if str(answer).lower() != expected:
            raise JournalError(f"{self.path}: asked SQLite for {name}={value}, it keeps {answer}")

    def append(self, kind: str, body: Mapping[str, object], *, wall: str) -> int:
        """Store one event durably and return its number.

        :param wall: UTC time of the event, ISO 8601.
        :raises ValueError: when ``body`` holds NaN or infinity, which JSON has no words for.
        """
        text = _ENCODER.encode(body)
        return int(self._connection.execute(_INSERT, (kind, wall, text)).lastrowid or 0)

    def events(self) -> Iterator[Event]:
        """Iterate over everything stored so far, in order."""
        return _rows(self._connection)

    def seal(self) -> None:
        """Close to one plain file that needs nothing beside it."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._set_pragma("journal_mode", "DELETE", "delete")
        self._connection.close()

    def close(self) -> None:
        """Close without sealing: the run has no end on record."""
        self._connection.close()


def read_events(path: Path) -> list[Event]:
    """Return the events of a journal that nobody writes any more.

    :raises JournalError: when the file is missing, locked or no journal.
    """
    if not path.is_file():
        raise JournalError(f"{path}: there is no journal here")
    try:
        with sqlite3.connect(path) as connection:
            return list(_rows(connection))
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {error}") from error


def _rows(connection: sqlite3.Connection) -> Iterator[Event]:
    cursor = connection.execute("SELECT seq, kind, wall, body FROM event ORDER BY seq")
    # Many at a time: JSON's decoder makes each key once a call, and keys are a quarter of what events take.
    while rows := cursor.fetchmany(_BATCH):
        bodies = json.loads(f"[{','.join(row[3] for row in rows)}]")
        for (seq, kind, wall, _), body in zip(rows, bodies, strict=True):
            yield Event(seq=seq, kind=sys.intern(kind), wall=wall, body=body)
