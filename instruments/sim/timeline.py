# SPDX-License-Identifier: MIT
"""What a stimulator delivers when: one stretch after another, the past kept, the near future as it is foreseen."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from instruments.sim.behaviours import Battery
from instruments.sim.piecewise import Piecewise
from instruments.sim.programs import Waveform

SETTLING_STEPS = 10
"""In how many equal steps the amplitude goes from the old to the new value."""

SLOW_SETTLING, SLOW_SETTLING_STEPS = 0.05, 50
"""From which settling time (s) on it is a ramp that others may want to see, and how many steps that has."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """How the output behaves from a moment until the next stretch begins.

    :param begun: bench time, s.
    :param before: the amplitude at that moment, A or V, signed.
    :param after: the amplitude when it has settled.
    :param settling: how long that takes, s.
    :param on: whether the output is on; where it is off, only ``direct`` flows.
    :param direct: what is added to the waveform, A or V, positive at the active terminal.
    :param started: when the output was started, bench time, s; programs begin there.
    :param used: for how long the output had been on at bench time 0, were it on ever since, s.
    """

    begun: float
    waveform: Waveform
    name: str
    before: float = 0.0
    after: float = 0.0
    settling: float = 0.0
    on: bool = False
    direct: float = 0.0
    started: float = 0.0
    used: float = 0.0

    def envelope(self, start: float, stop: float) -> Piecewise:
        """Return the amplitude between two bench times (s), A or V."""
        if start >= self.begun + self.settling:
            return Piecewise.constant(start, stop, self.after)
        steps = SETTLING_STEPS if self.settling < SLOW_SETTLING else SLOW_SETTLING_STEPS
        edges = self.begun + self.settling * np.arange(steps + 1) / steps
        values = self.before + (self.after - self.before) * np.arange(steps + 1) / steps
        inner = (edges > start) & (edges < stop)
        first = max(int(np.searchsorted(edges, start, side="right")) - 1, 0)
        return Piecewise(
            np.concatenate(([start], edges[inner], [stop])), np.concatenate(([values[first]], values[inner]))
        )

    def reached(self, moment: float) -> float:
        """Return the amplitude that it has come to at a bench time (s), A or V."""
        return float(self.envelope(moment, moment + 1.0).values[0])

    def delivered(
        self, start: float, stop: float, draw: Callable[[str], float], battery: Battery | None = None
    ) -> Piecewise:
        """Return the output between two bench times (s), A or V."""
        if not self.on:
            return Piecewise.constant(start, stop, self.direct)
        unit = self.waveform.between(start, stop, self.started, lambda key: draw(f"{key} {self.name}"))
        if self.direct:
            unit = self._with_direct(unit)
        if start >= self.begun + self.settling:
            output = unit.map(lambda values: values * self.after)
        else:
            output = unit.times(self.envelope(start, stop))
        if battery is not None:
            output = output.times(battery.between(start, stop, self.used))
        return output

    def _with_direct(self, unit: Piecewise) -> Piecewise:
        """Return the waveform with a direct current under it that rises and falls with the amplitude."""
        return unit.map(lambda values: values + self.direct / self.after) if self.after else unit


@dataclass
class Timeline:
    """All stretches in order. A new one takes the place of whatever was foreseen after its beginning."""

    stretches: list[Stretch] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)

    def at(self, moment: float) -> Stretch:
        """Return the stretch that holds at a bench time (s); the first one also holds before it begins."""
        return self.stretches[max(bisect_right(self.begun, moment) - 1, 0)]

    def before(self, moment: float) -> Stretch | None:
        """Return the stretch that held just before a bench time (s); None when there was none."""
        index = bisect_left(self.begun, moment) - 1
        return self.stretches[index] if index >= 0 else None

    def follow(self, stretch: Stretch) -> None:
        """Let a stretch begin; what begins with it or later is forgotten."""
        index = bisect_left(self.begun, stretch.begun)
        self.stretches[index:] = [stretch]
        self.begun[index:] = [stretch.begun]

    def between(self, start: float, stop: float) -> list[tuple[float, float, Stretch]]:
        """Return which stretches hold between two bench times (s), each with the part that it holds for."""
        first = max(bisect_right(self.begun, start) - 1, 0)
        last = max(bisect_left(self.begun, stop), first + 1)
        edges = [start, *self.begun[first + 1 : last], stop]
        return list(zip(edges[:-1], edges[1:], self.stretches[first:last], strict=True))


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """A single rectangular pulse: bench times of its beginning and end, s, and its amplitude, A or V."""

    begun: float
    ended: float
    amplitude: float


def joined(parts: Sequence[Piecewise]) -> Piecewise:
    """Return functions that follow upon each other as one."""
    if len(parts) == 1:
        return parts[0]
    edges = [part.edges[:-1] for part in parts] + [parts[-1].edges[-1:]]
    return Piecewise(np.concatenate(edges), np.concatenate([part.values for part in parts]))


def with_pulses(output: Piecewise, pulses: Iterable[Pulse]) -> Piecewise:
    """Return the output with single pulses on top of it."""
    for pulse in pulses:
        moments = [moment for moment in (pulse.begun, pulse.ended) if output.start < moment < output.stop]
        edges = np.union1d(output.edges, moments)
        inside = (edges[:-1] >= pulse.begun) & (edges[:-1] < pulse.ended)
        output = Piecewise(edges, output.at(edges[:-1]) + np.where(inside, pulse.amplitude, 0.0))
    return output
