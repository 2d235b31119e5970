# SPDX-License-Identifier: MIT
"""What is connected to what on the bench, and the true values of its parts."""

from collections.abc import Callable
from dataclasses import dataclass, field

from instruments.sim.faults import CAPACITOR_SHARE, COMPLIANCE_SHARE, CONTACT_RISE, LOAD_OFF, REFERENCE_SHARE
from instruments.sim.network import Loop
from instruments.sim.piecewise import Piecewise
from instruments.sim.skin_network import Network, true_network
from instruments.sim.source import Source
from instruments.sim.specifications import (
    BOX_RESIDUAL,
    BOX_TOLERANCE,
    CONTACT_RESISTANCE,
    DIGITIZER_HIGH_RESISTANCE,
    REFERENCE_COMPLIANCE,
    REFERENCE_TOLERANCE,
    SHUNT_TOLERANCE,
)
from instruments.sim.stretch import Stretch
from instruments.sim.waveforms import Train

PORTS = ("device", "open", "short", "reference")
TAPS = ("shunt", "output")
NOTHING = "open"
"""What the skin module puts in the place of the box to leave the loop open."""


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
class Wiring:
    """Relays, load, shunts and terminals as they stand now.

    :param device: the stimulator's output stage.
    :param draw: returns a number in −1 … 1 for a key, the same one for a seed: where the true values lie in their
        tolerance.
    :param certified: returns the error of a certified value by its key and tolerance, as a share; ``draw`` alone
        without it.
    :param faults: the names of what is broken.
    :param dummy: what lies in the device's place, Ω, when it is a resistor and no stimulator.
    :param box: the resistance that the load box's switches stand for, Ω, in steps of 0.1 Ω.
    :param skin: what the skin module puts in the place of the box: a network's name, or ``open``; None for the box.
    :param shunts: nominal values of the shunts that are switched in, Ω.
    :param reference: the current the reference is set to, A; None while its output is off.
    :param reference_pulses: the shape of unit amplitude that it gives the current; None for a direct current.
    :param connections: how often the device was connected.
    :param input_resistance: the digitizer's, Ω; it loads the circuit whether or not it is read.
    """

    device: Source
    draw: Callable[[str], float]
    certified: Callable[[str, float], float] | None = None
    faults: frozenset[str] = frozenset()
    dummy: float | None = None
    port: str = "open"
    bypass: bool = False
    tap: str = "shunt"
    box: float = 0.0
    skin: str | None = None
    shunts: frozenset[float] = frozenset()
    reference: float | None = None
    reference_pulses: Train | None = None
    connections: int = 0
    input_resistance: float = DIGITIZER_HIGH_RESISTANCE
    smu: SmuTerminals = field(default_factory=SmuTerminals)

    def _certified(self, key: str, tolerance: float) -> float:
        return tolerance * self.draw(key) if self.certified is None else self.certified(key, tolerance)

    def shunt(self, nominal: float) -> float:
        """Return the true resistance of a shunt, Ω."""
        return nominal * (1 + self._certified(f"shunt {nominal:g}", SHUNT_TOLERANCE))

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
        return true * (LOAD_OFF if "load_off" in self.faults else 1.0)

    def reference_current(self) -> float:
        """Return the true current of the reference, A; 0 while its output is off."""
        if self.reference is None:
            return 0.0
        weak = REFERENCE_SHARE if "reference_weak" in self.faults else 1.0
        return weak * self.reference * (1 + self._certified(f"reference {self.reference:g}", REFERENCE_TOLERANCE))

    def reference_demand(self, start: float, stop: float) -> Piecewise:
        """Return what the reference regulates to between two bench times (s), A."""
        current = self.reference_current()
        if self.reference_pulses is None or not current:
            return Piecewise.constant(start, stop, current)
        return self.reference_pulses.between(start, stop, 0.0).scaled(current)

    def network(self) -> Network | None:
        """Return the skin network in the loop with its true values; None with the box, and in an open loop."""
        if self.skin is None or not self.closed:
            return None
        return self.true_network(self.skin)

    def true_network(self, name: str) -> Network:
        """Return a network with its true values."""
        return true_network(name, self.draw, CAPACITOR_SHARE if "capacitor_wrong" in self.faults else 1.0)

    @property
    def closed(self) -> bool:
        """Return whether a current has a way around the loop."""
        path = self.port != "open" and bool(self.shunts) and (self.bypass or self.smu.connected)
        return path and self.skin != NOTHING

    def load_resistance(self) -> float:
        """Return what the device sees between its terminals at direct current, Ω; infinite where nothing is there."""
        loop, network = self.loop(), self.network()
        series = loop.resistance + (network.parallel if network else 0.0)
        through = 1 / series if self.port == "device" else 0.0
        seen = through + (loop.conductance if self.port in ("device", "open") else 0.0)
        return 1 / seen if seen else float("inf")

    def loop(self) -> Loop:
        """Return everything in the loop but the source and what stores charge."""
        conductance = 1 / self.input_resistance if self.tap == "output" else 0.0
        if not self.closed:
            return Loop(resistance=float("inf"), emf=self.smu.voltage, conductance=conductance)
        series = self._load() + self.shunt_resistance() + self.contact(f"port {self.port}") + self._shunt_contacts()
        if self.port == "device" and self.dummy is not None:
            series += self.dummy
        if self.bypass:
            return Loop(resistance=series + self.contact("bypass"), conductance=conductance)
        return Loop(resistance=series, emf=self.smu.voltage, limit=self.limit(), conductance=conductance)

    @property
    def passive(self) -> bool:
        """Return whether nothing in the loop drives it but the SMU."""
        return self.port == "short" or (self.port == "device" and self.dummy is not None)

    def stretch(self) -> Stretch:
        """Return source and loop as they stand."""
        loop, network = self.loop(), self.network()
        if self.passive:
            return Stretch(regulates="voltage", rail=float("inf"), loop=loop, network=network)
        if self.port == "reference":
            return Stretch(regulates="current", rail=REFERENCE_COMPLIANCE, loop=loop, network=network)
        return self._with_device(loop, network)

    def device_alone(self) -> Stretch:
        """Return the device with nothing at its terminals."""
        return self._with_device(Loop(resistance=float("inf")), None)

    def limit(self) -> float:
        """Return the current at which the SMU's limit acts, A."""
        return self.smu.limit * (COMPLIANCE_SHARE if "smu_compliance" in self.faults else 1.0)

    def shunt_resistance(self) -> float:
        """Return what all shunts that are switched in are together with the digitizer across them, Ω."""
        conductances = [1 / self.shunt(nominal) for nominal in self.shunts]
        if self.tap == "shunt":
            conductances.append(1 / self.input_resistance)
        return 1 / sum(conductances)

    def _with_device(self, loop: Loop, network: Network | None) -> Stretch:
        return Stretch(
            regulates=self.device.regulates if self.device.running else "current",
            rail=self.device.rail,
            capacitance=self.device.output_capacitance,
            loop=loop,
            network=network,
        )

    def _load(self) -> float:
        if self.skin is None:
            return self.box_resistance()
        return self.true_network(self.skin).series + self.contact(f"skin {self.skin}")

    def _shunt_contacts(self) -> float:
        risen = CONTACT_RISE * self.connections if "contact_rises" in self.faults else 0.0
        return 1 / sum(1 / (self.contact(f"shunt {nominal:g}") + risen) for nominal in self.shunts)
