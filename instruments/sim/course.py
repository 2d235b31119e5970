# SPDX-License-Identifier: MIT
"""What a circuit that stores charge did over a stretch of time, written down event by event."""

from typing import NamedTuple

import numpy as np

from instruments.sim.exponentials import Exponentials
from instruments.sim.piecewise import FloatArray


class Quantity(NamedTuple):
    """One quantity from an event on: ``begin + Σ a·(e^(−k·u) − 1)`` over the two rates of its :class:`Stage`."""

    begin: float
    first: float = 0.0
    second: float = 0.0


class Stage(NamedTuple):
    """What holds from an event to the next.

    :param time: of the event, bench time, s.
    :param rates: of the two exponentials, 1/s; 0 for one that is not there.
    :param current: in the loop, A, positive out of the source's active terminal.
    :param voltage: of the source, V, active against return.
    :param smu: voltage of the SMU, HI against LO, V.
    :param limited: whether the SMU's limit acts.
    """

    time: float
    rates: tuple[float, float]
    current: Quantity
    voltage: Quantity
    smu: Quantity
    limited: bool


class Course:
    """All stages from ``start`` to ``stop`` (bench time, s), in order."""

    def __init__(self, stop: float) -> None:
        self.stop = stop
        self.stages: list[Stage] = []

    def add(self, stage: Stage) -> None:
        """Add a stage; one that begins with the last one, to the resolution of a float, takes its place."""
        if self.stages and not stage.time > self.stages[-1].time:
            self.stages.pop()
        self.stages.append(stage)

    @property
    def limited(self) -> bool:
        """Return whether the SMU's limit acted at any moment."""
        return any(stage.limited for stage in self.stages)

    @property
    def current(self) -> Exponentials:
        """Return the current in the loop, A."""
        return self._function([stage.current for stage in self.stages])

    @property
    def source_voltage(self) -> Exponentials:
        """Return the voltage of the source, V."""
        return self._function([stage.voltage for stage in self.stages])

    @property
    def smu_voltage(self) -> Exponentials:
        """Return the voltage of the SMU, V."""
        return self._function([stage.smu for stage in self.stages])

    def _function(self, quantities: list[Quantity]) -> Exponentials:
        columns: FloatArray = np.array(quantities, dtype=np.float64)
        edges = np.array([*(stage.time for stage in self.stages), self.stop], dtype=np.float64)
        rates = np.array([stage.rates for stage in self.stages], dtype=np.float64)
        return Exponentials(edges, columns[:, 0], columns[:, 1:], rates)
