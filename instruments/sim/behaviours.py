# SPDX-License-Identifier: MIT
"""What a stimulator does by itself, beside its waveform: what it notices of the load, of time and of the charger."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from instruments.sim.piecewise import Piecewise

DROOP_STEPS = 10_000
"""Steps in which an amplitude falls with the battery: smoothly, for any instrument."""

SurgeEvent = Literal["start", "stop", "mode", "level", "contact", "charger"]


@dataclass(frozen=True, kw_only=True)
class NoLoadTrip:
    """Switches the output off when nothing is connected; it stays off until it is started again.

    :param above: what it takes for no load, Ω.
    :param after: how long it looks on, s.
    """

    above: float
    after: float


@dataclass(frozen=True, kw_only=True)
class LiftOff:
    """Holds the output at zero while nothing is connected, and ramps it up from zero upon contact.

    :param above: what it takes for no contact, Ω.
    :param within: how long it needs to notice that contact is lost, s.
    :param ramp: duration of the rise after contact, s.
    """

    above: float
    within: float
    ramp: float


@dataclass(frozen=True, kw_only=True)
class AutoLevel:
    """Chooses the amplitude from the resistance that it finds at start and whenever that changes.

    :param below: ascending resistances, Ω.
    :param shares: by what the level's amplitude is multiplied below each of them, and above the last.
    """

    below: tuple[float, ...]
    shares: tuple[float, ...]

    def share(self, resistance: float) -> float:
        """Return the factor for a load of ``resistance`` (Ω)."""
        return self.shares[int(np.searchsorted(self.below, resistance, side="right"))]


@dataclass(frozen=True, kw_only=True)
class Battery:
    """Lets the amplitude fall as the battery runs down.

    :param full_for: how long the output may be on before it begins to fall, s.
    :param empty_after: when it has fallen, s of output.
    :param share: what is left of the amplitude then.
    """

    full_for: float
    empty_after: float
    share: float

    def between(self, start: float, stop: float, used: float) -> Piecewise:
        """Return the share of the amplitude between two bench times (s).

        :param used: for how long the output had been on at bench time 0, were it on ever since, s.
        """
        steps = np.arange(DROOP_STEPS)
        edges = self.full_for + (self.empty_after - self.full_for) * (steps + 0.5) / DROOP_STEPS - used
        shares = 1 - (1 - self.share) * np.arange(DROOP_STEPS + 1) / DROOP_STEPS
        inner = (edges > start) & (edges < stop)
        first = int(np.searchsorted(edges, start, side="right"))
        values = shares[first : first + int(inner.sum()) + 1]
        return Piecewise(np.concatenate(([start], edges[inner], [stop])), values)


@dataclass(frozen=True, kw_only=True)
class LateFault:
    """Something that breaks when the output has been on for a while.

    :param after: s since the output was started.
    :param lasts: for how long it stays broken, s.
    :param modes: in which modes it breaks; None for all.
    :param gain: by what the amplitude is multiplied from then on.
    :param direct: a direct current that is added from then on, A, or V where the mode regulates a voltage.
    """

    after: float
    gain: float = 1.0
    direct: float = 0.0
    lasts: float = math.inf
    modes: frozenset[str] | None = None

    def acts(self, mode: str, elapsed: float) -> bool:
        """Return whether a mode is broken so many seconds after its start."""
        return (self.modes is None or mode in self.modes) and self.after <= elapsed < self.after + self.lasts


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """Something that breaks for good when the running output has been short-circuited for long enough in all.

    :param below: what it takes for a short circuit, Ω.
    :param after: s.
    :param gain: by what the amplitude is multiplied from then on; negative turns it round.
    """

    below: float
    after: float
    gain: float


@dataclass(frozen=True, kw_only=True)
class Surge:
    """A rectangular pulse on top of the output after an event.

    :param on: the events.
    :param amplitude: A, or V where the mode regulates a voltage; positive at the active terminal.
    :param width: s.
    :param delay: from the event to the pulse, s.
    """

    on: frozenset[SurgeEvent]
    amplitude: float
    width: float
    delay: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """Direct currents that flow while the output is off, A, positive at the active terminal.

    :param idle: switched on, output not started.
    :param paused: output started and paused.
    :param charging: charger connected.
    """

    idle: float = 0.0
    paused: float = 0.0
    charging: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Behaviours:
    """Everything that a device does by itself; the default does nothing.

    :param auto_off: when it switches its output off, s after its start.
    :param wraps: whether "up" at the top level leads to level 1.
    :param blocked_while_charging: whether it delivers nothing while the charger is connected.
    :param pauses: whether its port can pause the output.
    :param charges: whether its port has a charger.
    """

    no_load_trip: NoLoadTrip | None = None
    lift_off: LiftOff | None = None
    auto_level: AutoLevel | None = None
    battery: Battery | None = None
    late_fault: LateFault | None = None
    breaks: Breaks | None = None
    surges: tuple[Surge, ...] = ()
    leakage: Leakage = Leakage()
    auto_off: float | None = None
    wraps: bool = False
    blocked_while_charging: bool = False
    pauses: bool = True
    charges: bool = True
