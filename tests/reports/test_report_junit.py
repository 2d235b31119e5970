# SPDX-License-Identifier: MIT
"""junit.xml: a test case per case, and nothing green that is not a PASS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from reports import write_junit
from stimcert.verdict import Verdict

WriteRun = Callable[..., Path]


def suite_of(record: dict[str, Any], write_run: WriteRun) -> ElementTree.Element:
    root = ElementTree.parse(write_junit(write_run(record, waveforms=False))).getroot()
    suite = root.find("testsuite")
    assert suite is not None
    return suite


def test_each_case_is_a_test_case(record: dict[str, Any], write_run: WriteRun) -> None:
    suite = suite_of(record, write_run)
    assert [(t.get("classname"), t.get("name")) for t in suite.iter("testcase")] == [
        ("station_check", "STATION"),
        ("output_current", "OC-01"),
        ("output_current", "OC-02"),
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "0")
    assert suite.get("time") == "9.333"


def test_verdict_and_reason_are_said(record: dict[str, Any], write_run: WriteRun) -> None:
    (failure,) = suite_of(record, write_run).iter("failure")
    assert failure.get("type") == "limit_exceeded"
    assert failure.get("message") == f"FAIL: {record['cases'][1]['reason']['text']}"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_pass_is_green(verdict: Verdict, record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["verdict"] = verdict.value
    case = suite_of(record, write_run).findall("testcase")[1]
    marks = {
        Verdict.PASS: [],
        Verdict.NOT_APPLICABLE: ["skipped"],
        Verdict.ERROR: ["error"],
        Verdict.ABORTED: ["error"],
        Verdict.NOT_RUN: ["error"],
    }
    assert [child.tag for child in case] == marks.get(verdict, ["failure"])


def test_a_run_that_is_worse_than_its_cases_is_red(factory: Any, write_run: WriteRun) -> None:
    good = factory.RecordFactory(top=0.00045).record()
    assert suite_of(good, write_run).get("tests") == "3"
    reason = factory.reasoned("safe_state_unconfirmed", "output off unconfirmed: smu")
    suite = suite_of({**good, "verdict": "ERROR", "reason": reason}, write_run)
    (error,) = suite.iter("error")
    assert error.get("message") == "ERROR: output off unconfirmed: smu"
    assert (suite.get("tests"), suite.get("errors")) == ("4", "1")


def test_characters_that_xml_forbids_are_shown(record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["reason"]["text"] = "a\x00\x1b]<&\ud800\ufffe\u202eb"
    (failure,) = suite_of(record, write_run).iter("failure")
    assert failure.get("message") == "FAIL: a␀␛]<&[U+D800][U+FFFE][U+202E]b"
