# SPDX-License-Identifier: MIT
"""Functions of time that are sums of exponentials between events: what a circuit with two capacitors needs, exactly.

On each segment the value is ``begin + Σ a·(e^(−k·u) − 1)`` with ``u`` the time since the segment's own beginning.
Written like that nothing cancels, however slow an exponential is against its segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from instruments.sim.piecewise import TIME_SLACK, FloatArray, mean_decay

_HALVINGS = 60
"""Steps in which a crossing is found: the time is then as exact as a float."""


@dataclass(frozen=True, eq=False)
class Exponentials:
    """A value against bench time, the sum of a constant and up to m exponentials on each segment.

    :param edges: ascending bench times, s, shape (n + 1,).
    :param begins: the value with which each segment begins, shape (n,), in the unit of the quantity.
    :param amplitudes: of the exponentials, shape (n, m), in the unit of the quantity.
    :param rates: how fast they decay, 1/s, ≥ 0, shape (n, m).
    """

    edges: FloatArray
    begins: FloatArray
    amplitudes: FloatArray
    rates: FloatArray

    def __post_init__(self) -> None:
        segments = self.begins.size
        if not segments or self.edges.shape != (segments + 1,) or self.amplitudes.shape[0] != segments:
            raise ValueError(f"{self.edges.size} edges do not bound {segments} segments")
        if self.amplitudes.shape != self.rates.shape:
            raise ValueError(f"amplitudes {self.amplitudes.shape} do not fit rates {self.rates.shape}")
        if not bool(np.all(np.diff(self.edges) > 0)) or not bool(np.all(self.rates >= 0)):
            raise ValueError("edges must ascend, and rates must not be negative")

    @property
    def start(self) -> float:
        """Return the bench time at which the function begins, s."""
        return float(self.edges[0])

    @property
    def stop(self) -> float:
        """Return the bench time at which the function ends, s."""
        return float(self.edges[-1])

    def at(self, times: FloatArray) -> FloatArray:
        """Return the value at each bench time (s); on an edge, the value that begins there."""
        segment, since = self._placed(np.asarray(times, dtype=np.float64), side="right")
        return self._value(segment, since)

    def means(self, starts: FloatArray, aperture: float) -> FloatArray:
        """Return what integrating readings see: the mean over ``aperture`` (s) from each of ``starts`` (bench time, s).

        :raises ValueError: when a reading reaches outside the span, or the aperture is not positive.
        """
        if not aperture > 0:
            raise ValueError(f"an aperture of {aperture} s averages nothing")
        begin = np.asarray(starts, dtype=np.float64)
        end = begin + aperture
        segment, since = self._placed(begin, side="right")
        last, _ = self._placed(end, side="left")
        mean = self._value(segment, since, mean_decay(self.rates * aperture))
        mixed = last > segment
        mean[mixed] = (self._cumulative(end[mixed]) - self._cumulative(begin[mixed])) / (end - begin)[mixed]
        return mean

    def integral(self, start: float, stop: float) -> float:
        """Return the integral from ``start`` to ``stop`` (bench time, s), in the quantity's unit times s."""
        low, high = self._cumulative(np.array([start, stop], dtype=np.float64))
        return float(high - low)

    def peak(self) -> float:
        """Return the largest magnitude."""
        parts = self.monotone()
        lengths = np.diff(parts.edges)
        ends = parts._value(np.arange(lengths.size), lengths)
        return float(max(np.abs(parts.begins).max(), np.abs(ends).max()))

    def scaled(self, factor: float) -> Exponentials:
        """Return the function times a factor."""
        return Exponentials(self.edges, self.begins * factor, self.amplitudes * factor, self.rates)

    def clipped(self, limit: float) -> Exponentials:
        """Return the function held within ± ``limit``."""
        parts = self.monotone().split_at(limit).split_at(-limit)
        middle = parts._value(np.arange(parts.begins.size), np.diff(parts.edges) / 2)
        beyond = np.abs(middle) > limit
        begins = np.where(beyond, np.copysign(limit, middle), parts.begins)
        return Exponentials(parts.edges, begins, np.where(beyond[:, None], 0.0, parts.amplitudes), parts.rates)

    def monotone(self) -> Exponentials:
        """Return the same function, with an edge wherever it turns inside a segment."""
        if self.rates.shape[1] < 2:
            return self
        one, other = (self.amplitudes * self.rates)[:, :2].T
        apart = self.rates[:, 0] - self.rates[:, 1]
        turns = (np.sign(one) * np.sign(other) < 0) & (apart != 0)
        when = np.zeros_like(one)
        with np.errstate(over="ignore"):  # rates that hardly differ: it turns after all times
            when[turns] = (np.log(np.abs(one[turns])) - np.log(np.abs(other[turns]))) / apart[turns]
        return self._divided(when)

    def split_at(self, level: float) -> Exponentials:
        """Return the same monotone function, with an edge wherever it crosses ``level`` inside a segment."""
        every = np.arange(self.begins.size)
        lengths = np.diff(self.edges)
        begins, ends = self.begins - level, self._value(every, lengths) - level
        low, high = np.zeros_like(lengths), np.where(begins * ends < 0, lengths, 0.0)
        for _ in range(_HALVINGS if high.any() else 0):
            middle = (low + high) / 2
            before = (self._value(every, middle) - level) * begins > 0
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        return self._divided(low)

    def _divided(self, since: FloatArray) -> Exponentials:
        """Return the same function with one edge more in each segment in which ``since`` (s) lies inside."""
        times = self.edges[:-1] + since
        inside = (times > self.edges[:-1]) & (times < self.edges[1:])
        if not inside.any():
            return self
        every = np.arange(self.begins.size)
        source = np.sort(np.concatenate((every, every[inside])))
        edges = np.sort(np.concatenate((self.edges, times[inside])))
        already = edges[:-1] - self.edges[source]
        left = self.amplitudes[source] * np.exp(-self.rates[source] * already[:, None])
        return Exponentials(edges, self._value(source, already), left, self.rates[source])

    def _value(self, segment: NDArray[np.intp], since: FloatArray, averaged: FloatArray | None = None) -> FloatArray:
        """Return the value ``since`` (s) after each segment's beginning, or its mean from there on.

        :param averaged: the mean of ``e^(−k·u) − 1`` over the aperture for each exponential, shape (n, m).
        """
        value: FloatArray = self.begins[segment]
        for index in range(self.rates.shape[1]):
            if self.amplitudes[:, index].any():
                change = np.expm1(-self.rates[segment, index] * since)
                if averaged is not None:
                    fall = averaged[segment, index]
                    change = change + (1 + change) * fall
                value = value + self.amplitudes[segment, index] * change
        return value

    def _cumulative(self, times: FloatArray) -> FloatArray:
        """Return the integral from the function's beginning to each of ``times``."""
        lengths = np.diff(self.edges)
        areas = np.concatenate(([0.0], np.cumsum(self._area(np.arange(lengths.size), lengths))))
        segment, since = self._placed(times, side="right")
        area: FloatArray = areas[segment] + self._area(segment, since)
        return area

    def _area(self, segment: NDArray[np.intp], since: FloatArray) -> FloatArray:
        falls = mean_decay(self.rates[segment] * since[:, None])
        area: FloatArray = since * (self.begins[segment] + (self.amplitudes[segment] * falls).sum(axis=1))
        return area

    def _placed(self, times: FloatArray, side: Literal["left", "right"]) -> tuple[NDArray[np.intp], FloatArray]:
        """Return the segment of each time, and how long after its beginning it lies, s."""
        low, high = self.start - TIME_SLACK, self.stop + TIME_SLACK
        if times.size and not (times.min() >= low and times.max() <= high):
            asked = f"asked from {times.min()} s to {times.max()} s"
            raise ValueError(f"{asked}, known from {self.start} s to {self.stop} s")
        found = np.searchsorted(self.edges, times, side=side) - 1
        segment = np.clip(found, 0, self.begins.size - 1)
        return segment, np.maximum(times - self.edges[segment], 0.0)
