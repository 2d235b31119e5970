# SPDX-License-Identifier: MIT
"""An fsync that fails, whoever asks for it: strace stands between a process and the system."""

import ctypes
import re
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

CALLS = ("fsync", "fdatasync")
RECORD = "record.json"
_INJECTED = "(INJECTED)"
_SET_PTRACER, _ANYBODY = 0x59616D61, -1  # Linux, <linux/prctl.h>
_PATIENCE = 10.0


class Tracer:
    """Traces one process that waits for it.

    :param call: one of :data:`CALLS`.
    :param at: which of them fails, from 1; 0 lets all succeed.
    :param folder: for what was seen.
    """

    def __init__(self, pid: int, call: str, at: int, folder: Path) -> None:
        self._seen, self._call = folder / "syncs", call
        inject = [f"--inject={call}:error=EIO:when={at}"] if at else []
        traced = f"--trace={','.join(CALLS)}"
        command = ["strace", f"--attach={pid}", f"--output={self._seen}", "--decode-fds=path", traced, *inject]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if self._process.stderr is not None:
            self._process.stderr.readline()  # "Process … attached"
        _gate(folder).touch()

    def found(self) -> dict[str, Any]:
        """Return the entry of the account about it; waits for the end of the process."""
        self._process.communicate(timeout=_PATIENCE)
        text = self._seen.read_text(encoding="utf-8")
        before, injected, _ = text.partition(_INJECTED)
        before = before.rpartition("\n")[0]
        entry: dict[str, Any] = {"counts": {self._call: len(re.findall(rf"(?m)^{self._call}\(", text))}}
        if not injected:
            return entry
        return entry | {"injected": self._call, "recorded": RECORD in before, "made_good": _made_good(text)}


def _made_good(text: str) -> bool:
    """Whether the names in a folder could not be made durable at first, and were later.

    SQLite takes no notice of the first; the second is ours. Of the contents of a file nothing makes that good.
    """
    failed = re.search(rf"\(\d+<([^>]*)>\)[^\n]*{re.escape(_INJECTED)}", text)
    if failed is None or not Path(failed[1]).is_dir():
        return False
    again = rf"(?m)^fsync\(\d+<{re.escape(failed[1])}>\) += 0$"
    return re.search(again, text[failed.end() :]) is not None


def wait_for_tracer(folder: Path) -> None:
    """Let this process be traced, and wait until it is; a moment at most."""
    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
    deadline = time.monotonic() + _PATIENCE
    while not _gate(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.005)


@cache
def possible() -> bool:
    """Tell whether there is a strace that may trace a process."""
    with subprocess.Popen(["sleep", "10"]) as process:
        try:
            ended = subprocess.run(
                ["timeout", "0.5", "strace", f"--attach={process.pid}"], capture_output=True, text=True, check=False
            )
        except OSError:
            return False
        finally:
            process.kill()
    return "attached" in ended.stderr


def _gate(folder: Path) -> Path:
    return folder / "traced"
