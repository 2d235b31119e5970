# SPDX-License-Identifier: MIT
"""What flows in the loop for any voltage on the skin's capacitor: a function made of straight lines.

For one demand the source, its rail and the SMU's limit are straight-line laws, so the current is one too: it falls, or
stays, as the capacitor's voltage rises. Between two corners the capacitor charges along one exponential.
"""

from collections.abc import Iterable, Iterator
from math import copysign, inf
from typing import NamedTuple

from instruments.sim.network import Loop


class Line(NamedTuple):
    """A law between two corners of a voltage x (V): ``current = i0 + i1·x`` (A), ``voltage = v0 + v1·x`` (V).

    ``limited`` says whether the SMU's limit acts.
    """

    low: float
    high: float
    i0: float
    i1: float
    v0: float
    v1: float
    limited: bool = False


def regulated_law(demand: float, rail: float, loop: Loop) -> list[Line]:
    """Return the law of a source that regulates its current, by ascending capacitor voltage.

    The same source as in :func:`instruments.sim.network.solve`, with the capacitor's voltage taken off the SMU's.

    :param demand: A.
    :param rail: the largest magnitude of its voltage, V.
    """
    sign, wanted = copysign(1.0, demand or 1.0), abs(demand)
    aided = _current_lines(wanted, rail, loop)
    limited = (piece for line in aided for piece in _limited(line, loop, _held(wanted, rail, loop)))
    return _by_capacitor(limited, sign, loop.emf)


def forced_law(voltage: float, loop: Loop) -> list[Line]:
    """Return the law of a source that holds its voltage (V), by ascending capacitor voltage."""
    line = Line(-inf, inf, voltage / loop.resistance, 1 / loop.resistance, voltage, 0.0)
    return _by_capacitor(_limited(line, loop, (voltage, voltage)), 1.0, loop.emf)


def _current_lines(wanted: float, rail: float, loop: Loop) -> list[Line]:
    """Return the law by ascending voltage that aids the demand, in the demand's direction, without the SMU's limit."""
    across, leak = loop.resistance, loop.conductance
    total = leak + 1 / across
    i1, v1 = leak / (across * total), -1 / (across * total)
    if not wanted:
        return [Line(-inf, inf, 0.0, i1, 0.0, v1)]
    blocked, regulated = -across * rail * total, across * (wanted - rail * total)
    return [
        Line(-inf, blocked, 0.0, i1, 0.0, v1),
        Line(blocked, regulated, rail / across, 1 / across, rail, 0.0),
        Line(regulated, inf, wanted * (1 - leak / total), i1, wanted / total, v1),
    ]


def _held(wanted: float, rail: float, loop: Loop) -> tuple[float, float]:
    """Return the source's voltage while the SMU's limit holds the current at −limit and at +limit, V."""
    if not loop.conductance:
        return (rail, rail) if wanted else (0.0, 0.0)
    low, high = (min((wanted - drawn) / loop.conductance, rail) for drawn in (-loop.limit, loop.limit))
    return max(low, loop.limit / loop.conductance), high


def _limited(line: Line, loop: Loop, held: tuple[float, float]) -> Iterator[Line]:
    """Yield the pieces of a line below, within and above the SMU's limit."""
    if line.i1 == 0.0:
        if abs(line.i0) <= loop.limit:
            yield line
        else:
            over = copysign(loop.limit, line.i0)
            yield Line(line.low, line.high, over, 0.0, held[over > 0], 0.0, True)
        return
    low, high = (-loop.limit - line.i0) / line.i1, (loop.limit - line.i0) / line.i1
    pieces = [
        Line(line.low, min(line.high, low), -loop.limit, 0.0, held[0], 0.0, True),
        line._replace(low=max(line.low, low), high=min(line.high, high)),
        Line(max(line.low, high), line.high, loop.limit, 0.0, held[1], 0.0, True),
    ]
    yield from (piece for piece in pieces if piece.low < piece.high)


def _by_capacitor(lines: Iterable[Line], sign: float, emf: float) -> list[Line]:
    """Return a law of the aiding voltage ``w = sign · (emf − u)`` as one of the capacitor's voltage u, ascending."""
    turned = []
    for line in lines:
        low, high = sorted((emf - sign * line.low, emf - sign * line.high))
        current, voltage = sign * line.i0 + line.i1 * emf, sign * line.v0 + line.v1 * emf
        turned.append(Line(low, high, current, -line.i1, voltage, -line.v1, line.limited))
    ascending = turned[::-1] if sign > 0 else turned
    # Rounding may leave a gap between two corners, never one that matters; without it each voltage has its line.
    highs = [-inf, *(line.high for line in ascending)]
    return [line._replace(low=low) for line, low in zip(ascending, highs, strict=False)]
