# SPDX-License-Identifier: MIT
"""The guard: a process that switches the bench off when the harness is gone or hangs.

It holds the reading end of a pipe whose only writing end is the harness's. The kernel closes that end when the
harness dies, even by SIGKILL; the end of the file is the signal. A harness that hangs says so by silence: each line
``beat SECONDS`` announces when the next must have come. Run as ``python -m instruments.safety.guard``; one JSON line on
standard input is the :class:`~instruments.safety.recipe.Recipe`, ``ready`` on standard output the answer, and a line
``release`` ends the guard without a word to any instrument.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from instruments.safety.guard_log import GuardLog
from instruments.safety.recipe import Recipe
from instruments.safety.signals import ignore_all
from instruments.safety.spawn import stop_parent
from instruments.safety.switching_off import Opener, switch_off

POLL = 1.0
"""s between two looks at the clock."""
GRACE = 10.0
"""s for a harness that hung, and was asked to end, to write its record."""


def read_lines(stream: BinaryIO) -> "queue.Queue[bytes | None]":
    """Return a queue of the lines of ``stream``; None is its end.

    A thread and a queue, since a Windows pipe cannot be polled.
    """
    lines: queue.Queue[bytes | None] = queue.Queue()

    def pump() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, name="pipe", daemon=True).start()
    return lines


def watch(lines: "queue.Queue[bytes | None]", now: Callable[[], float] = time.monotonic) -> str:
    """Wait for what ends the watch.

    :return: ``released``, ``harness gone``, or ``harness hangs`` when a beat did not come in time.
    """
    deadline = float("inf")
    while True:
        try:
            line = lines.get(timeout=min(POLL, max(0.0, deadline - now())))
        except queue.Empty:
            if now() >= deadline:
                return "harness hangs"
            continue
        if line is None:
            return "harness gone"
        word, _, rest = line.strip().partition(b" ")
        if word == b"release":
            return "released"
        if word == b"beat":
            # A harness that died within the word has closed its pipe.
            with suppress(ValueError):
                deadline = now() + float(rest)


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
    log = GuardLog(recipe.log)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    log.append("armed", sync=False, roles=[commands.role for commands in recipe.roles])
    cause = watch(lines)
    if cause == "released":
        log.append(cause, sync=False)
        return 0
    code = act(recipe, opener, log, cause)
    if cause == "harness hangs" and recipe.harness is not None:
        log.append("harness_ended", how=end_harness(recipe.harness, lines))
        # What it held until now, an instrument with one connection perhaps, can be reached only now.
        code = act(recipe, opener, log, cause) if code else code
    return code


def act(recipe: Recipe, opener: Opener, log: GuardLog, cause: str) -> int:
    """Switch off, with the bench's locks held where the harness let go of them, and log it.

    :return: 0 when every instrument confirmed, 1 otherwise.
    """
    began = time.monotonic()
    with ExitStack() as held:
        take_locks(recipe, held)
        workers = switch_off(recipe, opener)
    unconfirmed = [worker.commands.role for worker in workers if not worker.confirmed]
    if unconfirmed and recipe.alarm is not None:
        from instruments.safety.alarm import Alarm

        Alarm(Path(recipe.alarm)).sound(unconfirmed, run=recipe.log or "", by="guard")
    log.append(
        "safe_off", cause=cause, began=began, confirmed=not unconfirmed, roles=[worker.as_dict() for worker in workers]
    )
    return int(bool(unconfirmed))


def take_locks(recipe: Recipe, held: ExitStack) -> None:
    """Keep the next run out for as long as it takes; one that was quicker is not kept from anything."""
    from stimcert.store.file_lock import FileLock, Held

    for file in recipe.locks:
        with suppress(Held, OSError):
            held.callback(FileLock(Path(file), holder=f"the guard {os.getpid()}, which switches off").release)


def end_harness(pid: int, lines: "queue.Queue[bytes | None]") -> str:
    """Ask a harness that hangs to end, and end it when it does not.

    :return: what it took.
    """
    if not stop_parent(pid, hard=False):
        return "was gone"
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        with suppress(queue.Empty):
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
            if line is None or line.strip() == b"release":
                return "asked"
    return "killed" if stop_parent(pid, hard=True) else "asked"


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Not sys.exit: a thread inside a VISA call that never returns must not keep this process.
    os._exit(code)
