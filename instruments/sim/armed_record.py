# SPDX-License-Identifier: MIT
"""What a digitizer takes in while it is armed: a ring of samples, and a comparator that looks at the input itself.

The comparator sees the voltage before it becomes a sample, so it misses nothing that is shorter than an aperture. It
answers to a *departure* from its window: a voltage that is outside from the start, and stays there, is none.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instruments.sim.piecewise import FloatArray, Piecewise, Signal

TRIGGER_LATENCY = 7.2e-6
"""From the departure to the trigger, s: what users measured on a DMM6500 with firmware 1.7.17a (7.16 µs at 200 kS/s,
7.36 µs at 1 MS/s). The manual states none; unverified."""

_SLACK = 2e-9
"""Rounding of bench times late in a run, s."""
_STEPS = 16
_HALVINGS = 40


@dataclass(frozen=True, kw_only=True)
class Window:
    """The comparator's levels, V; an edge has one of them at infinity.

    :param inverted: what lies between the levels is outside: the trigger is for a voltage that comes in.
    """

    low: float
    high: float
    inverted: bool = False

    def holds(self, volts: FloatArray) -> NDArray[np.bool_]:
        """Return which voltages lie inside, the levels included."""
        between = (volts >= self.low) & (volts <= self.high)
        return ~between if self.inverted else between


def departure(wave: Signal, window: Window, inside: bool | None) -> tuple[float | None, bool]:
    """Return when (bench time, s) a voltage first leaves the window, and whether it is inside at the end.

    :param inside: whether it was inside just before; None when nobody had looked.
    """
    times = _looks(wave)
    within = window.holds(wave.at(times))
    before = np.concatenate(([within[0] if inside is None else inside], within[:-1]))
    found = np.flatnonzero(before & ~within)
    if not found.size:
        return None, bool(within[-1])
    first = int(found[0])
    earlier = wave.start if first == 0 else float(times[first - 1])
    return _refined(wave, window, earlier, float(times[first])), bool(within[-1])


def _looks(wave: Signal) -> FloatArray:
    """Return when to look: where segments begin, and within them where they are not constant."""
    if type(wave) is Piecewise:
        return wave.edges[:-1]
    shares = (np.arange(_STEPS) / _STEPS) ** 2  # closer together where an exponential is steep
    looks: FloatArray = (wave.edges[:-1, None] + np.diff(wave.edges)[:, None] * shares).ravel()
    return np.append(looks, np.nextafter(wave.edges[-1], -np.inf))


def _refined(wave: Signal, window: Window, inside: float, outside: float) -> float:
    if type(wave) is Piecewise:
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if window.holds(wave.at(np.array([middle])))[0]:
            inside = middle
        else:
            outside = middle
    return outside


class ArmedRecord:
    """One run of an armed digitizer: samples from ``start`` on, until ``after`` samples have followed the event.

    :param start: bench time, s.
    :param rate: samples per second, without gaps between them.
    :param aperture: s, at most the sample period.
    :param size: how many samples are kept, the event's followers included.
    :param after: samples from the event on.
    :param window: None when the event is a command.
    """

    def __init__(
        self, *, start: float, rate: float, aperture: float, size: int, after: int, window: Window | None
    ) -> None:
        self.start, self.rate, self.aperture = start, rate, aperture
        self.size, self.after, self.window = size, after, window
        self.event: float | None = None
        self._inside: bool | None = None
        self._waves: list[Signal] = []
        self._now = start
        self._taken = 0

    @property
    def stop(self) -> float:
        """Return when the last sample ends, bench time in s; infinity while nothing has happened."""
        return math.inf if self.event is None else self.start + (self._event_index(self.event) + self.after) / self.rate

    @property
    def finished(self) -> bool:
        """Return whether the last sample has been taken."""
        return self._now >= self.stop - _SLACK

    def trigger(self, time: float) -> None:
        """Let the event be now (bench time, s); the first one counts."""
        if self.event is None:
            self.event = time

    def passes(self, wave: Signal) -> None:
        """Take in the next stretch of the input voltage, V; stretches follow each other without a gap."""
        if self.finished:
            return
        if self.window is not None and self.event is None:
            left, self._inside = departure(wave, self.window, self._inside)
            if left is not None:
                self.trigger(left + TRIGGER_LATENCY)
        self._waves.append(wave)
        self._now = wave.stop
        oldest = min(self._now, self.stop) - (self.size + 1) / self.rate
        while self._waves[0].stop < oldest:
            del self._waves[0]

    def take(self) -> tuple[FloatArray, FloatArray]:
        """Return start (bench time, s) and mean (V) of what was sampled since the last call and is still kept."""
        whole = math.floor((min(self._now, self.stop) - self.start + _SLACK) * self.rate)
        first, self._taken = max(self._taken, whole - self.size), whole
        times = self.start + np.arange(first, whole) / self.rate
        return times, self._means(times)

    def _event_index(self, event: float) -> int:
        return max(0, math.ceil((event - self.start - _SLACK) * self.rate))

    def _means(self, times: FloatArray) -> FloatArray:
        means = np.empty(times.size)
        ends = times + self.aperture
        covered = np.zeros(times.size, dtype=np.bool_)
        for wave in self._waves:
            first, last = np.searchsorted(times, wave.start), np.searchsorted(ends, wave.stop, side="right")
            if last > first:
                means[first:last] = wave.means(times[first:last], self.aperture)
                covered[first:last] = True
        for index in np.flatnonzero(~covered):
            pieces = list(self._pieces(float(times[index]), float(ends[index])))
            means[index] = sum(area for area, _ in pieces) / sum(length for _, length in pieces)
        return means

    def _pieces(self, start: float, stop: float) -> Iterator[tuple[float, float]]:
        """Yield integral (V·s) and length (s) of each stretch that a sample spans."""
        for wave in self._waves:
            begin, end = max(start, wave.start), min(stop, wave.stop)
            if end > begin:
                yield wave.integral(begin, end), end - begin
