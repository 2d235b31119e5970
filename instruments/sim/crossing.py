# SPDX-License-Identifier: MIT
"""When a margin that is a sum of two exponentials is used up."""

from math import expm1, inf, log
from typing import NamedTuple

_TOLERANCE = 1e-12
"""A margin counts as used up below minus this share of its terms: what rounding leaves at an event must not be taken
for the next one."""

_HALVINGS = 60


class Margin(NamedTuple):
    """What is left of a bound, ``begin + first·(e^(−k1·t) − 1) + second·(e^(−k2·t) − 1)``; used up below 0.

    ``terms`` is the magnitude of all that ``begin`` is the sum of: what its rounding is measured by.
    """

    begin: float
    first: float
    second: float
    terms: float

    def at(self, rates: tuple[float, float], time: float) -> float:
        """Return the margin ``time`` (s) after its beginning."""
        return self.begin + self.first * expm1(-rates[0] * time) + self.second * expm1(-rates[1] * time)

    def is_used_up(self, rates: tuple[float, float], time: float) -> bool:
        """Return whether it is used up ``time`` (s) after its beginning, beyond all rounding."""
        first, second = self.first * expm1(-rates[0] * time), self.second * expm1(-rates[1] * time)
        return self.begin + first + second < -_TOLERANCE * (self.terms + abs(first) + abs(second))


def used_up(margin: Margin, rates: tuple[float, float], within: float) -> float:
    """Return after what time, s, the margin is used up; infinite when that is not before ``within`` (s)."""
    if margin.is_used_up(rates, 0.0):
        return 0.0
    low = 0.0
    for high in (*_turn(margin, rates, within), within):
        if margin.is_used_up(rates, high):
            return _root(margin, rates, low, high)
        low = high
    return inf


def _turn(margin: Margin, rates: tuple[float, float], within: float) -> tuple[float, ...]:
    """Return the time at which the margin turns, s, when it does so inside."""
    one, other = margin.first * rates[0], margin.second * rates[1]
    if not (one < 0 < other or other < 0 < one) or rates[0] == rates[1]:
        return ()
    time = (log(abs(one)) - log(abs(other))) / (rates[0] - rates[1])
    return (time,) if 0 < time < within else ()


def _root(margin: Margin, rates: tuple[float, float], low: float, high: float) -> float:
    """Return the time between two others at which a falling margin passes zero, by halving."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if margin.at(rates, middle) < 0:
            high = middle
        else:
            low = middle
    return high
