# SPDX-License-Identifier: MIT
"""Current against load: a line per level, ± U at each point, tolerance limits, acceptance limits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers, svg
from reports.words import Look

_WIDTH, _HEIGHT = 560.0, 340.0
_RAMP = 8
_LINE_OF_TEXT = 12.0
_NAME_OF_A_LINE = 165.0
_MOST_POINTS = 600
_PASS = "pass"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One measured value on its way into a plot.

    :param load: Ω, above 0.
    :param level: None where the case has none.
    :param censored: the value is only a lower bound.
    """

    load: float
    level: float | None
    value: float
    expanded: float
    look: Look
    censored: bool = False


@dataclass(frozen=True)
class LimitLine:
    """A limit across the plot.

    :param css: ``limit``, ``acceptance`` or ``advisory``.
    """

    value: float
    label: str
    css: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawing and what stands under it."""

    svg: str
    caption: str


def current_against_load(
    points: Sequence[Point], lines: Sequence[LimitLine], *, name: str, title: str, unit: str, y_title: str
) -> Plot:
    """Draw the points of one mode.

    :param points: at least one.
    :param name: unique in the page, letters and digits.
    """
    drawn = thinned(points)
    frame = _frame(points, lines)
    scale = numbers.Scale.of((*frame.y_range, *(p.value for p in points)), unit)
    parts = svg.axes(frame, _x_ticks(frame, points), _y_ticks(frame, scale))
    parts += svg.titles(frame, "load, Ω (logarithmic)", f"{y_title}, {scale.unit}")
    parts += _limits(frame, lines) + _series(frame, drawn)
    described = f"{len(points)} points; the table below has every value."
    return Plot(svg=svg.drawing(frame, name, title, described, parts), caption=_caption(points, drawn))


def thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Keep the lowest and the highest value of each level and load once there are too many to draw; never a mean.

    The highest and the lowest deviation are what matters, so a point beyond a limit is always among those kept.
    """
    if len(points) <= _MOST_POINTS:
        return points
    groups: dict[tuple[float, float | None], list[Point]] = defaultdict(list)
    for point in points:
        groups[point.load, point.level].append(point)
    if 2 * len(groups) > _MOST_POINTS:
        groups = _by_load(points)
    edges = (edge for group in groups.values() for edge in (min(group, key=_value), max(group, key=_value)))
    return list(dict.fromkeys(edges))


def _by_load(points: Sequence[Point]) -> dict[tuple[float, float | None], list[Point]]:
    groups: dict[tuple[float, float | None], list[Point]] = defaultdict(list)
    for point in points:
        groups[float(f"{point.load:.2g}"), None].append(point)
    return groups


def _value(point: Point) -> float:
    return point.value


def _frame(points: Sequence[Point], lines: Sequence[LimitLine]) -> svg.Frame:
    loads = [point.load for point in points]
    values = [0.0, *(line.value for line in lines)]
    values += [edge for p in points for edge in (p.value - p.expanded, p.value + p.expanded)]
    low, high = min(values), max(values)
    room = (high - low or 1.0) * 0.06
    return svg.Frame(
        width=_WIDTH,
        height=_HEIGHT,
        x_range=(min(loads) / 1.35, max(loads) * 1.35),
        y_range=(low - room if low < 0 else 0.0, high + room),
        log_x=True,
    )


def _x_ticks(frame: svg.Frame, points: Sequence[Point]) -> list[tuple[float, str]]:
    """Name the loads that were used where they are few, round numbers otherwise."""
    used = sorted({float(f"{point.load:.2g}") for point in points})
    apart = all(frame.x(b) - frame.x(a) > 46 for a, b in zip(used, used[1:], strict=False))
    chosen = used if apart else svg.log_ticks(*frame.x_range)
    return [(value, numbers.given(value, "Ω")) for value in chosen]


def _y_ticks(frame: svg.Frame, scale: numbers.Scale) -> list[tuple[float, str]]:
    return [(value, scale.short(value + 0.0, 4)) for value in svg.ticks(*frame.y_range)]


