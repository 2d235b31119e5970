# SPDX-License-Identifier: MIT
"""``python -m bench verify``: an untouched PASS is one, and whatever is done to its folder is named."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.verification import STEPS, Wrong, first_difference, verify
from stimcert.store.journal_file import Event
from tests.bench.command import run_verb
from tests.bench.runs import Result
from tests.bench.test_run_folder_contents import KEPT

kept = pytest.mark.parametrize("run", [KEPT], indirect=True, ids=str)


def complaint(folder: Path) -> str:
    with pytest.raises(Wrong) as wrong:
        list(verify(folder))
    return str(wrong.value)


@pytest.fixture
def copy(run: Result, tmp_path: Path) -> Path:
    """A copy of the run's folder, to be spoilt."""
    folder = tmp_path / "copy"
    shutil.copytree(run.folder, folder)
    return folder


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def remove(pattern: str) -> Callable[[Path], None]:
    return lambda folder: next(iter(sorted(folder.glob(pattern)))).unlink()


def flip_a_bit(pattern: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = sorted(folder.glob(pattern))[0]
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return spoil


def in_the_journal(statement: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        connection = sqlite3.connect(folder / "journal.sqlite")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
        kept = triggers.fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for _, text in kept:
            connection.execute(text)
        connection.commit()
        connection.close()

    return spoil


SPOILS = {
    "simulated is flipped": (edit("record.json", '"simulated": true', '"simulated": false'), "simulated is false"),
    "a value is edited": (edit("record.json", '"value":0.000', '"value":0.001'), "value is 0.001"),
    "a key is added": (edit("record.json", '"schema": 1', '"schema": 1, "approved": true'), "approved is true"),
    "the record is formatted anew": (edit("record.json", '"schema": 1', '"schema":  1'), "written otherwise"),
    "the record is no JSON": (edit("record.json", '"schema": 1', '"schema": '), "no JSON"),
    "the record is gone": (remove("record.json"), "record.json: cannot be read"),
    "the journal is gone": (remove("journal.sqlite"), "no journal here"),
    "the plan's copy is edited": (edit("inputs/plan-plan.toml", "schema", "Schema"), "the copy of the plan"),
    "an input is gone": (remove("inputs/*"), "cannot be read"),
    "an input is added": (lambda folder: (folder / "inputs" / "z.toml").write_text(""), "not among the inputs"),
    "a sample is changed": (flip_a_bit("waveforms/*.npy"), "the waveform is not"),
    "a waveform is gone": (remove("waveforms/*.json"), "the waveform cannot be read"),
    "an event is changed": (
        in_the_journal("UPDATE event SET body = replace(body, 'PASS', 'FAIL') WHERE kind = 'measurement'"),
        "is not what was written",
    ),
    "the last events are cut off": (in_the_journal("DELETE FROM event WHERE kind = 'run_sealed'"), "not sealed"),
    "an event is taken out": (in_the_journal("DELETE FROM event WHERE seq = 20"), "event 20 is missing"),
}


@kept
def test_an_untouched_run_is_what_was_measured(run: Result) -> None:
    ended = run_verb("verify", str(run.folder))
    assert (ended.code, ended.err) == (0, "")
    steps = "journal sealed inputs waveforms plan record sessions ledger verdict"
    assert " ".join(line.split()[0] for line in ended.lines) == steps
    assert list(verify(run.folder / "record.json")) == ended.lines


@kept
@pytest.mark.parametrize("spoil", SPOILS)
def test_what_was_done_to_a_run_is_named(copy: Path, spoil: str) -> None:
    change, words = SPOILS[spoil]
    change(copy)
    assert words in complaint(copy)


@kept
def test_another_end_in_the_ledger_is_named(run: Result, copy: Path, tmp_path: Path) -> None:
    ledger = Path(run.record["ledger"]["path"])
    before = ledger.read_bytes()
    try:
        begun, end = before.splitlines(keepends=True)
        ledger.write_bytes(begun)
        assert "has another end of this run" in complaint(copy)
        ledger.write_bytes(end)
        assert "entry 1 is missing" in complaint(copy)
        ledger.unlink()
        assert any("not at hand" in line for line in verify(copy))
    finally:
        ledger.write_bytes(before)


@kept
def test_an_end_in_words_and_an_exit_code(copy: Path) -> None:
    edit("record.json", '"simulated": true', '"simulated": false')(copy)
    ended = run_verb("verify", str(copy))
    assert ended.code == 1
    assert ended.lines[-1].startswith("WRONG ")
    assert run_verb("verify", str(copy / "nowhere")).code == 4


@kept
def test_a_run_that_is_no_pass_is_not_verified(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.verification.derived_record", failed)
    monkeypatch.setattr("bench.verification.STEPS", STEPS[-1:])
    assert "the run is FAIL, PARTIAL: too much" in complaint(copy)


def failed(events: Sequence[Event]) -> dict[str, Any]:
    return {"verdict": "FAIL", "complete": False, "reason": {"text": "too much"}}


def test_a_difference_is_named_by_its_place() -> None:
    assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == "a[1].b is 2, the journal says 3"
    assert first_difference({"a": 1}, {}) == "a is 1, the journal says absent"
    assert first_difference({}, {"a": None}) == "a is absent, the journal says null"
    assert first_difference([1], [1, 2]) == "it is [1], the journal says [1, 2]"
    assert first_difference({"a": True}, {"a": 1}) == "a is true, the journal says 1"
    assert first_difference({"a": 1.0}, {"a": 1.0}) is None


@kept
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_to_record_or_journal_is_named_and_never_a_traceback(copy: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["record.json", "journal.sqlite"]))
    whole = (copy / name).read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    spoilt = whole[:place] + data.draw(st.binary(max_size=6)) + whole[place + data.draw(st.integers(0, 6)) :]
    (copy / name).write_bytes(spoilt)
    try:
        if name == "record.json" and spoilt != whole:
            assert complaint(copy)
        else:
            with suppress(Wrong):  # some bytes of a database are never read
                list(verify(copy))
    finally:
        (copy / name).write_bytes(whole)
