# SPDX-License-Identifier: MIT
"""A source with a capacitor across its output, and the loop with or without a capacitor in its load, solved exactly.

    Co · dv/dt = d − i − G·v          Cp · du/dt = i − u / Rp

``v`` stands across the source, ``u`` across the network's capacitor. The source delivers ``d``: its demand below its
rail, at the rail what keeps it there, beyond it nothing. The loop carries ``i``: what its resistance lets through, or
the SMU's limit. In each combination the circuit is linear; the time at which it is left is solved (:mod:`.crossing`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from math import expm1, inf, sqrt
from typing import Any

from instruments.sim.course import Course, Quantity, Stage
from instruments.sim.crossing import Margin, used_up
from instruments.sim.network import Loop
from instruments.sim.skin_network import Network
from instruments.sim.specifications import INSULATION

_MOST_EVENTS = 10_000


class Drive(Enum):
    """What the source does: deliver its demand, stand at its rail, or deliver nothing beyond it."""

    DEMAND = "demand"
    RAIL = "rail"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class OutputStage:
    """Source and loop for one demand.

    :param demand: A.
    :param rail: the largest magnitude of the source's voltage, V.
    :param capacitance: across the source, F, > 0.
    :param network: in the loop, whose ``resistance`` has its series resistor; None for a load without capacitor.
    """

    demand: float
    rail: float
    capacitance: float
    loop: Loop
    network: Network | None

    @property
    def sign(self) -> float:
        """Return the direction of the demand."""
        return -1.0 if self.demand < 0 else 1.0

    @property
    def leak(self) -> float:
        """Return what lies across the source's terminals beside its capacitor, S."""
        return self.loop.conductance + 1 / INSULATION

    def follow(self, u: float, v: float, span: tuple[float, float], course: Course) -> tuple[float, float]:
        """Follow both capacitors through one stretch of constant demand.

        :param u: voltage of the network's capacitor at the beginning, V; 0 without one.
        :param v: voltage of the source at the beginning, V.
        :param span: beginning and end of the stretch, bench time, s.
        :param course: gets the stages.
        :returns: both voltages at the end, V.
        :raises RuntimeError: when the stretch does not come to its end.
        """
        now, stop = span
        moment = self._begin(u, v)
        for _ in range(_MOST_EVENTS):
            motion = moment.motion()
            course.add(moment.stage(now, motion))
            lasts, following = moment.next_event(motion, stop - now)
            if not now + lasts < stop:
                end = moment.after(motion, stop - now)
                return end.u, end.v
            now += lasts
            moment = following
        raise RuntimeError(f"{self} did not come from {span[0]} s to {stop} s in {_MOST_EVENTS} events")

    def _begin(self, u: float, v: float) -> "_Moment":
        aided = self.sign * v
        drive = Drive.DEMAND
        if self.demand and aided >= self.rail * (1 - 1e-12):
            drive = Drive.RAIL if aided <= self.rail * (1 + 1e-12) else Drive.NOTHING
        held = 0.0
        free = (v + self.loop.emf - u) / self.loop.resistance
        if abs(free) > self.loop.limit * (1 + 1e-12):
            held = self.loop.limit if free > 0 else -self.loop.limit
        return _Moment(setup=self, u=u, v=v, drive=drive, held=held)


