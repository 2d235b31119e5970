# SPDX-License-Identifier: MIT
"""One stretch of time in which no setting changes: source and loop, and what flows and stands in them."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from instruments.sim.course import Course
from instruments.sim.laws import Line, forced_law, regulated_law
from instruments.sim.network import Loop, Solution, solve, solve_forced
from instruments.sim.output_stage import OutputStage
from instruments.sim.piecewise import Piecewise, Signal
from instruments.sim.reactive import charge
from instruments.sim.skin_network import Network
from instruments.sim.specifications import INSULATION

_FORGOTTEN = 40.0
"""After so many time constants a charge has been forgotten to 4e-18 of its value."""


class Answer(Protocol):
    """What flows and stands in the loop between two bench times."""

    @property
    def current(self) -> Signal:
        """Return the current in the loop, A, positive out of the source's active terminal."""

    @property
    def source_voltage(self) -> Signal:
        """Return the voltage of the source, V, active against return."""

    @property
    def smu_voltage(self) -> Signal:
        """Return the voltage of the SMU, V, HI against LO."""

    @property
    def limited(self) -> bool:
        """Return whether the SMU's limit acted at any moment."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Source and loop as they stand.

    :param regulates: what the demand of the source means: A, or V.
    :param rail: the largest magnitude of its voltage, V.
    :param capacitance: across its terminals, F.
    :param network: in the loop, whose resistance has the network's series resistor; None for resistors alone.
    """

    regulates: Literal["current", "voltage"]
    rail: float
    loop: Loop
    capacitance: float = 0.0
    network: Network | None = None

    @property
    def reactive(self) -> bool:
        """Return whether what flows depends on what is charged."""
        return self.network is not None or (self.regulates == "current" and self.capacitance > 0)

    def resistive(self, demand: Piecewise) -> "Resistive":
        """Solve it where nothing is charged."""
        if self.regulates == "voltage":
            forced = np.clip(demand.values, -self.rail, self.rail)
            return Resistive(demand.edges, solve_forced(forced, self.loop), self.loop)
        return Resistive(demand.edges, solve(demand.values, self.rail, self.loop), self.loop)

    def follow(self, demand: Piecewise, u: float, v: float) -> tuple[Course, float, float]:
        """Solve it event by event.

        :param u: voltage of the network's capacitor at the beginning, V; 0 without one.
        :param v: voltage of the source at the beginning, V; nobody asks without an output capacitance.
        :returns: what happened, and both voltages at the end, V.
        """
        course = Course(demand.stop)
        edges, values = demand.edges.tolist(), demand.values.tolist()
        laws: dict[float, list[Line]] = {}
        stages: dict[float, OutputStage] = {}
        for value, start, stop in zip(values, edges[:-1], edges[1:], strict=True):
            if self.regulates == "current" and self.capacitance > 0:
                stage = stages.get(value) or stages.setdefault(value, self._output_stage(value))
                u, v = stage.follow(u, v, (start, stop), course)
                continue
            if self.network is not None:
                law = laws.get(value) or laws.setdefault(value, self._law(value))
                u = charge(u, law, self.network, self.loop, (start, stop), course)
            if self.regulates == "voltage":
                v = self._forced(value)
        return course, u, v

    def memory(self) -> float:
        """Return for how long a charge makes a difference, s; infinite when that is not known."""
        if self.regulates == "voltage" or not self.capacitance:
            return _FORGOTTEN / self.network.decay if self.network else 0.0
        through, leak = 1 / self.loop.resistance, self.loop.conductance + 1 / INSULATION
        held = 2 * self.rail * self.capacitance / self.loop.limit
        if self.network is None:
            return _FORGOTTEN * self.capacitance / (through + leak) + held
        # The slower of two exponentials is not slower than both capacitors one after the other.
        path = 1 / through + self.network.parallel
        return _FORGOTTEN * (self.capacitance * path + 1 / self.network.decay) + held

    def _forced(self, demand: float) -> float:
        return min(max(demand, -self.rail), self.rail)

    def _law(self, demand: float) -> list[Line]:
        if self.regulates == "voltage":
            return forced_law(self._forced(demand), self.loop)
        return regulated_law(demand, self.rail, self.loop)

    def _output_stage(self, demand: float) -> OutputStage:
        return OutputStage(
            demand=demand, rail=self.rail, capacitance=self.capacitance, loop=self.loop, network=self.network
        )


@dataclass(frozen=True, eq=False)
class Resistive:
    """A solution that is constant on each segment."""

    edges: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
    solution: Solution
    loop: Loop

    @property
    def current(self) -> Piecewise:
        """Return the current in the loop, A, positive out of the source's active terminal."""
        return Piecewise(self.edges, self.solution.current)

    @property
    def source_voltage(self) -> Piecewise:
        """Return the voltage of the source, V, active against return."""
        return Piecewise(self.edges, self.solution.source_voltage)

    @property
    def smu_voltage(self) -> Piecewise:
        """Return the voltage of the SMU, V, HI against LO: what it forces, unless its limit acts."""
        found = self.solution
        dropped = found.current * self.loop.resistance if found.limited.any() else 0.0
        return Piecewise(self.edges, np.where(found.limited, dropped - found.source_voltage, self.loop.emf))

    @property
    def limited(self) -> bool:
        """Return whether the SMU's limit acted at any moment."""
        return bool(self.solution.limited.any())
