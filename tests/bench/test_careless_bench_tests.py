# SPDX-License-Identifier: MIT
"""Bench tests whose author forgot to measure or to judge, or gave up: none of them ends in PASS, nor does their run."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stimcert.store.journal_file import read_events
from tests.bench.calls import about, plan_on
from tests.bench.command import Ended, copy_checkout, run_bench
from tests.bench.runs import SHORT, Edited

HEAD = """# SPDX-License-Identifier: MIT
import os
import signal
import sys
import threading

import pytest


"""
MEASURES = """    for point in bench.points(case):
        measure(point, "current.peak", bench.capture(point))
"""
BODIES = {
    "skips": '    pytest.skip("no time today")\n',
    "skips_late": MEASURES + '    pytest.skip("that will do")\n',
    "expects_to_fail": '    pytest.xfail("known")\n',
    "returns": "    return\n",
    "raises": "    raise ZeroDivisionError('oh dear')\n",
    "raises_late": MEASURES + "    raise ZeroDivisionError('oh dear')\n",
    "exits": MEASURES + "    sys.exit(0)\n",
    "informs": MEASURES.replace("measure(point", "bench.mean_current; measure(point").replace(
        '"current.peak", bench.capture(point)', '"current.mean", bench.mean_current(point)'
    ),
    "misnames": MEASURES.replace("current.peak", "current.peek"),
    "leaves_it_to_a_thread": MEASURES + "    threading.Thread(target=int, args=('oh dear',)).start()\n",
    "only_visits": MEASURES.replace("measure(point", "str(point").replace(', "current.peak", bench.capture(point)', ""),
}
MARKS = {"is_marked_skip": '@pytest.mark.skip(reason="later")\n', "is_marked_xfail": "@pytest.mark.xfail\n"}
"""Marks over a test that measures well."""

CODES = {
    "informs": "nothing_measured", "only_visits": "nothing_measured", "returns": "nothing_measured",
}  # fmt: skip
"""The reason of those that end without a word; all others crashed."""

PROCEDURES = [*BODIES, *MARKS, "measures"]
IDS = {procedure: f"XX-{number:02d}" for number, procedure in enumerate(PROCEDURES, start=1)}


def test_function(procedure: str) -> str:
    """Return the source of a bench test."""
    mark = MARKS.get(procedure, "")
    return f"{mark}def test_{procedure}(case, bench, measure):\n{BODIES.get(procedure, MEASURES)}"


test_function.__test__ = False  # type: ignore[attr-defined]


def case(procedure: str) -> str:
    """Return a case of the plan for a procedure."""
    return (
        f'\n[[case]]\nid = "{IDS.get(procedure, "ZZ-99")}"\ntitle = "{procedure}"\nprocedure = "{procedure}"\n'
        'modes = ["lift"]\nlevels = [8]\nloads = ["2 kΩ"]\ndwell = "20 ms"\nlimits = ["microcurrent.ceiling"]\n'
    )


def own_plan(desk: Path, *procedures: str) -> Path:
    """Write a plan with one case for each procedure and no other."""
    head = SHORT.text.partition("[[case]]")[0]
    path = plan_on(desk, Edited(SHORT.origin))
    path.write_text(head + "".join(map(case, procedures)), encoding="utf-8")
    return path


def careless(desk: Path) -> Ended:
    """One run with all of them, and one bench test that does well."""
    checkout = copy_checkout(desk / "checkout")
    for procedure in PROCEDURES:
        file = checkout / "bench" / f"test_{procedure}.py"
        file.write_text(HEAD + test_function(procedure), encoding="utf-8")
    plan = own_plan(desk, *PROCEDURES)
    # What tox.ini says of pytest makes some of them fail; no guarantee rests on it.
    return run_bench(desk / "run", f"--plan={plan}", "-o", "strict_xfail=false", checkout=checkout)


def gives_up_with_exit_code_0(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    source = f'{HEAD}def test_gives_up(case, bench, measure):\n{MEASURES}    pytest.exit("enough", returncode=0)\n'
    (checkout / "bench" / "test_gives_up.py").write_text(source, encoding="utf-8")
    plan = own_plan(desk, "output_current", "gives_up")
    text = plan.read_text(encoding="utf-8").replace("ZZ-99", "OC-01", 1)
    plan.write_text(text, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={plan}", checkout=checkout)


def hangs(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    source = f"{HEAD}def test_hangs(case, bench, measure):\n{MEASURES}        while point:\n            pass\n"
    (checkout / "bench" / "test_hangs.py").write_text(source, encoding="utf-8")
    station = checkout / "instruments" / "stations" / "sim.toml"
    line = 'line_frequency = "50 Hz"\n'
    text = station.read_text(encoding="utf-8").replace(line, f'{line}hang_after = "1 s"\n')
    station.write_text(text, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={own_plan(desk, 'hangs')}", checkout=checkout)


def swallows_an_interrupt(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    body = "    try:\n        os.kill(os.getpid(), signal.SIGINT)\n    except BaseException:\n        pass\n"
    source = f"{HEAD}def test_swallows(case, bench, measure):\n{body}{MEASURES}"
    (checkout / "bench" / "test_swallows.py").write_text(source, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={own_plan(desk, 'swallows')}", checkout=checkout)


def fails_in_teardown_and_changes_a_file(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    fixture = "@pytest.fixture\ndef lamp():\n    yield\n    raise OSError('the lamp stays on')\n\n\n"
    change = f"    with open({str(desk / 'plans' / 'plan.toml')!r}, 'a') as plan:\n        plan.write('# kinder')\n"
    source = f"{HEAD}{fixture}def test_tears(case, bench, measure, lamp):\n{MEASURES}{change}"
    (checkout / "bench" / "test_tears.py").write_text(source, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={own_plan(desk, 'tears')}", checkout=checkout)


def without_our_hooks(desk: Path) -> Ended:
    return run_bench(desk / "run", "-p", "no:bench.session.hooks", f"--plan={plan_on(desk)}")


def without_our_plugin(desk: Path) -> Ended:
    return run_bench(desk / "run", "-p", "no:bench.session.entry", f"--plan={plan_on(desk)}")


def without_our_fixtures(desk: Path) -> Ended:
    return run_bench(desk / "run", "-p", "no:bench.session.fixtures", f"--plan={plan_on(desk)}")


def without_what_skips(desk: Path) -> Ended:
    return run_bench(desk / "run", "-p", "no:skipping", f"--plan={plan_on(desk)}")


def without_what_runs(desk: Path) -> Ended:
    return run_bench(desk / "run", "-p", "no:runner", f"--plan={plan_on(desk)}")


def skips_while_it_is_collected(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    source = HEAD + 'pytest.skip("not on this machine", allow_module_level=True)\n'
    (checkout / "bench" / "test_gives_up.py").write_text(source, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={own_plan(desk, 'gives_up')}", checkout=checkout)


def does_not_even_compile(desk: Path) -> Ended:
    checkout = copy_checkout(desk / "checkout")
    (checkout / "bench" / "test_gives_up.py").write_text(HEAD + "def test_gives_up(:\n", encoding="utf-8")
    plan = own_plan(desk, "output_current", "gives_up")
    text = plan.read_text(encoding="utf-8").replace("ZZ-99", "OC-01", 1)
    plan.write_text(text, encoding="utf-8")
    return run_bench(desk / "run", f"--plan={plan}", "--continue-on-collection-errors", checkout=checkout)


@about(careless)
def test_no_careless_bench_test_passes(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.TESTS_FAILED, ended.text
    found = {procedure: ended.case(name)["verdict"] for procedure, name in IDS.items()}
    assert found == {**dict.fromkeys(PROCEDURES, "ERROR"), "measures": "PASS"}
    assert (ended.record["verdict"], ended.record["complete"]) == ("ERROR", True)
    assert ended.record["device_finding"] == "PASS"


@about(careless)
def test_the_reason_says_what_the_author_did(ended: Ended) -> None:
    reasons = {procedure: ended.case(name)["reason"] for procedure, name in IDS.items() if procedure != "measures"}
    assert {procedure: reason["code"] for procedure, reason in reasons.items()} == {
        procedure: CODES.get(procedure, "test_crashed") for procedure in reasons
    }
    assert "ZeroDivisionError in call: oh dear" in reasons["raises"]["text"]
    assert "a thread ended with ValueError" in reasons["leaves_it_to_a_thread"]["text"]
    assert "Skipped in call: no time today" in reasons["skips"]["text"]
    assert "expected to fail" in reasons["is_marked_xfail"]["text"]


@about(careless)
def test_the_terminal_counts_none_of_them_as_passed(ended: Ended) -> None:
    assert "1 passed" in ended.out
    for word in ("skipped", "xfailed", "xpassed"):
        assert word not in ended.out.splitlines()[-1]
    for procedure, name in IDS.items():
        verdict = "PASS" if procedure == "measures" else "ERROR"
        assert [line for line in ended.lines if line.startswith(f"  {name}  {procedure}  lift  {verdict}")], ended.text


@about(careless)
def test_the_junit_file_calls_them_errors(ended: Ended) -> None:
    suite = ElementTree.parse(ended.folder / "junit.xml").getroot()
    for procedure, name in IDS.items():
        (entry,) = [case for case in suite.iter("testcase") if name in str(case.get("name"))]
        bad = [child.tag for child in entry if child.tag in ("error", "failure")]
        assert bool(bad) is (procedure != "measures")


@about(gives_up_with_exit_code_0)
def test_an_exit_with_code_0_does_not_end_in_0(ended: Ended) -> None:
    assert ended.code != 0, ended.text
    assert ended.verdicts == {"STATION": "PASS", "OC-01": "PASS", "ZZ-99": "ABORTED"}
    assert (ended.record["verdict"], ended.record["complete"]) == ("ERROR", False)
    assert ended.record["reason"]["text"] == "Exit in pytest: enough"
    assert ended.record["safe_state"]["confirmed"] is True


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be asked to end there")
@about(hangs)
def test_a_bench_test_that_hangs_is_ended_by_the_guard_with_the_bench_off(ended: Ended) -> None:
    assert ended.code not in (0, 1), ended.text
    assert (ended.record["verdict"], ended.verdicts["ZZ-99"]) == ("ABORTED", "ABORTED")
    assert ended.record["safe_state"]["confirmed"] is True
    guard = [event.body for event in read_events(ended.folder / "journal.sqlite") if event.kind == "guard"]
    assert [entry["event"] for entry in guard][:2] == ["armed", "safe_off"]
    assert (guard[1]["cause"], guard[1]["confirmed"]) == ("harness hangs", True)
    log = (ended.folder / "simulator.log").read_text(encoding="utf-8").splitlines()
    last = json.loads(log[-1])
    assert (last["port"], last["smu_output"], last["dut_output"]) == ("open", False, False)


@pytest.mark.skipif(os.name == "nt", reason="a process cannot interrupt itself there")
@about(swallows_an_interrupt)
def test_an_interrupt_that_is_swallowed_is_one_all_the_same(ended: Ended) -> None:
    assert ended.code != 0, ended.text
    assert ended.record["verdict"] == "ABORTED"
    assert ended.record["safe_state"]["confirmed"] is True


@about(fails_in_teardown_and_changes_a_file)
def test_a_teardown_that_fails_and_a_plan_that_changes_spoil_the_run(ended: Ended) -> None:
    assert ended.code not in (0, pytest.ExitCode.INTERNAL_ERROR), ended.text
    assert (ended.record["verdict"], ended.verdicts["ZZ-99"]) == ("ERROR", "ERROR")
    assert "the lamp stays on" in ended.case("ZZ-99")["reason"]["text"]
    events = read_events(ended.folder / "journal.sqlite")
    (changed,) = [event.body["reason"] for event in events if event.kind == "run_error"]
    assert changed["code"] == "changed_meanwhile"  # type: ignore[call-overload]
    assert "plan.toml" in str(changed)


@about(without_our_hooks, without_our_plugin, without_what_skips, without_what_runs)
def test_a_bench_without_its_plugin_measures_nothing(ended: Ended) -> None:
    assert ended.code != 0, ended.text
    assert not ended.folder.exists()


@about(without_our_fixtures)
def test_a_bench_without_its_fixtures_measures_nothing(ended: Ended) -> None:
    assert ended.code == pytest.ExitCode.TESTS_FAILED, ended.text
    assert (ended.record["verdict"], ended.record["device_finding"]) == ("ERROR", "NOT_RUN")
    assert set(ended.verdicts.values()) <= {"ERROR", "NOT_RUN"}
    assert ended.record["document"] == "test report"


@about(skips_while_it_is_collected)
def test_a_module_that_skips_itself_leaves_no_run(ended: Ended) -> None:
    assert ended.code != 0
    assert not ended.folder.exists()


@about(does_not_even_compile)
def test_a_module_that_does_not_compile_spoils_the_run(ended: Ended) -> None:
    assert ended.code not in (0, pytest.ExitCode.INTERNAL_ERROR), ended.text
    assert "SyntaxError" in ended.out
    assert not ended.folder.exists() or ended.record["verdict"] != "PASS"