@dataclass(frozen=True, kw_only=True)
class _Motion:
    """How both voltages go from a moment on: their amplitudes over the two rates."""

    rates: tuple[float, float]
    u: tuple[float, float]
    v: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class _Moment:
    """Both voltages (V) and what holds from now on; ``held`` is the SMU's limit while it acts, A, signed, else 0."""

    setup: OutputStage
    u: float
    v: float
    drive: Drive
    held: float

    @property
    def free(self) -> float:
        """Return what the loop would carry without the SMU's limit, A."""
        return (self.v + self.setup.loop.emf - self.u) / self.setup.loop.resistance

    @property
    def current(self) -> float:
        """Return what the loop carries, A."""
        return self.held or self.free

    def motion(self) -> _Motion:
        """Return how both voltages go on."""
        setup, network = self.setup, self.setup.network
        through = 0.0 if self.held else 1 / setup.loop.resistance
        delivered = setup.demand if self.drive is Drive.DEMAND else 0.0
        slope_u = slope_v = rate_u = rate_v = 0.0
        if network is not None:
            slope_u = (self.current - self.u / network.parallel) / network.capacitance
            rate_u = (through + 1 / network.parallel) / network.capacitance
        if self.drive is not Drive.RAIL:
            slope_v = (delivered - self.current - setup.leak * self.v) / setup.capacitance
            rate_v = (through + setup.leak) / setup.capacitance
        if through and network is not None and self.drive is not Drive.RAIL:
            return _coupled(setup, network, (slope_u, slope_v), (rate_u, rate_v))
        return _Motion(
            rates=(rate_u, rate_v),
            u=(-slope_u / rate_u if rate_u else 0.0, 0.0),
            v=(0.0, -slope_v / rate_v if rate_v else 0.0),
        )

    def after(self, motion: _Motion, time: float) -> "_Moment":
        """Return the moment ``time`` (s) later, if nothing happens until then."""
        one, other = (expm1(-rate * time) for rate in motion.rates)
        u = self.u + motion.u[0] * one + motion.u[1] * other
        v = self.v + motion.v[0] * one + motion.v[1] * other
        return replace(self, u=u, v=v)

    def stage(self, now: float, motion: _Motion) -> Stage:
        """Return what holds from ``now`` (bench time, s) on."""
        loop = self.setup.loop
        current, smu = Quantity(self.current), Quantity(loop.emf)
        if self.held:
            begin = self.held * loop.resistance + self.u - self.v
            smu = Quantity(begin, motion.u[0] - motion.v[0], motion.u[1] - motion.v[1])
        else:
            current = Quantity(self.free, *self._free_changes(motion))
        return Stage(now, motion.rates, current, Quantity(self.v, *motion.v), smu, bool(self.held))

    def next_event(self, motion: _Motion, within: float) -> "tuple[float, _Moment]":
        """Return after what time, s, something else begins to hold, and the moment with which it begins."""
        events = [(used_up(margin, motion.rates, within), change) for margin, change in self._margins(motion)]
        time, change = min(events, key=lambda event: event[0], default=(inf, {}))
        if time == inf:
            return inf, self
        return time, replace(self.after(motion, time), **change)

    def _free_changes(self, motion: _Motion) -> tuple[float, float]:
        resistance = self.setup.loop.resistance
        return (motion.v[0] - motion.u[0]) / resistance, (motion.v[1] - motion.u[1]) / resistance

    def _margins(self, motion: _Motion) -> "Iterator[tuple[Margin, dict[str, Any]]]":
        """Yield each margin that is left, V or A, and what changes when it is used up."""
        yield from self._margins_of_the_source(motion)
        loop, free = self.setup.loop, self._free_changes(motion)
        terms = loop.limit + (abs(self.v) + abs(loop.emf) + abs(self.u)) / loop.resistance
        if self.held:
            side = 1.0 if self.held > 0 else -1.0
            yield Margin(side * self.free - loop.limit, side * free[0], side * free[1], terms), {"held": 0.0}
        elif loop.limit < inf and loop.resistance < inf:
            for side in (1.0, -1.0):
                margin = Margin(loop.limit - side * self.free, -side * free[0], -side * free[1], terms)
                yield margin, {"held": side * loop.limit}

    def _margins_of_the_source(self, motion: _Motion) -> "Iterator[tuple[Margin, dict[str, Any]]]":
        setup, sign = self.setup, self.setup.sign
        if not setup.demand:
            return
        terms = setup.rail + abs(self.v)
        reached = {"drive": Drive.RAIL, "v": sign * setup.rail}
        if self.drive is Drive.DEMAND:
            yield Margin(setup.rail - sign * self.v, -sign * motion.v[0], -sign * motion.v[1], terms), reached
        elif self.drive is Drive.NOTHING:
            yield Margin(sign * self.v - setup.rail, sign * motion.v[0], sign * motion.v[1], terms), reached
        else:
            yield from self._margins_at_the_rail(motion)

    def _margins_at_the_rail(self, motion: _Motion) -> "Iterator[tuple[Margin, dict[str, Any]]]":
        """Yield what the source could deliver more, and less, than what keeps its voltage at the rail."""
        setup, sign, loop = self.setup, self.setup.sign, self.setup.loop
        needed = sign * (self.current + setup.leak * self.v)
        change = (0.0, 0.0) if self.held else self._free_changes(motion)
        first, second = sign * change[0], sign * change[1]
        across = (abs(self.v) + abs(loop.emf) + abs(self.u)) / loop.resistance
        terms = abs(setup.demand) + abs(self.held) + across + setup.leak * abs(self.v)
        yield Margin(abs(setup.demand) - needed, -first, -second, terms), {"drive": Drive.DEMAND}
        yield Margin(needed, first, second, terms), {"drive": Drive.NOTHING}


def _coupled(setup: OutputStage, network: Network, slopes: tuple[float, float], rates: tuple[float, float]) -> _Motion:
    """Return the motion of two capacitors with the loop's resistance between them: two exponentials in each.

    x' = −M·(x − x∞) has the rates k1 > k2 of M's eigenvalues, and the slope's parts along its eigenvectors,
    ``(M − k2)·x' / (k1 − k2)`` and the rest, decay with one of them each.
    """
    through = 1 / setup.loop.resistance
    to_u, to_v = -through / network.capacitance, -through / setup.capacitance
    apart = sqrt((rates[0] - rates[1]) ** 2 + 4 * to_u * to_v)
    fast = (rates[0] + rates[1] + apart) / 2
    inner = through * setup.leak + through / network.parallel + setup.leak / network.parallel
    slow = inner / (network.capacitance * setup.capacitance) / fast
    first_u = ((rates[0] - slow) * slopes[0] + to_u * slopes[1]) / apart
    first_v = (to_v * slopes[0] + (rates[1] - slow) * slopes[1]) / apart
    return _Motion(
        rates=(fast, slow),
        u=(-first_u / fast, -(slopes[0] - first_u) / slow),
        v=(-first_v / fast, -(slopes[1] - first_v) / slow),
    )
