# SPDX-License-Identifier: MIT
"""The ledger of a station: nothing that was done with a serial number can be made undone without a trace."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.attempts import attempt_words, gap_words, ordinal
from stimcert.store.chain import GENESIS
from stimcert.store.ledger import Ledger, LedgerError, attempts, default_ledger, read_lines
from tests.bench.command import state_in

ROOT = Path(__file__).parents[3]


def begun(ledger: Ledger, run: str, serial: str = "1", folder: Path = Path("/nowhere")) -> None:
    ledger.append("begun", {"run": run, "serial": serial, "folder": str(folder)})


def ended(ledger: Ledger, run: str, verdict: str, serial: str = "1") -> None:
    ledger.append("ended", {"run": run, "serial": serial, "verdict": verdict})


def test_each_line_follows_from_the_one_before(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "state" / "ledger.jsonl")
    entries = [ledger.append("begun", {"run": str(n), "µ": "Ω"}) for n in range(3)]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    found = ledger.read()
    assert (found.head, found.number, found.problems) == (entries[2].hash, 3, [])
    assert found.entries() == entries
    assert all(json.loads(line)["µ"] == "Ω" for line in ledger.path.read_text(encoding="utf-8").splitlines())


def test_a_ledger_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "ledger.jsonl").read().head == GENESIS


def lines_of(tmp_path: Path, count: int = 5) -> list[bytes]:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(count):
        begun(ledger, str(number))
    return ledger.path.read_bytes().splitlines(keepends=True)


def test_a_line_that_is_gone_is_named(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    assert read_lines(b"".join(lines[:1] + lines[2:])).problems == ["entry 2 is missing"]
    assert read_lines(b"".join(lines[:1] + lines[3:])).problems == ["entries 2 to 3 are missing"]
    assert read_lines(b"".join(lines[1:])).problems == ["entry 1 is missing"]


def test_a_line_that_was_changed_is_named(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[2] = lines[2].replace(b'"serial":"1"', b'"serial":"2"')
    assert read_lines(b"".join(lines)).problems[0] == "line 3 is not what was written, or was torn while it was"


def test_a_line_that_comes_twice_is_named(tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    assert read_lines(b"".join([*lines, lines[4]])).problems == ["entry 5 comes again"]


def test_a_forged_line_does_not_follow(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, 3)
    other = Ledger(tmp_path / "other.jsonl")
    for number in range(3):
        begun(other, f"forged {number}")
    forged = other.path.read_bytes().splitlines(keepends=True)
    problems = read_lines(b"".join([*lines[:2], forged[2]])).problems
    assert problems == ["entry 3 does not follow from the entry before it"]


@given(cut=st.integers(1, 200))
def test_a_torn_line_is_never_glued_to_the_next(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("torn") / "ledger.jsonl")
    for name in "abc":
        begun(ledger, name)
    content = ledger.path.read_bytes()
    ledger.path.write_bytes(content[:-cut])
    entry = ledger.append("begun", {"run": "d", "serial": "1", "folder": ""})
    found = ledger.read()
    assert found.entries()[-1] == entry
    assert entry.number == found.number
    # Without its last character the line is torn; without its end of line alone it is whole.
    assert len(found.problems) <= 1
    assert [e.body["run"] for e in found.entries()][:2] == ["a", "b"]


def test_what_parallel_runs_append_is_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    script = (
        "from pathlib import Path; from stimcert.store.ledger import Ledger\n"
        f"for n in range(25): Ledger(Path({str(path)!r})).append('begun', {{'run': str(n), 'serial': 'x'}})"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(4)]
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    found = Ledger(path).read()
    assert (found.number, found.problems) == (100, [])


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="ledger of the station"):
        begun(Ledger(tmp_path / "file" / "ledger.jsonl"), "a")


def test_runs_of_a_serial_number_with_their_ends(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    there = tmp_path / "a"
    there.mkdir()
    begun(ledger, "a", folder=there)
    ended(ledger, "a", "ABORTED")
    begun(ledger, "other", serial="12")
    ended(ledger, "other", "PASS", serial="12")
    begun(ledger, "b")
    ledger.append("resumed", {"run": "a", "serial": "1", "folder": str(there)})
    ended(ledger, "a", "FAIL")
    found = attempts(ledger.read(), "1")
    assert [(a.run, a.verdict, a.gone) for a in found] == [("a", "FAIL", False), ("b", None, True)]
    assert attempts(ledger.read(), "2") == []


def test_attempts_in_words() -> None:
    found = " ".join(ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112))
    assert found == "1st 2nd 3rd 4th 11th 12th 13th 21st 112th"
    earlier = [{"verdict": verdict} for verdict in ("FAIL", None, "CONDITIONAL_PASS")]
    assert attempt_words([]) == "1st run of this serial"
    words = "4th run of this serial; 3 earlier: FAIL, no end on record, CONDITIONAL PASS"
    assert attempt_words(earlier) == words
    assert attempt_words([{"verdict": "FAIL"}] * 9).endswith("9 earlier: …, FAIL, FAIL, FAIL, FAIL, FAIL")


def test_gaps_in_words() -> None:
    earlier = [{"run": "a", "gone": True}, {"run": "b", "gone": False}]
    assert gap_words({"earlier": earlier, "problems": ["entry 2 is missing"]}) == [
        "ledger of the station: entry 2 is missing",
        "the folder of an earlier run of this serial is gone: a",
    ]
    assert gap_words({"earlier": earlier[1:], "problems": []}) == []


def test_a_ledger_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        Ledger(tmp_path).read()


def test_a_station_that_names_none_has_the_ledger_of_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in state_in(tmp_path).items():
        monkeypatch.setenv(name, value)
    assert default_ledger() == tmp_path / "stimcert" / "ledger.jsonl"
