# SPDX-License-Identifier: MIT
"""The lines at the end: verdict, finding and reason as the record has them, nothing rounded into a PASS."""

from pathlib import Path
from typing import Any

import pytest

from bench.session.summary import case_line, limit_words, measurement_words, point_words, summary_lines
from stimcert.reason import Reason
from stimcert.verdict import Verdict
from tests.bench.parts import case

FOLDER = Path("runs") / "1"


def measurement(**facts: Any) -> dict[str, Any]:
    """Return a measurement of the record."""
    body: dict[str, Any] = {
        "quantity": "current.peak",
        "value": 450.1e-6,
        "unit": "A",
        "bound": None,
        "expanded_uncertainty": 1.1e-6,
        "lower_limit": None,
        "upper_limit": 600e-6,
        "verdict": "PASS",
        "reason": None,
        "conditions": {"mode": "lift", "level": 8, "load": 500.0},
    }
    return body | facts


def record(**facts: Any) -> dict[str, Any]:
    """Return what the summary needs of a record."""
    body: dict[str, Any] = {
        "verdict": "PASS",
        "device_finding": "PASS",
        "complete": True,
        "counts": {"PASS": 3},
        "worst_point": {"case": "OC-01", **measurement()},
        "advisories": [],
        "document": "test report",
        "blockers": [{"text": "simulated bench"}],
        "safe_state": {"confirmed": True, "unconfirmed": []},
        "reason": None,
        "cases": [],
    }
    return body | facts


def lines(publish_error: str | None = None, **facts: Any) -> dict[str, str]:
    """Return the closing lines by their labels."""
    found = summary_lines(record(**facts), FOLDER, publish_error)
    return {line[:16].strip(): line[16:] for line in found}


# --- one measurement


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "450.1 µA ± 1.1 µA"),
        ({"expanded_uncertainty": None}, "450.1 µA"),
        ({"bound": ">="}, ">= 450.1 µA ± 1.1 µA"),
        ({"value": None}, "not measured"),
        ({"value": -400e-6, "expanded_uncertainty": 2e-6}, "-400 µA ± 2 µA"),
    ],
)
def test_a_value_comes_with_its_uncertainty_or_not_at_all(facts: dict[str, Any], words: str) -> None:
    assert measurement_words(measurement(**facts)) == words


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (None, 600e-6, ", limit 600 µA"),
        (336e-6, 624e-6, ", limits 336 µA to 624 µA"),
        (1e-6, None, ", at least 1 µA"),
        (None, None, ""),
    ],
)
def test_limits_in_words(lower: float | None, upper: float | None, words: str) -> None:
    assert limit_words(measurement(lower_limit=lower, upper_limit=upper)) == words


def test_a_point_says_what_where_and_why() -> None:
    failed = measurement(value=650e-6, reason=Reason("limit_exceeded").as_dict())
    assert point_words(failed) == (
        "current.peak 650 µA ± 1.1 µA, limit 600 µA at lift, level 8, 500 Ω (limit exceeded)"
    )


# --- one case


def test_the_line_of_a_case_shows_its_verdict_and_its_worst_point() -> None:
    line = case_line(case(), Verdict.PASS, measurement(), None)
    assert line.startswith("  OC-01  output_current  lift  PASS: current.peak 450.1 µA")


def test_the_line_of_a_case_that_was_not_judged_shows_why() -> None:
    line = case_line(case(), Verdict.ERROR, None, Reason("nothing_measured"))
    assert line == "  OC-01  output_current  lift  ERROR: the bench test measured nothing"
    assert case_line(case(), Verdict.ERROR, None, None).endswith("lift  ERROR")


def test_conditional_verdicts_are_said_in_full() -> None:
    assert "CONDITIONAL PASS" in case_line(case(), Verdict.CONDITIONAL_PASS, None, None)


# --- the run


def test_the_finding_stands_beside_the_counts_whatever_the_verdict() -> None:
    reason = Reason("interrupted", {"signal": "SIGINT"}).as_dict()
    said = lines(verdict="ABORTED", device_finding="FAIL", counts={"FAIL": 1, "NOT_RUN": 2}, reason=reason)
    assert said["device finding"] == "FAIL"
    assert said["cases"] == "1 FAIL, 2 NOT RUN"
    assert said["because"] == "interrupted by SIGINT"
    assert said["what to do"] == reason["advice"]


def test_the_advice_is_that_of_the_case_behind_the_verdict() -> None:
    behind = Reason("load_stuck", {"measured": "1 kΩ", "asked": "2 kΩ"}).as_dict()
    reason = Reason("worst_case", {"case": "STATION", "verdict": "ERROR", "text": str(behind["text"])}).as_dict()
    said = lines(verdict="ERROR", reason=reason, cases=[{"id": "STATION", "reason": behind}])
    assert said["what to do"] == behind["advice"]
    assert said["what to do"] != reason["advice"]


def test_partial_and_blockers_are_marked() -> None:
    assert lines()["document"].startswith("test report")
    assert "PARTIAL" not in lines()["document"]
    assert "1 thing " in lines()["document"]
    assert lines(complete=False, blockers=[])["document"] == "test report, PARTIAL"


def test_an_advisory_is_never_silent() -> None:
    entry = {"case": "OC-01", "limit": "microcurrent.advisory", "value": 550e-6, "unit": "A"}
    said = lines(advisories=[entry | {"lower_limit": None, "upper_limit": 500e-6}])
    assert said["advisory"] == "microcurrent.advisory exceeded: OC-01 550 µA, limit 500 µA"
    entry |= {"bound": ">=", "expanded_uncertainty": 1.2e-6}
    said = lines(advisories=[entry | {"lower_limit": None, "upper_limit": 500e-6}])
    assert said["advisory"] == "microcurrent.advisory exceeded: OC-01 >= 550 µA ± 1.2 µA, limit 500 µA"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"confirmed": True, "unconfirmed": []}, "output off, confirmed"),
        ({"confirmed": False, "unconfirmed": ["smu", "dut"]}, "OUTPUT OFF UNCONFIRMED (smu, dut): remove the leads"),
        (None, "nothing was energised"),
    ],
)
def test_the_safe_state_is_said_as_it_was_proven(state: dict[str, Any] | None, words: str) -> None:
    assert lines(safe_state=state)["safe state"] == words


def test_a_report_that_could_not_be_written_is_not_named() -> None:
    assert lines()["report"] == str(FOLDER / "report.html")
    found = summary_lines(record(), FOLDER, "the report could not be rendered: OSError: no space left")
    assert "the report could not be rendered: OSError: no space left" in found
    assert not any(line.startswith("report ") for line in found)


def test_without_a_measurement_there_is_no_worst_point() -> None:
    assert "worst point" not in lines(worst_point=None)


@pytest.mark.parametrize(
    ("bound", "said"), [(0.0462, "at most 0.046 that any of 54 PASS statements is false"), (1e-9, None)]
)
def test_the_risk_of_all_pass_statements_is_told_where_it_is_one(bound: float, said: str | None) -> None:
    assert lines(risk={"accepted": 54, "largest": bound, "bound": bound}).get("risk") == said


def test_a_run_whose_paths_met_at_no_point_of_the_device_says_so() -> None:
    paths = {"compared": 0, "disagreed": 0, "not_comparable": {"the mode has a program": 5}}
    said = "compared at d.c. only, at no point of the device: the mode has a program"
    assert lines(self_checks={"paths": paths})["paths"] == said
    assert "paths" not in lines(self_checks={"paths": paths | {"compared": 1}})
    assert "paths" not in lines(self_checks={"paths": paths | {"not_comparable": {}}})
