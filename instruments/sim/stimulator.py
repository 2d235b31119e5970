# SPDX-License-Identifier: MIT
"""The simulated stimulator: modes, levels, start and stop, and the current that it regulates to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from instruments.sim.piecewise import Piecewise
from instruments.sim.waveforms import Train

SETTLING_STEPS = 10
"""In how many equal steps the amplitude goes from the old to the new value."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One programme of the device.

    :param amplitudes: peak current of each level, A, with the sign of the (first) phase at the active terminal.
    """

    name: str
    train: Train
    amplitudes: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Device:
    """What the simulated stimulator is.

    :param rail: the largest magnitude of its output voltage, V.
    :param settling: how long the amplitude takes after a start or a change of level, s.
    :param stuck_level: the level that it delivers whatever is selected; None for a device that obeys.
    """

    manufacturer: str
    model: str
    firmware: str
    rail: float
    settling: float
    modes: tuple[Mode, ...]
    stuck_level: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Ramp:
    begun: float
    before: float
    after: float


class Stimulator:
    """A running device.

    :param device: what it is.
    :param now: returns the bench time, s.
    :param draw: returns a number in −1 … 1 for a key, the same one for a seed.
    """

    def __init__(self, device: Device, now: Callable[[], float], draw: Callable[[str], float]) -> None:
        self.device = device
        self.rail = device.rail
        self.mode = device.modes[0]
        self.level = 1
        self.running = False
        self._now = now
        self._draw = draw
        self._ramp = _Ramp(begun=-device.settling, before=0.0, after=0.0)

    @property
    def mode_names(self) -> Sequence[str]:
        """Return the names of all modes."""
        return [mode.name for mode in self.device.modes]

    @property
    def top_level(self) -> int:
        """Return the highest level of the selected mode."""
        return len(self.mode.amplitudes)

    def select_mode(self, name: str) -> None:
        """Choose a mode; the output stops and the level goes back to 1.

        :raises KeyError: when there is no such mode.
        """
        found = {mode.name: mode for mode in self.device.modes}[name]
        self.stop()
        self.mode = found
        self.level = 1

    def set_level(self, level: int) -> None:
        """Choose a level.

        :param level: 1 … ``top_level``.
        :raises ValueError: outside of that.
        """
        if not 1 <= level <= self.top_level:
            raise ValueError(f"level {level} is not one of 1 … {self.top_level}")
        self.level = level
        if self.running:
            self._settle_to(self.amplitude())

    def level_up(self) -> None:
        """Go one level up; at the top stay there."""
        self.set_level(min(self.level + 1, self.top_level))

    def start(self) -> None:
        """Start the output, from zero."""
        if not self.running:
            self.running = True
            self._settle_to(self.amplitude())

    def stop(self) -> None:
        """Stop the output at once."""
        self.running = False
        self._ramp = _Ramp(begun=self._now() - self.device.settling, before=0.0, after=0.0)

    def amplitude(self) -> float:
        """Return the amplitude that the selected level leads to, A, signed."""
        level = self.level if self.device.stuck_level is None else self.device.stuck_level
        return self.mode.amplitudes[min(level, self.top_level) - 1]

    def current(self, start: float, stop: float) -> Piecewise:
        """Return the current that the device regulates to between two bench times (s), A."""
        if not self.running:
            return Piecewise.constant(start, stop, 0.0)
        phase = (self._draw(f"phase {self.mode.name}") + 1) / 2
        train = self.mode.train.between(start, stop, phase)
        if start >= self._ramp.begun + self.device.settling:
            return train.map(lambda unit: unit * self._ramp.after)
        return train.times(self._envelope(start, stop))

    def _settle_to(self, amplitude: float) -> None:
        now = self._now()
        # What the ramp has come to by now, so that two changes in a row do not jump.
        reached = float(self._envelope(now, now + 1.0).values[0])
        self._ramp = _Ramp(begun=now, before=reached, after=amplitude)

    def _envelope(self, start: float, stop: float) -> Piecewise:
        ramp, settling = self._ramp, self.device.settling
        if start >= ramp.begun + settling:
            return Piecewise.constant(start, stop, ramp.after)
        edges = ramp.begun + settling * np.arange(SETTLING_STEPS + 1) / SETTLING_STEPS
        values = ramp.before + (ramp.after - ramp.before) * np.arange(SETTLING_STEPS + 1) / SETTLING_STEPS
        inner = (edges > start) & (edges < stop)
        first = max(int(np.searchsorted(edges, start, side="right")) - 1, 0)
        return Piecewise(
            np.concatenate(([start], edges[inner], [stop])), np.concatenate(([values[first]], values[inner]))
        )
