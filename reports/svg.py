# SPDX-License-Identifier: MIT
"""The little of SVG that two kinds of plot need: a frame with axes, ticks, lines. Colours come from the style sheet."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.text import as_html

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 64.0, 14.0, 46.0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A rectangle of paper and the numbers it stands for.

    :param x_range: lowest and highest x; both above 0 when ``log_x``.
    :param y_range: lowest and highest y.
    """

    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log_x: bool = False

    @property
    def left(self) -> float:
        """Left edge of the field."""
        return _LEFT

    @property
    def right(self) -> float:
        """Right edge of the field; behind it stand the names of the lines."""
        return self.width - _RIGHT

    @property
    def top(self) -> float:
        """Upper edge of the field."""
        return _TOP

    @property
    def bottom(self) -> float:
        """Lower edge of the field."""
        return self.height - _BOTTOM

    def x(self, value: float) -> float:
        """Return where a value stands, from the left."""
        low, high = self.x_range
        if self.log_x:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return where a value stands, from above."""
        low, high = self.y_range
        return self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers that divide a range into about ``count`` parts."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in _NICE if nice * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2, 5, 10, … between two positive numbers; powers of ten alone over many decades."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    mantissas = (1, 2, 5) if math.log10(high / low) <= 4 else (1,)
    return [m * 10.0**d for d in decades for m in mantissas if low <= m * 10.0**d <= high]


def axes(frame: Frame, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]) -> list[str]:
    """Draw grid, border and the numbers along both axes.

    :param x_ticks: (value, what is written there).
    """
    grid = "".join(f"M{frame.left:.1f} {frame.y(v):.1f}H{frame.right:.1f}" for v, _ in y_ticks)
    grid += "".join(f"M{frame.x(v):.1f} {frame.top:.1f}V{frame.bottom:.1f}" for v, _ in x_ticks)
    parts = [path("grid", grid), path("axis", f"M{frame.left:.1f} {frame.bottom:.1f}H{frame.right:.1f}")]
    parts += [text(frame.x(v), frame.bottom + 17, label, "tick middle") for v, label in x_ticks]
    parts += [text(frame.left - 7, frame.y(v) + 4, label, "tick end") for v, label in y_ticks]
    return parts


def titles(frame: Frame, x_title: str, y_title: str) -> list[str]:
    """Write what the axes are."""
    middle = (frame.left + frame.right) / 2
    turned = f'transform="translate(13 {(frame.top + frame.bottom) / 2:.1f}) rotate(-90)"'
    return [
        text(middle, frame.height - 8, x_title, "axis-title middle"),
        f'<text {turned} class="axis-title middle">{as_html(y_title)}</text>',
    ]


def text(x: float, y: float, label: str, css: str) -> str:
    """Write a text at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}">{as_html(label)}</text>'


def path(css: str, data: str) -> str:
    """Draw a path."""
    return f'<path class="{css}" d="{data}"/>'


def rectangle(css: str, left: float, top: float, right: float, bottom: float) -> str:
    """Fill a rectangle."""
    size = f'width="{right - left:.1f}" height="{max(bottom - top, 0.0):.1f}"'
    return f'<rect class="{css}" x="{left:.1f}" y="{top:.1f}" {size}/>'


def drawing(frame: Frame, name: str, title: str, description: str, parts: Iterable[str]) -> str:
    """Wrap parts into a drawing that names itself to those who cannot see it.

    :param name: unique in the page.
    """
    box = f'viewBox="0 0 {frame.width:g} {frame.height:g}"'
    head = f'<svg {box} role="img" aria-labelledby="{name}-t {name}-d">'
    words = f'<title id="{name}-t">{as_html(title)}</title><desc id="{name}-d">{as_html(description)}</desc>'
    return head + words + "".join(parts) + "</svg>"
