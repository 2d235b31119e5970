# SPDX-License-Identifier: MIT
"""The parts of the report around its cases: identification, equipment, safe state, inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports import numbers
from reports.record_file import Node
from reports.text import moment, seconds_between
from reports.words import ROLES
from stimcert.attempts import attempt_words
from stimcert.places import load_words, visit_words


@dataclass(frozen=True)
class Fact:
    """A name and what is known under it; None is written as not recorded."""

    name: str
    value: str | None


@dataclass(frozen=True)
class Group:
    """Facts that belong together."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Line:
    """A reason and what to do about it."""

    text: str
    advice: str | None


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """One instrument or standard.

    :param overdue: said of a calibration that had run out at the time of the run.
    """

    name: str
    model: str
    serial: str
    certificate: str
    calibrated: str
    due: str
    overdue: str | None
    accuracy: str


def line_of(reason: Node) -> Line | None:
    """Return a reason as it is printed, None where there is none."""
    text = reason.text("text") or reason.text("code")
    return Line(text, reason.text("advice")) if text else None


def where(conditions: Node) -> str:
    """Return the point at which something was measured: ``lift, level 8, 500 Ω``."""
    level, load = conditions.text("level"), conditions.number("load")
    shown = conditions.text("network") or (
        None if load is None else load_words(load, shunt=conditions.number("shunt"), digits=7)
    )
    parts = [conditions.text("mode"), level and f"level {level}", shown, *visit_words(conditions.data)]
    return ", ".join(part for part in parts if part)


def identification(record: Node) -> list[Group]:
    """Return who measured what, with what, when."""
    return [
        Group("Device under test", _device(record.node("dut"))),
        Group("Plan", _plan(record.node("plan"))),
        Group("Run", _run(record)),
        Group("Software", _software(record.node("software"))),
    ]


def _device(dut: Node) -> list[Fact]:
    terminals = [f"{mode}: {terminal}" for mode, terminal in dut.node("active_terminals").items()]
    return [
        Fact("Manufacturer", dut.text("manufacturer")),
        Fact("Model", dut.text("model")),
        Fact("Serial number", dut.text("serial")),
        Fact("Firmware", dut.text("firmware")),
        Fact("Sold as", ", ".join(dut.texts("claims")) or None),
        Fact("Identifies itself as", dut.text("identity")),
        Fact("Active terminal", "; ".join(terminals) or None),
    ]


def _plan(plan: Node) -> list[Fact]:
    return [
        Fact("Title", plan.text("title")),
        Fact("Plan, revision", ", revision ".join(filter(None, (plan.text("id"), plan.text("revision")))) or None),
        Fact("Regime", plan.text("regime")),
        Fact("Profile", plan.text("profile")),
        Fact("File", plan.text("file")),
        Fact("SHA-256", plan.text("sha256")),
    ]


def _run(record: Node) -> list[Fact]:
    station = record.node("station")
    seconds = seconds_between(record.text("started"), record.text("ended"))
    named = " · ".join(part for part in (station.text("title"), station.text("name")) if part)
    return [
        Fact("Report number", record.text("run_id")),
        Fact("Started", moment(record.text("started"))),
        Fact("Ended", moment(record.text("ended"))),
        Fact("Duration", None if seconds is None else f"{seconds:.1f} s"),
        Fact("Operator", record.text("operator")),
        Fact("Station", named or None),
        Fact("Laboratory", station.text("laboratory")),
        *_self_checks(record.node("self_checks")),
        *_history(record),
    ]


def _history(record: Node) -> list[Fact]:
    """Return what was done with this serial number before, and in how many sessions this run was done."""
    ledger, sessions = record.node("ledger"), record.nodes("sessions")
    facts = []
    if ledger:
        facts.append(Fact("Earlier runs", attempt_words([node.data for node in ledger.nodes("earlier")])))
        quoted = f"entry {ledger.text('number')}, after the entry with the hash {ledger.text('previous')}"
        facts.append(Fact("Ledger of the station", quoted))
    facts += [Fact(f"Session {node.text('number')}", _session(node)) for node in sessions[:-1]]
    head = record.node("journal").text("head")
    return [*facts, Fact("Head of the journal", head)] if head else facts


def _session(node: Node) -> str:
    signal = node.text("stopped_by")
    how = f"stopped by {signal}" if signal else "its process died"
    return f"from {moment(node.text('started'))}, {how}; what it had finished is kept"


def _self_checks(checks: Node) -> list[Fact]:
    """Return how many checks the bench made of itself, and how often a good bench would fail one of them."""
    count, alarm, allowed = checks.number("count"), checks.number("false_alarm"), checks.number("allowed")
    if count is None or alarm is None or allowed is None:
        return []
    text = f"{count:.0f}; a good bench fails one of them in at most {alarm:.2g} of all runs ({allowed:.2g} allowed)"
    return [Fact("Self-checks", text), *_paths(checks.node("paths"))]


