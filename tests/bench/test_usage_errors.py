# SPDX-License-Identifier: MIT
"""What is refused before anything is opened: exit code 4, every mistake at once, no traceback, no run."""

import shutil
import sys
from pathlib import Path

import pytest

from instruments.sim.faults import FAULTS
from tests.bench.calls import about, plan_on
from tests.bench.command import CHECKOUT, Ended, run, run_bench
from tests.bench.runs import MICROCURRENT, Edited

CHEAT = """
import pytest

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = "passed"
    return report
"""
MISTAKES = (
    ('dwell = "200 ms"', 'dwell = "0,2 s"'),
    ('value = "480 µA"', 'value = "480 MA"'),
    ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["500 Ω", "2 kΩ", "10 kΩ"]\nlimit = "microcurrent.ceiling"'),
    ('id = "OC-02"', 'id = "OC-01"'),
)
# file, line and column where each of them stands, and what is found there
PLACES = ["0,2 s", "480 MA", "limit", "OC-01"]


# --- the calls; each is made once, for all tests about it


def a_conftest_beside_the_plan(desk: Path) -> Ended:
    path = plan_on(desk)
    (path.parent / "conftest.py").write_text(CHEAT, encoding="utf-8")
    return run_bench(desk / "run", "--plan", str(path))


def a_plugin_from_outside(desk: Path) -> Ended:
    (desk / "helpful.py").write_text(CHEAT, encoding="utf-8")
    return run_bench(desk / "run", "-p", "helpful", PYTHONPATH=str(desk))


def a_plugin_from_the_environment(desk: Path) -> Ended:
    (desk / "helpful.py").write_text(CHEAT, encoding="utf-8")
    return run_bench(desk / "run", PYTHONPATH=str(desk), PYTEST_PLUGINS="helpful")


def without_assertions(desk: Path) -> Ended:
    return run_bench(desk / "run", python=("-O",))


def only_set_up(desk: Path) -> Ended:
    return run_bench(desk / "run", "--setup-only")


def a_station_worked_by_hand(desk: Path) -> Ended:
    options = ["--sim-device=microcurrent_hot", "--sim-fault=load_stuck", "--sim-seed=1", "--sim-pace=1"]
    return run_bench(desk / "run", "--station=example_lab", *options)


def a_run_folder_that_exists(desk: Path) -> Ended:
    (desk / "run").mkdir()
    (desk / "run" / "record.json").write_text("{}", encoding="utf-8")
    return run_bench(desk / "run")


def names_of_nothing(desk: Path) -> Ended:
    names = ["--station=atlantis", "--sim-device=unobtainium", "--sim-fault=gremlins", f"--plan={desk / 'utopia.toml'}"]
    return run_bench(desk / "run", *names)


def a_bad_plan(desk: Path) -> Ended:
    return run_bench(desk / "run", f"--plan={plan_on(desk, Edited(MICROCURRENT, MISTAKES))}")


def a_seed_that_is_none(desk: Path) -> Ended:
    return run_bench(desk / "run", "--sim-seed=-1")


EVERY = (
    a_conftest_beside_the_plan, a_plugin_from_outside, a_plugin_from_the_environment, without_assertions, only_set_up,
    a_station_worked_by_hand, names_of_nothing, a_bad_plan, a_seed_that_is_none,
)  # fmt: skip


# --- what they have in common


@about(*EVERY)
def test_it_is_a_usage_error_and_nothing_was_made(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.USAGE_ERROR, ended.text
    assert not ended.folder.exists()
    assert "Traceback" not in ended.text
    assert "INTERNALERROR" not in ended.text
    assert "collected" not in ended.out
    assert "ERROR: " in ended.err


# --- what each says


@about(a_conftest_beside_the_plan)
def test_a_conftest_from_outside_is_named(ended: Ended) -> None:
    assert str(ended.folder.parent / "plans" / "conftest.py") in ended.err
    assert "--plan=FILE" in ended.err


@about(a_plugin_from_outside, a_plugin_from_the_environment)
def test_a_plugin_from_outside_is_named(ended: Ended) -> None:
    assert str(ended.folder.parent / "helpful.py") in ended.err


@about(without_assertions)
def test_optimised_python_is_refused(ended: Ended) -> None:
    assert "python -O" in ended.err


@about(only_set_up)
def test_setting_up_without_measuring_is_refused(ended: Ended) -> None:
    assert "--setup-only" in ended.err
    assert "--setup-plan" in ended.err


@about(a_station_worked_by_hand)
def test_what_a_real_station_needs_and_cannot_do(ended: Ended) -> None:
    for option in ("--sim-device", "--sim-fault", "--sim-seed", "--sim-pace"):
        assert f"{option}: station example-lab is not the embedded simulated bench" in ended.err
    assert "--dut-serial is required on a real station" in ended.err
    assert "--operator is required on a real station" in ended.err
    assert 'driver = "manual" for switch, dut' in ended.err
    assert "this version cannot run it" in ended.err


@about(a_run_folder_that_exists)
def test_a_used_run_folder_is_left_alone(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert f"--run-dir={ended.folder}: exists" in ended.err
    assert (ended.folder / "record.json").read_text(encoding="utf-8") == "{}"
    assert [path.name for path in ended.folder.iterdir()] == ["record.json"]


@about(names_of_nothing)
def test_unknown_names_come_with_those_that_there_are(ended: Ended) -> None:
    folders = {"atlantis": "instruments/stations", "unobtainium": "instruments/sim/devices", "utopia": "test_plans"}
    there = {word: {path.stem for path in (CHECKOUT / folder).glob("*.toml")} for word, folder in folders.items()}
    for word, names in {**there, "gremlins": set(FAULTS)}.items():
        said = next(line for line in ended.err.splitlines() if word in line)
        assert {name for name in names if name not in said} == set()


@about(a_bad_plan)
def test_every_mistake_of_a_plan_has_its_place(ended: Ended) -> None:
    path = ended.folder.parent / "plans" / "plan.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    mistakes = [line.removeprefix("ERROR: ").removeprefix(f"{path}:") for line in ended.err.splitlines()]
    places = [tuple(map(int, line.split(":")[:2])) for line in mistakes if line.split(":")[0].isdigit()]
    # Two cases have the decimal comma and the unknown key; the others stand once.
    assert len(places) == 6, ended.err
    pointed_at = [lines[line - 1][column - 1 :].strip('"') for line, column in places]
    assert [any(text.startswith(place) for place in PLACES) for text in pointed_at] == [True] * 6
    assert "decimal" in ended.err and "did you mean mA?" in ended.err


# --- what must not be refused


def known_plugins_and_a_plan_with_equals_sign(desk: Path) -> Ended:
    path = plan_on(desk)
    (path.parent / "conftest.py").write_text(CHEAT, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={path}", "--collect-only")


@about(known_plugins_and_a_plan_with_equals_sign)
def test_a_conftest_that_pytest_does_not_load_harms_nobody(ended: Ended) -> None:
    assert ended.code == 0, ended.text


def self_tests_with_a_plugin(desk: Path) -> Ended:
    (desk / "helpful.py").write_text("", encoding="utf-8")
    shutil.copy(CHECKOUT / "tests/stimcert/test_verdict.py", desk)
    command = [sys.executable, "-m", "pytest", "tests/stimcert/test_verdict.py", "-p", "helpful"]
    return run([*command, "-p", "no:cacheprovider"], folder=desk / "run", PYTHONPATH=str(desk))


@about(self_tests_with_a_plugin)
def test_only_bench_tests_are_so_strict(ended: Ended) -> None:
    assert ended.code == 0, ended.text
