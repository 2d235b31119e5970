# SPDX-License-Identifier: MIT
"""What a run leaves behind: complete, consistent, readable by anybody, and enough to make the report again."""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.verification import derived_record
from stimcert.store.journal_file import read_events
from tests.bench.command import run_verb
from tests.bench.runs import SHORT, Ask, Edited, Result

KEPT = Ask(
    name="kept",
    device=Edited("instruments/sim/devices/microcurrent_good.toml"),
    plan=SHORT,
    station=Edited("instruments/stations/sim.toml"),
    waveforms=True,
)
kept = pytest.mark.parametrize("run", [KEPT], indirect=True, ids=str)

FILES = {"record.json", "readings.csv", "report.html", "junit.xml", "journal.sqlite", "simulator.log", "guard.jsonl"}
RENDERED = ("readings.csv", "junit.xml", "report.html")
RECORD = (
    "schema run_id started ended verdict device_finding reason complete simulated document blockers plan dut station "
    "operator environment software decision_rule safe_state inputs cases"
).split()
CASE = "id procedure mode verdict reason limits measurements".split()
MEASUREMENT = (
    "quantity value bound unit standard_uncertainty expanded_uncertainty coverage_factor dof budget lower_limit "
    "upper_limit acceptance_limits verdict reason conditions waveform"
).split()
CONDITIONS = "mode level load measured_load attempt bench_time wall_time".split()
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
EVENT = 10e-6


def current_of(run: Result, waveform: str) -> tuple[NDArray[np.float64], float]:
    """Read a record as the documentation says: samples in A, and the sample rate."""
    facts = json.loads((run.folder / f"{waveform}.json").read_text(encoding="utf-8"))
    volts = np.load(run.folder / f"{waveform}.npy") * facts["scale_V_per_lsb"] + facts["offset_V"]
    assert volts.size == facts["count"]
    return (volts - facts["zero_V"]) / facts["shunt_ohm"], facts["sample_rate"]


def peaks(run: Result) -> list[dict[str, Any]]:
    return run.measurements(quantity="current.peak", limit="microcurrent.ceiling")


@contextmanager
def away(*folders: Path) -> Iterator[None]:
    """Take folders away for a while."""
    for folder in folders:
        folder.rename(folder.with_name(f"{folder.name}-away"))
    yield
    for folder in folders:
        folder.with_name(f"{folder.name}-away").rename(folder)


@kept
def test_every_file_is_there_and_no_other(run: Result) -> None:
    assert {path.name for path in run.folder.iterdir() if path.is_file()} == FILES
    assert {path.name for path in run.folder.iterdir() if path.is_dir()} == {"waveforms", "inputs"}


@kept
def test_the_record_has_every_key(run: Result) -> None:
    assert [key for key in RECORD if key not in run.record] == []
    for case in run.record["cases"]:
        assert [key for key in CASE if key not in case] == []
    for limit in run.case("OC-01")["limits"]:
        assert limit["source"]
        assert limit["status"] in ("verified", "unverified")
        assert "clause" in limit


@kept
def test_every_measurement_has_every_key(run: Result) -> None:
    # Cases; ceiling, advisory and mean; levels and one more "up"; and the pilot of each mode's mean.
    assert len(run.measurements()) == 2 * 3 * (2 + 1) + 2
    assert sum(m["conditions"]["record"] == "pilot" for m in run.measurements()) == 2
    for m in run.measurements():
        assert [key for key in MEASUREMENT if key not in m] == []
        assert [key for key in CONDITIONS if key not in m["conditions"]] == []


@kept
def test_every_number_has_an_uncertainty_and_a_budget_that_adds_up(run: Result) -> None:
    for m in run.measurements():
        assert 0 < m["standard_uncertainty"] < m["expanded_uncertainty"]
        assert m["expanded_uncertainty"] == pytest.approx(m["coverage_factor"] * m["standard_uncertainty"])
        contributions = [term["contribution"] for term in m["budget"]]
        assert np.linalg.norm(contributions) == pytest.approx(m["standard_uncertainty"])


@kept
def test_moments_are_utc_with_milliseconds(run: Result) -> None:
    moments = [run.record["started"], run.record["ended"]]
    moments += [m["conditions"]["wall_time"] for m in run.measurements()]
    assert [moment for moment in moments if not MOMENT.fullmatch(moment)] == []
    assert moments[0] < min(moments[2:]) <= max(moments[2:]) < moments[1]


