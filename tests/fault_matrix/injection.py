# SPDX-License-Identifier: MIT
"""Does one thing to a run at its n-th step, inside the run's own process, and keeps account of what was acknowledged.

The library that talks to instruments, the seam of the store and the process are patched before pytest starts; the
harness's own code is the one that ships. The guard and the simulator are processes of their own and are left alone.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pyvisa
from pyvisa.constants import StatusCode

from instruments.visa_line import VisaLine
from stimcert.store import host as machine
from stimcert.store.journal import Journal
from stimcert.store.journal_file import SEALED
from tests.fault_matrix.rows import BEHIND, FULL, SILENT, Row
from tests.fault_matrix.small_disk import fill

DISK = "disk"
"""Folder beside the account, for a run that has a disk of its own."""
LATE = 0.15
"""s of wall time; an instrument may take two seconds."""
_ROOT = str(Path(__file__).resolve().parents[2])
_OURS = tuple(f"{_ROOT}/{name}/" for name in ("bench", "stimcert", "reports", "instruments"))


class Injection:
    """One fault in one run.

    :param at: the step at which it happens, from 1; 0 counts all seams and disturbs nothing.
    :param account: file for what happened, as JSON lines.
    :param record: of the run, which may be there or not when it happens.
    """

    def __init__(self, row: Row, at: int, account: Path, record: Path) -> None:
        self._row, self._record = row, record
        self._at = at
        self._sink = os.open(account, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.counts: dict[str, int] = {}
        self._jump = timedelta()
        self._held_back: dict[int, str] = {}
        self._behind = self._misled = self._sealing = False
        self._last_block: bytes | None = None
        self._silent: str | None = None
        self._disk = account.parent / DISK
        self._seen: set[tuple[str, str]] = set()

    def install(self) -> None:
        """Patch this process; it exists for nothing else."""
        self._visa()
        self._host()
        self._events()
        os.register_at_fork(after_in_child=self._spare)
        if self._row.seam == "function":
            sys.setprofile(self._profile)

    def _spare(self) -> None:
        """Leave a process alone that was forked from this one: guard and simulator are not what is disturbed."""
        sys.setprofile(None)
        self._at, self._jump, self._behind, self._silent = 0, timedelta(), False, None

    def tell(self, **what: object) -> None:
        """Add a line to the account."""
        os.write(self._sink, json.dumps(what).encode() + b"\n")

    def _due(self, seam: str) -> bool:
        """Count a step; tell whether it is the one."""
        self.counts[seam] = self.counts.get(seam, 0) + 1
        if seam != self._row.seam or self.counts[seam] != self._at:
            return False
        if self._row.does != BEHIND:
            self._happened()
        return True

    def _happened(self) -> None:
        """Note that the fault is there."""
        self.tell(injected=self._row.does, at=self._at, place=_place(), recorded=self._sealing or self._record.exists())

    # --- instruments

    def _visa(self) -> None:
        write, read, read_bytes = (getattr(VisaLine, name) for name in ("write", "read", "read_bytes"))

        def writes(line: VisaLine, message: str) -> None:
            if "?" not in message and self._due("message"):
                if self._row.does == "a message that gets lost":
                    return
                raise ConnectionResetError("connection reset by peer")
            write(line, message)

        def reads(line: VisaLine) -> str:
            return self._reply(line.resource, lambda: str(read(line)))

        def reads_bytes(line: VisaLine, count: int, *args: Any) -> bytes:
            return self._bytes(line.resource, count, lambda: bytes(read_bytes(line, count, *args)))

        for name, patched in (("write", writes), ("read", reads), ("read_bytes", reads_bytes)):
            setattr(VisaLine, name, patched)

    def _reply(self, session: Any, read: Callable[[], str]) -> str:
        due = self._due("question")
        if due and self._row.does == "no reply":
            raise pyvisa.errors.VisaIOError(StatusCode.error_timeout)
        if due and self._row.does == "connection lost":
            raise ConnectionResetError("connection reset by peer")
        self._fall_silent(session, due)
        reply = read()
        self._behind = self._behind or (due and self._row.does == BEHIND)
        if self._behind:
            return self._one_behind(session, reply)
        if not due:
            return reply
        match self._row.does:
            case "a late reply":
                time.sleep(LATE)
                return reply
            case "half a reply":
                return reply[: len(reply) // 2]
            case "an empty reply":
                return ""
            case "noise for a reply":
                return "\x1b[2J@~"
            case "a reply twice":
                session.visalib.sessions[session.session]._pending_buffer.extend(reply.encode() + b"\n")
                return reply
            case "not a number":
                return _first_number_as(reply, "9.91E37")
            case "an overflow":
                return _first_number_as(reply, "9.9E37")
            case _:
                return _with_error(reply)

    def _one_behind(self, session: Any, reply: str) -> str:
        """Answer as an instrument whose output queue holds one answer too many; a fault from the second answer on."""
        before = self._held_back.get(id(session))
        self._held_back[id(session)] = reply
        if before is not None and not self._misled:
            self._misled = True
            self._happened()
        return "0" if before is None else before

    def _fall_silent(self, session: Any, due: bool) -> None:
        """Have an instrument do what it is told and answer nothing any more, whoever connects to it."""
        if due and self._row.does == SILENT:
            self._silent = session.resource_name
        if self._silent == session.resource_name:
            raise pyvisa.errors.VisaIOError(StatusCode.error_timeout)

    def _bytes(self, session: Any, count: int, read: Callable[[], bytes]) -> bytes:
        self._fall_silent(session, due=False)
        if count < 100:
            return read()
        due = self._due("block")
        if due and self._row.does == "half a block":
            raise pyvisa.errors.VisaIOError(StatusCode.error_timeout)
        data, before = read(), self._last_block
        self._last_block = data
        if not due:
            return data
        match self._row.does:
            case "a block of no numbers":
                return b"\x00\x00\xc0\x7f" * (count // 4) + data[count // 4 * 4 :]
            case "a block of zeros":
                return bytes(count - 1) + data[-1:]
            case _:
                return before if before is not None and len(before) == len(data) else data

    # --- the machine

    def _host(self) -> None:
        injection = self

        class Broken(machine.Host):
            """The machine, on which the n-th call goes wrong."""

            def now(self) -> datetime:
                if injection._due("clock"):
                    injection._jump = timedelta(days=1 if injection._row.does.endswith("ahead") else -1)
                return super().now() + injection._jump

            def execute(self, *args: Any, **kwargs: Any) -> sqlite3.Cursor:
                injection._maybe_sqlite()
                return super().execute(*args, **kwargs)

            def execute_many(self, *args: Any, **kwargs: Any) -> None:
                injection._maybe_sqlite()
                super().execute_many(*args, **kwargs)

        def failing(name: str) -> Callable[..., Any]:
            def call(self: machine.Host, *args: Any, **kwargs: Any) -> Any:
                injection._maybe_file(name)
                return getattr(machine.Host, name)(self, *args, **kwargs)

            return call

        for name in ("write", "write_new", "append", "sync_folder", "reserve"):
            setattr(Broken, name, failing(name))
        self._hosted = machine.hosted(Broken())
        self._hosted.__enter__()

    def _maybe_sqlite(self) -> None:
        if self._due("sqlite"):
            full = self._row.does.startswith("disk full")
            raise sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")

    def _maybe_file(self, name: str) -> None:
        if self._due("file"):
            full = self._row.does.startswith("disk full")
            raise OSError(28 if full else 5, "No space left on device" if full else "Input/output error", name)

    # --- events

    def _events(self) -> None:
        append, note, commit = Journal.append, Journal.note, Journal.commit

        def appends(journal: Journal, kind: str, body: Any, **how: Any) -> int:
            self._sealing = kind == SEALED
            if self._due("event"):
                self._end()
            return append(journal, kind, body, **how)

        def notes(journal: Journal, kind: str, account: Any) -> None:
            if self._due("event"):
                self._end()
            note(journal, kind, account)

        def commits(journal: Journal) -> None:
            commit(journal)
            self.tell(acknowledged=journal.count, head=journal.head)

        Journal.append, Journal.note, Journal.commit = appends, notes, commits  # type: ignore[method-assign]

    def _end(self) -> None:
        match self._row.does:
            case "kill -9":
                os.kill(os.getpid(), signal.SIGKILL)
            case "exit with code 0":
                os._exit(0)
            case does if does == FULL:
                fill(self._disk)
            case "SIGTERM":
                os.kill(os.getpid(), signal.SIGTERM)
            case _:
                for _ in range(3):
                    os.kill(os.getpid(), signal.SIGINT)

    # --- our own mistakes

    def _profile(self, frame: FrameType, event: str, argument: object) -> None:
        """Count the first call of each of our functions; let the n-th raise."""
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(_OURS) or code.co_name.startswith("<"):
            return
        key = code.co_filename, code.co_qualname
        if key in self._seen or "/sim/" in code.co_filename:
            return
        self._seen.add(key)
        if self._due("function"):
            sys.setprofile(None)
            raise RuntimeError("injected")


def _place() -> str:
    """Return which functions of ours, the innermost first, are about to be disturbed."""
    found, frame = [], sys._getframe(3)
    while frame is not None and len(found) < 4:
        if frame.f_code.co_filename.startswith(_OURS):
            found.append(frame.f_code.co_qualname)
        frame = frame.f_back  # type: ignore[assignment]
    return " < ".join(found)


def _first_number_as(reply: str, code: str) -> str:
    """Return a reply whose first part is another number; one that is no number stays."""
    parts = reply.split(",")
    try:
        float(parts[0])
    except ValueError:
        return reply
    return ",".join([code, *parts[1:]])


def _with_error(reply: str) -> str:
    """Return a reply in which the error queue is not empty; one that says nothing of the queue stays."""
    return reply.replace('0,"No error', '-222,"Parameter data out of range', 1)
