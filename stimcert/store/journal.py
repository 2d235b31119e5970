# SPDX-License-Identifier: MIT
"""The journal of a run: one SQLite file, one event a row, append only, each row chained to the one before.

``synchronous=FULL`` in WAL mode costs one fdatasync a commit. The single connection takes the file exclusively
*before* WAL is chosen, so that the two-connection condition of SQLite's WAL-reset defect (fixed in 3.51.3)
cannot arise. Every pragma is read back: SQLite answers a refused pragma with the old value, not with an error.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from stimcert.store.chain import GENESIS, link
from stimcert.store.clock import ClockWatch, Moment, moment
from stimcert.store.fast_json import to_json
from stimcert.store.host import host
from stimcert.store.journal_file import SCHEMA, SEALED, Event, JournalError, checked, rows

__all__ = ["Event", "Journal", "JournalError"]

_INSERT = "INSERT INTO event (seq, kind, wall, monotonic, body, hash) VALUES (?, ?, ?, ?, ?, ?)"
_EXCLUSIVE = ("locking_mode", "EXCLUSIVE", "exclusive")
_PRAGMAS = (_EXCLUSIVE, ("journal_mode", "WAL", "wal"), ("synchronous", "FULL", "2"))
_MOST_NOTED = 64
"""Events that may wait for the work on them."""
_LEFT = ("-wal", "-shm", "-journal")


class Journal:
    """The writing side: one run, one process, one connection.

    :param path: must not exist; :meth:`reopen` goes on with one that does.
    :raises JournalError: when the file exists, cannot be written, or a pragma was not accepted.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise JournalError(f"{path} exists: a journal is written once")
        self._open(path)
        with self._errors("the journal cannot be begun"):
            # All of it in one commit: each would wait for the disk.
            for statement in ("BEGIN IMMEDIATE", *SCHEMA, "COMMIT"):
                host().execute(self._connection, statement)

    @classmethod
    def reopen(cls, path: Path, *, sealed: bool = False) -> "tuple[Journal, list[Event]]":
        """Go on with the journal of a run that died or was aborted; return it, and what it holds.

        :param sealed: whether its last event says that nothing is added any more: only sealing it anew is possible.
        :raises JournalError: when it is missing, in use, sealed or not what was written.
        """
        if not path.is_file():
            raise JournalError(f"{path}: there is no journal here")
        journal = cls.__new__(cls)
        journal._open(path)
        try:
            with journal._errors("the journal cannot be read"):
                events = list(checked(journal._connection, path))
            if (events[-1].kind == SEALED if events else False) is not sealed:
                raise JournalError(f"{path} is {'not ' if sealed else ''}sealed: nothing is ever added to what is")
        except BaseException:
            journal.close()
            raise
        if events:
            journal._count, journal._head, journal._sealed = events[-1].seq, events[-1].hash, sealed
        return journal, events

    def _open(self, path: Path) -> None:
        self.path = path
        self._count, self._head, self._sealed = 0, GENESIS, False
        self._noted: deque[tuple[str, Callable[[], Mapping[str, object]], Moment]] = deque()
        self._pending: list[tuple[int, str, str, float, str, str]] = []
        self._handed = 0
        self._named = False
        self._clock = ClockWatch()
        with self._errors("the journal cannot be opened"):
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0.0)
        try:
            for name, value, expected in _PRAGMAS:
                self._set_pragma(name, value, expected)
        except BaseException:
            self._connection.close()
            raise

    def _set_pragma(self, name: str, value: str, expected: str) -> None:
        with self._errors(f"asked SQLite for {name}={value}"):
            # To its end: only there does SQLite say that what it answered could not be brought to the disk.
            host().execute(self._connection, f"PRAGMA {name}={value}").fetchall()
            (answer,) = host().execute(self._connection, f"PRAGMA {name}").fetchone()
        if str(answer).lower() != expected:
            raise JournalError(f"{self.path}: asked SQLite for {name}={value}, it keeps {answer}")

    @property
    def head(self) -> str:
        """The hash of the newest event: whoever knows it knows everything before it."""
        self._chain()
        return self._head

    @property
    def sealed(self) -> bool:
        """Whether the newest event says that nothing is added any more."""
        return self._sealed

    @property
    def count(self) -> int:
        """The number of events."""
        self._chain()
        return self._count

    def append(self, kind: str, body: Mapping[str, object], *, durable: bool = True) -> int:
        """Add one event, and return its number.

        :param durable: whether it must be on disk when this returns. One that need not be waits for the next that
            must, and shares its commit; a process that dies meanwhile loses it.
        :raises ValueError: when ``body`` holds NaN or infinity, which JSON has no words for.
        :raises JournalError: when it cannot be stored. It is kept for the next commit.
        """
        text, now = to_json(body), moment()
        self._chain()
        seq = self._add(kind, text, now)
        if durable:
            self.commit()
        return seq

    def note(self, kind: str, account: Callable[[], Mapping[str, object]]) -> None:
        """Append one event that need not be durable, and put off the work on it until somebody has the time, or must.

        :param account: returns its body, at any later time the same. One that JSON has no words for is told to whoever
            appends next.
        """
        self._noted.append((kind, account, moment()))
        if len(self._noted) >= _MOST_NOTED:
            self._chain()

    def _chain(self) -> None:
        """Do the work on what was only noted."""
        while self._noted:
            kind, account, then = self._noted.popleft()
            self._add(kind, to_json(account()), then)

    def _add(self, kind: str, text: str, then: Moment) -> int:
        wall, monotonic, step = self._clock.stamp(then)
        if step is not None:
            self._link("clock_step", wall, monotonic, to_json({"seconds": step}))
        return self._link(kind, wall, monotonic, text)

    def _link(self, kind: str, wall: str, monotonic: float, text: str) -> int:
        self._count += 1
        self._sealed = kind == SEALED
        self._head = link(self._head, str(self._count), kind, wall, repr(monotonic), text)
        self._pending.append((self._count, kind, wall, monotonic, text, self._head))
        return self._count

    def prepare(self) -> None:
        """Do all work on what waits but bring it to the disk, so that the next commit is quick.

        :raises JournalError: when SQLite does not take it; what waits, goes on waiting.
        """
        self._chain()
        self._in_one(self._hand_over)

    def commit(self) -> None:
        """Bring everything that waits to the disk, in one commit; nothing where nothing waits.

        :raises JournalError: when that fails; what waits, goes on waiting.
        """
        self._chain()
        if self._pending:
            self._in_one(self._write)

    def _in_one(self, work: Callable[[], None]) -> None:
        with self._errors("an event could not be stored"):
            try:
                work()
            except BaseException:
                self._handed = 0
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                raise

    def _hand_over(self) -> None:
        """Have SQLite take what it does not have yet, in a transaction that stays open."""
        rest = self._pending[self._handed :]
        if rest and not self._handed:
            host().execute(self._connection, "BEGIN IMMEDIATE")
        if rest:
            host().execute_many(self._connection, _INSERT, rest)
        self._handed = len(self._pending)

    def _write(self) -> None:
        if len(self._pending) == 1 and not self._handed:
            host().execute(self._connection, _INSERT, self._pending[0])
        else:
            self._hand_over()
            host().execute(self._connection, "COMMIT")
        self._handed = 0
        self._pending.clear()
        if not self._named:
            # SQLite creates its log when it first needs it, and takes no notice when its name cannot be made durable.
            host().sync_folder(self.path.parent)
            self._named = True

    def events(self) -> Iterator[Event]:
        """Iterate over everything so far, in order."""
        self.commit()
        return self.stored()

    def stored(self, *, after: int = 0, most: int | None = None) -> Iterator[Event]:
        """Iterate over what is on disk so far, in order.

        :param after: number of an event; those up to it are left out.
        :param most: events; None for all.
        :raises JournalError: when they cannot be read.
        """
        last = self._count - len(self._pending)
        with self._errors("the journal cannot be read back"):
            yield from rows(self._connection, after=after, last=last if most is None else min(last, after + most))

    def seal(self) -> None:
        """Close to one plain file that needs nothing beside it.

        :raises JournalError: when something is left beside it all the same.
        """
        self.commit()
        with self._errors("the journal could not be sealed"):
            busy, *_ = host().execute(self._connection, "PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise JournalError(f"{self.path}: SQLite could not bring its log into the file")
        self._set_pragma("journal_mode", "DELETE", "delete")
        self._connection.close()
        left = [suffix for suffix in _LEFT if Path(f"{self.path}{suffix}").exists()]
        if left:
            raise JournalError(f"{self.path}: SQLite left {', '.join(left)} beside the sealed journal")
        with self._errors("the folder could not be synced"):
            host().sync_folder(self.path.parent)

    def close(self) -> None:
        """Close without sealing: the run has no end on record."""
        with suppress(JournalError):
            self.commit()
        self._connection.close()

    def _errors(self, what: str) -> "_Translated":
        return _Translated(f"{self.path}: {what}")


class _Translated:
    """Turns what SQLite and the system raise into a :class:`JournalError`; a class, since generators cost more."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise JournalError(f"{self._what}: it is locked, the run still goes on") from error
        if isinstance(error, sqlite3.Error | OSError):
            raise JournalError(f"{self._what}: {error}") from error
