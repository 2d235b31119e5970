# SPDX-License-Identifier: MIT
"""One ``[[mode]]`` of a device file: its waveform, levels and programs."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated, Literal

from pydantic import Field

from instruments.sim.device import Mode
from instruments.sim.device_fields import (
    Amplitude,
    Duration,
    Name,
    Rate,
    Settling,
    Share,
    SignedCurrent,
    VoltageAmplitude,
)
from instruments.sim.programs import Program, Ripple
from instruments.sim.pulses import Carrier, Stretches, chopped, duration, rectangle, sloped, tail
from instruments.sim.waveforms import Train, burst, direct, repeated, sequence
from stimcert.quantity import Quantity
from stimcert.strict_toml import Misfit, StrictModel

MOST_PULSES = 20_000
"""How many pulses a burst or a sequence may have, and how many periods of a carrier a pulse."""

_FITS = 1 + 1e-9

KEYS = {
    "dc": {"ripple", "program"},
    "monophasic": {"frequency", "width", "edge"},
    "biphasic": {"frequency", "width", "edge", "gap", "second_width", "balance"},
    "tailed": {"frequency", "width", "gap", "tail", "balance"},
}
"""The keys about timing that each waveform may have, beside those of every pulsed one."""

PULSED = {"carrier", "burst", "sequence", "program", "ripple", "jitter", "direct"}


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

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between the times."""
        return (self._ramps(),)

    def _ramps(self) -> Iterator[Misfit]:
        if _si(self.rise) + _si(self.fall) > self.on.si * _FITS:
            yield Misfit(("on",), f'found "{self.on}"; the ramps are parts of it, and longer')

    def program(self) -> Program:
        """Return it as the waveform has it."""
        rise, fall = _si(self.rise), _si(self.fall)
        return Program(on=self.on.si, off=self.off.si, rise=rise, fall=fall, alternates=self.alternates)


class RippleEntry(StrictModel):
    """``[mode.ripple]``: half of its peak-to-peak value as a share of the amplitude, and its frequency."""

    share: Share
    frequency: Rate


