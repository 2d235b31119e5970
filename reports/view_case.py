# SPDX-License-Identifier: MIT
"""One case of the report: its requirements with the worst value of each, plots, tables, waveform, budget."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports import numbers
from reports.plots import LimitLine, Plot, Point, current_against_load
from reports.record_file import Node
from reports.rows import Readings, look_of, readings
from reports.text import moment
from reports.view_parts import Fact, Line, line_of, where
from reports.waveforms import WaveformMissing, draw, read_waveform
from reports.words import LOOKS, Look, quantity_words, verdict_of
from stimcert.verdict import Verdict, worst

_ADVISORY = "advisory"
_INFORMATION = "information"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One limit of a case, and the measurement that came nearest to it or went furthest beyond.

    :param status: said only of a limit that nobody could check in its source.
    """

    quantity: str
    limit: str
    row: str | None
    source: str
    status: str | None
    value: str
    where: str
    margin: str
    share: str
    look: Look
    count: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The uncertainty budget of one measurement."""

    title: str
    rows: Sequence[Sequence[str]]
    result: Sequence[Fact]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """All of a case. ``anchor`` is unique in the page; ``note`` says why there is no waveform."""

    id: str
    anchor: str
    title: str
    look: Look
    reason: Line | None
    facts: Sequence[Fact]
    requirements: Sequence[Requirement]
    plots: Sequence[Plot]
    waveform: Sequence[Plot]
    waveform_of: str
    note: str | None
    tables: Sequence[Readings]
    budget: Budget | None


def view_case(case: Node, run_dir: Path, place: int) -> CaseView:
    """Turn a case of the record into what the report shows of it.

    :param place: position in the report; makes names unique.
    """
    measurements = case.nodes("measurements")
    groups = list(_grouped(measurements, ("limit", "quantity", "kind", "unit")))
    rows = {row.text("id"): row for row in case.nodes("limits")}
    verdict = verdict_of(case.text("verdict")) or Verdict.NOT_RUN
    judged = [m for m in measurements if m.text("kind") not in (_ADVISORY, _INFORMATION)]
    nearest = worst_of(judged)
    waveform, note = _waveform(judged, rows, run_dir, f"w{place}")
    return CaseView(
        id=case.text("id") or "?",
        anchor=f"case-{place}",
        title=case.text("title") or "",
        look=LOOKS[verdict],
        reason=line_of(case.node("reason")),
        facts=_facts(case, len(measurements)),
        requirements=[_requirement(group, rows) for group in groups if group[0].text("kind") != _INFORMATION],
        plots=list(_plots(measurements, rows, f"p{place}")),
        waveform=waveform,
        waveform_of=where(nearest.node("conditions")) if nearest else "",
        note=note,
        tables=[_table(group, rows, nearest) for group in _by_mode(groups)],
        budget=_budget(nearest) if nearest else None,
    )


def worst_of(measurements: Sequence[Node]) -> Node | None:
    """Return the measurement with the worst verdict, among equals the one with the least margin."""

    def badness(measurement: Node) -> tuple[int, float]:
        verdict = verdict_of(measurement.text("verdict"))
        share = numbers.margin_share(*_value_and_limits(measurement))
        severity = -1 if verdict in (None, Verdict.NOT_APPLICABLE) else verdict.severity
        return severity, float("-inf") if share is None else -share

    return max(measurements, key=badness, default=None)


def _value_and_limits(measurement: Node) -> tuple[float | None, float | None, float | None]:
    return measurement.number("value"), measurement.number("lower_limit"), measurement.number("upper_limit")


def _grouped(measurements: Iterable[Node], keys: Sequence[str]) -> Iterable[list[Node]]:
    groups: dict[tuple[str | None, ...], list[Node]] = {}
    for measurement in measurements:
        groups.setdefault(tuple(measurement.text(key) for key in keys), []).append(measurement)
    return groups.values()


def _by_mode(groups: Iterable[list[Node]]) -> Iterable[list[Node]]:
    for group in groups:
        modes: dict[str | None, list[Node]] = {}
        for measurement in group:
            modes.setdefault(measurement.node("conditions").text("mode"), []).append(measurement)
        yield from modes.values()


def _facts(case: Node, count: int) -> list[Fact]:
    modes = case.texts("modes") or [mode for mode in [case.text("mode")] if mode]
    return [
        Fact("Procedure", case.text("procedure")),
        Fact("Modes", ", ".join(modes) or None),
        Fact("Measurements", str(count)),
        Fact("Started", moment(case.text("started"))),
        Fact("Ended", moment(case.text("ended"))),
    ]


def _requirement(group: Sequence[Node], rows: dict[str | None, Node]) -> Requirement:
    found = worst_of(group) or group[0]
    row = rows.get(found.text("limit"), Node(None))
    value, lower, upper = _value_and_limits(found)
    distance = numbers.margin(value, lower, upper)
    return Requirement(
        quantity=quantity_words(found.text("quantity")),
        limit=_limit_words(group, found),
        row=found.text("limit"),
        source=_source(row),
        status=_unverified(row),
        value=_measured(found),
        where=where(found.node("conditions")),
        margin=_margin_words(distance, found),
        share=numbers.signed_share(numbers.margin_share(value, lower, upper)),
        look=_look_of_all(group, found),
        count=len(group),
    )


def _look_of_all(group: Sequence[Node], found: Node) -> Look:
    """Return the worst verdict of a requirement; an advisory row has none and is only exceeded or not."""
    if found.text("kind") == _ADVISORY:
        return look_of(next((m for m in group if m.flag("exceeded")), found))
    verdicts = [verdict_of(m.text("verdict")) for m in group]
    return LOOKS[worst(verdict for verdict in verdicts if verdict is not None)]


def _limit_words(group: Sequence[Node], found: Node) -> str:
    pairs = {_value_and_limits(m)[1:] for m in group}
    lower, upper = _value_and_limits(found)[1:]
    own = " (each its own)" if len(pairs) > 1 else ""
    return numbers.limits(lower, upper, found.text("unit")) + own


def _margin_words(distance: float | None, measurement: Node) -> str:
    if distance is None:
        return numbers.NOTHING
    expanded, unit = measurement.number("expanded_uncertainty"), measurement.text("unit")
    scale = numbers.Scale.of((measurement.number("value"),), unit)
    sign = "≤ " if measurement.data.get("bound") else ""
    return f"{sign}{scale.fixed(distance, scale.decimals(expanded, distance))} {scale.unit}"


def _measured(measurement: Node) -> str:
    value, expanded = measurement.number("value"), measurement.number("expanded_uncertainty")
    return numbers.with_uncertainty(value, expanded, measurement.text("unit"), measurement.text("bound"))


def _source(row: Node) -> str:
    parts = [row.text("source"), row.text("edition"), row.text("clause") and f"clause {row.text('clause')}"]
    parts += [row.text("regime") and f"{row.text('regime')} regime"]
    event = row.number("event")
    parts += [f"events of {numbers.given(event, 's')} and longer"] if event else []
    return ", ".join(part for part in parts if part)


def _unverified(row: Node) -> str | None:
    return "unverified in its source" if row and row.text("status") != "verified" else None


def _plots(measurements: Sequence[Node], rows: dict[str | None, Node], name: str) -> Iterable[Plot]:
    """Draw each judged quantity of each mode against the load."""
    judged = [m for m in measurements if m.text("kind") not in (_ADVISORY, _INFORMATION)]
    for number, group in enumerate(_by_mode(_grouped(judged, ("quantity", "unit")))):
        points = [point for point in map(_point, group) if point]
        if not points or group[0].text("unit") == "Ω":
            continue
        mode, quantity = group[0].node("conditions").text("mode"), quantity_words(group[0].text("quantity"))
        of_mode = f", mode {mode}" if mode else ""
        unit = group[0].text("unit") or ""
        lines = _limit_lines(group) + _advisory_lines(rows.values(), group[0].text("quantity"))
        words = {"title": f"{quantity} against load{of_mode}", "y_title": quantity, "unit": unit}
        yield current_against_load(points, lines, name=f"{name}-{number}", **words)


def _point(measurement: Node) -> Point | None:
    conditions, value = measurement.node("conditions"), measurement.number("value")
    load = conditions.number("measured_load") or conditions.number("load")
    if value is None or load is None or load <= 0:
        return None
    expanded = measurement.number("expanded_uncertainty") or 0.0
    level = conditions.number("level")
    return Point(load=load, level=level, value=value, expanded=expanded, look=look_of(measurement))


def _limit_lines(group: Sequence[Node]) -> list[LimitLine]:
    """Return the limits of a group, and its tightest acceptance limits."""
    unit = group[0].text("unit")
    lines = []
    for side, sign, tightest in (("lower_limit", "≥", max), ("upper_limit", "≤", min)):
        values = sorted({v for v in (m.number(side) for m in group) if v is not None})
        if values and len(values) <= 2:
            lines += [LimitLine(v, f"limit {sign} {numbers.given(v, unit)}", "limit") for v in values]
            place = 0 if side == "lower_limit" else 1
            pairs = [m.entries("acceptance_limits") for m in group]
            inner = [pair[place] for pair in pairs if len(pair) == 2 and pair[place] is not None]
            lines += [LimitLine(tightest(inner), "", "acceptance")] if inner else []
    return lines


def _advisory_lines(rows: Iterable[Node], quantity: str | None) -> list[LimitLine]:
    fitting = [row for row in rows if row.text("kind") == _ADVISORY and row.text("metric") == quantity]
    return [
        LimitLine(value, f"advice {sign} {numbers.given(value, row.text('unit'))}", "advisory")
        for row in fitting
        for value, sign in ((row.number("lower"), "≥"), (row.number("upper"), "≤"))
        if value is not None
    ]


def _waveform(
    judged: Sequence[Node], rows: dict[str | None, Node], run_dir: Path, name: str
) -> tuple[list[Plot], str | None]:
    recorded = [m for m in judged if m.text("waveform")]
    peaks = [m for m in recorded if (m.text("quantity") or "").endswith("peak")]
    found = worst_of(peaks or recorded)
    if found is None:
        return [], None
    try:
        recording = read_waveform(run_dir, found.text("waveform") or "")
    except WaveformMissing as missing:
        return [], f"No waveform is shown: {missing}."
    upper, unit = found.number("upper_limit"), found.text("unit") or "A"
    lines = [LimitLine(upper, "limit", "limit")] if upper is not None else []
    title = f"Waveform at {where(found.node('conditions'))}"
    return draw(recording, lines, name=name, title=title, unit=unit), None


def _table(group: Sequence[Node], rows: dict[str | None, Node], nearest: Node | None) -> Readings:
    first = group[0]
    mode, row = first.node("conditions").text("mode"), first.text("limit")
    kind = {_ADVISORY: f"against the advisory row {row}", _INFORMATION: "for information, not judged"}
    against = kind.get(first.text("kind") or "", f"against {row}" if row else "each against its own limits")
    caption = quantity_words(first.text("quantity")) + (f", mode {mode}" if mode else "") + f": {against}"
    marked = nearest if any(m is nearest for m in group) else None
    return readings(group, re.sub("^.", lambda letter: letter.group().upper(), caption), marked)


def _budget(measurement: Node) -> Budget | None:
    terms = measurement.nodes("budget")
    if not terms:
        return None
    unit = measurement.text("unit")
    standard, factor = measurement.number("standard_uncertainty"), measurement.number("coverage_factor")
    dof = measurement.number("dof")
    spread = numbers.given(measurement.number("expanded_uncertainty"), unit)
    result = [
        Fact("Result", _measured(measurement)),
        Fact("Combined standard uncertainty", _significant(standard, unit)),
        Fact("Effective degrees of freedom", "infinite" if dof is None else f"{dof:g}"),
        Fact("Coverage factor k", None if factor is None else f"{factor:.3g}"),
        Fact("Expanded uncertainty U", _significant(measurement.number("expanded_uncertainty"), unit) or spread),
    ]
    title = f"{quantity_words(measurement.text('quantity'))} at {where(measurement.node('conditions'))}"
    return Budget(title=title, rows=[_budget_row(term, unit) for term in terms], result=result)


def _budget_row(term: Node, unit: str | None) -> list[str]:
    own, dof, share = term.text("unit"), term.number("dof"), term.number("share")
    sensitivity, divisor = term.number("sensitivity"), term.number("divisor")
    return [
        term.text("symbol") or "",
        term.text("name") or "",
        _significant(term.number("estimate"), own, 6),
        _significant(term.number("half_width"), own),
        term.text("distribution") or "",
        numbers.NOTHING if divisor is None else f"{divisor:.4g}",
        _significant(term.number("standard_uncertainty"), own),
        numbers.NOTHING if sensitivity is None else f"{sensitivity:.4g}",
        _significant(term.number("contribution"), unit),
        numbers.NOTHING if share is None else f"{share * 100:.1f} %",
        "∞" if dof is None else f"{dof:g}",
    ]


def _significant(value: float | None, unit: str | None, digits: int = 3) -> str:
    return numbers.NOTHING if value is None else numbers.given(float(f"{value:.{digits - 1}e}"), unit)
