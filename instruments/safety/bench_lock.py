# SPDX-License-Identifier: MIT
"""One bench, one run: a lock for each VISA resource of a station, held by the kernel on behalf of this process.

VISA's own locks do not exist on plain sockets. These keep out every run on this computer, whoever started it; a run
on another computer that reaches the same instruments is beyond them.
"""

import hashlib
import os
import re
import socket
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from instruments.errors import BenchError
from stimcert.store.file_lock import FileLock, Held

_SOCKET = re.compile(r"TCPIP(\d*)::([^:]+)::(.+)", re.IGNORECASE)


def lock_file(resource: str) -> Path:
    """Return the file that stands for an instrument, the same for every way to write its resource name."""
    canonical = _canonical(resource)
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:12]
    return _folder() / f"{re.sub(r'[^A-Z0-9.]+', '_', canonical)[:60]}-{digest}.lock"


def _folder() -> Path:
    """Return the folder of all locks of this computer: users share instruments."""
    folder = Path(tempfile.gettempdir()) / "stimcert-locks"
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):
            folder.chmod(0o777)
    return folder


def _canonical(resource: str) -> str:
    """Return a resource name in capitals, with the board that it leaves out and its host as an address."""
    found = _SOCKET.fullmatch(resource.strip())
    if found is None:
        return resource.strip().upper()
    board, host, rest = found.groups()
    with suppress(OSError):
        host = socket.gethostbyname(host)
    return f"TCPIP{board or 0}::{host}::{rest}".upper()


class BenchLock:
    """The locks of all instruments of a station, taken together or not at all.

    :param resources: VISA resource names.
    :param run: what the locks are held for, in words.
    :raises BenchError: ``bench_in_use``, naming the instrument and its holder.
    """

    def __init__(self, resources: Iterable[str], run: str) -> None:
        holder = f"{run}, process {os.getpid()} on {socket.gethostname()}"
        self.files = tuple(sorted(lock_file(resource) for resource in resources))
        with ExitStack() as undo:
            for file in self.files:
                undo.callback(_take(file, holder).release)
            self._locks = undo.pop_all()

    def release(self) -> None:
        """Let go; a second time does nothing."""
        self._locks.close()


def _take(file: Path, holder: str) -> FileLock:
    try:
        lock = FileLock(file, holder=holder)
        with suppress(OSError):
            file.chmod(0o666)
    except Held as held:
        text = f"the bench is in use by {held.holder or 'another process'} ({file.name}); wait until that run has ended"
        raise BenchError(text, code="bench_in_use", holder=held.holder) from held
    except OSError as error:
        text = f"no lock can be taken in {file.parent}: {error}; make that folder writable"
        raise BenchError(text, code="bench_in_use", holder="unknown") from error
    return lock
