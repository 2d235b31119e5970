# SPDX-License-Identifier: MIT
"""What can be said on the command line, and what comes of it: selection, exit codes, dry options, environment."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench.calls import about, plan_on
from tests.bench.command import CHECKOUT, Ended, run, run_bench, run_verb
from tests.bench.runs import SHORT

# Says, when it ends, what the process did and loaded. An audit hook sees what no monkeypatch can miss.
AUDITED = """
import json, sys
seen = []
WATCHED = "subprocess.Popen os.posix_spawn os.fork os.mkdir socket.bind socket.connect sqlite3.connect".split()
sys.addaudithook(lambda name, arguments: seen.append(f"{name} {arguments}") if name in WATCHED else None)
import pytest
code = int(pytest.main(sys.argv[2:]))
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"seen": seen, "modules": sorted({name.partition(".")[0] for name in sys.modules})}, file)
sys.exit(code)
"""
LATE = {"scipy", "pandas", "pymeasure", "pyvisa", "pyvisa_py", "GTC", "jinja2"}
OPTIONS = [
    "--plan=FILE", "--station=NAME|FILE", "--dut-serial=TEXT", "--operator=TEXT", "--run-root=DIR", "--run-dir=DIR",
    "--sim-device=NAME|FILE", "--sim-fault=NAME", "--sim-seed=N", "--sim-pace=SECONDS",
]  # fmt: skip


def audited(desk: Path, *more: str, **environment: str) -> Ended:
    """Run ``pytest bench/`` under an audit hook; ``seen`` and ``modules`` are in ``audit.json``."""
    options = ["bench/", "-p", "no:cacheprovider", f"--run-root={desk / 'runs'}", *more]
    # Without bytecode: on a fresh installation the interpreter makes folders for it.
    command = [sys.executable, "-B", "-c", AUDITED, str(desk / "audit.json"), *options]
    return run(command, folder=desk / "run", **environment)


def audit(ended: Ended) -> dict[str, list[str]]:
    """Return what an audited process did and loaded."""
    return dict(json.loads((ended.folder.parent / "audit.json").read_text(encoding="utf-8")))


# --- the runs; each is made once, for all tests that ask for it


def told_by_the_environment(desk: Path) -> Ended:
    station, plan = desk / "my_bench.toml", plan_on(desk)
    text = (CHECKOUT / "instruments/stations/sim.toml").read_text(encoding="utf-8")
    station.write_text(text.replace('title = "Simulated bench"', 'title = "The bench by the window"'), encoding="utf-8")
    checked = run_verb("check-plan", str(plan), "--station", str(station))
    (desk / "check-plan.txt").write_text(checked.out, encoding="utf-8")
    return run_bench(desk / "run", STIMCERT_PLAN=str(plan), STIMCERT_STATION=str(station))


def one_case_of_two(desk: Path) -> Ended:
    return run_bench(desk / "run", f"--plan={plan_on(desk)}", "-k", "OC-01")


def stopped_at_the_first_failure(desk: Path) -> Ended:
    return run_bench(desk / "run", f"--plan={plan_on(desk)}", "--sim-device=microcurrent_hot", "-x")


def everything_deselected(desk: Path) -> Ended:
    return run_bench(desk / "run", "-k", "nothing_is_called_so")


def one_file_without_a_case(desk: Path) -> Ended:
    command = [sys.executable, "-m", "pytest", "bench/test_polarity.py", "-p", "no:cacheprovider"]
    return run([*command, f"--run-dir={desk / 'run'}"], folder=desk / "run")


def collected_only(desk: Path) -> Ended:
    return audited(desk, "--collect-only", "-q")


def planned_only(desk: Path) -> Ended:
    return audited(desk, "--setup-plan")


def asked_for_help(desk: Path) -> Ended:
    return audited(desk, "--help", "--plan=nowhere.toml")


def asked_for_markers(desk: Path) -> Ended:
    return run_bench(desk / "run", "--markers", "--plan=nowhere.toml")


def told_twice(desk: Path) -> Ended:
    return run_bench(desk / "run", "--collect-only", f"--plan={plan_on(desk)}", STIMCERT_PLAN="nowhere.toml")


def told_wrong_by_the_environment(desk: Path) -> Ended:
    return run_bench(desk / "run", "--collect-only", STIMCERT_PLAN="nowhere.toml")


# --- all of the plan


@about(told_by_the_environment)
def test_environment_twins_choose_plan_and_station(ended: Ended) -> None:
    assert (ended.code, ended.record["verdict"], ended.record["complete"]) == (0, "PASS", True), ended.text
    assert ended.record["station"]["title"] == "The bench by the window"
    used = {
        entry["role"]: (ended.folder / entry["path"]).read_text(encoding="utf-8") for entry in ended.record["inputs"]
    }
    assert used["plan"] == SHORT.text
    assert "The bench by the window" in used["station"]


@about(told_by_the_environment)
def test_a_run_begins_with_what_check_plan_says(ended: Ended) -> None:
    device, *others = (ended.folder.parent / "check-plan.txt").read_text(encoding="utf-8").splitlines()
    begin = ended.lines.index(others[0])
    assert ended.lines[begin : begin + len(others)] == others
    assert ended.lines[begin - 1].replace(", serial SIM-0001", "") == device
    assert ended.lines[begin - 1] != device
    assert any(line.startswith("  OC-02    output_current  tone: 2 points") for line in others)


@about(told_twice)
def test_the_command_line_wins_over_the_environment(ended: Ended) -> None:
    assert ended.code == 0, ended.text


@about(told_wrong_by_the_environment)
def test_the_environment_is_held_to_the_same_rules(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert "nowhere.toml" in ended.err


# --- a selection


@about(one_case_of_two)
def test_a_selection_is_partial_whatever_it_measured(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.TESTS_FAILED
    assert ended.verdicts == {"STATION": "PASS", "OC-01": "PASS", "OC-02": "NOT_RUN"}
    assert (ended.record["verdict"], ended.record["complete"]) == ("NOT_RUN", False)
    assert ended.record["device_finding"] == "PASS"
    assert "partial" in [blocker["code"] for blocker in ended.record["blockers"]]


@about(one_case_of_two)
def test_partial_is_said_before_and_after_and_in_the_report(ended: Ended) -> None:
    assert "PARTIAL  not selected: OC-02" in ended.lines
    assert str(ended.closing("document")).startswith("test report, PARTIAL")
    assert ended.closing("because") == "case OC-02 is NOT RUN: not run"
    assert ended.closing("verdict") == "NOT RUN"
    assert "PARTIAL" in ended.report


@about(stopped_at_the_first_failure)
def test_what_comes_after_a_stop_was_not_run(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.TESTS_FAILED
    assert ended.verdicts == {"STATION": "PASS", "OC-01": "FAIL", "OC-02": "NOT_RUN"}
    assert (ended.record["verdict"], ended.record["complete"]) == ("FAIL", False)
    assert str(ended.closing("document")).startswith("test report, PARTIAL")
    assert ended.closing("verdict") == "FAIL"
    assert "PARTIAL" in ended.report


@about(everything_deselected, one_file_without_a_case)
def test_nothing_selected_is_no_run(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.NO_TESTS_COLLECTED, ended.text
    assert not ended.folder.exists()
    assert ended.closing("verdict") is None


# --- looking without touching


@about(collected_only, planned_only)
def test_looking_opens_nothing(ended: Ended) -> None:
    assert ended.code == 0, ended.text
    assert audit(ended)["seen"] == []
    assert not (ended.folder.parent / "runs").exists()
    assert not LATE & set(audit(ended)["modules"])
    for name in ("test_output_current[OC-01]", "test_output_current[OC-02]"):
        assert name in ended.out


@about(collected_only)
def test_bench_tests_without_a_case_are_not_even_counted(ended: Ended) -> None:
    assert "test_polarity" not in ended.out
    assert "2 tests collected" in ended.out


@about(asked_for_help)
def test_help_is_quick_and_complete(ended: Ended) -> None:
    assert ended.code == 0
    assert audit(ended)["seen"] == []
    assert not LATE & set(audit(ended)["modules"])
    assert [option for option in OPTIONS if option not in ended.out] == []


@about(asked_for_markers)
def test_what_only_shows_needs_no_good_plan(ended: Ended) -> None:
    assert ended.code == 0, ended.text


def test_self_tests_need_no_plan(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "tests/stimcert/test_verdict.py", "-q", "-p", "no:cacheprovider"]
    assert run(command, folder=tmp_path, STIMCERT_PLAN="nowhere.toml").code == 0


def test_the_audit_sees_a_process_and_a_module(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text("import subprocess, sys, pandas\nsubprocess.run([sys.executable, '-c', ''])\n")
    ended = audited(tmp_path, "--help", "-p", "busy", PYTHONPATH=str(tmp_path))
    assert ended.code == 0
    assert [line.split()[0] for line in audit(ended)["seen"]].count("subprocess.Popen") == 1
    assert "pandas" in audit(ended)["modules"]
