# SPDX-License-Identifier: MIT
"""Functions of time that are constant between events: all that a resistive circuit needs, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TIME_SLACK = 1e-9
"""How far outside its span a function may be asked, s: the rounding of bench times, far below any aperture."""

_SMALL = 1e-4
"""Below this the series of :func:`mean_decay` to the third power is as exact as a float."""


class Signal(Protocol):
    """A quantity against bench time, however it is made up between events."""

    @property
    def edges(self) -> FloatArray:
        """Return the events, ascending bench times, s."""

    @property
    def start(self) -> float:
        """Return the bench time at which the function begins, s."""

    @property
    def stop(self) -> float:
        """Return the bench time at which the function ends, s."""

    def at(self, times: FloatArray) -> FloatArray:
        """Return the value at each bench time (s); on an edge, the value that begins there."""

    def means(self, starts: FloatArray, aperture: float) -> FloatArray:
        """Return the mean over ``aperture`` (s) from each of ``starts`` (bench time, s)."""

    def integral(self, start: float, stop: float) -> float:
        """Return the integral from ``start`` to ``stop`` (bench time, s), in the quantity's unit times s."""

    def peak(self) -> float:
        """Return the largest magnitude."""

    def clipped(self, limit: float) -> Signal:
        """Return the function held within ± ``limit``."""

    def scaled(self, factor: float) -> Signal:
        """Return the function times a factor."""


def mean_decay(exponent: FloatArray) -> FloatArray:
    """Return the mean of ``e^(−s) − 1`` over ``s`` from 0 to each exponent: −(1 − (1 − e^(−x)) / x).

    :param exponent: x, ≥ 0, any shape.
    """
    x = np.asarray(exponent, dtype=np.float64)
    small = x < _SMALL
    full = -np.expm1(-x) / np.where(small, 1.0, x) - 1
    mean: FloatArray = np.where(small, -x / 2 + x * x / 6 - x * x * x / 24, full)
    return mean


@dataclass(frozen=True, eq=False)
class Piecewise:
    """A value against bench time, constant on each segment.

    Those who read the circuit use what :class:`Signal` has only, so that a function with exponential segments
    (:class:`instruments.sim.exponentials.Exponentials`) takes its place where a load stores charge.

    :param edges: ascending bench times, s, one more than ``values``.
    :param values: the value from each edge to the next, in the unit of the quantity.
    """

    edges: FloatArray
    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.ndim != 1 or self.edges.shape != (self.values.size + 1,) or not self.values.size:
            raise ValueError(f"{self.edges.size} edges do not bound {self.values.size} segments")
        if not bool(np.all(np.diff(self.edges) > 0)):
            raise ValueError("edges must ascend")

    @classmethod
    def constant(cls, start: float, stop: float, value: float) -> Piecewise:
        """Return ``value`` from ``start`` to ``stop`` (bench time, s)."""
        return cls(np.array([start, stop], dtype=np.float64), np.array([value], dtype=np.float64))

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
        self._check(times)
        segment = np.searchsorted(self.edges, times, side="right") - 1
        return self.values[np.clip(segment, 0, self.values.size - 1)]

    def means(self, starts: FloatArray, aperture: float) -> FloatArray:
        """Return what integrating readings see: the mean over ``aperture`` (s) from each of ``starts`` (bench time, s).

        :raises ValueError: when a reading reaches outside the span, or the aperture is not positive.
        """
        if not aperture > 0:
            raise ValueError(f"an aperture of {aperture} s averages nothing")
        begin = np.asarray(starts, dtype=np.float64)
        end = begin + aperture
        self._check(begin)
        self._check(end)
        if begin.size < 2 or bool(np.any(begin[1:] < begin[:-1])):
            return self._averaged(begin, end)
        mean, mixed = self._undisturbed(begin, end)
        mean[mixed] = self._averaged(begin[mixed], end[mixed])
        return mean

    def integral(self, start: float, stop: float) -> float:
        """Return the integral from ``start`` to ``stop`` (bench time, s), in the quantity's unit times s."""
        times = np.array([start, stop], dtype=np.float64)
        self._check(times)
        low, high = self._cumulative(times)
        return float(high - low)

    def peak(self) -> float:
        """Return the largest magnitude."""
        return float(np.max(np.abs(self.values)))

    def clipped(self, limit: float) -> Piecewise:
        """Return the function held within ± ``limit``."""
        return self.map(lambda values: np.clip(values, -limit, limit))

    def scaled(self, factor: float) -> Piecewise:
        """Return the function times a factor."""
        return Piecewise(self.edges, self.values * factor)

    def map(self, function: Callable[[FloatArray], FloatArray]) -> Piecewise:
        """Return ``function`` of the value, segment by segment."""
        return Piecewise(self.edges, np.broadcast_to(function(self.values), self.values.shape).astype(np.float64))

    def times(self, other: Piecewise) -> Piecewise:
        """Return the product with ``other``, over the span that both share."""
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        merged = np.union1d(self.edges, other.edges)
        inner = merged[(merged > start) & (merged < stop)]
        edges = np.concatenate(([start], inner, [stop]))
        return Piecewise(edges, self.at(edges[:-1]) * other.at(edges[:-1]))

    def _undisturbed(self, begin: FloatArray, end: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return the value in which each of the ascending readings begins, and which readings an edge falls into."""
        inner = self.edges[1:-1]
        later = np.searchsorted(begin, inner, side="left")
        mean = np.repeat(self.values, np.diff(np.concatenate(([0], later, [begin.size]))))
        count = np.zeros(begin.size + 1, dtype=np.int64)
        np.add.at(count, np.searchsorted(end, inner, side="right"), 1)
        np.add.at(count, later, -1)
        return mean, np.cumsum(count[:-1]) > 0

    def _averaged(self, begin: FloatArray, end: FloatArray) -> FloatArray:
        # The aperture as it came out in floating point: late in a run its rounding would show in the mean.
        mean: FloatArray = (self._cumulative(end) - self._cumulative(begin)) / (end - begin)
        return mean

    def _cumulative(self, times: FloatArray) -> FloatArray:
        areas = np.concatenate(([0.0], np.cumsum(self.values * np.diff(self.edges))))
        return np.interp(times, self.edges, areas).astype(np.float64, copy=False)

    def _check(self, times: FloatArray) -> None:
        if times.size and not (times.min() >= self.start - TIME_SLACK and times.max() <= self.stop + TIME_SLACK):
            raise ValueError(
                f"asked from {times.min()} s to {times.max()} s, known from {self.start} s to {self.stop} s"
            )
