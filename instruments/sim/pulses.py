# SPDX-License-Identifier: MIT
"""The form of one pulse of unit amplitude: what follows upon what, for how long and how high.

Slopes and tails are staircases, so that everything stays constant between events; each step has the mean of the curve
that it stands for, so that charges are those of the curve.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

EDGE_STEPS = 20
"""Steps of one sloped edge."""

TAIL_STEPS = 40
"""Steps of one exponential tail."""

TAIL_LENGTH = 5.0
"""After how many time constants a tail ends."""

RING_STEPS = 20
"""Steps of one period of ringing."""

Stretches = Sequence[tuple[float, float]]
"""Durations, s, and values, in multiples of the amplitude."""


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A faster square wave that chops a pulse.

    :param frequency: Hz.
    :param duty: the share of its period, 0 … 1, for which it has the pulse's own sign.
    :param alternating: whether it has the other sign for the rest; else it is zero there.
    """

    frequency: float
    duty: float = 0.5
    alternating: bool = True


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """A damped oscillation on top of a phase, from its beginning: ``share · e^(−t/τ) · cos(2πft)``.

    :param share: as a multiple of the phase's own amplitude.
    :param frequency: Hz.
    :param time_constant: s.
    """

    share: float
    frequency: float
    time_constant: float

    def mean(self, start: float, stop: float) -> float:
        """Return its mean between two moments (s) of the phase, by the integral of e^(−t/τ)·cos(2πft)."""
        decay, turn = 1 / self.time_constant, 2 * math.pi * self.frequency
        ends = [
            math.exp(-decay * moment) * (turn * math.sin(turn * moment) - decay * math.cos(turn * moment))
            for moment in (start, stop)
        ]
        return self.share * (ends[1] - ends[0]) / (decay**2 + turn**2) / (stop - start)


def duration(pulse: Stretches) -> float:
    """Return how long a pulse takes, s."""
    return sum(length for length, _ in pulse)


def charge(pulse: Stretches) -> float:
    """Return the net charge of a pulse for an amplitude of one, in s."""
    return sum(length * value for length, value in pulse)


def rectangle(width: float, value: float = 1.0) -> Stretches:
    """Return a phase with steep edges."""
    return [(width, value)]


def sloped(width: float, edge: float, value: float = 1.0) -> Stretches:
    """Return a phase with sloped edges; it takes ``width + edge``, and holds as much charge as one with steep edges.

    :param width: duration at half of the amplitude, s.
    :param edge: duration of each edge from 0 to 100 %, s, at most ``width``.
    """
    if not edge > 0:
        return rectangle(width, value)
    rise = [(edge / EDGE_STEPS, value * (step + 0.5) / EDGE_STEPS) for step in range(EDGE_STEPS)]
    plateau = [(width - edge, value)] if width > edge else []
    return [*rise, *plateau, *reversed(rise)]


def ringing(width: float, value: float, rings: Ringing) -> Stretches:
    """Return a phase of ``width`` (s) with steep edges that rings from its beginning on."""
    step = 1 / (rings.frequency * RING_STEPS)
    length = min(TAIL_LENGTH * rings.time_constant, width)
    count = max(math.ceil(length / step * (1 - 1e-9)), 1)
    edges = [min(number * step, length) for number in range(count + 1)]
    steps = [(stop - start, value * (1 + rings.mean(start, stop))) for start, stop in pairwise(edges)]
    return [*steps, (width - length, value)] if width > length else steps


def tail(area: float, time_constant: float) -> Stretches:
    """Return an exponential tail.

    :param area: its charge for an amplitude of one, s, with its sign.
    :param time_constant: s.
    """
    step = TAIL_LENGTH / TAIL_STEPS
    whole = -math.expm1(-TAIL_LENGTH)
    falling = [math.exp(-number * step) * -math.expm1(-step) / whole for number in range(TAIL_STEPS)]
    return [(step * time_constant, area * share / (step * time_constant)) for share in falling]


def chopped(pulse: Stretches, carrier: Carrier) -> Stretches:
    """Return a pulse chopped by a carrier that begins anew with each of its stretches; the last period may be cut."""
    pieces: list[tuple[float, float]] = []
    for length, value in pulse:
        pieces += _chopped_stretch(length, value, carrier) if value else [(length, value)]
    return pieces


def _chopped_stretch(length: float, value: float, carrier: Carrier) -> list[tuple[float, float]]:
    period = 1 / carrier.frequency
    other = -value if carrier.alternating else 0.0
    pieces: list[tuple[float, float]] = []
    for number in range(math.ceil(length / period * (1 - 1e-9))):
        left = length - number * period
        high = min(carrier.duty * period, left)
        pieces += [(high, value), (min((1 - carrier.duty) * period, left - high), other)]
    return [(part, height) for part, height in pieces if part > 1e-9 * period]
