# SPDX-License-Identifier: MIT
"""One ``[[mode]]`` of a device file: its waveform, levels and programs."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

from instruments.sim.device import Mode
from instruments.sim.device_fields import (
    Amplitude,
    Duration,
    Name,
    Rate,
    Share,
    SignedCurrent,
    VoltageAmplitude,
)
from instruments.sim.mode_tables import (
    FITS,
    MOST_PULSES,
    BurstEntry,
    CarrierEntry,
    PartEntry,
    ProgramEntry,
    RingingEntry,
    RippleEntry,
    si,
)
from instruments.sim.pulses import Stretches, chopped, duration, ringing, sloped, tail
from instruments.sim.waveforms import Train, burst, direct, repeated, sequence
from stimcert.strict_toml import Misfit, StrictModel

KEYS = {
    "dc": {"ripple", "program"},
    "monophasic": {"frequency", "width", "edge", "ringing"},
    "biphasic": {"frequency", "width", "edge", "ringing", "gap", "second_width", "balance"},
    "tailed": {"frequency", "width", "gap", "tail", "balance"},
}
"""The keys about timing that each waveform may have, beside those of every pulsed one."""

PULSED = {"carrier", "burst", "sequence", "program", "ripple", "jitter", "direct"}


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
    ringing: RingingEntry | None = None
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
        for one, other in (
            ("sequence", "frequency"),
            ("sequence", "burst"),
            ("sequence", "program"),
            ("ringing", "edge"),
        ):
            if getattr(self, one) and getattr(self, other):
                yield Misfit((other,), f"found a {other} beside a {one}; a mode has one of them")

    def _sizes(self) -> Iterator[Misfit]:
        for index, part in enumerate(self.sequence):
            if not 1 / FITS <= part.frequency.si * part.duration.si <= MOST_PULSES:
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
        if used > room * FITS:
            phases = 1 if self.waveform == "monophasic" else 2
            yield Misfit(("width",), f'found "{self.width}"; {phases} of it (and the gap) exceed the period')
        if self.burst and self.frequency and self.burst.pulses / self.frequency.si > FITS / self.burst.frequency.si:
            yield Misfit(("burst",), f"found {self.burst.pulses} pulses; they exceed the period of the bursts")

    def _spread(self) -> Iterator[Misfit]:
        if self.jitter is None or self.width is None or self.waveform == "dc":
            return
        if 2 * self.jitter.si > (self._room() - duration(self.pulse())) * FITS:
            yield Misfit(("jitter",), f'found "{self.jitter}"; twice that exceeds the pause between two pulses')

    def _room(self) -> float:
        """Return the shortest time from one pulse to the next, s."""
        rates = [part.frequency.si for part in self.sequence] or [self.frequency.si if self.frequency else 0.0]
        return 1 / max(rates) if max(rates) > 0 else float("inf")

    def pulse(self) -> Stretches:
        """Return one pulse of unit amplitude."""
        width = si(self.width)
        balance = self.balance.si if self.balance else 1.0
        first, gap = self._phase(width, 1.0), [(si(self.gap), 0.0)]
        second: Stretches = []
        if self.waveform == "biphasic":
            other = self.second_width.si if self.second_width else width
            second = self._phase(other, -balance * width / other)
        if self.waveform == "tailed":
            second = tail(-balance * width, si(self.tail))
        whole = [(length, value) for length, value in chain(first, gap, second) if length > 0]
        return chopped(whole, self.carrier.carrier()) if self.carrier else whole

    def _phase(self, width: float, value: float) -> Stretches:
        if self.ringing is not None:
            return ringing(width, value, self.ringing.ringing())
        return sloped(width, si(self.edge), value)

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
            direct=si(self.direct),
            program=self.program.program() if self.program else None,
            ripple=self.ripple.ripple() if self.ripple else None,
            jitter=si(self.jitter),
        )
