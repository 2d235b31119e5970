# SPDX-License-Identifier: MIT
"""A run that died or was stopped: what it was begun with, how far it came, and whether it may go on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.session.inputs import Inputs
from bench.session.options import Options
from stimcert.record import STATION
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import Event

_SOFTWARE = ("version", "files_sha256", "python", "packages")
_DIED = "the end of the process"


@dataclass(frozen=True)
class Previous:
    """What the journal of a run holds.

    :param events: checked; the first is ``run_begun``.
    """

    path: Path
    events: Sequence[Event]

    def __post_init__(self) -> None:
        """Refuse a journal in which no run begins.

        :raises JournalError: then.
        """
        if not self.events or self.events[0].kind != "run_begun":
            raise JournalError(f"{self.path}: no run began here; begin a new one")

    @property
    def begun(self) -> Mapping[str, Any]:
        """What was known before anything was opened."""
        return self.events[0].body

    @property
    def run_id(self) -> str:
        """The run's name."""
        return str(self.begun["run_id"])

    @property
    def options(self) -> Mapping[str, Any]:
        """How the bench was called."""
        found: Mapping[str, Any] = self.begun["options"]
        return found

    @property
    def sessions(self) -> int:
        """How many processes worked on it so far."""
        return 1 + sum(event.kind == "run_resumed" for event in self.events)

    @property
    def guarded(self) -> int:
        """How many entries of the guard's account the journal has."""
        return sum(event.kind == "guard" for event in self.events)

    @property
    def instruments(self) -> dict[str, str]:
        """The identity of each role as it was found last, those that answered."""
        found: dict[str, str] = {}
        for event in self.events:
            entries = event.body["instruments"] if event.kind == "instruments_identified" else []
            for entry in entries if isinstance(entries, list) else []:
                found |= {entry["role"]: entry["identity"]} if entry["identity"] else {}
        return found

    @cached_property
    def finished(self) -> frozenset[str]:
        """The cases that ran to their end, the station check apart: that is made anew each time."""
        found: dict[str, bool] = {}
        for event in self.events:
            if event.kind in ("case_begun", "case_ended"):
                found[str(event.body["case"])] = event.kind == "case_ended"
        return frozenset(case for case, ended in found.items() if ended and case != STATION)

    @property
    def how_it_ended(self) -> str:
        """What ended the last session: the name of a signal, or the end of its process."""
        for event in reversed(self.events):
            if event.kind == "interrupted":
                return str(event.body["signal"])
            if event.kind in ("run_resumed", "case_begun"):
                break
        return _DIED

    def differences(self, options: Options, inputs: Inputs, software: Mapping[str, Any]) -> list[str]:
        """Return what is not as it was when the run began, in words: a run goes on with the same, or not at all."""
        found = [*self._files(inputs), *self._device(options), *self._software(software)]
        head = f"--resume={self.path}: a run goes on only with what it was begun with:"
        return [head, *(f"  {text}" for text in found)] if found else []

    def _files(self, inputs: Inputs) -> Iterator[str]:
        before = {(entry["role"], entry["name"]): entry["sha256"] for entry in self.begun["inputs"]}
        now = {(file.role, file.name): file.sha256 for file in inputs.files}
        for role, name in [*before, *(key for key in now if key not in before)]:
            was, is_now = before.get((role, name)), now.get((role, name))
            if was != is_now:
                change = "was not used then" if was is None else "is not used now" if is_now is None else "was changed"
                yield f"{role} {name}: {change}"
        if self.begun["station"]["name"] != inputs.station.name:
            yield f"station: it was {self.begun['station']['name']}, now it is {inputs.station.name}"

    def _device(self, options: Options) -> Iterator[str]:
        serial = self.begun["dut"]["serial"]
        if serial != options.serial:
            yield f"device: its serial number was {serial}, now it is {options.serial}"
        for key, words in (("sim_seed", "seed"), ("sim_fault", "fault")):
            was, is_now = self.options[key], options.remembered()[key]
            if (was or None) != (is_now or None):
                yield f"simulated bench: its {words} was {was or 'none'}, now it is {is_now or 'none'}"

    def _software(self, software: Mapping[str, Any]) -> Iterator[str]:
        before = self.begun["software"]
        for key in _SOFTWARE:
            if before.get(key) == software.get(key):
                continue
            if key in ("packages", "files_sha256"):
                yield f"software: {'installed packages' if key == 'packages' else 'its files'} differ"
            else:
                yield f"software: its {key} was {before.get(key)}, now it is {software.get(key)}"


def previous_run(path: Path) -> Previous:
    """Read a run that may go on.

    :param path: its folder.
    :raises JournalError: when there is none, it still goes on, or it is sealed.
    """
    journal, events = Journal.reopen(path / "journal.sqlite")
    journal.close()
    return Previous(path, events)