@kept
def test_inputs_are_verbatim_copies(run: Result) -> None:
    entries = {entry["role"]: entry for entry in run.record["inputs"]}
    assert entries.keys() == {"plan", "limits", "profile", "station", "accuracy", "device"}
    for entry in run.record["inputs"]:
        data = (run.folder / entry["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    for role, name in {"plan": "plan", "station": "station", "device": "sim-device"}.items():
        assert (run.folder / entries[role]["path"]).read_bytes() == (run.desk / f"{name}.toml").read_bytes()
    copies = {path.relative_to(run.folder).as_posix() for path in (run.folder / "inputs").iterdir()}
    assert copies == {entry["path"] for entry in run.record["inputs"]}
    assert run.record["plan"]["sha256"] == entries["plan"]["sha256"]


@kept
def test_all_captures_are_kept(run: Result) -> None:
    named = {m["waveform"] for m in run.measurements() if m["waveform"]}
    assert len(named) == len(peaks(run)) == 6
    for ending in (".npy", ".json"):
        files = {f"waveforms/{path.stem}" for path in (run.folder / "waveforms").glob(f"*{ending}")}
        assert files == named


@kept
def test_a_waveform_read_with_numpy_has_the_peak_of_the_record(run: Result) -> None:
    for m in peaks(run):
        current, rate = current_of(run, m["waveform"])
        width = round(EVENT * rate)
        means = np.convolve(current, np.ones(width) / width, "valid")
        assert abs(np.abs(means).max() - m["value"]) <= m["expanded_uncertainty"]
        assert current.size / rate == pytest.approx(20e-3)


@kept
def test_the_table_has_a_row_for_each_measurement(run: Result) -> None:
    with (run.folder / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stored = [(case["id"], m) for case in run.record["cases"] for m in case["measurements"]]
    assert [(row["case"], int(row["index"]), row["quantity"]) for row in rows] == [
        (case, m["index"], m["quantity"]) for case, m in stored
    ]
    assert [float(row["value"]) for row in rows] == [m["value"] for _, m in stored]
    assert {row["simulated"] for row in rows} == {"True"}


@kept
def test_junit_has_a_test_for_each_case(run: Result) -> None:
    suite = ElementTree.parse(run.folder / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert [test.get("name") for test in suite.iter("testcase")] == ["STATION", "OC-01", "OC-02"]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "0", "0")


@kept
def test_the_record_follows_from_the_journal(run: Result) -> None:
    events = read_events(run.folder / "journal.sqlite")
    assert derived_record(events) == run.record
    assert run.record["journal"] == {"events": len(events), "head": events[-1].hash}
    assert events[0].kind == "run_begun"
    assert [event.kind for event in events[-2:]] == ["run_ended", "run_sealed"]
    measured = [m for case in run.record["cases"] for m in case["measurements"]]
    assert len([event for event in events if event.kind == "measurement"]) == len(measured)


@kept
def test_the_report_is_a_test_report_and_says_that_it_is_simulated(run: Result) -> None:
    assert run.record["simulated"] is True
    assert run.record["document"] == "test report"
    assert "simulated" in {blocker["code"] for blocker in run.record["blockers"]}
    assert all(entry["serial"].startswith("SIM-") for entry in run.record["station"]["instruments"])
    assert run.said("document") == "Test report"
    assert "simulated bench: nothing real was measured" in run.report


@kept
def test_the_record_says_with_what_it_was_made(run: Result) -> None:
    software = run.record["software"]
    assert {"pytest", "numpy", "pydantic", "PyVISA"} <= software["packages"].keys()
    assert re.fullmatch("[0-9a-f]{64}", software["files_sha256"])
    assert "bench.session.hooks" in software["pytest_plugins"]
    instruments = {entry["role"]: entry for entry in run.record["station"]["instruments"]}
    required = {"smu", "load_box", "switch", "dut", "environment", "clock"}
    assert required | {"digitizer", "reference", "skin"} == instruments.keys()
    assert instruments["smu"]["firmware"] == "1.7.12b"
    assert instruments["smu"]["calibration"]["certificate"] == "SIM-CAL-2450"


@kept
def test_render_makes_it_again_from_the_folder_alone(run: Result, tmp_path: Path) -> None:
    copy = tmp_path / "years later" / "elsewhere"
    shutil.copytree(run.folder, copy)
    for name in RENDERED:
        (copy / name).unlink()
    with away(run.folder, run.desk):
        ended = run_verb("render", str(copy))
    assert (ended.code, ended.out.splitlines()) == (0, [str(copy / name) for name in RENDERED])
    for name in RENDERED:
        assert (copy / name).read_bytes() == (run.folder / name).read_bytes(), name


@kept
def test_render_refuses_a_folder_without_a_record(run: Result, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run.folder, copy, ignore=shutil.ignore_patterns("record.json", "waveforms"))
    ended = run_verb("render", str(copy))
    assert ended.code == 4
    assert "record.json" in ended.err
    assert "Traceback" not in ended.text
