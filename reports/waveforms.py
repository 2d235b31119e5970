# SPDX-License-Identifier: MIT
"""The current over time at a case's worst peak, drawn so that no spike can get lost.

Each column of pixels shows the lowest and the highest sample in it. A mean would hide what is looked for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import numbers, svg
from reports.plots import LimitLine, Plot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WIDTH, _HEIGHT = 560.0, 236.0
_COLUMNS = 430
# What is shown on each side of an event, as a share of its length.
_ROOM = 0.4
_FEWEST = 40


class WaveformMissing(Exception):
    """The waveform is not there, or is not what its description says."""


@dataclass(frozen=True)
class Recording:
    """A current over time.

    :param current: A, shape (n,).
    :param rate: samples per second.
    """

    current: "NDArray[np.float64]"
    rate: float
    clipped: bool


def read_waveform(run_dir: Path, name: str) -> Recording:
    """Read a waveform of a run.

    :param name: as the record has it: relative to the run's folder, without ending.
    :raises WaveformMissing: with what is wrong, for the reader of the report.
    """
    try:
        base = (run_dir / name).resolve()
        if base.is_relative_to(run_dir.resolve()):
            return _read(base)
    except (OSError, ValueError, KeyError, TypeError, EOFError, ZeroDivisionError) as error:
        raise WaveformMissing(f"{name} cannot be read ({type(error).__name__})") from error
    raise WaveformMissing(f"{name} lies outside the run's folder")


def _read(base: Path) -> Recording:
    import numpy as np

    facts: dict[str, Any] = json.loads(base.with_name(base.name + ".json").read_bytes())
    lsb = np.load(base.with_name(base.name + ".npy"), allow_pickle=False)
    if lsb.dtype != np.int16 or lsb.ndim != 1 or lsb.size == 0:
        raise ValueError("no row of int16")
    # The two steps of scaling are one line: this is the formula that the description names.
    factor, zero = facts["scale_V_per_lsb"], facts["zero_V"] - facts["offset_V"]
    current = (lsb.astype(np.float64) * factor - zero) / facts["shunt_ohm"]
    return Recording(current, float(facts["sample_rate"]), bool(facts["clipped"]))


def draw(found: Recording, lines: Sequence[LimitLine], *, name: str, title: str, unit: str) -> list[Plot]:
    """Draw the whole record, and beside it the surroundings of its largest magnitude where that shows more."""
    import numpy as np

    peak = int(np.argmax(np.abs(found.current)))
    clipped = " The record is clipped: the current was larger." if found.clipped else ""
    count = found.current.size
    whole = _panel(found, 0, count, lines, f"{name}w", f"{title}, whole record", unit, peak)
    ring = f"Ring: largest sample, {numbers.given(float(found.current[peak]), unit, 4)}."
    shown = f"Whole record: {count} samples at {numbers.given(found.rate, 'Hz')}. {ring}{clipped}"
    plots = [Plot(svg=whole, caption=shown)]
    start, stop = _around(np.abs(found.current), peak)
    if stop - start < 0.6 * count:
        close = _panel(found, start, stop, lines, f"{name}p", f"{title}, around its largest magnitude", unit, peak)
        plots.append(Plot(svg=close, caption="Around the largest magnitude of that record."))
    return plots


def _around(magnitude: "NDArray[np.float64]", peak: int) -> tuple[int, int]:
    """Return the samples that show the event with the peak in it, and some room on both sides."""
    import numpy as np

    low = np.flatnonzero(magnitude < magnitude[peak] / 2)
    before, after = low[low < peak], low[low > peak]
    start = int(before[-1]) if before.size else 0
    stop = int(after[0]) + 1 if after.size else magnitude.size
    room = max(int((stop - start) * _ROOM), _FEWEST // 2)
    return max(start - room, 0), min(stop + room, magnitude.size)


def _panel(
    found: Recording, start: int, stop: int, lines: Sequence[LimitLine], name: str, title: str, unit: str, peak: int
) -> str:
    """Draw the samples from ``start`` to ``stop``, with a ring about the one that is the largest of all."""
    value = float(found.current[peak])
    window = found.current[start:stop]
    low, high = _y_range(window, lines)
    frame = svg.Frame(
        width=_WIDTH, height=_HEIGHT, x_range=(start / found.rate, stop / found.rate), y_range=(low, high)
    )
    y_scale, x_scale = numbers.Scale.of((low, high), unit), numbers.Scale.of(frame.x_range, "s")
    x_ticks = [(t, x_scale.short(t + 0.0, 6)) for t in svg.ticks(*frame.x_range)]
    y_ticks = [(v, y_scale.short(v + 0.0, 4)) for v in svg.ticks(low, high, 4)]
    parts = svg.axes(frame, x_ticks, y_ticks)
    parts += svg.titles(frame, f"time, {x_scale.unit}", f"current, {y_scale.unit}")
    parts += _limit_lines(frame, lines) + [svg.path("wave", _envelope(frame, window, start / found.rate, found.rate))]
    parts.append(f'<circle class="peak" cx="{frame.x(peak / found.rate):.1f}" cy="{frame.y(value):.1f}" r="4.5"/>')
    described = f"Current over time, {stop - start} samples, with the limits."
    return svg.drawing(frame, name, title, described, parts)


def _y_range(window: "NDArray[np.float64]", lines: Sequence[LimitLine]) -> tuple[float, float]:
    """Return what has to be seen: the current, zero, and the limits; the mirrored limit only for a current there."""
    edges = [0.0, float(window.min()), float(window.max()), *(line.value for line in lines)]
    low, high = min(edges), max(edges)
    room = (high - low or 1e-9) * 0.07
    return low - room, high + room


def _limit_lines(frame: svg.Frame, lines: Sequence[LimitLine]) -> list[str]:
    parts = []
    for line in lines:
        y = frame.y(line.value)
        parts.append(svg.path(f"line {line.css}", f"M{frame.left:.1f} {y:.1f}H{frame.right:.1f}"))
        parts.append(svg.text(frame.right + 5, y + 4, line.label, f"line-name {line.css}"))
    return parts


def _envelope(frame: svg.Frame, window: "NDArray[np.float64]", begin: float, rate: float) -> str:
    """Return the path of the window: every sample while they are few, lowest and highest of each column otherwise."""
    import numpy as np

    if window.size <= 2 * _COLUMNS:
        spots = zip(begin + np.arange(window.size) / rate, window, strict=True)
        return "M" + "L".join(f"{frame.x(t):.1f} {frame.y(i):.1f}" for t, i in spots)
    starts = np.linspace(0, window.size, _COLUMNS, endpoint=False).astype(np.intp)
    lows, highs = np.minimum.reduceat(window, starts), np.maximum.reduceat(window, starts)
    columns = zip(begin + starts / rate, lows, highs, strict=True)
    return "M" + "L".join(f"{frame.x(t):.1f} {frame.y(a):.1f}V{frame.y(b):.1f}" for t, a, b in columns)
