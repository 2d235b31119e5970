# SPDX-License-Identifier: MIT
"""The simulator's own account of what happened: one JSON line per change, in both times."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO


class EventLog:
    """Write events as JSON lines, flushed one by one, so that a killed reader still finds the last one.

    :param path: the file, which is appended to; None keeps no log.
    :param bench_time: returns the bench time, s.
    """

    def __init__(self, path: Path | None, bench_time: Callable[[], float]) -> None:
        self._file: IO[str] | None = path.open("a", encoding="utf-8", newline="\n") if path else None
        self._bench_time = bench_time

    def write(self, event: str, **fields: object) -> None:
        """Write one event with its wall time (UTC), monotonic time and bench time."""
        if self._file is None:
            return
        stamps = {"wall": _utc_now(), "monotonic": time.monotonic(), "bench": self._bench_time()}
        # On a full disk a line waits in the file's buffer: instruments do not fall silent for want of room in a log.
        with suppress(OSError):
            self._file.write(json.dumps({**stamps, "event": event, **fields}, ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file; later events are dropped."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
