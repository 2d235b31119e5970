# SPDX-License-Identifier: MIT
"""The tables of a device file that say what a simulated device does by itself."""

import math
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from instruments.sim.behaviours import (
    AutoLevel,
    Battery,
    Behaviours,
    Breaks,
    LateFault,
    Leakage,
    LiftOff,
    NoLoadTrip,
    Surge,
    SurgeEvent,
)
from instruments.sim.device_fields import Duration, Name, Resistance, Settling, Share, SignedCurrent
from stimcert.quantity import Quantity
from stimcert.strict_toml import Misfit, StrictModel


class NoLoadTripEntry(StrictModel):
    """``[no_load_trip]``: the output is switched off when the load stays above a resistance."""

    above: Resistance
    after: Duration

    def behaviour(self) -> NoLoadTrip:
        """Return it as the device has it."""
        return NoLoadTrip(above=self.above.si, after=self.after.si)


class LiftOffEntry(StrictModel):
    """``[lift_off]``: the output is zero without contact, and rises from zero when contact is made."""

    above: Resistance
    within: Settling
    ramp: Settling

    def behaviour(self) -> LiftOff:
        """Return it as the device has it."""
        return LiftOff(above=self.above.si, within=self.within.si, ramp=self.ramp.si)


class AutoLevelEntry(StrictModel):
    """``[auto_level]``: the amplitude is chosen from the load; one share more than there are resistances."""

    below: tuple[Resistance, ...]
    shares: tuple[Share, ...]

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between resistances and shares."""
        return self._counts(), self._ascending()

    def _counts(self) -> Iterator[Misfit]:
        if len(self.shares) != len(self.below) + 1:
            yield Misfit(("shares",), f"found {len(self.shares)}; one below each resistance and one above the last")

    def _ascending(self) -> Iterator[Misfit]:
        for index, (low, high) in enumerate(zip(self.below, self.below[1:], strict=False)):
            if not low.si < high.si:
                yield Misfit(("below", index + 1), f'found "{high}" after "{low}"; the resistances ascend')

    def behaviour(self) -> AutoLevel:
        """Return it as the device has it."""
        return AutoLevel(below=tuple(limit.si for limit in self.below), shares=tuple(share.si for share in self.shares))


class BatteryEntry(StrictModel):
    """``[battery]``: the amplitude falls to a share of itself between two times of output."""

    full_for: Settling
    empty_after: Duration
    share: Share

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between the times."""
        return (self._order(),)

    def _order(self) -> Iterator[Misfit]:
        if not self.full_for.si < self.empty_after.si:
            yield Misfit(("empty_after",), f'found "{self.empty_after}"; it comes after full_for, "{self.full_for}"')

    def behaviour(self) -> Battery:
        """Return it as the device has it."""
        return Battery(full_for=self.full_for.si, empty_after=self.empty_after.si, share=self.share.si)


class LateFaultEntry(StrictModel):
    """``[late_fault]``: what breaks when the output has been on for a while."""

    after: Duration
    lasts: Duration | None = None
    modes: tuple[Name, ...] | None = None
    gain: Share | None = None
    direct: SignedCurrent | None = None

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return whether anything breaks."""
        return (self._something(),)

    def _something(self) -> Iterator[Misfit]:
        if self.gain is None and self.direct is None:
            yield Misfit((), "has neither a gain nor a direct current; a fault needs one of them")

    def behaviour(self) -> LateFault:
        """Return it as the device has it."""
        return LateFault(
            after=self.after.si,
            lasts=self.lasts.si if self.lasts else math.inf,
            modes=frozenset(self.modes) if self.modes else None,
            gain=self.gain.si if self.gain else 1.0,
            direct=_si(self.direct),
        )


class BreaksEntry(StrictModel):
    """``[breaks]``: what breaks for good when the running output has been short-circuited for long enough in all."""

    below: Resistance
    after: Duration
    gain: Share
    reverses: bool = False

    def behaviour(self) -> Breaks:
        """Return it as the device has it."""
        return Breaks(below=self.below.si, after=self.after.si, gain=-self.gain.si if self.reverses else self.gain.si)


class LeakageEntry(StrictModel):
    """``[leakage]``: direct currents while the output is off."""

    idle: SignedCurrent | None = None
    paused: SignedCurrent | None = None
    charging: SignedCurrent | None = None

    def behaviour(self) -> Leakage:
        """Return it as the device has it."""
        return Leakage(idle=_si(self.idle), paused=_si(self.paused), charging=_si(self.charging))


class SurgeEntry(StrictModel):
    """One ``[[surge]]``: a pulse on top of the output after events."""

    on: tuple[SurgeEvent, ...]
    amplitude: SignedCurrent
    width: Duration
    delay: Settling | None = None

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold of the events."""
        return (self._events(),)

    def _events(self) -> Iterator[Misfit]:
        if not self.on:
            yield Misfit(("on",), "found no events; at least one is needed")

    def behaviour(self) -> Surge:
        """Return it as the device has it."""
        return Surge(on=frozenset(self.on), amplitude=self.amplitude.si, width=self.width.si, delay=_si(self.delay))


class HabitKeys(StrictModel):
    """The keys and tables of a device file that say what the device does by itself; each of them may be left out."""

    auto_off: Duration | None = None
    wraps: bool = False
    charging: Literal["delivers", "blocked", "none"] = "delivers"
    pauses: bool = True
    no_load_trip: NoLoadTripEntry | None = None
    lift_off: LiftOffEntry | None = None
    auto_level: AutoLevelEntry | None = None
    battery: BatteryEntry | None = None
    late_fault: LateFaultEntry | None = None
    breaks: BreaksEntry | None = None
    leakage: LeakageEntry | None = None
    surges: Annotated[tuple[SurgeEntry, ...], Field(alias="surge")] = ()

    def behaviours(self) -> Behaviours:
        """Return everything that the device does by itself."""
        return Behaviours(
            no_load_trip=self.no_load_trip.behaviour() if self.no_load_trip else None,
            lift_off=self.lift_off.behaviour() if self.lift_off else None,
            auto_level=self.auto_level.behaviour() if self.auto_level else None,
            battery=self.battery.behaviour() if self.battery else None,
            late_fault=self.late_fault.behaviour() if self.late_fault else None,
            breaks=self.breaks.behaviour() if self.breaks else None,
            surges=tuple(surge.behaviour() for surge in self.surges),
            leakage=self.leakage.behaviour() if self.leakage else Leakage(),
            auto_off=self.auto_off.si if self.auto_off else None,
            wraps=self.wraps,
            blocked_while_charging=self.charging == "blocked",
            pauses=self.pauses,
            charges=self.charging != "none",
        )


def _si(quantity: Quantity | None) -> float:
    return quantity.si if quantity is not None else 0.0
