# SPDX-License-Identifier: MIT
"""The report before it becomes HTML: everything a template shows, already chosen, worded and rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports import numbers
from reports.errors import ReportError
from reports.record_file import Case, Node, Record
from reports.text import moment
from reports.view_case import CaseView, view_case
from reports.view_impedance import Impedance, impedance
from reports.view_parts import (
    Equipment,
    Fact,
    Group,
    Line,
    equipment,
    identification,
    installed,
    line_of,
    safe_state,
    where,
)
from reports.view_specification import Specification, specification
from reports.words import DOCUMENTS, LOOKS, MEANING, NOT_EXAMINED, SIMULATED, Look, quantity_words
from stimcert.attempts import gap_words
from stimcert.verdict import Verdict

_STATION = "STATION"


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of a report.

    :param stripe: what stands across every section, None on an identified real bench.
    :param marks: what the verdict is headed by: partial, unverified limits, …
    """

    number: str
    document: str
    subject: str
    issued: str | None
    stripe: str | None
    look: Look
    meaning: str
    finding: Look
    reason: Line | None
    counts: Sequence[tuple[Look, int]]
    marks: Sequence[str]
    worst: str | None
    advisories: Sequence[str]
    blockers: Sequence[Line]
    identification: Sequence[Group]
    installed: Sequence[Fact]
    specification: Specification | None
    impedance: Impedance | None
    not_examined: Sequence[Fact]
    cases: Sequence[CaseView]
    equipment: Sequence[Equipment]
    rule: Sequence[Fact]
    environment: Sequence[Fact]
    safe_state: Sequence[Fact]
    inputs: Sequence[Sequence[str]]
    operator: str | None


def build(record: Record, run_dir: Path) -> Report:
    """Make the view of a record.

    :raises ReportError: when it names no verdict, or a document or verdict that does not exist.
    """
    verdict = record.verdict()
    if verdict is None:
        raise ReportError("record.json names no verdict: there is nothing to report")
    finding = record.verdict("device_finding") or Verdict.NOT_RUN
    return Report(
        number=record.text("run_id") or run_dir.resolve().name,
        document=_document(record),
        subject=_subject(record.node("dut")),
        issued=moment(record.text("ended") or record.text("started")),
        stripe=SIMULATED[record.flag("simulated")],
        look=LOOKS[verdict],
        meaning=MEANING[verdict],
        finding=LOOKS[finding],
        reason=line_of(record.node("reason")),
        counts=_counts(record.node("counts")),
        marks=_marks(record),
        worst=_worst(record.node("worst_point")),
        advisories=[_advisory(node) for node in record.nodes("advisories")],
        blockers=[line for line in map(line_of, record.nodes("blockers")) if line],
        identification=identification(record),
        installed=installed(record),
        specification=specification(record),
        impedance=impedance(record),
        not_examined=[Fact(name, why) for name, why in NOT_EXAMINED.items()],
        cases=[
            view_case(case, run_dir, n, record.node("decision_rule")) for n, case in enumerate(_in_order(record.cases))
        ],
        equipment=equipment(record),
        rule=_rule(record.node("decision_rule"), record.node("risk")),
        environment=_environment(record.node("environment")),
        safe_state=safe_state(record.node("safe_state")),
        inputs=[_input(node) for node in record.nodes("inputs")],
        operator=record.text("operator"),
    )


def _document(record: Node) -> str:
    name = record.text("document") or "test report"
    if name not in DOCUMENTS:
        raise ReportError(f"record.json: document {name!r} is none of {', '.join(DOCUMENTS)}")
    return DOCUMENTS[name]


def _subject(dut: Node) -> str:
    device = " ".join(part for part in (dut.text("manufacturer"), dut.text("model")) if part) or "unidentified device"
    serial = dut.text("serial")
    return f"{device}, serial number {serial}" if serial else device


def _counts(counts: Node) -> list[tuple[Look, int]]:
    order = list(Verdict)
    known = [(verdict, number) for verdict in order if (number := counts.data.get(verdict.value))]
    return [(LOOKS[verdict], int(number)) for verdict, number in known]


def _marks(record: Record) -> list[str]:
    """Return what every reader must know before the verdict."""
    marks = [] if record.flag("complete") else ["PARTIAL: not every case of the plan was run to its end"]
    ledger = record.node("ledger")
    marks += gap_words(ledger.data) if ledger else []
    steps = [f"{step:+g} s" for session in record.nodes("sessions") for step in session.entries("clock_steps")]
    marks += ["The clock of this machine was set during the run: " + ", ".join(steps)] if steps else []
    rows = [row for case in record.cases for row in case.nodes("limits")]
    names = sorted({row.text("id") or "?" for row in rows if row.text("status") != "verified"})
    marks += [f"Unverified limits, never checked in their source: {', '.join(names)}"] if names else []
    return marks


def _worst(point: Node) -> str | None:
    if not point:
        return None
    value = numbers.with_uncertainty(
        point.number("value"), point.number("expanded_uncertainty"), point.text("unit"), point.text("bound")
    )
    allowed = numbers.limits(point.number("lower_limit"), point.number("upper_limit"), point.text("unit"))
    place = where(point.node("conditions"))
    quantity = quantity_words(point.text("quantity")) if point.text("quantity") else "value"
    return f"{point.text('case')}: {quantity} {value} at {place}; limit {allowed}"


def _advisory(node: Node) -> str:
    value = numbers.with_uncertainty(
        node.number("value"), node.number("expanded_uncertainty"), node.text("unit"), node.text("bound")
    )
    allowed = numbers.limits(node.number("lower_limit"), node.number("upper_limit"), node.text("unit"))
    place = where(node.node("conditions"))
    return f"{node.text('case')}: {value} at {place} is beyond {node.text('limit')} ({allowed})"


def _input(node: Node) -> list[str]:
    return [node.text(key) or numbers.NOTHING for key in ("role", "name", "sha256")]


def _in_order(cases: Sequence[Case]) -> list[Case]:
    """Return the cases about the device first, then the one in which the bench proves itself."""
    return sorted(cases, key=lambda case: case.text("id") == _STATION)


def _rule(rule: Node, risk: Node) -> list[Fact]:
    coverage = rule.number("coverage_probability")
    return [
        Fact("Rule", rule.text("id")),
        Fact("In words", rule.text("text")),
        Fact("Coverage probability", None if coverage is None else f"{coverage * 100:g} %"),
        Fact("Convention", rule.text("convention")),
        *_risk(risk),
    ]


def _risk(risk: Node) -> list[Fact]:
    """Return how far the PASS statements may be trusted one by one, and together."""
    accepted, largest, bound = (risk.number(key) for key in ("accepted", "largest", "bound"))
    if not accepted or largest is None or bound is None:
        return []
    return [
        Fact("Measurements that are PASS", f"{accepted:g}"),
        Fact("Largest probability that one of these is false", numbers.probability(largest)),
        Fact("Probability that any of them is false, at most", numbers.probability(bound)),
    ]


def _environment(environment: Node) -> list[Fact]:
    """Return start and end of each quantity that was watched."""
    found = [(name, Node(value)) for name, value in environment.items()]
    facts = [Fact(name.replace("_", " ").capitalize(), _start_and_end(node)) for name, node in found]
    return facts or [Fact("Temperature", None)]


def _start_and_end(node: Node) -> str | None:
    unit = node.text("unit")
    known = [(key, value) for key in ("start", "end") if (value := node.number(key)) is not None]
    return ", ".join(f"{numbers.given(value, unit)} at the {key}" for key, value in known) or None
