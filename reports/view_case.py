# SPDX-License-Identifier: MIT
"""One case of the report: its requirements with the worst value of each, plots, tables, waveform, budget."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports import numbers
from reports.plots import LimitLine, Plot, Point, current_against_load
from reports.record_file import Case, Measurement, Node, number
from reports.rows import Readings, look_of, readings, same_readings
from reports.text import moment
from reports.view_parts import Fact, Line, line_of, where
from reports.waveforms import WaveformMissing, draw, read_waveform
from reports.words import LOOKS, Look, instrument_words, quantity_words
from stimcert.verdict import Verdict, worst

_ADVISORY = "advisory"
_INFORMATION = "information"
_MOST_LIMITS = 2
_MANY = 1e6


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One limit of a case, and the measurement that came nearest to it or went furthest beyond.

    :param several: each point has limits of its own; ``limit`` is that of the worst.
    :param status: said only of a limit that nobody could check in its source.
    """

    quantity: str
    limit: str
    several: bool
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


def view_case(case: Case, run_dir: Path, place: int) -> CaseView:
    """Turn a case of the record into what the report shows of it.

    :param place: position in the report; makes names unique.
    """
    measurements = case.measurements
    groups = list(_grouped(measurements, lambda m: (m.limit, m.quantity, m.kind, m.unit)))
    rows = {row.text("id"): row for row in case.nodes("limits")}
    verdict = case.verdict() or Verdict.NOT_RUN
    judged = [m for m in measurements if m.judged]
    nearest = worst_of(judged)
    waveform, note = _waveform(judged, run_dir, f"w{place}")
    return CaseView(
        id=case.text("id") or "?",
        anchor=f"case-{place}",
        title=case.text("title") or "",
        look=LOOKS[verdict],
        reason=line_of(case.node("reason")),
        facts=_facts(case, len(measurements)),
        requirements=[_requirement(group, rows) for group in groups if group[0].kind != _INFORMATION],
        plots=list(_plots(judged, rows, f"p{place}")),
        waveform=waveform,
        waveform_of=where(nearest.conditions) if nearest else "",
        note=note,
        tables=list(_tables(list(_by_mode(groups)), nearest)),
        budget=_budget(nearest) if nearest else None,
    )


def worst_of(measurements: Sequence[Measurement]) -> Measurement | None:
    """Return the measurement with the worst verdict, among equals the one with the least margin."""
    return max(measurements, key=_badness, default=None)


def _badness(found: Measurement) -> tuple[int, float]:
    share = numbers.margin_share(found.value, found.lower, found.upper)
    severity = -1 if found.own in (None, Verdict.NOT_APPLICABLE) else found.own.severity
    return severity, float("-inf") if share is None else -share


def _grouped(
    measurements: Iterable[Measurement], key: Callable[[Measurement], Hashable]
) -> Iterable[list[Measurement]]:
    groups: dict[Hashable, list[Measurement]] = {}
    for measurement in measurements:
        groups.setdefault(key(measurement), []).append(measurement)
    return groups.values()


def _by_mode(groups: Iterable[list[Measurement]]) -> Iterable[list[Measurement]]:
    return (part for group in groups for part in _grouped(group, lambda m: m.mode))


def _facts(case: Node, count: int) -> list[Fact]:
    modes = case.texts("modes") or [mode for mode in [case.text("mode")] if mode]
    return [
        Fact("Procedure", case.text("procedure")),
        *([Fact("Modes", ", ".join(modes))] if modes else []),
        Fact("Measurements", str(count)),
        Fact("Started", moment(case.text("started"))),
        Fact("Ended", moment(case.text("ended"))),
    ]


def _requirement(group: Sequence[Measurement], rows: dict[str | None, Node]) -> Requirement:
    found = worst_of(group) or group[0]
    row = rows.get(found.limit, Node(None))
    value, lower, upper = found.value, found.lower, found.upper
    distance = numbers.margin(value, lower, upper)
    return Requirement(
        quantity=quantity_words(found.quantity),
        limit=numbers.limits(lower, upper, found.unit, numbers.digits_of_limit(found.kind)),
        several=len({(m.lower, m.upper) for m in group}) > 1,
        row=found.limit,
        source=_source(row),
        status=_unverified(row),
        value=_measured(found),
        where=where(found.conditions) or instrument_words(found.conditions) or "",
        margin=_margin_words(distance, found),
        share=numbers.signed_share(numbers.margin_share(value, lower, upper)),
        look=_look_of_all(group, found),
        count=len(group),
    )


