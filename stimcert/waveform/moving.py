# SPDX-License-Identifier: MIT
"""The largest moving means of a long record, of either sign, found without averaging where nothing happens."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from stimcert.maximum import expected_excess
from stimcert.waveform.blocks import CHUNK, Outline
from stimcert.waveform.peak import Indices
from stimcert.waveform.sampled import Sampled, Samples

# How far below the corrected level, in units of its noise, a window may still belong to the plateau of an extreme.
WIDER = 3.0
# So many windows are kept for counting; of more, every 7th, 61st … Primes: periods are rarely multiples of them.
_COUNTED = 1 << 18
_STRIDES = (1, 7, 61, 607, 6007)
_FIRST_LOOK = 16
# Samples averaged at a time; and from one row in so many on, the rows between are averaged too.
_BATCH, _DENSE = 1 << 14, 2


@dataclass(kw_only=True)
class Side:
    """What was seen of one sign.

    :param sign: +1 or −1; means are counted in its direction, from the zero.
    :param largest: of all windows.
    :param index: first sample of the first window that shows it.
    :param near: windows that may share its level, one in :attr:`Search.stride`.
    """

    sign: int
    largest: float = -math.inf
    index: int = 0
    near: list[Samples] = field(default_factory=list)


class Search:
    """Rows of windows, and which of them can hold an extreme.

    Row r holds the windows that start in chunk r, whose length is at least the window's; what is left at the end of the
    record is the tail.
    """

    def __init__(self, record: Sampled, window: int, known: Outline) -> None:
        self.zero, self.window, self.samples = record.zero, window, record.samples
        self.windows = len(record.samples) - window + 1
        joined = 1
        while joined * CHUNK < window:
            joined *= 2
        self.chunk = joined * CHUNK
        self.rows = self.windows // self.chunk
        starts = np.arange(0, len(known.highest), joined)
        self.bounds = (
            self._row_bounds(np.maximum.reduceat(known.highest, starts)) - record.zero,
            self._row_bounds(np.maximum.reduceat(-known.lowest, starts)) + record.zero,
        )
        self.reach = (expected_excess(self.windows, window) + WIDER) * record.noise / math.sqrt(window)
        self.sides = [Side(sign=1), Side(sign=-1)]
        self.stride = 1

    def _row_bounds(self, highest: Samples) -> Samples:
        """Return what no window of a row exceeds: its windows end in the next chunk at the latest."""
        rows = highest[: self.rows].copy()
        ends = highest[1 : self.rows + 1]
        np.maximum(rows[: len(ends)], ends, out=rows[: len(ends)])
        return rows

    def run(self) -> list[Side]:
        """Look at the likeliest rows first; then at those that can still be near an extreme."""
        for bound in self.bounds:
            self._look(np.argsort(bound)[-_FIRST_LOOK:] if self.rows else np.empty(0, np.intp), keep=False)
        self._run(self.rows * self.chunk, self.windows, keep=False)
        likely = np.zeros(self.rows, dtype=bool)
        for side, bound in zip(self.sides, self.bounds, strict=True):
            likely |= bound >= self._threshold(side, bound.dtype)
        rows = np.flatnonzero(likely)
        count = len(rows) * self.chunk
        self.stride = next((stride for stride in _STRIDES if count <= stride * _COUNTED), _STRIDES[-1])
        self._look(rows, keep=True)
        self._run(self.rows * self.chunk, self.windows, keep=True)
        return self.sides

    def _threshold(self, side: Side, dtype: np.dtype[np.floating]) -> float:
        """Return the level below which windows of a side do not matter; a little lower, for rounding."""
        return side.largest - self.reach - 8.0 * float(np.finfo(dtype).eps) * (abs(side.largest) + abs(self.zero))

    def _look(self, rows: Indices, *, keep: bool) -> None:
        """Average the windows of some rows, gathered a batch at a time; many neighbours stay where they are."""
        length, step = self.chunk + self.window - 1, self.samples.strides[0]
        view: NDArray[Any] = as_strided(self.samples, (self.rows, length), (self.chunk * step, step))
        batch = max(_BATCH // length, 1)
        for part in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1) if self._dense(rows) else [rows]:
            if self._dense(part):
                self._run(int(part[0]) * self.chunk, (int(part[-1]) + 1) * self.chunk, keep=keep)
                continue
            for start in range(0, len(part), batch):
                some = part[start : start + batch]
                self._see(view[some], some * self.chunk, keep=keep)

    def _dense(self, rows: Indices) -> bool:
        return len(rows) > 1 and len(rows) * _DENSE > int(rows[-1]) - int(rows[0])

    def _run(self, first: int, stop: int, *, keep: bool) -> None:
        """Average all windows that begin in a stretch, a block at a time."""
        block = max(_BATCH, 4 * self.window)
        for start in range(first, stop, block):
            end = min(start + block, stop) + self.window - 1
            self._see(self.samples[None, start:end], np.array([start]), keep=keep)

    def _see(self, rows: Samples, firsts: Indices, *, keep: bool) -> None:
        """Average the windows of some rows, and remember the extremes; ``firsts`` is where each row begins."""
        sums = window_sums(rows, self.window)
        flat = sums.reshape(-1)
        if not len(flat):
            return
        for side, at in zip(self.sides, (int(flat.argmax()), int(flat.argmin())), strict=True):
            mean = side.sign * (float(flat[at]) / self.window - self.zero)
            if mean > side.largest:
                row, column = divmod(at, sums.shape[1])
                side.largest, side.index = mean, int(firsts[row]) + column
            if keep:
                thin = side.sign * (flat[:: self.stride].astype(np.float64) / self.window - self.zero)
                side.near.append(thin[thin >= side.largest - self.reach])


def window_sums(rows: Samples, window: int) -> Samples:
    """Sum each ``window`` neighbours along the rows by doubling; a new array of shape (rows, columns − window + 1)."""
    count = rows.shape[1] - window + 1
    width, offset = 1, 0
    parts = []
    while width <= window:
        if window & width:
            parts.append(rows[:, offset : offset + count])
            offset += width
        rows = rows[:, :-width] + rows[:, width:] if 2 * width <= window else rows
        width *= 2
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
