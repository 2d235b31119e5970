# SPDX-License-Identifier: MIT
"""``guard.jsonl``: the guard's own account of a run, kept by the guard and merged into the journal later."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "guard.jsonl"


class GuardLog:
    """Appended and synced, so that it says what was done whatever happens to the machine.

    :param path: of the file; None keeps nothing.
    """

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


def guard_entries(run: Path) -> list[dict[str, Any]]:
    """Return what the guard of a run wrote so far; a line that was cut or is no entry is left out.

    :param run: the run's folder.
    """
    try:
        lines = (run / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [entry for entry in map(_entry, lines) if entry is not None]


def _entry(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "event" in found else None
