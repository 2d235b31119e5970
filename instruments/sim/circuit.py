# SPDX-License-Identifier: MIT
"""The one circuit that all simulated instruments share with the simulated stimulator.

Settings change only between readings, so each reading asks for its own stretch of bench time and gets exact functions
of time back. The output tap lies at the near end of the lead set; with the port open it is left across the device.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from instruments.sim.faults import COMPLIANCE_SHARE
from instruments.sim.network import Loop, Solution, solve, solve_short
from instruments.sim.piecewise import FloatArray, Piecewise
from instruments.sim.specifications import (
    BOX_RESIDUAL,
    BOX_TOLERANCE,
    CONTACT_RESISTANCE,
    DIGITIZER_HIGH_RESISTANCE,
    REFERENCE_COMPLIANCE,
    REFERENCE_TOLERANCE,
    SHUNT_TOLERANCE,
)

PORTS = ("device", "open", "short", "reference")
TAPS = ("shunt", "output")


class CurrentSource(Protocol):
    """What the circuit asks of the device under test."""

    rail: float
    """The largest magnitude of its output voltage, V."""

    def current(self, start: float, stop: float) -> Piecewise:
        """Return the current that it regulates to between two bench times (s), A."""


@dataclass
class SmuTerminals:
    """What the SMU does to the circuit; its model writes it at every change.

    :param connected: False when the output relay is open (output off, high impedance).
    :param voltage: the voltage forced, HI against LO, V; 0 with the output off.
    :param limit: the current limit as set, A.
    :param output: whether the output is on: for the log, the circuit does not care.
    """

    connected: bool = False
    voltage: float = 0.0
    limit: float = 0.1
    output: bool = False


@dataclass(kw_only=True)
class Circuit:
    """Relays, load, shunts and terminals as they stand now.

    :param device: the stimulator.
    :param draw: returns a number in −1 … 1 for a key, the same one for a seed: where the true values lie in their
        tolerance.
    :param faults: the names of what is broken.
    :param box: the resistance that the load box's switches stand for, Ω, in steps of 0.1 Ω.
    :param shunts: nominal values of the shunts that are switched in, Ω.
    :param reference: the current the reference is set to, A; None while its output is off.
    :param input_resistance: the digitizer's, Ω; it loads the circuit whether or not it is read.
    """

    device: CurrentSource
    draw: Callable[[str], float]
    faults: frozenset[str] = frozenset()
    port: str = "open"
    bypass: bool = False
    tap: str = "shunt"
    box: float = 0.0
    shunts: frozenset[float] = frozenset()
    reference: float | None = None
    input_resistance: float = DIGITIZER_HIGH_RESISTANCE
    smu: SmuTerminals = field(default_factory=SmuTerminals)

    def smu_current(self, start: float, stop: float) -> Piecewise:
        """Return the SMU's current between two bench times (s), A, positive out of HI, as limited."""
        if not self.smu.connected:
            return Piecewise.constant(start, stop, 0.0)
        if self.bypass:
            return Piecewise.constant(start, stop, self._current_into_bypass())
        demand, solution = self._solved(start, stop)
        return Piecewise(demand.edges, solution.current)

    def smu_voltage(self, start: float, stop: float) -> Piecewise:
        """Return the voltage at the SMU's terminals between two bench times (s), V, HI against LO."""
        if not self.smu.connected:
            return Piecewise.constant(start, stop, 0.0)
        if self.bypass:
            return Piecewise.constant(start, stop, self._current_into_bypass() * self.contact("bypass"))
        demand, solution = self._solved(start, stop)
        dropped = solution.current * self._loop().resistance if solution.limited.any() else 0.0
        forced = np.where(solution.limited, dropped - solution.source_voltage, self.smu.voltage)
        return Piecewise(demand.edges, forced)

    def smu_limited(self, start: float, stop: float) -> bool:
        """Return whether the SMU's limit acted at any moment between two bench times (s)."""
        if not self.smu.connected:
            return False
        if self.bypass:
            return abs(self.smu.voltage) / self.contact("bypass") > self._limit()
        return bool(self._solved(start, stop)[1].limited.any())

    def tap_voltage(self, start: float, stop: float, input_resistance: float) -> Piecewise:
        """Return the voltage at the digitizer's input between two bench times (s), V, positive for i > 0.

        :param input_resistance: what the digitizer puts across the tap from now on, Ω.
        """
        self.input_resistance = input_resistance
        demand, solution = self._solved(start, stop)
        if self.tap == "output":
            return Piecewise(demand.edges, solution.source_voltage)
        return Piecewise(
            demand.edges, solution.current * self._shunt() if self.shunts else np.zeros_like(solution.current)
        )

    def shunt(self, nominal: float) -> float:
        """Return the true resistance of a shunt, Ω."""
        return nominal * (1 + SHUNT_TOLERANCE * self.draw(f"shunt {nominal:g}"))

    def contact(self, relay: str) -> float:
        """Return the resistance of a closed relay, Ω."""
        low, high = CONTACT_RESISTANCE
        return low + (high - low) * (self.draw(f"contact {relay}") + 1) / 2

    def box_resistance(self) -> float:
        """Return the true resistance of the load box, Ω: each decade's step with its own error, and the wiring."""
        true = BOX_RESIDUAL * (self.draw("box residual") + 1) / 2
        for decade, digit in enumerate(reversed(str(round(self.box * 10)))):
            error = BOX_TOLERANCE * self.draw(f"box decade {decade} digit {digit}")
            true += int(digit) * 10.0 ** (decade - 1) * (1 + error)
        return true

    def reference_current(self) -> float:
        """Return the true current of the reference, A; 0 while its output is off."""
        if self.reference is None:
            return 0.0
        return self.reference * (1 + REFERENCE_TOLERANCE * self.draw(f"reference {self.reference:g}"))

    def _solved(self, start: float, stop: float) -> tuple[Piecewise, Solution]:
        demand = self._demand(start, stop)
        if self.port == "short":
            return demand, solve_short(self._loop(), demand.values.size)
        compliance = REFERENCE_COMPLIANCE if self.port == "reference" else self.device.rail
        return demand, solve(demand.values, compliance, self._loop())

    def _demand(self, start: float, stop: float) -> Piecewise:
        if self.port == "short":
            return Piecewise.constant(start, stop, 0.0)
        if self.port == "reference":
            wanted = Piecewise.constant(start, stop, self.reference_current())
        else:
            wanted = self.device.current(start, stop)
        return wanted.map(_reversed) if "bench_leads_swapped" in self.faults else wanted

    def _loop(self) -> Loop:
        conductance = 1 / self.input_resistance if self.tap == "output" else 0.0
        if not self._closed():
            return Loop(resistance=float("inf"), conductance=conductance)
        series = self.box_resistance() + self._shunt() + self.contact(f"port {self.port}") + self._shunt_contacts()
        if self.bypass:
            return Loop(resistance=series + self.contact("bypass"), conductance=conductance)
        return Loop(resistance=series, emf=self.smu.voltage, limit=self._limit(), conductance=conductance)

    def _closed(self) -> bool:
        return self.port != "open" and bool(self.shunts) and (self.bypass or self.smu.connected)

    def _shunt(self) -> float:
        conductances = [1 / self.shunt(nominal) for nominal in self.shunts]
        if self.tap == "shunt":
            conductances.append(1 / self.input_resistance)
        return 1 / sum(conductances)

    def _shunt_contacts(self) -> float:
        return 1 / sum(1 / self.contact(f"shunt {nominal:g}") for nominal in self.shunts)

    def _limit(self) -> float:
        return self.smu.limit * (COMPLIANCE_SHARE if "smu_compliance" in self.faults else 1.0)

    def _current_into_bypass(self) -> float:
        """Return what the SMU drives into the relay that shorts it; the loop's own current passes it by."""
        return float(np.clip(self.smu.voltage / self.contact("bypass"), -self._limit(), self._limit()))


def _reversed(values: FloatArray) -> FloatArray:
    return -values