def _paths(paths: Node) -> list[Fact]:
    """Return at how many points of the device both current paths were held against each other, and why at no more."""
    compared = paths.number("compared")
    if compared is None:
        return []
    text = f"at {compared:.0f} point{'s' * (compared != 1)} of the device"
    reasons = [(words, int(count)) for words, count in paths.node("not_comparable").items()]
    if reasons:
        because = "; ".join(f"{words} ({count})" for words, count in reasons)
        text += f"; not at {sum(count for _, count in reasons)}, because {because}"
    disagreed = paths.number("disagreed")
    return [Fact("Both current paths", text + (f"; they disagreed at {disagreed:.0f}" if disagreed else ""))]


def _software(software: Node) -> list[Fact]:
    changed = {True: "changed after that commit", False: "unchanged", None: None}[software.flag("dirty")]
    released = {True: "released version", False: "not a released version", None: None}[software.flag("released")]
    return [
        Fact("Version", _joined(software.text("version"), released)),
        Fact("Commit", _joined(software.text("commit"), changed)),
        Fact("SHA-256 of its files", software.text("files_sha256")),
        Fact("Python", software.text("python")),
    ]


def installed(record: Node) -> list[Fact]:
    """Return everything that ran along, name by name."""
    software = record.node("software")
    packages = [f"{name} {version}" for name, version in software.node("packages").items()]
    return [
        Fact("Packages", ", ".join(packages) or None),
        Fact("pytest plugins", ", ".join(software.texts("pytest_plugins")) or None),
    ]


def _joined(first: str | None, second: str | None) -> str | None:
    return ", ".join(filter(None, (first, second))) or None


def equipment(record: Node) -> list[Equipment]:
    """Return instruments, shunts and references with their calibration."""
    station, day = record.node("station"), _day(record.text("started"))
    found = [_instrument(node, day) for node in station.nodes("instruments")]
    found += [_standard("Shunt", node, "Ω", day) for node in station.nodes("shunts")]
    return found + [_standard("Current reference", node, "A", day) for node in station.nodes("references")]


def _instrument(node: Node, day: date | None) -> Equipment:
    calibration = node.node("calibration")
    role = node.text("role") or ""
    status = "unverified: " if node.text("accuracy_status") not in (None, "verified") else ""
    return Equipment(
        name=ROLES.get(role, role),
        model=" ".join(filter(None, (node.text("manufacturer"), node.text("model")))) or numbers.NOTHING,
        serial=" · firmware ".join(filter(None, (node.text("serial"), node.text("firmware")))) or numbers.NOTHING,
        certificate=calibration.text("certificate") or numbers.NOTHING,
        calibrated=calibration.text("calibrated") or numbers.NOTHING,
        due=calibration.text("due") or numbers.NOTHING,
        overdue=_overdue(calibration.text("due"), day),
        accuracy=status + (node.text("accuracy_source") or numbers.NOTHING),
    )


def _standard(name: str, node: Node, unit: str, day: date | None) -> Equipment:
    value, expanded = node.number("value"), node.number("expanded_uncertainty")
    factor = node.number("coverage_factor") or 2.0
    stated = numbers.with_uncertainty(value, expanded, unit)
    return Equipment(
        name=name,
        model=numbers.given(value, unit),
        serial=node.text("serial") or numbers.NOTHING,
        certificate=node.text("certificate") or numbers.NOTHING,
        calibrated=node.text("calibrated") or numbers.NOTHING,
        due=node.text("due") or numbers.NOTHING,
        overdue=_overdue(node.text("due"), day),
        accuracy=f"{stated}, k = {factor:g}",
    )


def _overdue(due: str | None, day: date | None) -> str | None:
    last = _day(due)
    return "overdue at the time of the run" if last and day and last < day else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def safe_state(node: Node) -> list[Fact]:
    """Return what was found when the bench was switched off, and what proved it."""
    if not node:
        return [Fact("Safe state", "not recorded: nothing shows that the bench was switched off")]
    current = node.node("shunt_current") or node.node("current_zero")
    zero = {True: "zero", False: "NOT zero", None: "not judged"}[current.flag("zero")]
    proof = f"{numbers.given(current.number('value'), current.text('unit'), 4)}, {zero}" if current else None
    confirmed = {True: "confirmed", False: "NOT confirmed", None: None}[node.flag("confirmed")]
    roles = [Fact(ROLES[role], node.text(role)) for role in ROLES if node.text(role)]
    return [
        Fact("Output off", confirmed),
        *roles,
        Fact("Current through the shunt afterwards", proof),
        Fact("Switched off by", node.text("by")),
    ]
