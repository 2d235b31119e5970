# SPDX-License-Identifier: MIT
"""The alarm: a bench whose output nobody confirmed to be off stays locked until a person has looked at it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instruments.errors import BenchError
from stimcert.store.run_folder import iso, utc_now


class Alarm:
    """One station's alarm, kept in a file that is there while the alarm is on.

    :param file: its place, the same for every run on this station.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def sound(self, unconfirmed: Sequence[str], *, run: str, by: str) -> None:
        """Lock the station. An alarm that is on already stays as it is: its first cause is what matters.

        :param unconfirmed: what nobody confirmed to be off.
        :param run: the run in which it happened.
        :param by: ``harness`` or ``guard``.
        """
        if self.file.exists():
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        body = {"since": iso(utc_now()), "run": run, "by": by, "unconfirmed": list(unconfirmed)}
        with open(self.file, "w", encoding="utf-8") as stream:
            json.dump(body, stream)
            stream.flush()
            os.fsync(stream.fileno())

    def check(self) -> None:
        """Refuse a station whose alarm is on.

        :raises BenchError: ``station_locked``, with what happened and how to go on.
        """
        if not self.file.exists():
            return
        found = self._read()
        roles = ", ".join(found.get("unconfirmed", ["unknown"]))
        text = (
            f"the station is locked since {found.get('since', 'an unknown time')}: output off unconfirmed ({roles}) "
            f"in {found.get('run') or 'an unknown run'}; remove the leads, look at the bench, then acknowledge it: "
            f"python -m bench acknowledge STATION --operator NAME"
        )
        raise BenchError(text, code="station_locked", since=str(found.get("since")), roles=roles)

    def acknowledge(self, operator: str) -> dict[str, Any] | None:
        """Unlock the station; the alarm is kept under another name, with who looked at the bench and when.

        :return: the alarm; None when there was none.
        """
        if not self.file.exists():
            return None
        body = self._read() | {"acknowledged": iso(utc_now()), "operator": operator}
        kept = self.file.with_name(f"{self.file.stem}.{body['acknowledged'].replace(':', '')}.json")
        kept.write_text(json.dumps(body), encoding="utf-8")
        self.file.unlink()
        return body

    def _read(self) -> dict[str, Any]:
        """Return what the file says; one that cannot be read is an alarm all the same."""
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
