# SPDX-License-Identifier: MIT
"""Guard and simulator as copies of the process that starts them: half of a short run is their loading of libraries.

They get pipes, a session and signals as a fresh interpreter would. What the real ones do is tested on real ones.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import IO, Any, NoReturn

MODULES = {"instruments.sim": "instruments.sim.__main__", "instruments.safety.guard": "instruments.safety.guard"}
"""What ``python -m`` runs, and the module whose ``main`` that is."""


class Copy:
    """A helper process; does what is asked of a :class:`subprocess.Popen` here."""

    def __init__(self, module: str, words: Sequence[str], stderr: int | IO[bytes]) -> None:
        theirs, ours = os.pipe()
        back, forth = os.pipe()
        errors = os.open(os.devnull, os.O_WRONLY) if isinstance(stderr, int) else os.dup(stderr.fileno())
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()  # noqa: TID251
        if not self.pid:
            _be(module, words, (theirs, forth, errors))
        for descriptor in (theirs, forth, errors):
            os.close(descriptor)
        self.stdin, self.stdout = os.fdopen(ours, "wb"), os.fdopen(back, "rb")
        self.returncode: int | None = None
        self._ended = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
                os.close(self._ended)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code."""
        if self.poll() is None:
            select.select([self._ended], [], [], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def _be(module: str, words: Sequence[str], streams: tuple[int, int, int]) -> NoReturn:
    """Become the helper. Nothing of the harness but its libraries is left."""
    code = 1
    try:
        os.setsid()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            signal.signal(signal.Signals[name], signal.SIG_DFL)
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sys.stdin, sys.stdout, sys.stderr = (_stream(number, mode) for number, mode in enumerate("rww"))
        sys.argv = [module, *words]
        code = int(import_module(MODULES[module]).main())
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _stream(number: int, mode: str) -> TextIOWrapper:
    return os.fdopen(number, mode, encoding="utf-8")


def _spawn(arguments: Sequence[str], *, stdin: int = subprocess.PIPE, stderr: int | IO[bytes] = -1) -> Any:
    """Start ``-m module words``, like :func:`instruments.safety.spawn.spawn`."""
    _, module, *words = arguments
    return Copy(module, words, stderr)


def fork_helpers() -> None:
    """Have this process fork its helpers from now on, where the system can wait for them."""
    if not hasattr(os, "pidfd_open"):
        return
    for user in ("instruments.embedded", "instruments.safety.guard_client"):
        setattr(import_module(user), "spawn", _spawn)  # noqa: B010
