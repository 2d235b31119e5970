# SPDX-License-Identifier: MIT
"""The one circuit that all simulated instruments share with the simulated stimulator.

Settings change only between readings, so each reading asks for its own stretch of bench time and gets exact functions
of time back. What is charged is carried from stretch to stretch: the bench tells of each one that has passed. The
output tap lies at the near end of the lead set; with the port open it is left across the device.
"""

from dataclasses import dataclass, field
from math import exp

import numpy as np

from instruments.sim.charges import Charge, Charges
from instruments.sim.piecewise import FloatArray, Piecewise, Signal
from instruments.sim.stretch import Answer, Stretch
from instruments.sim.wiring import PORTS, TAPS, SmuTerminals, Wiring

__all__ = ["PORTS", "TAPS", "Circuit", "SmuTerminals"]

_LAST = 1e-6
"""The demand that a source of voltage ends with is looked up over this much, s."""


@dataclass(kw_only=True)
class Circuit(Wiring):
    """What flows and stands in the circuit. A capacitor that nobody has told time of is discharged."""

    _charges: Charges = field(default_factory=Charges, init=False, repr=False)

    def smu_current(self, start: float, stop: float) -> Signal:
        """Return the SMU's current between two bench times (s), A, positive out of HI, as limited."""
        if not self.smu.connected:
            return Piecewise.constant(start, stop, 0.0)
        if self.bypass:
            return Piecewise.constant(start, stop, self._current_into_bypass())
        return self._solved(start, stop).current

    def smu_voltage(self, start: float, stop: float) -> Signal:
        """Return the voltage at the SMU's terminals between two bench times (s), V, HI against LO."""
        if not self.smu.connected:
            return Piecewise.constant(start, stop, 0.0)
        if self.bypass:
            return Piecewise.constant(start, stop, self._current_into_bypass() * self.contact("bypass"))
        return self._solved(start, stop).smu_voltage

    def smu_limited(self, start: float, stop: float) -> bool:
        """Return whether the SMU's limit acted at any moment between two bench times (s)."""
        if not self.smu.connected:
            return False
        if self.bypass:
            return abs(self.smu.voltage) / self.contact("bypass") > self.limit()
        return self._solved(start, stop).limited

    def tap_voltage(self, start: float, stop: float, input_resistance: float) -> Signal:
        """Return the voltage at the digitizer's input between two bench times (s), V, positive for i > 0.

        :param input_resistance: what the digitizer puts across the tap from now on, Ω.
        """
        self.input_resistance = input_resistance
        found = self._solved(start, stop)
        if self.tap == "output":
            return found.source_voltage
        return found.current.scaled(self.shunt_resistance() if self.shunts else 0.0)

    def pass_time(self, start: float, stop: float) -> None:
        """Let all capacitors follow a stretch of bench time (s) that has passed with the settings as they still are.

        Stretches come one after the other, none is left out: call it whenever bench time moves.
        """
        _, charge = self._charges.before(start)
        if not self._charges.known:
            self._charges.keep(start, charge)
        self._charges.keep(stop, self._charged(charge, start, stop))

    def charge_at(self, time: float) -> Charge:
        """Return the charge at the last moment before a bench time (s), or at it, that the circuit was told of."""
        return self._charges.before(time)[1]

    def _solved(self, start: float, stop: float) -> Answer:
        stretch = self.stretch()
        if not stretch.reactive:
            return stretch.resistive(self._demand(start, stop))
        begun, charge = self._charges.before(start)
        before = charge.networks.get(self.skin or "", 0.0), charge.output
        u, v = self._followed(stretch, begun, start, *before)
        return stretch.follow(self._demand(start, stop), u, v)[0]

    def _charged(self, charge: Charge, start: float, stop: float) -> Charge:
        """Return the charge at the end of a stretch from that at its beginning."""
        if not (self.skin or charge.networks or self.device.output_capacitance):
            return charge
        stretch = self.stretch()
        networks = {
            name: volts * exp((start - stop) * self.true_network(name).decay) for name, volts in charge.networks.items()
        }
        u, output = charge.networks.get(self.skin or "", 0.0), charge.output
        if stretch.reactive:
            u, output = self._followed(stretch, start, stop, u, output)
            if stretch.network is not None and self.skin is not None:
                networks[self.skin] = u
        if self.device.output_capacitance and (stretch.regulates == "voltage" or not stretch.capacitance):
            output = self._output(start, stop, charge.output)
        return Charge(networks=networks, output=output)

    def _output(self, start: float, stop: float, volts: float) -> float:
        """Return the voltage of a device's capacitor where the loop has no part in it."""
        alone = self.device_alone()
        begun = start if alone.reactive else max(start, stop - _LAST)
        return alone.follow(self._wanted(begun, stop), 0.0, volts)[2]

    def _followed(self, stretch: Stretch, start: float, stop: float, u: float, v: float) -> tuple[float, float]:
        """Return both voltages at the end of a stretch, of which only so much is looked at as still matters."""
        start = max(start, stop - stretch.memory())
        if not start < stop:
            return u, v
        _, u, v = stretch.follow(self._demand(start, stop), u, v)
        return u, v

    def _demand(self, start: float, stop: float) -> Piecewise:
        """Return what the source in the loop regulates to."""
        if self.passive:
            return Piecewise.constant(start, stop, 0.0)
        if self.port != "reference":
            return self._wanted(start, stop)
        wanted = self.reference_demand(start, stop)
        return wanted.map(_reversed) if self._swapped else wanted

    def _wanted(self, start: float, stop: float) -> Piecewise:
        """Return what the device regulates to, as the loop sees it."""
        wanted = self.device.demand(start, stop)
        return wanted.map(_reversed) if self._swapped else wanted

    @property
    def _swapped(self) -> bool:
        return "bench_leads_swapped" in self.faults

    def _current_into_bypass(self) -> float:
        """Return what the SMU drives into the relay that shorts it; the loop's own current passes it by."""
        return float(np.clip(self.smu.voltage / self.contact("bypass"), -self.limit(), self.limit()))


def _reversed(values: FloatArray) -> FloatArray:
    return -values
