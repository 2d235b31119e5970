# SPDX-License-Identifier: MIT
"""How a DMM6500 is armed, asked whether its event came, and read: what all its records around an event share.

Source: DMM6500 Reference Manual DMM6500-901-01 Rev. A, April 2018, pp. 13-176, 13-177, 13-186, 13-265, 13-271, by the
headers only. Their description was read in those of the same firmware family: DMM7510-901-01 Rev. B, May 2015, pp.
3-64, 6-59 … 6-66, 8-327; 2470-901-01 Rev. A, May 2019, p. 12-187; 2461-901-01 A, November 2015, pp. 6-230, 6-235.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from instruments.errors import BenchError
from instruments.event_record import EventRecord
from instruments.roles import Clock
from instruments.scpi import ScpiInstrument
from instruments.settings import Setting, number, parse_word, word
from stimcert.reading import Waveform

ARMING_TIME = 0.01
"""From the command to a trigger that is surely live, s; users measured 2 ms on firmware 1.7.17a."""
POLL = 0.25
"""How often an armed instrument is asked at most, s of bench time."""
REFRESH = 0.1
"""How often the instrument refreshes the state of its trigger model, s."""
MOST_POLLS = 100
_BUFFER = '"defbuffer1"'
STATE = ":TRIG:STAT?"
"""Its answer has three parts: the state twice and the number of a block."""
_EXTREMES = f":TRAC:STAT:MAX? {_BUFFER};:TRAC:STAT:MIN? {_BUFFER}"
_ENDS = f":TRAC:ACT:STAR? {_BUFFER};:TRAC:ACT:END? {_BUFFER}"
_LIVE = ("RUNNING", "WAITING")
_Result = TypeVar("_Result")


def _shortened(**short: str) -> Callable[[str], str]:
    """Return a parser that gives a keyword its short form."""
    return lambda reply: short.get(parse_word(reply), parse_word(reply))


@dataclass(frozen=True, kw_only=True)
class Ring:
    """A buffer that a whole percentage divides into whole samples.

    :param size: samples in all.
    :param position: share before the event, per cent.
    """

    size: int
    position: int

    @property
    def before(self) -> int:
        """Return the samples before the event."""
        return self.size * self.position // 100

    @property
    def after(self) -> int:
        """Return the samples from the event on."""
        return self.size - self.before


def ring(before: int, after: int) -> Ring:
    """Return the smallest ring with at least so many samples before the event, and from it on (≥ 1)."""

    def size(position: int) -> int:
        return 100 * max(1, math.ceil(after / (100 - position)), math.ceil(before / position) if position else 0)

    return min((Ring(size=size(part), position=part) for part in range(1 if before else 0, 100)), key=_size)


def _size(found: Ring) -> int:
    return found.size


class ArmedDigitizer(ScpiInstrument):
    """A digitizing Keithley multimeter with the trigger model ``LoopUntilEvent``."""

    buffer_size: Setting
    _clock: Clock | None
    _range: float
    _sample_rate: float
    _count: int
    _trigger: tuple[object, ...] = ()
    """The settings of the trigger that are in force; empty when others may be."""

    fill_mode = word(
        ":TRAC:FILL:MODE",
        """Control what a full buffer does (strict discrete set: ``"CONT"``, it drops the oldest).""",
        "CONT",
        parse=_shortened(CONTINUOUS="CONT"),
    )
    trigger_mode = word(
        ":SENS:DIG:VOLT:ATR:MODE",
        """Control what the analog trigger looks for (strict discrete set: ``"WIND"``).""",
        "WIND",
        parse=_shortened(WINDOW="WIND"),
    )
    trigger_direction = word(
        ":SENS:DIG:VOLT:ATR:WIND:DIR",
        """Control which crossing of the window triggers (strict discrete set: ``"LEAV"``).""",
        "LEAV",
        parse=_shortened(LEAVE="LEAV"),
    )
    trigger_low = number(
        ":SENS:DIG:VOLT:ATR:WIND:LEV:LOW",
        """Control the lower level of the window in V (float strictly from -1000 to 1000).""",
        -1e3,
        1e3,
    )
    trigger_high = number(
        ":SENS:DIG:VOLT:ATR:WIND:LEV:HIGH",
        """Control the upper level of the window in V (float strictly from -1000 to 1000). Set the lower one first.""",
        -1e3,
        1e3,
    )

    @property
    def max_samples(self) -> int:
        """Get how many samples one record can have."""
        raise NotImplementedError

    # --- arming

    def _require_clock(self) -> Clock:
        if self._clock is None:
            raise BenchError(f"{self._who} cannot wait for an event without a clock", role=self.role)
        return self._clock

    def _divided(self, pre: float, post: float) -> Ring:
        if not self._count:
            raise BenchError(f"{self._who} was asked for a record before it was configured", role=self.role)
        if not (0 <= pre < math.inf and 0 < post < math.inf):
            raise BenchError(
                f"{self._who} cannot record {pre!r} s before and {post!r} s after an event", role=self.role
            )
        wanted = ring(*(math.ceil(part * self._sample_rate - 1e-6) for part in (pre, post)))
        if wanted.size > self.max_samples:
            raise BenchError(
                f"{self._who} holds {self.max_samples} samples, {pre:g} s before and {post:g} s after an event at "
                f"{self._sample_rate:g} samples a second are {wanted.size}; choose a slower rate or a shorter record",
                role=self.role,
            )
        return wanted

    def _prepare(self, wanted: Ring, **trigger: object) -> None:
        """Set what is not set yet. A changed buffer is given back its size by the next capture."""
        asked = (wanted.size, *trigger.values())
        if self._trigger != asked:
            self._trigger = (None,)
            self.change(buffer_size=wanted.size, fill_mode="CONT", **trigger)
            self._trigger = asked

    def _restore(self) -> None:
        """Give the buffer the size of plain captures back, where a trigger needed another one."""
        if self._trigger:
            self.change(buffer_size=max(self._count, 10))
            self._trigger = ()

    def _armed(self, event: str, wanted: Ring, run: Callable[[], _Result]) -> _Result:
        """Arm, and run; never leave the instrument armed behind."""
        load = f':TRIG:LOAD "LoopUntilEvent",{event},{wanted.position:d},ENT,0,{_BUFFER};:INIT;{STATE}'
        try:
            if self._ended(load):
                raise self.refused("its trigger model is not armed after :INIT")
            self.meanwhile()
            return run()
        except BaseException:
            with suppress(BenchError):
                self.write(":ABOR")
            raise

    def _ended(self, command: str = STATE) -> bool:
        """Return whether the trigger model has come to its end."""
        state = parse_word(self.ask_parts(command, 3)[0])
        if state not in _LIVE and state != "IDLE":
            raise self.refused(f"its trigger model is {state} after {command}", state=state)
        return state == "IDLE"

    def _beyond(self, window: tuple[float, float]) -> bool:
        """Return whether a reading of the buffer lies outside the window."""
        highest, lowest = (float(self.parsed(_EXTREMES, reply, float)) for reply in self.ask_parts(_EXTREMES, 2))
        return not (window[0] <= lowest <= highest <= window[1])

    # --- reading

    def _record(self, stop: float, after: int) -> EventRecord:
        """Return the record of a trigger model that has ended, at bench time ``stop`` at the latest."""
        samples = self._buffered()
        if samples.size < after:
            raise self.refused(f"its record ended with {samples.size} readings, {after} were to follow the event")
        return EventRecord(
            waveform=self._waveform(samples, stop - samples.size / self._sample_rate),
            event=(samples.size - after) / self._sample_rate,
        )

    def _buffered(self) -> NDArray[np.float32]:
        """Return all readings of the buffer; what its indices are after it went round, the manual does not say."""
        first, last = (int(self.parsed(_ENDS, reply, int)) for reply in self.ask_parts(_ENDS, 2))
        if not 1 <= first <= last or last - first >= self.max_samples:
            raise self.garbled(_ENDS, f"{first};{last}")
        return self._read_samples(first, last)

    def _read_samples(self, first: int, last: int) -> NDArray[np.float32]:
        """Return readings ``first`` … ``last`` of the buffer, V, then read the error queue."""
        query = f":TRAC:DATA? {first:d},{last:d},{_BUFFER},READ"
        count = last - first + 1
        samples = self.read_block(query, count, count / self._sample_rate)
        self.check_errors()
        if np.isnan(samples).any():
            raise self.garbled(query, "a record with NaN in it")
        return samples

    def _waveform(self, samples: NDArray[np.float32], bench_time: float) -> Waveform:
        raise NotImplementedError
