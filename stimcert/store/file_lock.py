# SPDX-License-Identifier: MIT
"""A lock that the kernel holds: free again the moment its process is gone, however it went. POSIX and Windows.

The file stays when the lock is gone: to remove it would let two processes hold locks on two files of one name.
"""

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

_POLL = 0.01
"""s between two tries."""


class Held(Exception):
    """Somebody else has the lock.

    :param path: of the file.
    :param holder: what the holder wrote into it about itself; empty where it wrote nothing.
    """

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is locked by {holder or 'another process'}")
        self.path = path
        self.holder = holder


class FileLock:
    """An exclusive lock on a file, held until :meth:`release`.

    :param path: made where it is missing, with its folders.
    :param holder: who holds it, one line for whoever is refused.
    :param patience: s of wall time to try for.
    :raises Held: when somebody else still has it then.
    :raises OSError: when the file cannot be made.
    """

    def __init__(self, path: Path, *, holder: str = "", patience: float = 0.0) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO | None = open(path, "a+b")  # noqa: SIM115
        try:
            self._take(patience)
            self._sign(holder)
        except BaseException:
            self._file.close()
            raise

    def _take(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not _try_lock(self._open_file()):
            if time.monotonic() >= deadline:
                raise Held(self.path, self._holder())
            time.sleep(_POLL)

    def _sign(self, holder: str) -> None:
        file = self._open_file()
        file.truncate(0)
        file.write(holder.encode())
        file.flush()

    def _holder(self) -> str:
        file = self._open_file()
        file.seek(0)
        return file.read(500).decode("utf-8", "replace").strip()

    def _open_file(self) -> BinaryIO:
        if self._file is None:
            raise RuntimeError(f"the lock on {self.path} was released")
        return self._file

    def release(self) -> None:
        """Let go of the lock; a second time does nothing."""
        file, self._file = self._file, None
        if file is not None:
            file.truncate(0)
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # Windows keeps others from reading what is locked: lock a byte beyond what is ever written.

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def user_state_dir() -> Path:
    """Return where this user keeps what outlives a run: ledgers, locks.

    Source: XDG Base Directory Specification 0.8, ``XDG_STATE_HOME``, for POSIX.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "stimcert"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "stimcert"
