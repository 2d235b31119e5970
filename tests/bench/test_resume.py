# SPDX-License-Identifier: MIT
"""A run that died or was stopped goes on in its own folder, with what it was begun with, or it is closed."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.session.begun import ledger_of
from bench.session.options import DEFAULT_PLAN, STATIONS, Options, as_before
from bench.session.previous import Previous
from bench.verification import Wrong, verify
from stimcert.store.journal_file import Event
from stimcert.store.ledger import Ledger
from tests.bench.calls import plan_on
from tests.bench.command import run_verb, state_beside, state_in
from tests.bench.forked import run_forked
from tests.bench.parts import inputs
from tests.bench.served import served_bench, station_on
from tests.kill.kills import Moment, Victim, in_mode, just_read_level, one_kill

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def unwrapped(text: str) -> str:
    """Return what was said, however wide the terminal was."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("device", "moment"),
    [("microcurrent_good", in_mode(2)), ("microcurrent_hot", just_read_level(8))],
    ids=["in the second case", "after the first reading above the limit"],
)
def test_a_killed_run_goes_on_to_the_undisturbed_verdict(device: str, moment: Moment, tmp_path: Path) -> None:
    options = (f"--plan={plan_on(tmp_path)}", f"--sim-device={device}")
    undisturbed = run_forked(tmp_path / "undisturbed", *options)
    outcome = one_kill(tmp_path / "run", options, undisturbed.record, moment, 0.005)
    assert outcome.wrong == []
    assert (outcome.when, outcome.verdict) == ("while it measured", undisturbed.record["verdict"])
    assert outcome.verdict == ("FAIL" if device == "microcurrent_hot" else "PASS")
    assert outcome.delay is not None


def test_a_stopped_run_goes_on_with_the_same_or_is_closed(tmp_path: Path) -> None:
    plan, folder = plan_on(tmp_path), tmp_path / "run"
    victim = Victim(folder, f"--plan={plan}", "--sim-seed=7", "--sim-pace=0.005")
    victim.stop(in_mode(1))
    assert f"goes on with --resume={folder}" in unwrapped(victim.said)
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert (record["verdict"], record["journal"]["events"] > 20) == ("ABORTED", True)
    other = run_forked(folder, f"--resume={folder}", "--sim-seed=8", "--dut-serial=4711", names_folder=False)
    assert other.code == 4
    assert "device: its serial number was SIM-0001, now it is 4711" in other.text
    assert "simulated bench: its seed was 7, now it is 8" in other.text
    assert record == json.loads((folder / "record.json").read_text(encoding="utf-8"))
    closed = run_verb("close", str(folder), "--operator=JV", **state_beside(folder))
    assert (closed.code, closed.closing("verdict")) == (0, "ABORTED, PARTIAL")
    assert json.loads((folder / "record-1.json").read_text(encoding="utf-8")) == record
    with pytest.raises(Wrong, match="the run is ABORTED"):
        list(verify(folder))
    again = run_forked(folder, f"--resume={folder}", names_folder=False)
    assert (again.code, "is sealed" in again.text) == (4, True)
    assert run_verb("close", str(folder)).code == 4


def test_what_was_done_with_a_serial_number_before_is_told(tmp_path: Path) -> None:
    state = state_in(tmp_path / "state")
    plan, mirror = plan_on(tmp_path), tmp_path / "mirror.txt"
    options = (f"--plan={plan}", "-k", "OC-01", f"--ledger-mirror={mirror}")
    first = run_forked(tmp_path / "first", *options, "--sim-device=microcurrent_hot", **state)
    assert first.closing("verdict") == "FAIL"
    first_id = first.record["run_id"]
    shutil.rmtree(first.folder)
    second = run_forked(tmp_path / "second", *options, **state)
    earlier = "2nd run of this serial; 1 earlier: FAIL"
    said = unwrapped(second.text)
    assert f"history {earlier}" in said
    gap = "the folder of an earlier run of this serial is gone: "
    assert f"MISSING {gap}{first_id}" in said
    assert earlier in second.report
    assert gap in second.report
    ledger = Ledger(tmp_path / "state" / "stimcert" / "ledger.jsonl").read()
    assert (ledger.number, ledger.problems) == (4, [])
    assert [entry.kind for entry in ledger.entries()] == ["begun", "ended", "begun", "ended"]
    quoted = second.record["ledger"]
    assert (quoted["number"], quoted["previous"]) == (3, ledger.entries()[1].hash)
    assert ledger.entries()[-1].body["journal"] == second.record["journal"]["head"]
    assert f"ledger entry 4, head {ledger.head}" in said
    assert [line.split()[1] for line in mirror.read_text().splitlines()][-1] == ledger.head


