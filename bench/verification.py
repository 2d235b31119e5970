# SPDX-License-Identifier: MIT
"""``python -m bench verify``: is what lies in a run's folder what was measured, all of it, and a PASS?"""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stimcert.derivation import whole_record
from stimcert.record import STATION
from stimcert.store.journal_file import SEALED, Event, JournalError, log_of, read_events
from stimcert.store.ledger import Ledger, LedgerError
from stimcert.store.run_folder import record_text, sha256_of
from stimcert.verdict import Verdict

RECORD, JOURNAL = "record.json", "journal.sqlite"


class Wrong(Exception):
    """The first thing that is wrong, in words."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A run's folder, with what its journal holds.

    :param events: checked against their hashes already.
    """

    folder: Path
    events: Sequence[Event]

    @property
    def begun(self) -> Mapping[str, Any]:
        """What was known before anything was opened."""
        return self.events[0].body


def verify(path: Path) -> Iterator[str]:
    """Check a run, step by step; yield what was found to be right.

    :param path: the run's folder, or a file in it.
    :raises Wrong: at the first thing that is wrong.
    """
    folder = path if path.is_dir() else path.parent
    evidence = Evidence(folder=folder, events=_events(folder / JOURNAL))
    for step in STEPS:
        try:
            yield step(evidence)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration) as error:
            text = f"{folder / JOURNAL}: says what no run writes ({type(error).__name__}: {error})"
            raise Wrong(text) from error


def _events(path: Path) -> list[Event]:
    try:
        events = read_events(path)
    except JournalError as error:
        raise Wrong(str(error)) from error
    if not events or events[0].kind != "run_begun":
        raise Wrong(f"{path}: the journal does not begin with the beginning of a run")
    return events


def _chain(run: Evidence) -> str:
    return f"journal      {len(run.events)} events, each as it was written; head {run.events[-1].hash}"


def _sealed(run: Evidence) -> str:
    if run.events[-1].kind != SEALED or log_of(run.folder / JOURNAL).exists():
        raise Wrong(
            f"{run.folder}: the run is not sealed: it goes on, died, or was stopped; "
            "go on with it (--resume=RUN) or close it (python -m bench close RUN)"
        )
    return "sealed       nothing was added after its end"


def _inputs(run: Evidence) -> str:
    entries = run.begun["inputs"]
    for entry in entries:
        _same(run.folder / entry["path"], entry["sha256"], f"the copy of the {entry['role']} {entry['name']}")
    known = {entry["path"] for entry in entries}
    extra = sorted(f"inputs/{file.name}" for file in (run.folder / "inputs").iterdir())
    extra = [name for name in extra if name not in known]
    if extra:
        raise Wrong(f"{run.folder / extra[0]}: was not among the inputs of the run")
    return f"inputs       {len(entries)} files, each with the hash that the journal has of it"


def _waveforms(run: Evidence) -> str:
    kept = [file for event in run.events if event.kind == "waveform" for file in _files(event)]
    for name, digest in kept:
        _same(run.folder / name, digest, "the waveform")
    return f"waveforms    {len(kept)} files, each with the hash that the journal has of it"


def _files(event: Event) -> Iterable[tuple[str, str]]:
    files = event.body["files"]
    return files.items() if isinstance(files, dict) else ()


def _same(file: Path, digest: str, what: str) -> None:
    try:
        found = sha256_of(file)
    except OSError as error:
        raise Wrong(f"{file}: {what} cannot be read ({error.strerror})") from error
    if found != digest:
        raise Wrong(f"{file}: {what} is not what was measured with: the journal has another hash of it")


def _plan(run: Evidence) -> str:
    """Hold the cases of the journal against those of the plan's copy: fewer cases would be passed more easily."""
    entry = next(entry for entry in run.begun["inputs"] if entry["role"] == "plan")
    plan = tomllib.loads((run.folder / entry["path"]).read_text(encoding="utf-8"))
    wanted = [case["id"] for case in plan.get("case", ())]
    found = [case["id"] for case in run.begun["cases"] if case["id"] != STATION]
    if wanted != found:
        missing = ", ".join(name for name in wanted if name not in found) or "none"
        raise Wrong(f"the journal's cases are {', '.join(found)}; of those of the plan there is missing: {missing}")
    return f"plan         all {len(found)} cases of {entry['name']} are in the journal"


