# SPDX-License-Identifier: MIT
"""The machine as the store uses it: its clock, its files, its disk. The one seam at which tests break it.

Everything that the store asks of the operating system is a method of :class:`Host`, so that whoever wants to see what a
full disk or a clock that jumps does to a run puts another host in place with :func:`hosted` and counts its calls.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path


class Host:
    """The real one."""

    def now(self) -> datetime:
        """Return the wall clock, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return s since some moment, never set by anybody; what a suspended machine sleeps may be missing."""
        return time.monotonic()

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        """Have SQLite execute a statement; with autocommit it is durable on return."""
        return connection.execute(statement, parameters)

    def execute_many(self, connection: sqlite3.Connection, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Have SQLite execute a statement once for each row."""
        connection.executemany(statement, rows)

    def write(self, path: str | Path, data: bytes) -> None:
        """Write a file; what bore that name before is gone. Not synced."""
        with open(path, "wb") as file:
            file.write(data)

    def write_new(self, path: str | Path, pieces: Iterable[str]) -> None:
        """Write a text whole or not at all: under another name first, synced, then renamed."""
        partial = Path(f"{path}.partial")
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
        self.sync_folder(Path(path).parent)

    def rename(self, path: Path, other: Path) -> None:
        """Give a file another name, durably."""
        os.rename(path, other)
        self.sync_folder(other.parent)

    def append(self, path: Path, data: bytes) -> None:
        """Append to a file and sync it, with its name where it is new."""
        new = not path.exists()
        with path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            self.sync_folder(path.parent)

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable, where the system can."""
        if os.name == "nt":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def free_space(self, path: Path) -> int:
        """Return the bytes that may still be written where ``path`` lies."""
        return shutil.disk_usage(path).free

    def reserve(self, path: Path, size: int) -> None:
        """Make a file that really takes ``size`` bytes of the disk."""
        with path.open("xb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.write(bytes(size))
            file.flush()
            os.fsync(file.fileno())

    def remove(self, path: Path) -> None:
        """Remove a file; a second time does nothing."""
        with suppress(FileNotFoundError):
            path.unlink()


_hosts = [Host()]


def host() -> Host:
    """Return the machine."""
    return _hosts[-1]


@contextmanager
def hosted(other: Host) -> Iterator[None]:
    """Put another machine in the place of this one, for tests."""
    _hosts.append(other)
    try:
        yield
    finally:
        _hosts.pop()
