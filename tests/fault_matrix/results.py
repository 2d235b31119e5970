# SPDX-License-Identifier: MIT
"""What was found so far, one line of JSON a step, so that a run of hours can be stopped and gone on with."""

import json
import subprocess
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.fault_matrix.rows import ROWS, Row
from tests.fault_matrix.trial import Outcome

Key = tuple[str, int, str]
Counts = dict[str, dict[str, int]]
_SURE = ("question", "message", "block", "event")
"""Seams with the same steps in every run; how often SQLite or the clock is asked depends on how fast a machine is."""
_BY_NAME = {row.name: row for row in ROWS}


class OtherRun(Exception):
    """The steps in a file are those of another run: what is step 7 there is another one here."""


class Results:
    """A file of outcomes.

    :param counts: for each device, how many steps each seam has in an undisturbed run.
    :ivar counts: the same when the file was begun: whoever goes on, goes on with them.
    :raises OtherRun: when they are not those of this run.
    """

    def __init__(self, path: Path, counts: Counts) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        # The last line may be torn.
        found = [json.loads(line) for line in lines if line.endswith("}")]
        self.counts: Counts = found[0]["counts"] if found else counts
        if any(self.counts[device][seam] != counts[device][seam] for device in counts for seam in _SURE):
            raise OtherRun(f"{path} is of a run with other steps: {self.counts}, now {counts}")
        self._done = {_key(outcome): outcome for outcome in map(_outcome, found[1:])}
        if not found:
            self._append({"counts": counts})

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome, and which software it is of."""
        outcome = replace(outcome, commit=_commit())
        self._done[_key(outcome)] = outcome
        self._append(asdict(outcome) | {"row": outcome.row.name, "counts": {}})

    @property
    def done(self) -> list[Outcome]:
        """What was found, of each step the newest."""
        return [*self._done.values()]

    def keys(self, *, again: bool = False) -> set[Key]:
        """Return which steps are done.

        :param again: without those that broke a promise: they are to be done once more.
        """
        return {key for key, outcome in self._done.items() if not (again and outcome.broken)}

    def _append(self, entry: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def key_of(row: Row, at: int, device: str) -> Key:
    """Return what tells a step from all others."""
    return row.name, at, device


@cache
def _commit() -> str:
    """Return the commit that is checked out, shortened; empty where there is no git."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _key(outcome: Outcome) -> Key:
    return key_of(outcome.row, outcome.at, outcome.device)


def _outcome(entry: dict[str, Any]) -> Outcome:
    return Outcome(**{**entry, "row": _BY_NAME[entry["row"]], "broken": tuple(entry["broken"])})
