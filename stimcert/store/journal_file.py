# SPDX-License-Identifier: MIT
"""The journal as a file: its tables, how it is read, and whether it is still what was written."""

import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stimcert.store.chain import GENESIS, link
from stimcert.store.fast_json import from_json

SEALED = "run_sealed"
"""The kind of the last event of a run to which nothing is ever added."""

SCHEMA = (
    """CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    wall TEXT NOT NULL,
    monotonic REAL NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT""",
    """CREATE TRIGGER event_in_order BEFORE INSERT ON event
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'events are numbered one after the other'); END""",
    """CREATE TRIGGER event_stays BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER event_remains BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never removed'); END""",
)
_SELECT = "SELECT seq, kind, wall, monotonic, body, hash FROM event ORDER BY seq"
_SELECT_SOME = _SELECT.replace("ORDER", "WHERE seq > ? AND seq <= ? ORDER")


class JournalError(Exception):
    """The journal cannot be kept or read, or is not what was written: nothing may be measured without it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row: what happened, when, its facts, and the hash over all up to it.

    :param wall: UTC.
    :param monotonic: s of the monotonic clock of the machine.
    """

    seq: int
    kind: str
    wall: str
    monotonic: float
    body: dict[str, object]
    hash: str


def read_events(path: Path) -> list[Event]:
    """Return the events of a journal that nobody writes any more, checked. The file is not touched.

    :raises JournalError: when the file is missing, locked, no journal, or not what was written.
    """
    with opened(path) as connection:
        return list(checked(connection, path))


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a journal for reading. One that was never sealed is read from a copy, with the log beside it.

    :raises JournalError: when that is impossible.
    """
    if not path.is_file():
        raise JournalError(f"{path}: there is no journal here")
    with tempfile.TemporaryDirectory(prefix="stimcert-") as scratch:
        try:
            connection = sqlite3.connect(_uri(path, Path(scratch)), uri=True)
            try:
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise JournalError(f"{path}: {error}") from error


def _uri(path: Path, scratch: Path) -> str:
    if not log_of(path).exists():
        return f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    copy = scratch / path.name
    for source, target in ((path, copy), (log_of(path), log_of(copy))):
        shutil.copyfile(source, target)
    return copy.as_uri()


def log_of(path: Path) -> Path:
    """Return the write-ahead log of a journal: it is there as long as the run is not sealed."""
    return Path(f"{path}-wal")


def checked(connection: sqlite3.Connection, path: Path) -> Iterator[Event]:
    """Iterate over the events, checking each.

    :raises JournalError: naming the first that is not what was written.
    """
    _check_schema(connection, path)
    previous, expected = GENESIS, 1
    cursor = connection.execute(_SELECT)
    for seq, kind, wall, monotonic, body, digest in cursor:
        if seq != expected:
            raise JournalError(f"{path}: event {expected} is missing (the next is {seq})")
        if link(previous, str(seq), kind, wall, repr(monotonic), body) != digest:
            raise JournalError(f"{path}: event {seq} ({kind}) is not what was written: its hash does not fit")
        previous, expected = digest, seq + 1
        yield Event(seq=seq, kind=sys.intern(kind), wall=wall, monotonic=monotonic, body=json.loads(body), hash=digest)


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    found = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid")]
    if found != list(SCHEMA):
        raise JournalError(f"{path}: its tables are not those of a journal of this version")


def rows(connection: sqlite3.Connection, *, after: int, last: int) -> Iterator[Event]:
    """Iterate over the events of one's own journal behind number ``after``, up to ``last``."""
    cursor = connection.execute(_SELECT_SOME, (after, last))
    for seq, kind, wall, monotonic, body, digest in cursor:
        yield Event(seq=seq, kind=sys.intern(kind), wall=wall, monotonic=monotonic, body=from_json(body), hash=digest)