def _look_of_all(group: Sequence[Measurement], found: Measurement) -> Look:
    """Return the worst verdict of a requirement; an advisory row has none and is only exceeded or not."""
    if found.kind == _ADVISORY:
        return look_of(next((m for m in group if m.flag("exceeded")), found))
    return LOOKS[worst(m.own for m in group if m.own is not None)]


def _margin_words(distance: float | None, measurement: Measurement) -> str:
    if distance is None:
        return numbers.NOTHING
    scale = numbers.Scale.of((measurement.value, measurement.expanded), measurement.unit)
    sign = "≤ " if measurement.data.get("bound") else ""
    if measurement.expanded is None:
        return f"{sign}{scale.short(distance, 4)} {scale.unit}"
    return f"{sign}{scale.fixed(distance, scale.decimals(measurement.expanded))} {scale.unit}"


def _measured(found: Measurement) -> str:
    return numbers.with_uncertainty(found.value, found.expanded, found.unit, found.text("bound"))


def _source(row: Node) -> str:
    parts = [row.text("source"), row.text("edition"), row.text("clause") and f"clause {row.text('clause')}"]
    parts += [row.text("regime") and f"{row.text('regime')} regime"]
    event = row.number("event")
    parts += [f"events of {numbers.given(event, 's')} and longer"] if event else []
    return ", ".join(part for part in parts if part)


def _unverified(row: Node) -> str | None:
    return "unverified in its source" if row and row.text("status") != "verified" else None


def _plots(judged: Sequence[Measurement], rows: dict[str | None, Node], name: str) -> Iterable[Plot]:
    """Draw each judged quantity of each mode against the load."""
    for place, group in enumerate(_by_mode(_grouped(judged, lambda m: (m.quantity, m.unit)))):
        points = [point for point in map(_point, group) if point]
        if not points or (group[0].quantity or "").startswith("load."):
            continue
        mode, quantity = group[0].mode, quantity_words(group[0].quantity)
        of_mode = f", mode {mode}" if mode else ""
        unit = group[0].unit or ""
        lines = _limit_lines(group) + _advisory_lines(rows.values(), group[0].quantity)
        words = {"title": f"{quantity} against load{of_mode}", "y_title": quantity, "unit": unit}
        yield current_against_load(points, lines, name=f"{name}-{place}", **words)


def _point(found: Measurement) -> Point | None:
    load = found.conditions.number("measured_load") or found.load
    if found.value is None or load is None or load <= 0:
        return None
    level = number(found.level)
    return Point(load=load, level=level, value=found.value, expanded=found.expanded or 0.0, look=look_of(found))


def _limit_lines(group: Sequence[Measurement]) -> list[LimitLine]:
    """Return the limits of a group where they are few, and its tightest acceptance limits."""
    lowers, uppers = {m.lower for m in group} - {None}, {m.upper for m in group} - {None}
    if max(len(lowers), len(uppers)) > _MOST_LIMITS:
        return []
    named = [(v, "≥") for v in lowers if v is not None] + [(v, "≤") for v in uppers if v is not None]
    lines = [LimitLine(v, f"limit {sign} {numbers.given(v, group[0].unit)}", "limit") for v, sign in named]
    return lines + [LimitLine(v, "", "acceptance") for v in _tightest(group)]


def _tightest(group: Sequence[Measurement]) -> list[float]:
    """Return the highest lower and the lowest upper acceptance limit, as far as there are any."""
    pairs = [[number(entry) for entry in m.entries("acceptance_limits")] for m in group]
    lowers = [pair[0] for pair in pairs if len(pair) == 2 and pair[0] is not None]
    uppers = [pair[1] for pair in pairs if len(pair) == 2 and pair[1] is not None]
    return ([max(lowers)] if lowers else []) + ([min(uppers)] if uppers else [])