def test_a_simulated_bench_under_another_name_is_simulated(tmp_path: Path) -> None:
    with served_bench() as ports:
        station = station_on(ports, tmp_path / "lab.toml", ('name = "sim"', 'name = "lab-1"'))
        ended = run_forked(
            tmp_path / "run",
            f"--plan={plan_on(tmp_path)}",
            f"--station={station}",
            "--dut-serial=SIM-0001",
            "--operator=JV",
            "-k",
            "OC-02",
        )
    assert (ended.record["station"]["name"], ended.record["simulated"]) == ("lab-1", True)
    assert "Simulated bench: nothing real was measured" in ended.report
    text = (ended.folder / "record.json").read_text(encoding="utf-8")
    (ended.folder / "record.json").write_text(text.replace('"simulated": true', '"simulated": false'), encoding="utf-8")
    with pytest.raises(Wrong, match="simulated is false, the journal says true"):
        list(verify(ended.folder))
    rendered = run_verb("render", str(ended.folder))
    assert (rendered.code, "nothing is simulated, but smu is (serial SIM-" in rendered.text) == (4, True)


OPTIONS = Options(
    plan=DEFAULT_PLAN,
    station=STATIONS / "sim.toml",
    dut_serial=None,
    operator=None,
    run_root=Path(),
    run_dir=None,
    sim_device=None,
    sim_fault=None,
    sim_seed=3,
    sim_pace=None,
)
SOFTWARE = {"version": "1", "files_sha256": "a", "python": "3.11", "packages": {"numpy": "2"}}


def previous(*more: tuple[str, dict[str, Any]], **facts: Any) -> Previous:
    files = [{"role": file.role, "name": file.name, "sha256": file.sha256} for file in inputs().files]
    body = {
        "run_id": "r",
        "inputs": files,
        "station": {"name": inputs().station.name},
        "dut": {"serial": OPTIONS.serial},
        "options": OPTIONS.remembered(),
        "software": SOFTWARE,
        **facts,
    }
    kinds = [("run_begun", body), *more]
    events = [Event(seq=n, kind=k, wall="", monotonic=0.0, body=b, hash="") for n, (k, b) in enumerate(kinds, 1)]
    return Previous(Path("RUN"), events)


def test_with_the_same_a_run_goes_on() -> None:
    assert previous().differences(OPTIONS, inputs(), SOFTWARE) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"station": {"name": "other"}}, "station: it was other"),
        ({"dut": {"serial": "1"}}, "device: its serial number was 1, now it is SIM-0001"),
        ({"software": SOFTWARE | {"version": "0"}}, "software: its version was 0, now it is 1"),
        ({"software": SOFTWARE | {"files_sha256": "b"}}, "software: its files differ"),
        ({"software": SOFTWARE | {"packages": {}}}, "software: installed packages differ"),
        ({"options": OPTIONS.remembered() | {"sim_seed": 4}}, "simulated bench: its seed was 4, now it is 3"),
        ({"options": OPTIONS.remembered() | {"sim_fault": "x"}}, "simulated bench: its fault was x, now it is none"),
        ({"inputs": [{"role": "plan", "name": "gone.toml", "sha256": "0"}]}, "plan gone.toml: is not used now"),
    ],
)
def test_what_differs_is_named(facts: dict[str, Any], words: str) -> None:
    found = previous(**facts).differences(OPTIONS, inputs(), SOFTWARE)
    assert found[0].endswith("only with what it was begun with:")
    assert any(words in line for line in found[1:])


def test_a_station_names_its_ledger_relative_to_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somebody/state")
    found = inputs()
    assert ledger_of(found, Path("/lab/station.toml")).path == Path("/somebody/state/stimcert/ledger.jsonl")
    named = replace(found, station=found.station.model_copy(update={"ledger": "books/ledger.jsonl"}))
    assert ledger_of(named, Path("/lab/station.toml")).path == Path("/lab/books/ledger.jsonl")


def test_finished_is_what_ended_after_it_began_last() -> None:
    steps = ["STATION+", "STATION-", "A-01+", "A-01-", "A-02+", "A-02-", "A-02+", "A-03+"]
    events = [("case_begun" if step.endswith("+") else "case_ended", {"case": step[:-1]}) for step in steps]
    assert previous(*events).finished == {"A-01"}


def test_how_a_session_ended() -> None:
    assert previous().how_it_ended == "the end of the process"
    assert previous(("interrupted", {"signal": "SIGTERM"}), ("run_ended", {})).how_it_ended == "SIGTERM"
    later = previous(("interrupted", {"signal": "SIGTERM"}), ("run_resumed", {}))
    assert (later.how_it_ended, later.sessions) == ("the end of the process", 2)


def test_what_is_not_said_again_is_as_it_was() -> None:
    before = replace(OPTIONS, dut_serial="12", operator="JV", sim_device=Path("/d.toml")).remembered()
    given: dict[str, object] = {"--operator": "AB"}
    found = as_before(replace(OPTIONS, operator="AB", sim_seed=None), given.get, before)
    assert (found.dut_serial, found.operator, found.sim_seed) == ("12", "AB", 3)
    assert (found.plan, found.sim_device) == (DEFAULT_PLAN, Path("/d.toml"))
