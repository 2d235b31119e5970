# SPDX-License-Identifier: MIT
"""What a stimulator is made to deliver, as exact functions of time."""

import math
from dataclasses import dataclass

import numpy as np

from instruments.sim.piecewise import FloatArray, Piecewise


@dataclass(frozen=True, kw_only=True)
class Train:
    """A repeated pattern of unit amplitude: ``shape`` follows on ``offsets``, the last stretch ends with the period.

    :param period: s.
    :param offsets: beginnings of the stretches within the period, s, ascending from 0.
    :param shape: the value of each stretch, in multiples of the amplitude.
    """

    period: float
    offsets: tuple[float, ...]
    shape: tuple[float, ...]

    def between(self, start: float, stop: float, phase: float) -> Piecewise:
        """Return the train between two bench times.

        :param start: bench time, s.
        :param stop: bench time, s, > ``start``.
        :param phase: the share of a period, 0 … 1, by which the train is ahead at bench time 0.
        """
        origin = -phase * self.period
        first = math.floor((start - origin) / self.period) - 1
        last = math.ceil((stop - origin) / self.period) + 1
        beginnings = origin + np.arange(first, last) * self.period
        edges = (beginnings[:, None] + np.array(self.offsets)).ravel()
        values = np.tile(np.array(self.shape), beginnings.size)
        return _clipped(edges, values, start, stop)


def direct() -> Train:
    """Return a continuous direct current. Its period only says how often the same value is written down."""
    return Train(period=1.0, offsets=(0.0,), shape=(1.0,))


def monophasic(frequency: float, width: float) -> Train:
    """Return pulses of one sign.

    :param frequency: pulses per second.
    :param width: pulse duration, s, at most one period.
    """
    return _train(1 / frequency, [(width, 1.0)])


def biphasic(frequency: float, width: float, gap: float) -> Train:
    """Return pulses of two opposite, equal phases.

    :param frequency: pulses per second.
    :param width: duration of each phase, s.
    :param gap: pause between the two phases, s.
    """
    return _train(1 / frequency, [(width, 1.0), (gap, 0.0), (width, -1.0)])


def _train(period: float, stretches: list[tuple[float, float]]) -> Train:
    used = sum(duration for duration, _ in stretches)
    if used > period * (1 + 1e-9):
        raise ValueError(f"pulses of {used} s do not fit into a period of {period} s")
    rest = period - used
    pieces = [*stretches, (rest if rest > 1e-9 * period else 0.0, 0.0)]
    kept = [(duration, value) for duration, value in pieces if duration > 0]
    ends = np.cumsum([0.0, *(duration for duration, _ in kept)])
    return Train(period=period, offsets=tuple(map(float, ends[:-1])), shape=tuple(value for _, value in kept))


def _clipped(edges: FloatArray, values: FloatArray, start: float, stop: float) -> Piecewise:
    first = int(np.searchsorted(edges, start, side="right")) - 1
    last = int(np.searchsorted(edges, stop, side="left"))
    inner = edges[first + 1 : last]
    return Piecewise(np.concatenate(([start], inner, [stop])), values[first:last])
