# SPDX-License-Identifier: MIT
"""The digitizer across the shunt: records of the current, one range up where they clip, and the armed trigger."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.session.planner import Setup
from bench.session.remembered import Remembered
from bench.session.sampling import Sampling
from instruments.errors import BenchError
from instruments.roles import Digitizer
from instruments.station_file import Shunt
from stimcert.reading import Accuracy, Certified, CurrentRecord, Waveform, Zero
from stimcert.waveform.sampled import Samples

BEFORE, AFTER = 0.02, 0.1
"""s of a caught record before the departure that fired the trigger, and from it on: whole cycles of most waveforms."""

MOST_CAUGHT = 10
"""Records that a watch catches before it gives up: a device that crosses the level all the time fills the disk, and is
within its guard band in any case."""

_OTHER_SIDE = 0.2
"""Share of the largest current that must flow the other way to count as the other sign."""

_TELLING = 100
_WHOLE = 1.0 - 1e-9
_NOISE = 3.0


def _as_it_is(accuracy: Accuracy) -> Accuracy:
    return accuracy


def _certified(shunt: Shunt) -> Certified:
    return Certified(
        value=shunt.value.si,
        expanded_uncertainty=shunt.expanded_uncertainty.si,
        coverage_factor=shunt.coverage_factor,
        certificate=shunt.certificate,
    )


def _never(record: CurrentRecord) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Watching:
    """What the digitizer saw under its armed trigger.

    :param seconds: time seen at the full rate, s; arming and reading out do not count.
    :param caught: the record of each departure from the level, in order; a clipped one is followed by watching one
        range up.
    :param enough: whether the last one shows so much that nothing that follows matters any more.
    """

    seconds: float
    caught: tuple[CurrentRecord, ...] = ()
    enough: bool = False


class Recorder:
    """Takes records of the current, and remembers how the digitizer is configured.

    :param zeros: its zero per range, from the station check; a range without one is not used.
    :param sampling: its rates and memory.
    :param specified: turns the accuracy of a data sheet into that which a budget is made from.
    """

    def __init__(
        self,
        digitizer: Digitizer,
        zeros: dict[float, Zero],
        sampling: Sampling,
        specified: Callable[[Accuracy], Accuracy] = _as_it_is,
    ) -> None:
        self.digitizer = digitizer
        self.sampling = sampling
        self._specified = specified
        self._zeros = zeros
        self._configured: tuple[float, float, int] | None = None
        self._newest: Samples | None = None
        self._shunt = Remembered[Certified]()

    def climb(self, setup: Setup, seconds: float, *, slowly: bool = False) -> tuple[tuple[CurrentRecord, ...], float]:
        """Record on the range of a set-up, and one range up as long as the record is clipped.

        :param slowly: at 100 kHz, or what memory allows, instead of the fastest rate.
        :returns: the records, and how many seconds one of them lasts: fewer than asked for where memory ends.
        """
        rate = self.sampling.rate_for(seconds) if slowly else self.sampling.fastest
        count = self.sampling.samples(seconds, rate)
        records: list[CurrentRecord] = []
        for voltage_range in self._ranges(setup.digitizer_range or 0.0):
            self._configure(voltage_range, rate, count)
            records.append(self._current(setup, self.digitizer.capture()))
            if not records[-1].waveform.clipped:
                break
        return tuple(records), count / rate

    def watch(
        self,
        setup: Setup,
        *,
        level: float,
        seconds: float,
        middle: float = 0.0,
        enough: Callable[[CurrentRecord], bool] = _never,
    ) -> Watching:
        """Watch at the full rate until ``seconds`` have been seen; re-arm after each departure from ± ``level``.

        :param level: A, from ``middle``.
        :param middle: A, from the measured zero.
        :param enough: tells of a caught record whether nothing that follows matters any more.
        """
        digitizer = self.digitizer
        ranges = self._ranges(max(setup.digitizer_range or 0.0, (level + abs(middle)) * setup.shunt.value.si))
        seen, caught, voltage_range, sure = 0.0, list[CurrentRecord](), next(ranges, None), False
        while voltage_range is not None and seen < seconds * _WHOLE and len(caught) < MOST_CAUGHT:
            self._configure(voltage_range, self.sampling.fastest, None)
            found = digitizer.watch(
                level=self._armed_at(setup, voltage_range, level),
                duration=seconds - seen,
                pre=BEFORE,
                post=AFTER,
                zero=self._zeros[voltage_range].mean + middle * setup.shunt.value.si,
            )
            seen += found.watched
            if found.record is None:
                break
            caught.append(self._current(setup, found.record.waveform))
            if caught[-1].waveform.clipped:
                voltage_range = next(ranges, voltage_range)
            elif sure := enough(caught[-1]):
                break
        return Watching(seconds=min(seen, seconds), caught=tuple(caught), enough=sure)

    @property
    def voltage_ranges(self) -> list[float]:
        """The ranges that have a measured zero, V, ascending."""
        return list(self._ranges(0.0))

    def voltage(self, voltage_range: float, seconds: float) -> tuple[Waveform, Zero]:
        """Record what lies at the input at the full rate, and return it with the zero of its range."""
        rate = self.sampling.fastest
        self._configure(voltage_range, rate, self.sampling.samples(seconds, rate))
        waveform = self.digitizer.capture()
        return replace(waveform, accuracy=self._specified(waveform.accuracy)), self._zeros[voltage_range]

    def around(
        self, setup: Setup, prepare: Callable[[], object], action: Callable[[], object], *, pre: float, post: float
    ) -> Iterator[tuple[CurrentRecord, float]]:
        """Record at the full rate around an action, one range up as long as the record is clipped.

        :param prepare: called before each record, so that the action can happen again.
        :param pre: s before the action, at least.
        :param post: s from it on, at least; longer than the action takes.
        :yields: each record, and from its start to the action, s.
        """
        for voltage_range in self._ranges(setup.digitizer_range or 0.0):
            prepare()
            self._configure(voltage_range, self.sampling.fastest, None)
            found = self.digitizer.capture_around(action, pre=pre, post=post)
            record = self._current(setup, found.waveform)
            yield record, found.event
            if not record.waveform.clipped:
                return

    def of_change(
        self, setup: Setup, record: CurrentRecord, *, seconds: float, pre: float, post: float
    ) -> "tuple[CurrentRecord, float] | None":
        """Wait until the current leaves the sign that it has, and return the record and from its start to that, s.

        :param record: the current now: its largest magnitude tells the sign, and the level beyond which it has left.
        :param seconds: for how long to watch; None is returned when it did not happen.
        """
        samples = record.waveform.samples.astype(np.float64) - record.zero.mean
        highest, full_scale = float(samples[np.abs(samples).argmax()]), record.waveform.range
        # From a fifth of it on the other side up to the end of the range on its own.
        inner, outer = -_OTHER_SIDE * highest, math.copysign(full_scale, highest)
        self._configure(full_scale, self.sampling.fastest, None)
        found = self.digitizer.watch(
            level=abs(outer - inner) / 2, zero=(outer + inner) / 2, duration=seconds, pre=pre, post=post
        )
        if found.record is None:
            return None
        return self._current(setup, found.record.waveform), found.record.event

    def _refuse_stale(self, waveform: Waveform) -> None:
        """Refuse a record that is the one before it, sample by sample: noise never repeats itself.

        :raises BenchError: ``stale_reading``.
        """
        samples, before, self._newest = waveform.samples, self._newest, waveform.samples
        if before is None or waveform.clipped or len(samples) < _TELLING or len(samples) != len(before):
            return
        if samples[0] == before[0] and np.array_equal(samples, before):
            text = f"{waveform.role}: the same record twice, sample by sample; what is in its buffer is not new"
            raise BenchError(text, code="stale_reading", role=waveform.role)

    def _armed_at(self, setup: Setup, voltage_range: float, level: float) -> float:
        """Return the trigger's level in V: noise alone should neither fire it nor hide what reaches the level."""
        volts, noise = level * setup.shunt.value.si, self._zeros[voltage_range].noise
        return max(volts - _NOISE * noise, 2 * _NOISE * noise)

    def _ranges(self, lowest: float) -> Iterator[float]:
        """Yield the ranges from ``lowest`` (V) on that have a measured zero."""
        return (r for r in self.digitizer.voltage_ranges if r >= lowest and r in self._zeros)

    def _configure(self, voltage_range: float, rate: float, count: int | None) -> None:
        """Choose range, rate and length, unless they are there; any length will do for None."""
        before = self._configured
        if before is not None and before[:2] == (voltage_range, rate) and count in (None, before[2]):
            return
        self._configured = None
        wanted = round(AFTER * rate) if count is None else count
        self.digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=wanted)
        self._configured = (voltage_range, rate, wanted)

    def _current(self, setup: Setup, waveform: Waveform) -> CurrentRecord:
        """Return a record across the shunt with all that turns it into a current."""
        self._refuse_stale(waveform)
        shunt = self._shunt.get((setup.shunt,), lambda: _certified(setup.shunt))
        zero, fastest = self._zeros[waveform.range], self.sampling.fastest
        if waveform.sample_rate != fastest:
            # Measured at the fastest rate; a longer sample averages over more of the noise.
            zero = replace(zero, noise=zero.noise * math.sqrt(waveform.sample_rate / fastest))
        specified = replace(waveform, accuracy=self._specified(waveform.accuracy))
        return CurrentRecord(waveform=specified, shunt=shunt, zero=zero)
