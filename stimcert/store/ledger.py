# SPDX-License-Identifier: MIT
"""The ledger of a station: one line for the beginning and one for the end of every run, outside of all run folders.

What happened to a serial number is known here even when its folder is gone. Each line is JSON, and begins with the
SHA-256 over the rest of it, in which the hash of the line before stands first. Parallel runs append one after the
other under a lock that the kernel holds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stimcert.store.chain import GENESIS
from stimcert.store.file_lock import FileLock, Held, user_state_dir
from stimcert.store.host import host

NAME = "ledger.jsonl"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_BEFORE = b'{"hash":"'
_REST = len(_BEFORE) + 64 + 2  # what the hash is over begins behind the hash and its `",`
_PREVIOUS = b'"previous":"'
_PATIENCE = 10.0
"""s to wait for another run that appends: it takes milliseconds."""


class LedgerError(Exception):
    """The ledger cannot be kept: nothing may be energised without it."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line.

    :param previous: hash of the line before.
    :param wall: UTC.
    :param kind: ``begun``, ``resumed`` or ``ended``.
    """

    number: int
    previous: str
    hash: str
    wall: str
    kind: str
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An earlier run of a serial number.

    :param number: of its first line.
    :param verdict: as its last line has it; None for a run without an end.
    """

    run: str
    number: int
    wall: str
    folder: Path
    verdict: str | None

    @property
    def gone(self) -> bool:
        """Whether its folder is not there any more."""
        return not self.folder.is_dir()


@dataclass(kw_only=True)
class Reading:
    """What a ledger holds, line by line.

    :param problems: what is not as it was written, in words.
    """

    head: str = GENESIS
    number: int = 0
    wall: str = ""
    problems: list[str] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)

    def entries(self, needle: str = "") -> list[Entry]:
        """Return the entries that contain a text, in order."""
        return [_entry(line) for line in self.lines if needle.encode() in line]


def default_ledger() -> Path:
    """Return the ledger of a station whose file names none."""
    return user_state_dir() / NAME


class Ledger:
    """One ledger.

    :param path: made where it is missing, with its folders.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: str, body: Mapping[str, object]) -> Entry:
        """Add a line; it is on disk when this returns.

        :raises LedgerError: when that is impossible.
        """
        try:
            with FileLock(self.path.with_name(self.path.name + ".lock"), patience=_PATIENCE):
                return self._append(kind, body)
        except (OSError, Held) as error:
            text = f"the ledger of the station cannot be written ({error}); `ledger` in its file can name another"
            raise LedgerError(f"{self.path}: {text}") from error

    def _append(self, kind: str, body: Mapping[str, object]) -> Entry:
        content = self.path.read_bytes() if self.path.exists() else b""
        last = _last(content)
        fields = {"previous": last.hash if last else GENESIS, "number": last.number + 1 if last else 1}
        rest = _ENCODER.encode({**fields, "wall": _now(), "kind": kind, **body}).encode()[1:]
        line = _BEFORE + hashlib.sha256(rest).hexdigest().encode() + b'",' + rest
        # A line that was torn is left as it is, and never glued to the next one.
        torn = b"\n" if content and not content.endswith(b"\n") else b""
        host().append(self.path, torn + line + b"\n")
        return _entry(line)

    def read(self) -> Reading:
        """Read everything, and check it.

        :raises LedgerError: when it cannot be read.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger of the station cannot be read: {error}") from error
        return read_lines(content)


def read_lines(content: bytes) -> Reading:
    """Return what lines of a ledger hold, and what is wrong with them."""
    found = Reading()
    for place, line in enumerate(content.split(b"\n"), start=1):
        if line:
            _take(found, line, place)
    if found.lines:
        found.wall = _entry(found.lines[-1]).wall
    return found


def _take(found: Reading, line: bytes, place: int) -> None:
    digest = line[len(_BEFORE) : len(_BEFORE) + 64]
    if hashlib.sha256(line[_REST:]).hexdigest().encode() != digest:
        found.problems.append(f"line {place} is not what was written, or was torn while it was")
        return
    start = _REST + len(_PREVIOUS)
    previous, number = line[start : start + 64].decode(), _number(line[start + 64 :])
    if number != found.number + 1:
        found.problems.append(_missing(found.number + 1, number - 1))
    elif previous != found.head:
        found.problems.append(f"entry {number} does not follow from the entry before it")
    found.head, found.number = digest.decode(), number
    found.lines.append(line)


def _missing(first: int, last: int) -> str:
    if first > last:
        return f"entry {last + 1} comes again"
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _number(text: bytes) -> int:
    return int(text.partition(b":")[2].partition(b",")[0])


def _entry(line: bytes) -> Entry:
    body = json.loads(line)
    known = {key: body.pop(key) for key in ("number", "previous", "hash", "wall", "kind")}
    return Entry(body=body, **known)


def _last(content: bytes) -> Entry | None:
    """Return the last line that is whole."""
    end = len(content)
    while end > 0:
        start = content.rfind(b"\n", 0, end - 1) + 1
        line = content[start:end].rstrip(b"\n")
        if hashlib.sha256(line[_REST:]).hexdigest().encode() == line[len(_BEFORE) : len(_BEFORE) + 64]:
            return _entry(line)
        end = start
    return None


def _now() -> str:
    return host().now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def attempts(reading: Reading, serial: str) -> list[Attempt]:
    """Return the runs of a serial number, oldest first."""
    entries = [e for e in reading.entries(_ENCODER.encode(serial)) if e.body["serial"] == serial]
    ends = {entry.body["run"]: entry.body["verdict"] for entry in entries if entry.kind == "ended"}
    return [
        Attempt(
            run=entry.body["run"],
            number=entry.number,
            wall=entry.wall,
            folder=Path(entry.body["folder"]),
            verdict=ends.get(entry.body["run"]),
        )
        for entry in entries
        if entry.kind == "begun"
    ]