def _limits(frame: svg.Frame, lines: Sequence[LimitLine]) -> list[str]:
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for line in lines:
        y = frame.y(line.value)
        parts.append(svg.path(f"line {line.css}", f"M{frame.left:.1f} {y:.1f}H{frame.right:.1f}"))
        if line.label:
            x = _free_place(frame.left + 6, y, taken)
            taken.append((x, y))
            parts.append(svg.text(x, y - 5, line.label, f"line-name {line.css}"))
    return parts


def _free_place(x: float, y: float, taken: Sequence[tuple[float, float]]) -> float:
    """Return where the name of a line starts: further right where another one stands at its height."""
    while any(x == other and abs(y - height) < _LINE_OF_TEXT for other, height in taken):
        x += _NAME_OF_A_LINE
    return x


def _series(frame: svg.Frame, points: Sequence[Point]) -> list[str]:
    levels = sorted({p.level for p in points if p.level is not None})
    parts: list[str] = []
    taken: list[float] = []
    for level in [*reversed(levels), None]:
        members = sorted((p for p in points if p.level == level), key=lambda p: p.load)
        if members:
            css = _ramp(levels, level)
            parts += _line(frame, members, css) + _name(frame, members[-1], taken, css)
    return parts


def _ramp(levels: Sequence[float], level: float | None) -> str:
    """Return the colour class of a level: levels are an order, so their colours are one too."""
    place = levels.index(level) / max(len(levels) - 1, 1) if level is not None else 1.0
    return f"r{round(place * (_RAMP - 1))}"


def _line(frame: svg.Frame, members: Sequence[Point], css: str) -> list[str]:
    spots = [(frame.x(p.load), frame.y(p.value), p) for p in members]
    # One point a load: neither a lower bound nor a repetition belongs to the line.
    joined = {p.load: (x, y) for x, y, p in sorted(spots, key=lambda spot: spot[2].value) if not p.censored}
    data = "L".join(f"{x:.1f} {y:.1f}" for _, (x, y) in sorted(joined.items()))
    bars = "".join(_arrow(x, y) if p.censored else _bar(frame, x, p) for x, y, p in spots)
    parts = [svg.path(f"series {css}", f"M{data}")] if data else []
    parts.append(svg.path(f"bar {css}", bars))
    return parts + [_marker(x, y, p.look, css) for x, y, p in spots]


def _bar(frame: svg.Frame, x: float, point: Point) -> str:
    high, low = frame.y(point.value + point.expanded), frame.y(point.value - point.expanded)
    return f"M{x:.1f} {high:.1f}V{low:.1f}M{x - 4:.1f} {high:.1f}h8M{x - 4:.1f} {low:.1f}h8"


def _arrow(x: float, y: float) -> str:
    """Point upwards from a value that is only a lower bound."""
    return f"M{x:.1f} {y:.1f}v-18m-4 5l4 -5l4 5"


def _marker(x: float, y: float, look: Look, css: str) -> str:
    if look.shape in (_PASS, "information"):
        return f'<circle class="dot {css}" cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>'
    place = f'x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16"'
    return f'<use href="#s-{look.shape}" class="v-{look.shape}" {place}/>'


def _name(frame: svg.Frame, last: Point, taken: list[float], css: str) -> list[str]:
    """Write the level behind its line, unless another name stands there already."""
    y = frame.y(last.value) + 4
    if last.level is None or any(abs(y - other) < _LINE_OF_TEXT for other in taken):
        return []
    taken.append(y)
    return [svg.text(frame.right + 6, y, f"level {last.level:g}", f"series-name {css}")]


def _caption(points: Sequence[Point], drawn: Sequence[Point]) -> str:
    shown = "Solid: limit. Dashed: tightest acceptance limit (limit less the guard band). "
    shown += "Bars: ± U, often smaller than the dot."
    if any(point.censored for point in points):
        shown += " Arrow: at least that much, the range ended there."
    if len(drawn) < len(points):
        shown += f" Of {len(points)} points the lowest and highest at each load are drawn."
    return shown