class ModeEntry(StrictModel):
    """One ``[[mode]]`` of a device file."""

    name: Name
    waveform: Literal["dc", "monophasic", "biphasic", "tailed"]
    polarity: Literal["positive", "negative"] = "positive"
    amplitudes: tuple[Amplitude, ...] | None = None
    voltages: tuple[VoltageAmplitude, ...] | None = None
    frequency: Rate | None = None
    width: Duration | None = None
    gap: Duration | None = None
    second_width: Duration | None = None
    balance: Share | None = None
    edge: Duration | None = None
    tail: Duration | None = None
    direct: SignedCurrent | None = None
    jitter: Duration | None = None
    carrier: CarrierEntry | None = None
    burst: BurstEntry | None = None
    sequence: tuple[PartEntry, ...] = ()
    program: ProgramEntry | None = None
    ripple: RippleEntry | None = None

    @property
    def top_level(self) -> int:
        """Return how many levels there are."""
        return len(self.amplitudes or self.voltages or ())

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold of the levels, and between the keys about timing."""
        return self._levels(), self._needed(), self._allowed(), self._sizes(), self._fit(), self._spread()

    def _levels(self) -> Iterator[Misfit]:
        # Not a min_length: pydantic counts only what it could read, and would complain of one bad amplitude twice.
        if not self.amplitudes and not self.voltages:
            empty = [key for key in ("amplitudes", "voltages") if getattr(self, key) is not None]
            yield Misfit(
                tuple(empty[:1]), "found no amplitudes (or voltages); one for each level is needed, at least one"
            )
        if self.amplitudes and self.voltages:
            yield Misfit(("voltages",), "found voltages beside amplitudes; a mode regulates one or the other")
        if self.voltages and self.direct is not None:
            yield Misfit(("direct",), 'found a current; a mode with "voltages" cannot add one')

    def _needed(self) -> Iterator[Misfit]:
        if self.waveform == "dc":
            return
        if self.frequency is None and not self.sequence:
            yield Misfit((), f'has no frequency; a "{self.waveform}" mode needs one')
        for key in ("width", "tail") if self.waveform == "tailed" else ("width",):
            if getattr(self, key) is None:
                yield Misfit((), f'has no {key}; a "{self.waveform}" mode needs one')

    def _allowed(self) -> Iterator[Misfit]:
        allowed = KEYS[self.waveform] | (PULSED if self.waveform != "dc" else set())
        for key in sorted(set().union(*KEYS.values(), PULSED) - allowed):
            if getattr(self, key):
                yield Misfit((key,), f'found a {key}; a "{self.waveform}" mode has none')
        for one, other in (("sequence", "frequency"), ("sequence", "burst"), ("sequence", "program")):
            if getattr(self, one) and getattr(self, other):
                yield Misfit((other,), f"found a {other} beside a {one}; a mode has one of them")

    def _sizes(self) -> Iterator[Misfit]:
        for index, part in enumerate(self.sequence):
            if not 1 / _FITS <= part.frequency.si * part.duration.si <= MOST_PULSES:
                yield Misfit(("sequence", index), f"found a part with less than 1 or more than {MOST_PULSES} pulses")
        if self.carrier and self.width and self.carrier.frequency.si * self.width.si > MOST_PULSES:
            yield Misfit(("carrier",), f"found more than {MOST_PULSES} periods in one pulse")
        for width in (self.width, self.second_width):
            if self.edge and width and self.edge.si > width.si:
                yield Misfit(("edge",), f'found "{self.edge}"; it is at most as long as the phase, "{width}"')

    def _fit(self) -> Iterator[Misfit]:
        if self.waveform == "dc" or self.width is None or (self.tail is None and self.waveform == "tailed"):
            return
        room, used = self._room(), duration(self.pulse())
        if used > room * _FITS:
            phases = 1 if self.waveform == "monophasic" else 2
            yield Misfit(("width",), f'found "{self.width}"; {phases} of it (and the gap) exceed the period')
        if self.burst and self.frequency and self.burst.pulses / self.frequency.si > _FITS / self.burst.frequency.si:
            yield Misfit(("burst",), f"found {self.burst.pulses} pulses; they exceed the period of the bursts")

    def _spread(self) -> Iterator[Misfit]:
        if self.jitter is None or self.width is None or self.waveform == "dc":
            return
        if 2 * self.jitter.si > (self._room() - duration(self.pulse())) * _FITS:
            yield Misfit(("jitter",), f'found "{self.jitter}"; twice that exceeds the pause between two pulses')

    def _room(self) -> float:
        """Return the shortest time from one pulse to the next, s."""
        rates = [part.frequency.si for part in self.sequence] or [self.frequency.si if self.frequency else 0.0]
        return 1 / max(rates) if max(rates) > 0 else float("inf")

    def pulse(self) -> Stretches:
        """Return one pulse of unit amplitude."""
        width, edge = _si(self.width), _si(self.edge)
        balance = self.balance.si if self.balance else 1.0
        first, gap = sloped(width, edge), [(_si(self.gap), 0.0)]
        second: Stretches = []
        if self.waveform == "biphasic":
            other = self.second_width.si if self.second_width else width
            second = sloped(other, edge, -balance * width / other)
        if self.waveform == "tailed":
            first, second = rectangle(width), tail(-balance * width, _si(self.tail))
        whole = [(length, value) for length, value in chain(first, gap, second) if length > 0]
        return chopped(whole, self.carrier.carrier()) if self.carrier else whole

    def train(self) -> Train:
        """Return the waveform of unit amplitude."""
        if self.waveform == "dc":
            return direct()
        if self.frequency is None:
            return sequence(self.pulse(), [part.part() for part in self.sequence])
        if self.burst is None:
            return repeated(self.pulse(), 1 / self.frequency.si)
        return burst(self.pulse(), self.frequency.si, self.burst.pulses, self.burst.frequency.si)

    def mode(self) -> Mode:
        """Return the mode as the simulated stimulator runs it."""
        sign = -1.0 if self.polarity == "negative" else 1.0
        return Mode(
            name=self.name,
            train=self.train(),
            amplitudes=tuple(sign * level.si for level in (self.amplitudes or self.voltages or ())),
            regulates="voltage" if self.voltages else "current",
            direct=_si(self.direct),
            program=self.program.program() if self.program else None,
            ripple=Ripple(share=self.ripple.share.si, frequency=self.ripple.frequency.si) if self.ripple else None,
            jitter=_si(self.jitter),
        )


def _si(quantity: Quantity | None) -> float:
    return quantity.si if quantity is not None else 0.0
