# SPDX-License-Identifier: MIT
"""The guard: a process that switches the bench off when the harness is gone, however it went.

It holds the reading end of a pipe whose only writing end is the harness's. The kernel closes that end when the
harness dies, even by SIGKILL; the end of the file is the signal. Run as ``python -m instruments.safety.guard``;
one JSON line on standard input is the :class:`~instruments.safety.recipe.Recipe`, ``ready`` on standard output
the answer, and a line ``release`` ends the guard without a word to any instrument.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from instruments.safety.recipe import Recipe, SafeCommands, in_safe_order
from instruments.safety.signals import ignore_all

TRIES = 3
STAGGER = 0.03
"""s that one instrument may take before the next is sent to all the same: keeps the order on a sound bench."""


class Session(Protocol):
    """One instrument, freshly connected."""

    def send_off(self) -> None:
        """Send what takes the energy away, waiting for no answer."""

    def answers(self) -> tuple[str, ...]:
        """Return what the instrument answers to the questions of its recipe."""

    def close(self) -> None:
        """Drop the session."""


Opener = Callable[[SafeCommands, float], Session]


class Worker(threading.Thread):
    """Brings one instrument to safety. A thread each, because a dead one must not delay the others."""

    def __init__(self, commands: SafeCommands, opener: Opener, timeout: float) -> None:
        super().__init__(name=commands.role, daemon=True)
        self.commands = commands
        self._open = opener
        self._timeout = timeout
        self.sent = threading.Event()
        self.sent_at: float | None = None
        self.answers: tuple[str, ...] = ()
        self.confirmed = False
        self.errors: list[str] = []

    def run(self) -> None:
        """Send and read back, on a fresh session each time, until the instrument says that it is safe."""
        for _ in range(TRIES):
            try:
                self._once()
            # Whatever a VISA library raises, the next try is due.
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            if self.confirmed:
                return

    def _once(self) -> None:
        session = self._open(self.commands, self._timeout)
        try:
            session.send_off()
            self.sent_at = self.sent_at or time.monotonic()
            self.sent.set()
            self.answers = session.answers()
            self.confirmed = self.answers == tuple(answer for _, answer in self.commands.ask)
        finally:
            session.close()

    def as_dict(self) -> dict[str, object]:
        """Return what happened, for the log."""
        return {
            "role": self.commands.role,
            "resource": self.commands.resource,
            "sent": self.sent_at,
            "confirmed": self.confirmed,
            "answers": list(self.answers),
            "errors": list(self.errors),
        }


class Log:
    """``guard.jsonl``: appended and synced, so that it says what was done whatever happens to the machine."""

    def __init__(self, path: str | None) -> None:
        self._path = path

    def append(self, event: str, *, sync: bool = True, **fields: object) -> None:
        """Write one line. A log that cannot be written must not keep the bench energised."""
        if self._path is None:
            return
        wall = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"wall": wall, "monotonic": time.monotonic(), "event": event, **fields}) + "\n"
        try:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
        except OSError:
            pass


def switch_off(recipe: Recipe, opener: Opener) -> Sequence[Worker]:
    """Send the safe-off to all, in safe order and none waiting for another's answer; then read each back.

    :return: what became of each instrument, in safe order.
    """
    workers = [Worker(commands, opener, recipe.timeout) for commands in in_safe_order(recipe.roles)]
    for worker in workers:
        worker.start()
        worker.sent.wait(STAGGER)
    # Each try may take one timeout to connect and one per answer; a VISA call that never returns is left behind.
    deadline = time.monotonic() + TRIES * 4 * recipe.timeout
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
    return workers


def read_lines(stream: BinaryIO) -> "queue.Queue[bytes | None]":
    """Return a queue of the lines of ``stream``; None is its end.

    A thread and a queue, since a Windows pipe cannot be polled; the timeout of ``get`` is where a deadline that the
    harness announces with each heartbeat belongs.
    """
    lines: queue.Queue[bytes | None] = queue.Queue()

    def pump() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, name="pipe", daemon=True).start()
    return lines


def watch(lines: "queue.Queue[bytes | None]") -> str:
    """Wait for what ends the watch.

    :return: ``released``, or ``harness gone``.
    """
    while True:
        line = lines.get()
        if line is None:
            return "harness gone"
        if line.strip() == b"release":
            return "released"


def load_visa() -> Opener:
    """Load PyVISA while there is time.

    :return: opens fresh sessions.
    """
    # PyVISA loads NumPy where it can; the guard handles no arrays, and shall be ready a tenth of a second earlier.
    if "numpy" not in sys.modules:
        sys.modules["numpy"] = None  # type: ignore[assignment]
    from instruments.safety.fresh import FreshSession, manager

    manager("@py")
    return FreshSession


def main() -> int:
    """Guard one bench, once.

    :return: 0 when released or when every instrument confirmed, 1 otherwise.
    """
    # The end of its pipe is the only thing that counts.
    ignore_all()
    lines = read_lines(sys.stdin.buffer)
    opener = load_visa()
    first = lines.get()
    if first is None:
        return 0
    recipe = Recipe.from_json(first)
    log = Log(recipe.log)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    log.append("armed", sync=False, roles=[commands.role for commands in recipe.roles])
    cause = watch(lines)
    if cause == "released":
        log.append(cause, sync=False)
        return 0
    return act(recipe, opener, log, cause)


def act(recipe: Recipe, opener: Opener, log: Log, cause: str) -> int:
    """Switch off and log it.

    :return: 0 when every instrument confirmed, 1 otherwise.
    """
    began = time.monotonic()
    workers = switch_off(recipe, opener)
    confirmed = all(worker.confirmed for worker in workers)
    log.append("safe_off", cause=cause, began=began, confirmed=confirmed, roles=[w.as_dict() for w in workers])
    return 0 if confirmed else 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Not sys.exit: a thread inside a VISA call that never returns must not keep this process.
    os._exit(code)
