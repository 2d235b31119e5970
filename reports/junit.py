# SPDX-License-Identifier: MIT
"""Write ``junit.xml`` for a CI server: a test case per case, and nothing green that is not a PASS."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from reports.record_file import Node, Record, read_record
from reports.text import seconds_between, visible
from stimcert.verdict import Verdict

# About the bench or the run; every other verdict but PASS is a failure.
_ERRORS = (Verdict.ERROR, Verdict.ABORTED, Verdict.NOT_RUN)
_PROPERTIES = ("run_id", "verdict", "device_finding", "document", "simulated", "complete", "operator")


def write_junit(run_dir: Path, record: Record | None = None) -> Path:
    """Write the cases of a run as JUnit XML and return the file's path.

    A run that is worse than all of its cases (output off unconfirmed, say) gets a test case of its own, called ``run``.

    :param record: the contents of ``record.json`` where they were read already.
    :raises ReportError: when the record cannot be read.
    """
    record = record or read_record(run_dir)
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", name=visible(record.node("plan").text("id") or "run"))
    _properties(suite, record)
    cases = record.cases
    marks = [_testcase(suite, case, case.text("procedure") or "case", case.text("id") or "?") for case in cases]
    if record.verdict() is not Verdict.PASS and not {"failure", "error"} & set(marks):
        marks.append(_testcase(suite, record, "run", "run"))
    _totals(suite, record, marks)
    indent(root)
    path = run_dir / "junit.xml"
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _properties(suite: Element, record: Node) -> None:
    properties = SubElement(suite, "properties")
    for name in _PROPERTIES:
        SubElement(properties, "property", name=name, value=visible(record.text(name) or ""))


def _testcase(suite: Element, entry: Node, group: str, name: str) -> str:
    """Add one test case and return what marks it: ``failure``, ``error``, ``skipped`` or nothing."""
    element = SubElement(suite, "testcase", classname=visible(group), name=visible(name), time=_time(entry))
    verdict = entry.verdict() or Verdict.NOT_RUN
    mark = _mark(verdict)
    if mark:
        reason, title = entry.node("reason"), entry.text("title")
        text = visible(reason.text("text") or "no reason is recorded")
        child = SubElement(element, mark, message=f"{verdict.words}: {text}")
        if mark != "skipped":
            child.set("type", reason.text("code") or verdict.value)
        child.text = visible(" · ".join(filter(None, (title, verdict.words, text, reason.text("advice")))))
    return mark


def _mark(verdict: Verdict) -> str:
    if verdict is Verdict.PASS:
        return ""
    if verdict is Verdict.NOT_APPLICABLE:
        return "skipped"
    return "error" if verdict in _ERRORS else "failure"


def _totals(suite: Element, record: Node, marks: list[str]) -> None:
    suite.set("tests", str(len(marks)))
    for attribute, mark in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(marks.count(mark)))
    suite.set("time", _time(record))
    suite.set("timestamp", visible(record.text("started") or ""))


def _time(entry: Node) -> str:
    return f"{seconds_between(entry.text('started'), entry.text('ended')) or 0.0:.3f}"
