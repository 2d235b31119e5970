# SPDX-License-Identifier: MIT
"""The form of one pulse of unit amplitude: what follows upon what, for how long and how high.

Slopes and tails are staircases, so that everything stays constant between events; each step has the mean of the curve
that it stands for, so that charges are those of the curve.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

EDGE_STEPS = 20
"""Steps of one sloped edge."""

TAIL_STEPS = 40
"""Steps of one exponential tail."""

TAIL_LENGTH = 5.0
"""After how many time constants a tail ends."""

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
