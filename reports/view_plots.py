# SPDX-License-Identifier: MIT
"""The drawings of one case, from its measurements and its waveforms."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from reports import numbers
from reports.choosing import ADVISORY, by_mode, grouped, worst_of
from reports.plots import LimitLine, Plot, Point, current_against_load
from reports.record_file import Measurement, Node, number
from reports.rows import look_of
from reports.view_parts import where
from reports.waveforms import WaveformMissing, draw, read_waveform
from reports.words import quantity_words

_MOST_LIMITS = 2
_LEAST = 2

_SEEN = 0.1
_OF_A_MAGNITUDE = frozenset({"current.peak", "current.amplitude"})
"""Quantities whose limit holds for either sign of a sample."""

_OF_A_SAMPLE = frozenset({"current.peak", "current.positive_peak", "current.amplitude"})
"""Quantities whose upper limit can be drawn beside the samples of a current."""


def plots_of(judged: Sequence[Measurement], rows: dict[str | None, Node], name: str) -> Iterable[Plot]:
    """Draw each judged quantity of each mode against the load."""
    for place, group in enumerate(by_mode(grouped(judged, lambda m: (m.quantity, m.unit)))):
        points = [point for point in map(_point, group) if point]
        # One point is no curve; it stands in the table.
        if len({(p.load, p.level) for p in points}) < _LEAST or (group[0].quantity or "").startswith("load."):
            continue
        mode, quantity = group[0].mode, quantity_words(group[0].quantity)
        of_mode = f", mode {mode}" if mode else ""
        unit = group[0].unit or ""
        lines = _limit_lines(group) + _advisory_lines(rows.values(), group[0].quantity)
        y_title = f"magnitude of {quantity}" if group[0].magnitude else quantity
        words = {"title": f"{quantity} against load{of_mode}", "y_title": y_title, "unit": unit}
        yield current_against_load(points, lines, name=f"{name}-{place}", **words)


def _point(found: Measurement) -> Point | None:
    load = found.conditions.number("measured_load") or found.load
    if found.held is None or load is None or load <= 0:
        return None
    return Point(
        load=load,
        level=number(found.level),
        value=found.held,
        expanded=found.expanded or 0.0,
        look=look_of(found),
        censored=bool(found.data.get("bound")),
    )


def _limit_lines(group: Sequence[Measurement]) -> list[LimitLine]:
    """Return the limits of a group where they are few, and its tightest acceptance limits."""
    lowers, uppers = _levels_by_bound(group, "lower"), _levels_by_bound(group, "upper")
    if max(len(lowers), len(uppers)) > _MOST_LIMITS:
        return []
    everywhere = {m.level for m in group}
    named = [(v, "≥", levels) for v, levels in lowers.items()] + [(v, "≤", levels) for v, levels in uppers.items()]
    lines = [
        LimitLine(v, f"limit {sign} {numbers.given(v, group[0].unit)}{_only_at(levels, everywhere)}", "limit")
        for v, sign, levels in named
    ]
    return lines + [LimitLine(v, "", "acceptance") for v in _tightest(group)]


def _levels_by_bound(group: Sequence[Measurement], side: str) -> dict[float, set[object]]:
    """Return each bound of a group with the levels that it holds for."""
    found: dict[float, set[object]] = {}
    for measurement in group:
        bound = measurement.lower if side == "lower" else measurement.upper
        if bound is not None:
            found.setdefault(bound, set()).add(measurement.level)
    return found


def _only_at(levels: set[object], everywhere: set[object]) -> str:
    """Return for which levels a limit holds, where it is not for all of them."""
    if levels == everywhere:
        return ""
    return f", level {', '.join(sorted(map(str, levels), key=lambda text: (len(text), text)))}"


def _tightest(group: Sequence[Measurement]) -> list[float]:
    """Return the highest lower and the lowest upper acceptance limit, as far as there are any."""
    pairs = [[number(entry) for entry in m.entries("acceptance_limits")] for m in group]
    lowers = [pair[0] for pair in pairs if len(pair) == 2 and pair[0] is not None]
    uppers = [pair[1] for pair in pairs if len(pair) == 2 and pair[1] is not None]
    return ([max(lowers)] if lowers else []) + ([min(uppers)] if uppers else [])


def _advisory_lines(rows: Iterable[Node], quantity: str | None) -> list[LimitLine]:
    fitting = [row for row in rows if row.text("kind") == ADVISORY and row.text("metric") == quantity]
    return [
        LimitLine(value, f"advice {sign} {numbers.given(value, row.text('unit'))}", "advisory")
        for row in fitting
        for value, sign in ((row.number("lower"), "≥"), (row.number("upper"), "≤"))
        if value is not None
    ]


def waveform_of(judged: Sequence[Measurement], run_dir: Path, name: str) -> tuple[list[Plot], str | None]:
    """Draw the waveform of the worst peak; where it cannot be read, return why."""
    recorded = [m for m in judged if m.text("waveform")]
    peaks = [m for m in recorded if (m.quantity or "").endswith("peak")]
    found = worst_of(peaks or recorded)
    if found is None:
        return [], None
    try:
        recording = read_waveform(run_dir, found.text("waveform") or "")
    except WaveformMissing as missing:
        return [], f"No waveform is shown: {missing}."
    # The waveform is a current; limits of a time, a charge or a share have no place in it.
    bounded = found.upper is not None and found.quantity in _OF_A_SAMPLE
    lines = [LimitLine(found.upper, "limit", "limit")] if bounded and found.upper is not None else []
    if lines and found.quantity in _OF_A_MAGNITUDE and float(recording.current.min()) < -_SEEN * lines[0].value:
        lines.append(LimitLine(-lines[0].value, "limit", "limit"))
    title = f"Waveform at {where(found.node('conditions'))}"
    return draw(recording, lines, name=name, title=title, unit="A"), None
