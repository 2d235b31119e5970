# SPDX-License-Identifier: MIT
"""What changes slowly over the pulses of a mode: ON/OFF programs with ramps, alternating polarity, ripple, jitter."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from instruments.sim.piecewise import FloatArray, Piecewise
from instruments.sim.pulses import Stretches
from instruments.sim.waveforms import Train, repeated

RAMP_STEPS = 25
"""Steps of one ramp of a program."""

RIPPLE_STEPS = 40
"""Steps of one period of ripple."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """Output on for a while, then off, from the moment at which the output is started.

    :param on: from the beginning of the rise to the end of the fall, s.
    :param off: s, ≥ 0.
    :param rise: duration of the ramp up, s, a part of ``on``.
    :param fall: duration of the ramp down, s, a part of ``on``.
    :param alternates: whether every second time the sign is the other one.
    :param kick: share of the amplitude with which each time begins, for ``kick_width`` (s, a part of ``on``).
    """

    on: float
    off: float = 0.0
    rise: float = 0.0
    fall: float = 0.0
    alternates: bool = False
    kick: float = 0.0
    kick_width: float = 0.0

    @cached_property
    def pattern(self) -> Train:
        """Return by what the pulses are multiplied, −1 … 1, from the start of the output."""
        steady = self.on - self.rise - self.fall - self.kick_width
        kick = [(self.kick_width, self.kick)] if self.kick_width else []
        once: Stretches = [*kick, *_ramp(self.rise), (steady, 1.0), *reversed(_ramp(self.fall))]
        cycle = [*once, (self.off, 0.0)]
        if self.alternates:
            cycle += [(length, -value) for length, value in cycle]
        return repeated(cycle, sum(length for length, _ in cycle))


@dataclass(frozen=True, kw_only=True)
class Ripple:
    """A sinusoidal remainder of the supply on the amplitude.

    :param share: half of its peak-to-peak value, as a share of the amplitude.
    :param frequency: Hz.
    """

    share: float
    frequency: float

    @cached_property
    def pattern(self) -> Train:
        """Return by what the output is multiplied; each step has the mean of the sine over it."""
        step = 2 * math.pi / RIPPLE_STEPS
        edges = np.cos(step * np.arange(RIPPLE_STEPS + 1))
        period = 1 / self.frequency
        means = 1 + self.share * (edges[:-1] - edges[1:]) / step
        return repeated([(period / RIPPLE_STEPS, float(value)) for value in means], period)


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """A train with all that changes it slowly.

    :param train: the pulses, of unit amplitude.
    :param continuous: whether the train is a direct current, that a program switches at any moment. Pulses are scaled
        as a whole, each by what holds at the beginning of its period.
    :param jitter: by how much each period may begin too early or too late, s.
    """

    train: Train
    continuous: bool = False
    program: Program | None = None
    ripple: Ripple | None = None
    jitter: float = 0.0

    def between(self, start: float, stop: float, begun: float, share: Callable[[str], float]) -> Piecewise:
        """Return the waveform of unit amplitude between two bench times.

        :param begun: when the output was started, bench time, s.
        :param share: returns a number in −1 … 1 for a key, the same one for a seed.
        """
        held = None if self.continuous else self._held(begun)
        phase = (share("phase") + 1) / 2
        unit = self.train.between(start, stop, phase, scale=held, shift=self._shift(share("jitter")))
        if self.continuous and self.program is not None:
            unit = unit.times(_since(begun, self.program.pattern, start, stop))
        if self.ripple is not None:
            unit = unit.times(self.ripple.pattern.between(start, stop, (share("ripple") + 1) / 2))
        return unit

    def _held(self, begun: float) -> Callable[[FloatArray], FloatArray] | None:
        if self.program is None:
            return None
        pattern = self.program.pattern
        return lambda times: pattern.at(np.maximum(times - begun, 0.0) + _LATE)

    def _shift(self, key: float) -> Callable[[NDArray[np.int64]], FloatArray] | None:
        return (lambda numbers: self.jitter * scattered(numbers, key)) if self.jitter else None


_LATE = 1e-9
"""How much later than a pulse begins its program is looked at, s: against the rounding of bench times."""


def _since(begun: float, pattern: Train, start: float, stop: float) -> Piecewise:
    return pattern.between(start, stop, (-begun / pattern.period) % 1.0)


def _ramp(length: float) -> list[tuple[float, float]]:
    if not length > 0:
        return []
    return [(length / RAMP_STEPS, (step + 0.5) / RAMP_STEPS) for step in range(RAMP_STEPS)]


def scattered(numbers: NDArray[np.int64], key: float) -> FloatArray:
    """Return a number uniform in −1 … 1 for each whole number, the same one for the same key.

    Source: the mixing function of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
    """
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.float64(key).view(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed.astype(np.float64) / 2.0**63 - 1.0
