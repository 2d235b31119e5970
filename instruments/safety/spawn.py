# SPDX-License-Identifier: MIT
"""Helper processes that outlive a signal meant for the harness. Both forms, POSIX and Windows, stand here."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from instruments.allocator import ENVIRONMENT
from instruments.errors import BenchError

_CHECKOUT = Path(__file__).resolve().parents[2]

NO_THREADS = ("OPENBLAS_NUM_THREADS", "1")
"""Name and value in the environment that keep NumPy from starting threads for linear algebra: nobody here needs them,
and when they start they spin for a tenth of a second."""


def _apart() -> dict[str, Any]:
    """Return what makes a child miss the terminal's Ctrl-C and hang-up."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _environment() -> dict[str, str]:
    """Return the environment in which ``python -m instruments.…`` is found from any working directory.

    No threads for linear algebra are started, and what was freed is kept, as in the harness.
    """
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH"))))
    return {**dict((NO_THREADS,)), **ENVIRONMENT, **os.environ, "PYTHONPATH": path}


def spawn(
    arguments: Sequence[str], *, stdin: int = subprocess.DEVNULL, stderr: int | IO[bytes] = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """Start this Python with ``arguments`` in a session of its own, its standard output in a pipe.

    Only the three standard streams are inherited: a pipe's end that leaked into another child would keep the
    guard waiting for an end of file that never comes.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        close_fds=True,
        env=_environment(),
        **_apart(),
    )


def give_way() -> None:
    """Let a process go first that was just told something, where it shares this processor.

    Linux wakes whoever gets a message on the processor of its sender, who is expected to wait for the answer. One that
    works on instead holds it up for as long as its turn lasts, some ms.
    """
    if sys.platform != "win32":
        os.sched_yield()


def first_line(process: "subprocess.Popen[bytes]", *, timeout: float, what: str) -> bytes:
    """Return the next line of a helper's standard output.

    :param timeout: s of wall time.
    :param what: the helper's name, for the message.
    :raises BenchError: when nothing came, or the process ended.
    """
    lines: list[bytes] = []
    stream = process.stdout
    reader = threading.Thread(target=lambda: lines.append(stream.readline() if stream else b""), daemon=True)
    reader.start()
    reader.join(timeout)
    if not lines or not lines[0].endswith(b"\n"):
        state = "is still running" if process.poll() is None else f"ended with code {process.returncode}"
        raise BenchError(f"{what} said nothing within {timeout:g} s and {state}", helper=what)
    return lines[0]


def tell(process: "subprocess.Popen[bytes]", line: str) -> None:
    """Write one line to a helper's standard input.

    :raises OSError: when the helper is gone or its pipe is closed.
    """
    if process.stdin is None or process.stdin.closed:
        raise OSError("pipe closed")
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


def hang_up(process: "subprocess.Popen[bytes]") -> None:
    """Close a helper's standard input; a second time does nothing."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()


def end(process: "subprocess.Popen[bytes]", *, timeout: float) -> None:
    """Wait for a helper to end by itself; kill it when it does not.

    :param timeout: s of wall time.
    """
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def stop_parent(pid: int, *, hard: bool) -> bool:
    """Ask the process that started this one to end, or end it.

    :param pid: what it was then; on POSIX a parent that is gone has left another one in its place.
    :param hard: leave it no choice. On Windows there is no other way.
    :return: whether it was still there.
    """
    if sys.platform != "win32" and os.getppid() != pid:
        return False
    name = "SIGKILL" if hard and sys.platform != "win32" else "SIGTERM"
    try:
        os.kill(pid, signal.Signals[name])
    except OSError:
        return False
    return True
