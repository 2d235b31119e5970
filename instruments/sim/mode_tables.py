# SPDX-License-Identifier: MIT
"""The tables inside a ``[[mode]]`` of a device file."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from instruments.sim.device_fields import Duration, Rate, Settling, Share
from instruments.sim.programs import Program, Ripple
from instruments.sim.pulses import Carrier, Ringing
from stimcert.quantity import Quantity
from stimcert.strict_toml import Misfit, StrictModel

MOST_PULSES = 20_000
"""How many pulses a burst or a sequence may have, and how many periods of a carrier a pulse."""

MOST_RINGS = 20
"""How many periods of ringing its decay may last."""

FITS = 1 + 1e-9
"""By how much durations may exceed what they are a part of: the rounding of those that fill it."""


def si(quantity: Quantity | None) -> float:
    """Return the value of a quantity, 0 for one that was left out."""
    return quantity.si if quantity is not None else 0.0


class CarrierEntry(StrictModel):
    """``[mode.carrier]``: a square wave that chops the pulses."""

    frequency: Rate
    duty: Share | None = None
    form: Literal["alternating", "interrupted"] = "alternating"

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold of the duty."""
        return (self._part(),)

    def _part(self) -> Iterator[Misfit]:
        if self.duty is not None and not 0 < self.duty.si < 1:
            yield Misfit(("duty",), f'found "{self.duty}"; it lies between 0 % and 100 %')

    def carrier(self) -> Carrier:
        """Return it as the waveform has it."""
        duty = self.duty.si if self.duty else 0.5
        return Carrier(frequency=self.frequency.si, duty=duty, alternating=self.form == "alternating")


class BurstEntry(StrictModel):
    """``[mode.burst]``: how many pulses make a burst, and how many bursts a second there are."""

    pulses: Annotated[int, Field(ge=1, le=MOST_PULSES)]
    frequency: Rate


class PartEntry(StrictModel):
    """One ``[[mode.sequence]]``: a rate, for how long, and a share of the amplitude other than all of it."""

    frequency: Rate
    duration: Duration
    share: Share | None = None

    def part(self) -> tuple[float, float, float]:
        """Return it as the waveform has it."""
        return self.frequency.si, self.duration.si, self.share.si if self.share else 1.0


class ProgramEntry(StrictModel):
    """``[mode.program]``: the output on and off, from its start. The ramps are parts of ``on``."""

    on: Duration
    off: Settling
    rise: Settling | None = None
    fall: Settling | None = None
    alternates: bool = False
    kick: Share | None = None
    kick_width: Duration | None = None

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between the times."""
        return self._ramps(), self._kicks()

    def _kicks(self) -> Iterator[Misfit]:
        for key, other in (("kick", "kick_width"), ("kick_width", "kick")):
            if getattr(self, key) is not None and getattr(self, other) is None:
                yield Misfit((other,), f"missing; it goes with {key}")

    def _ramps(self) -> Iterator[Misfit]:
        if si(self.rise) + si(self.fall) + si(self.kick_width) > self.on.si * FITS:
            yield Misfit(("on",), f'found "{self.on}"; the ramps are parts of it, and longer')

    def program(self) -> Program:
        """Return it as the waveform has it."""
        rise, fall = si(self.rise), si(self.fall)
        return Program(
            on=self.on.si,
            off=self.off.si,
            rise=rise,
            fall=fall,
            alternates=self.alternates,
            kick=si(self.kick),
            kick_width=si(self.kick_width),
        )


class RippleEntry(StrictModel):
    """``[mode.ripple]``: half of its peak-to-peak value as a share of the amplitude, and its frequency."""

    share: Share
    frequency: Rate

    def ripple(self) -> Ripple:
        """Return it as the waveform has it."""
        return Ripple(share=self.share.si, frequency=self.frequency.si)


class RingingEntry(StrictModel):
    """``[mode.ringing]``: a damped oscillation that each phase begins with, as a share of the amplitude."""

    share: Share
    frequency: Rate
    decay: Duration

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between frequency and decay."""
        return (self._count(),)

    def _count(self) -> Iterator[Misfit]:
        if self.frequency.si * self.decay.si > MOST_RINGS:
            yield Misfit(("decay",), f'found "{self.decay}"; it is at most {MOST_RINGS} periods')

    def ringing(self) -> Ringing:
        """Return it as the waveform has it."""
        return Ringing(share=self.share.si, frequency=self.frequency.si, time_constant=self.decay.si)