def _advisory_lines(rows: Iterable[Node], quantity: str | None) -> list[LimitLine]:
    fitting = [row for row in rows if row.text("kind") == _ADVISORY and row.text("metric") == quantity]
    return [
        LimitLine(value, f"advice {sign} {numbers.given(value, row.text('unit'))}", "advisory")
        for row in fitting
        for value, sign in ((row.number("lower"), "≥"), (row.number("upper"), "≤"))
        if value is not None
    ]


def _waveform(judged: Sequence[Measurement], run_dir: Path, name: str) -> tuple[list[Plot], str | None]:
    recorded = [m for m in judged if m.text("waveform")]
    peaks = [m for m in recorded if (m.quantity or "").endswith("peak")]
    found = worst_of(peaks or recorded)
    if found is None:
        return [], None
    try:
        recording = read_waveform(run_dir, found.text("waveform") or "")
    except WaveformMissing as missing:
        return [], f"No waveform is shown: {missing}."
    lines = [LimitLine(found.upper, "limit", "limit")] if found.upper is not None else []
    title = f"Waveform at {where(found.node('conditions'))}"
    return draw(recording, lines, name=name, title=title, unit=found.unit or "A"), None


def _tables(groups: Sequence[list[Measurement]], nearest: Measurement | None) -> Iterable[Readings]:
    """Make a table of each group; advice about readings that were judged stands in their table."""
    advisory = [group for group in groups if group[0].kind == _ADVISORY]
    others = [group for group in groups if group[0].kind != _ADVISORY]
    for group in others:
        advice = [a for a in advisory if group[0].kind != _INFORMATION and same_readings(group, a)]
        advisory = [a for a in advisory if a not in advice]
        yield _table(group, nearest, advice)
    for group in advisory:
        yield _table(group, nearest, ())


def _table(
    group: Sequence[Measurement], nearest: Measurement | None, advice: Sequence[Sequence[Measurement]]
) -> Readings:
    first = group[0]
    mode, row = first.mode, first.limit
    kind = {_ADVISORY: f"against the advisory row {row}", _INFORMATION: "for information, not judged"}
    against = kind.get(first.kind or "", f"against {row}" if row else "each against its own limits")
    caption = quantity_words(first.quantity) + (f", mode {mode}" if mode else "") + f": {against}"
    marked = nearest if any(m is nearest for m in group) else None
    return readings(group, caption[:1].upper() + caption[1:], marked, advice)


def _budget(measurement: Measurement) -> Budget | None:
    terms = measurement.nodes("budget")
    if not terms:
        return None
    unit = measurement.unit
    standard, factor = measurement.number("standard_uncertainty"), measurement.number("coverage_factor")
    dof = measurement.number("dof")
    spread = numbers.given(measurement.expanded, unit)
    result = [
        Fact("Result", _measured(measurement)),
        Fact("Combined standard uncertainty", _significant(standard, unit)),
        Fact("Effective degrees of freedom", _degrees(dof)),
        Fact("Coverage factor k", None if factor is None else f"{factor:.3g}"),
        Fact("Expanded uncertainty U", _significant(measurement.expanded, unit) or spread),
    ]
    title = f"{quantity_words(measurement.quantity)} at {where(measurement.node('conditions'))}"
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
        numbers.Scale("", 1.0).short(divisor, 4),
        _significant(term.number("standard_uncertainty"), own),
        numbers.Scale("", 1.0).short(sensitivity, 4),
        _significant(term.number("contribution"), unit),
        numbers.NOTHING if share is None else f"{share * 100:.1f} %",
        _degrees(dof),
    ]


def _degrees(dof: float | None) -> str:
    """Return degrees of freedom; beyond a million nobody could tell them from infinitely many."""
    return "∞" if dof is None or dof > _MANY else f"{dof:g}"


def _significant(value: float | None, unit: str | None, digits: int = 3) -> str:
    return numbers.NOTHING if value is None else numbers.given(float(f"{value:.{digits - 1}e}"), unit)
