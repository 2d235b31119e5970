# SPDX-License-Identifier: MIT
"""The folder of a run: made exclusively, named by time, plan and serial, holding everything a reader needs."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from stimcert.store.fast_json import to_json
from stimcert.store.host import host

BALLAST = "ballast"
"""Room that is kept from the disk until the last record needs it."""
_BLOCK = 1 << 20
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class FolderError(Exception):
    """The run's folder cannot be made: the run must not start."""


def utc_now() -> datetime:
    """Return the wall clock, UTC."""
    return host().now()


def iso(moment: datetime) -> str:
    """Return UTC with milliseconds: ``2026-11-22T10:15:00.123Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def run_id(moment: datetime, plan: str, serial: str) -> str:
    """Return ``20261122T101500123Z_plan_serial``, safe as a file name whatever the serial holds."""
    stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S") + f"{moment.microsecond // 1000:03d}Z"
    return f"{stamp}_{safe_name(plan)}_{safe_name(serial)}"


def safe_name(text: str) -> str:
    """Return ``text`` reduced to letters, digits, dot and dash, at most 60 long; never empty, never hidden.

    It ends in a letter or digit: Windows drops a dot at the end.
    """
    return _UNSAFE.sub("-", text).strip(".-")[:60].rstrip(".-") or "unnamed"


class RunFolder:
    """A new folder for one run.

    :param path: must not exist; its parents are made.
    :raises FolderError: when it exists or cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._make()
        except OSError as error:
            raise FolderError(f"{path}: cannot be made ({error.strerror}); choose another with --run-root") from error

    def _make(self) -> None:
        try:
            self.path.mkdir()
        except FileExistsError as error:
            text = f"{self.path}: exists; every run has a folder of its own, choose another"
            raise FolderError(text) from error
        for name in ("waveforms", "inputs"):
            (self.path / name).mkdir()
        host().sync_folder(self.path.parent)

    @classmethod
    def again(cls, path: Path) -> "RunFolder":
        """Return the folder of a run that goes on."""
        folder = cls.__new__(cls)
        folder.path = path
        return folder

    def discard(self) -> None:
        """Remove a folder in which nothing was kept yet."""
        shutil.rmtree(self.path, ignore_errors=True)

    def add_input(self, role: str, name: str, data: bytes) -> dict[str, str]:
        """Keep a verbatim copy of an input and return its entry for the record."""
        file = self.path / "inputs" / safe_name(f"{role}_{name}")
        host().write(file, data)
        relative = file.relative_to(self.path).as_posix()
        return {"role": role, "name": name, "path": relative, "sha256": hashlib.sha256(data).hexdigest()}

    def write_record(self, record: Mapping[str, object]) -> None:
        """Write ``record.json`` whole or not at all."""
        host().write_new(self.path / "record.json", _pieces(record))


def sha256_of(file: Path) -> str:
    """Return the hash of a file, however large.

    :raises OSError: when it cannot be read.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def record_text(record: Mapping[str, object]) -> str:
    """Return a record as JSON with a line per key, per list entry of a key, and per measurement.

    Line by line because people read and compare records, and because the fast encoder knows no indentation.

    :raises ValueError: for NaN and infinity.
    """
    return "".join(_pieces(record))


def _pieces(record: Mapping[str, object]) -> Iterator[str]:
    """Yield the text of a record: that of many measurements would be larger than all of them."""
    yield from _object(record, "")
    yield "\n"


def _object(entries: Mapping[str, object], indent: str) -> Iterator[str]:
    deeper, before = indent + " ", "{\n"
    for key, value in entries.items():
        yield f"{before}{deeper}{to_json(key)}: "
        yield from _lines(value, deeper)
        before = ",\n"
    yield f"\n{indent}}}"


def _lines(value: object, indent: str) -> Iterator[str]:
    """Yield a list with a line per entry, and an entry that has measurements with a line per key."""
    if isinstance(value, list) and value:
        deeper, before = indent + " ", "[\n"
        for entry in value:
            yield before + deeper
            yield from _lines(entry, deeper)
            before = ",\n"
        yield f"\n{indent}]"
    elif isinstance(value, dict) and "measurements" in value:
        yield from _object(value, indent)
    else:
        yield to_json(value)