def _record(run: Evidence) -> str:
    path = run.folder / RECORD
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path}: cannot be read ({error})") from error
    derived = derived_record(run.events)
    if text != record_text(derived):
        raise Wrong(f"{path}: is not what the journal says: {_difference(text, derived)}")
    return "record       record.json is exactly what the journal says"


def derived_record(events: Sequence[Event]) -> dict[str, Any]:
    """Return the record that the events of a journal support."""
    facts = ((event.kind, event.wall, event.body) for event in events)
    return whole_record(facts, head=events[-1].hash, count=len(events))


def _difference(text: str, derived: Mapping[str, Any]) -> str:
    try:
        found = json.loads(text)
    except ValueError as error:
        return f"it is no JSON ({error})"
    return first_difference(found, json.loads(record_text(derived))) or "the same facts, written otherwise"


def first_difference(found: object, wanted: object, at: str = "") -> str | None:
    """Return where two JSON values differ first, and how, in words; None where they do not."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = [*wanted, *(key for key in found if key not in wanted)]
        pairs = [(f"{at}.{key}" if at else key, found.get(key, _ABSENT), wanted.get(key, _ABSENT)) for key in keys]
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = [(f"{at}[{i}]", *pair) for i, pair in enumerate(zip(found, wanted, strict=True))]
    else:
        same = type(found) is type(wanted) and found == wanted
        return None if same else f"{at or 'it'} is {_shown(found)}, the journal says {_shown(wanted)}"
    return next(filter(None, (first_difference(f, w, where) for where, f, w in pairs)), None)


class _Absent:
    def __repr__(self) -> str:
        return "absent"


_ABSENT = _Absent()


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, _Absent) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _kept_records(run: Evidence) -> str:
    """Check the records of sessions that were stopped: whoever went on with the run noted their hashes."""
    kept: dict[str, str] = {}
    for event in run.events:
        found = event.body.get("records")
        kept |= found if event.kind in ("run_resumed", "run_closed") and isinstance(found, dict) else {}
    for name, digest in kept.items():
        _same(run.folder / name, digest, "the record of an earlier session")
    return f"sessions     {1 + sum(event.kind == 'run_resumed' for event in run.events)}; records kept: {len(kept)}"


def _ledger(run: Evidence) -> str:
    """Hold the journal's head against the station's ledger, where that is at hand: a forger has to forge both."""
    quoted = run.begun["ledger"]
    path = Path(quoted["path"])
    if not path.is_file():
        return f"ledger       not at hand ({path}): entry {quoted['number']} was not checked"
    try:
        reading = Ledger(path).read()
    except LedgerError as error:
        raise Wrong(str(error)) from error
    if reading.problems:
        raise Wrong(f"{path}: {reading.problems[0]}")
    entries = [e for e in reading.entries(str(run.begun["run_id"])) if e.body["run"] == run.begun["run_id"]]
    if not entries or (entries[0].number, entries[0].hash) != (quoted["number"], quoted["head"]):
        raise Wrong(f"{path}: entry {quoted['number']} is not the beginning of this run, as its journal says")
    if entries[-1].kind != "ended" or entries[-1].body["journal"] != run.events[-1].hash:
        raise Wrong(f"{path}: has another end of this run than its journal (head {run.events[-1].hash})")
    return f"ledger       entries {entries[0].number} and {entries[-1].number} of {path} fit"


def _verdict(run: Evidence) -> str:
    record = derived_record(run.events)
    verdict = Verdict(record["verdict"])
    partial = "" if record["complete"] else ", PARTIAL"
    if verdict is not Verdict.PASS or partial:
        reason = f": {record['reason']['text']}" if record["reason"] else ""
        raise Wrong(f"the run is {verdict.words}{partial}{reason}")
    return f"verdict      {verdict.words}, complete; {record['document']}"


STEPS: Sequence[Callable[[Evidence], str]] = (
    _chain,
    _sealed,
    _inputs,
    _waveforms,
    _plan,
    _record,
    _kept_records,
    _ledger,
    _verdict,
)
