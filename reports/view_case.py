# SPDX-License-Identifier: MIT
"""One case of the report: its requirements with the worst value of each, plots, tables, waveform, budget."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path

from reports.choosing import ADVISORY, INFORMATION, by_mode, grouped, worst_of
from reports.plots import Plot
from reports.record_file import Case, Measurement, Node
from reports.rows import Readings, readings, same_readings
from reports.text import moment
from reports.view_budget import Budget, budget_of
from reports.view_parts import Fact, Line, line_of, where
from reports.view_plots import plots_of, waveform_of
from reports.view_requirement import Requirement, requirement
from reports.words import LOOKS, Look, quantity_words
from stimcert.quantity import show
from stimcert.verdict import Verdict

_NO_RULE = Node(None)


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


def view_case(case: Case, run_dir: Path, place: int, rule: Node = _NO_RULE) -> CaseView:
    """Turn a case of the record into what the report shows of it.

    :param rule: the record's decision rule.
    :param place: position in the report; makes names unique.
    """
    measurements = case.measurements
    groups = list(grouped(measurements, lambda m: (m.limit, m.quantity, m.kind, m.unit)))
    rows = {row.text("id"): row for row in case.nodes("limits")}
    verdict = case.verdict() or Verdict.NOT_RUN
    judged = [m for m in measurements if m.judged]
    nearest = worst_of(judged)
    waveform, note = waveform_of(judged, run_dir, f"w{place}")
    return CaseView(
        id=case.text("id") or "?",
        anchor=f"case-{place}",
        title=case.text("title") or "",
        look=LOOKS[verdict],
        reason=line_of(case.node("reason")),
        facts=_facts(case, len(measurements)),
        requirements=[requirement(group, rows) for group in groups if group[0].kind != INFORMATION],
        plots=list(plots_of(judged, rows, f"p{place}")),
        waveform=waveform,
        waveform_of=where(nearest.conditions) if nearest else "",
        note=note,
        tables=list(_tables(list(by_mode(_shown(case, groups))), nearest)),
        budget=budget_of(nearest, rule, f"b{place}") if nearest else None,
    )


def _shown(case: Case, groups: Sequence[list[Measurement]]) -> Sequence[list[Measurement]]:
    """Return the groups that get a table: what a case discloses stands in the output specification already."""
    if case.flag("discloses") is None:
        return groups
    return [group for group in groups if group[0].kind != INFORMATION]


def _facts(case: Case, count: int) -> list[Fact]:
    modes = case.texts("modes") or [mode for mode in [case.text("mode")] if mode]
    return [
        Fact("Procedure", case.text("procedure")),
        *([Fact("Modes", ", ".join(modes))] if modes else []),
        Fact("Measurements", str(count)),
        *_observation(case),
        *_torn(case),
        Fact("Started", moment(case.text("started"))),
        Fact("Ended", moment(case.text("ended"))),
    ]


def _observation(case: Case) -> list[Fact]:
    """Return how much of the dwell was seen at full bandwidth at the least, and what was known not to be decidable."""
    seen = [share for m in case.measurements if (share := m.conditions.number("observed")) is not None]
    dwell = case.number("dwell")
    of = f" of a dwell of {show(dwell, 's')}" if dwell is not None else " of the dwell"
    least = [Fact("Seen at full bandwidth", f"{floor(min(seen) * 1000 + 1e-6) / 10:g} %{of}, at least")] if seen else []
    return [*least, *(Fact("Not to be decided here", line) for line in _foreseen_lines(case))]


def _foreseen_lines(case: Case) -> Iterator[str]:
    """Yield what was known before the run not to be decidable on this station, one line for each reason."""
    modes: dict[tuple[str, str], list[str]] = {}
    for entry in case.nodes("foreseen"):
        key = entry.text("limit") or "", entry.node("reason").text("text") or ""
        modes.setdefault(key, []).append(entry.text("mode") or "")
    for (limit, text), names in modes.items():
        yield f"{limit} in {', '.join(dict.fromkeys(names))}: {text}"


def _torn(case: Node) -> list[Fact]:
    """Return what was measured before the case was torn and begun anew: it counts, and stands among the others."""
    return [
        Fact(
            "Torn attempt",
            f"{node.text('measurements')} measurements from {moment(node.text('started'))}, "
            f"{(node.verdict() or Verdict.NOT_RUN).words}",
        )
        for node in case.nodes("torn")
    ]


def _tables(groups: Sequence[list[Measurement]], nearest: Measurement | None) -> Iterable[Readings]:
    """Make a table of each group; advice about readings that were judged stands in their table."""
    advisory = [group for group in groups if group[0].kind == ADVISORY]
    others = [group for group in groups if group[0].kind != ADVISORY]
    for group in sorted(others, key=lambda group: group[0].kind == INFORMATION):
        advice = [a for a in advisory if group[0].kind != INFORMATION and same_readings(group, a)]
        advisory = [a for a in advisory if a not in advice]
        yield _table(group, nearest, advice)
    for group in advisory:
        yield _table(group, nearest, ())


def _table(
    group: Sequence[Measurement], nearest: Measurement | None, advice: Sequence[Sequence[Measurement]]
) -> Readings:
    first = group[0]
    mode, row = first.mode, first.limit
    kind = {ADVISORY: f"against the advisory row {row}", INFORMATION: "for information, not judged"}
    against = kind.get(first.kind or "", f"against {row}" if row else "each against its own limits")
    against += ", which holds for the magnitude" if first.magnitude else ""
    caption = quantity_words(first.quantity) + (f", mode {mode}" if mode else "") + f": {against}"
    marked = nearest if any(m is nearest for m in group) else None
    return readings(group, caption[:1].upper() + caption[1:], marked, advice)
