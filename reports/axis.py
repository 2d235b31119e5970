# SPDX-License-Identifier: MIT
"""A value with its ± U, its acceptance limits and its tolerance limits on one axis."""

from collections.abc import Iterable

from reports import numbers, svg
from reports.plots import Plot
from reports.record_file import Measurement, number
from reports.words import quantity_words

_WIDTH, _HEIGHT = 900.0, 126.0
_ROOM = 0.1
_TEXT = 70.0
"""Half of the width of a label, about, in the drawing's unit."""


def value_on_axis(found: Measurement, name: str) -> Plot | None:
    """Draw a judged value among its limits; None where there is no value or no limit.

    :param name: unique in the page, letters and digits.
    """
    limits = [limit for limit in (found.lower, found.upper) if limit is not None]
    if found.held is None or not limits:
        return None
    accepted = [edge for edge in map(number, found.entries("acceptance_limits")) if edge is not None]
    spread = found.expanded or 0.0
    marks = [*limits, *accepted, found.held - spread, found.held + spread]
    frame = _frame(marks)
    scale = numbers.Scale.of(marks, found.unit)
    parts = [*_axis(frame, scale), *_limits(frame, limits, found.unit), *_accepted(frame, accepted, found.unit)]
    parts += _value(frame, found.held, spread, censored=bool(found.data.get("bound")))
    quantity = quantity_words(found.quantity)
    title = f"{quantity} with its limits on one axis"
    described = f"{quantity}: " + ", ".join(_words(found, accepted))
    caption = "Dot and bar: value ± U. Dashed: acceptance limit. Solid: tolerance limit."
    return Plot(svg=svg.drawing(frame, name, title, described, parts), caption=caption)


def _frame(marks: list[float]) -> svg.Frame:
    low, high = min(marks), max(marks)
    room = (high - low or abs(high) or 1.0) * _ROOM
    return svg.Frame(width=_WIDTH, height=_HEIGHT, x_range=(low - room, high + room), y_range=(0.0, 1.0))


def _axis(frame: svg.Frame, scale: numbers.Scale) -> list[str]:
    ticks = [(value, scale.short(value + 0.0, 7)) for value in svg.ticks(*frame.x_range)]
    middle = (frame.left + frame.right) / 2.0
    return [
        svg.path("axis", f"M{frame.left:.1f} {frame.bottom:.1f}H{frame.right:.1f}"),
        *(svg.path("axis", f"M{frame.x(v):.1f} {frame.bottom:.1f}v4") for v, _ in ticks),
        *(svg.text(frame.x(v), frame.bottom + 17, label, "tick middle") for v, label in ticks),
        svg.text(middle, frame.height - 8, scale.unit, "axis-title middle"),
    ]


def _limits(frame: svg.Frame, limits: Iterable[float], unit: str | None) -> list[str]:
    parts = []
    for limit in limits:
        x = frame.x(limit)
        parts.append(svg.path("line limit", f"M{x:.1f} {frame.top + 6:.1f}V{frame.bottom:.1f}"))
        parts.append(_label(frame, x, frame.top + 2, f"limit {numbers.given(limit, unit)}", "line-name limit middle"))
    return parts


def _accepted(frame: svg.Frame, accepted: Iterable[float], unit: str | None) -> list[str]:
    parts = []
    for edge in accepted:
        x, y = frame.x(edge), frame.top + 34
        parts.append(svg.path("line acceptance", f"M{x:.1f} {frame.top + 24:.1f}V{frame.bottom:.1f}"))
        parts.append(_label(frame, x, y - 14, f"accepted to {numbers.given(edge, unit, 5)}", "line-name middle"))
    return parts


def _label(frame: svg.Frame, x: float, y: float, words: str, css: str) -> str:
    """Write over a place, moved inwards where it would leave the drawing."""
    return svg.text(min(max(x, _TEXT), frame.width - _TEXT), y, words, css)


def _value(frame: svg.Frame, value: float, spread: float, *, censored: bool) -> list[str]:
    x, y = frame.x(value), frame.bottom - 14.0
    if censored:
        bar = f"M{x:.1f} {y:.1f}h18l-5 -4m5 4l-5 4"
    else:
        low, high = frame.x(value - spread), frame.x(value + spread)
        bar = f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4:.1f}v8M{high:.1f} {y - 4:.1f}v8"
    return [svg.path("bar r7", bar), f'<circle class="dot r7" cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>']


def _words(found: Measurement, accepted: Iterable[float]) -> Iterable[str]:
    bound = found.text("bound")
    yield numbers.with_uncertainty(found.held, found.expanded, found.unit, bound)
    yield f"limit {numbers.limits(found.lower, found.upper, found.unit)}"
    for edge in accepted:
        yield f"acceptance limit {numbers.given(edge, found.unit, 5)}"
