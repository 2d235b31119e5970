# SPDX-License-Identifier: MIT
"""What a stimulator is made to deliver, as exact functions of time: trains of pulses of unit amplitude."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instruments.sim.piecewise import FloatArray, Piecewise
from instruments.sim.pulses import Stretches, duration, rectangle

_FITS = 1 + 1e-9
"""By how much pulses may exceed their period: the rounding of a width that fills it."""


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

    def between(
        self,
        start: float,
        stop: float,
        phase: float,
        *,
        scale: Callable[[FloatArray], FloatArray] | None = None,
        shift: Callable[[NDArray[np.int64]], FloatArray] | None = None,
    ) -> Piecewise:
        """Return the train between two bench times.

        :param start: bench time, s.
        :param stop: bench time, s, > ``start``.
        :param phase: the share of a period, 0 … 1, by which the train is ahead at bench time 0.
        :param scale: returns by what each period is multiplied, from the bench times at which they begin (s).
        :param shift: returns how much later than nominal each period begins (s), from their numbers.
        """
        origin = -phase * self.period
        first = math.floor((start - origin) / self.period) - 1
        last = math.ceil((stop - origin) / self.period) + 1
        numbers = np.arange(first, last, dtype=np.int64)
        beginnings = np.asarray(origin + numbers * self.period, dtype=np.float64)
        if shift is not None:
            beginnings = beginnings + shift(numbers)
        edges = (beginnings[:, None] + np.array(self.offsets)).ravel()
        values = np.tile(np.array(self.shape), beginnings.size)
        if scale is not None:
            values = values * np.repeat(scale(beginnings), len(self.shape))
        return _clipped(edges, values, start, stop)

    def at(self, times: FloatArray) -> FloatArray:
        """Return the value at times since the train began, s, any sign."""
        within = np.mod(times, self.period)
        found: FloatArray = np.array(self.shape)[np.searchsorted(self.offsets, within, side="right") - 1]
        return found


def direct() -> Train:
    """Return a continuous direct current. Its period only says how often the same value is written down."""
    return Train(period=1.0, offsets=(0.0,), shape=(1.0,))


def monophasic(frequency: float, width: float) -> Train:
    """Return pulses of one sign.

    :param frequency: pulses per second.
    :param width: pulse duration, s, at most one period.
    """
    return repeated(rectangle(width), 1 / frequency)


def biphasic(frequency: float, width: float, gap: float) -> Train:
    """Return pulses of two opposite, equal phases.

    :param frequency: pulses per second.
    :param width: duration of each phase, s.
    :param gap: pause between the two phases, s.
    """
    return repeated([(width, 1.0), (gap, 0.0), (width, -1.0)], 1 / frequency)


def repeated(pulse: Stretches, period: float) -> Train:
    """Return one pulse at the beginning of each period (s), and nothing for the rest of it.

    :raises ValueError: when the pulse does not fit.
    """
    return grouped(pulse, [0.0], period)


def burst(pulse: Stretches, frequency: float, pulses: int, bursts: float) -> Train:
    """Return groups of pulses with a pause after each.

    :param frequency: pulses per second inside of a burst.
    :param pulses: how many make a burst.
    :param bursts: bursts per second.
    :raises ValueError: when a pulse or a burst does not fit.
    """
    return grouped(pulse, [number / frequency for number in range(pulses)], 1 / bursts)


def sequence(pulse: Stretches, parts: Iterable[tuple[float, float, float]]) -> Train:
    """Return one pulse at rates that follow upon each other, then from the beginning.

    :param parts: pulses per second, for how long (s), and by what they are multiplied; a part holds whole periods only,
        and a pause is what is left.
    :raises ValueError: when a pulse does not fit, or a part is shorter than its period.
    """
    starts: list[float] = []
    shares: list[float] = []
    begun = 0.0
    for frequency, length, share in parts:
        count = math.floor(length * frequency * _FITS)
        if not count:
            raise ValueError(f"a part of {length} s holds no pulse at {frequency} Hz")
        starts += [begun + number / frequency for number in range(count)]
        shares += [share] * count
        begun += length
    return grouped(pulse, starts, begun, shares)


def grouped(pulse: Stretches, starts: Sequence[float], period: float, shares: Sequence[float] | None = None) -> Train:
    """Return a pulse at several moments of each period.

    :param starts: beginnings of the pulses, s, ascending from 0.
    :param shares: by what each of them is multiplied; None leaves them as they are.
    :raises ValueError: when the pulse does not fit between two of them, or before the period's end.
    """
    used = duration(pulse)
    room = float(np.min(np.diff([*starts, period])))
    if used > room * _FITS:
        raise ValueError(f"pulses of {used} s do not fit into a period of {room} s")
    pieces: list[tuple[float, float]] = []
    for number, (begun, next_begun) in enumerate(zip(starts, [*starts[1:], period], strict=True)):
        rest = next_begun - begun - used
        pieces += pulse if shares is None else [(length, shares[number] * value) for length, value in pulse]
        pieces.append((rest if rest > 1e-9 * room else 0.0, 0.0))
    kept = [(length, value) for length, value in pieces if length > 0]
    ends = np.cumsum([0.0, *(length for length, _ in kept)])
    return Train(period=period, offsets=tuple(map(float, ends[:-1])), shape=tuple(value for _, value in kept))


def _clipped(edges: FloatArray, values: FloatArray, start: float, stop: float) -> Piecewise:
    first = int(np.searchsorted(edges, start, side="right")) - 1
    last = int(np.searchsorted(edges, stop, side="left"))
    inner = edges[first + 1 : last]
    return Piecewise(np.concatenate(([start], inner, [stop])), values[first:last])
