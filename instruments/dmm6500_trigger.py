# SPDX-License-Identifier: MIT
"""The DMM6500's trigger: watching for a departure from a window at the full rate, and records around an event.

The trigger model ``LoopUntilEvent`` digitizes into a ring until its event comes, keeps ``position`` per cent of the
ring and fills the rest. The event is the analog trigger, which compares the input before it becomes a sample, or
``*TRG``. Unverified on an instrument: how short an event the analog trigger catches, its delay (users measured 7 µs),
and what it does when the input is outside from the start. So no trigger is believed alone: where it did not fire, the
extremes of the buffer are asked for too. Source: see :mod:`instruments.dmm6500_arming`.
"""

import math
from collections.abc import Callable

import numpy as np

from instruments.dmm6500_arming import ARMING_TIME, MOST_POLLS, POLL, REFRESH, STATE, ArmedDigitizer, Ring
from instruments.errors import BenchError
from instruments.event_record import EventRecord, Watch
from instruments.roles import Clock

_WATCH_POLLS = 25
"""How often an instrument is asked at most during one watch: each time costs a round trip, on any bench."""
_TICK = 1e-6
"""What the last wait is longer, s: rounding must not leave a rest that no clock can wait for."""


def _nothing() -> None:
    """Do nothing: the action of a watch that only watches."""


class TriggeredDigitizer(ArmedDigitizer):
    """What a digitizing Keithley multimeter does with its trigger. Range and rate are as configured."""

    def watch(
        self,
        *,
        level: float,
        duration: float,
        pre: float,
        post: float,
        zero: float = 0.0,
        action: Callable[[], object] = _nothing,
    ) -> Watch:
        """Watch with range and rate as configured until the input leaves ``zero`` ± ``level``, or for ``duration``.

        Bench time passes in steps; a record is noticed no later than one step after its end. Noise that reaches the
        level counts as a departure: what was seen is then judged by its record.

        :param level: V, > 0, with its window inside the range.
        :param duration: s of bench time from when the trigger is surely live; arming comes before it.
        :param pre: at least so much of what was before the departure is kept, s.
        :param post: at least so much of what follows is recorded, s, > 0.
        :param zero: what the digitizer shows when nothing flows, V.
        :param action: called once when the trigger is armed, inside the duration.
        :raises BenchError: before anything is sent, for what this instrument cannot do; when it does not arm; and when
            something left the window without trigger and is not in the buffer any more.
        """
        window = self._window(level, zero)
        wanted = self._divided(pre, post)
        clock = self._require_clock()
        if not 0 < duration < math.inf:
            raise BenchError(f"{self._who} cannot watch for {duration!r} s", role=self.role)
        self._prepare(
            wanted, trigger_mode="WIND", trigger_low=window[0], trigger_high=window[1], trigger_direction="LEAV"
        )
        return self._armed("ATR", wanted, lambda: self._watch(clock, window, duration, wanted, action))

    def capture_around(self, action: Callable[[], object], *, pre: float, post: float) -> EventRecord:
        """Take a record, with range and rate as configured, around ``action``: its event is when ``action`` was called.

        The instrument is triggered first and acknowledges, then ``action`` is called; ``post`` counts from there, so it
        must be longer than ``action`` takes. What an acknowledgement takes on the way (milliseconds on a real bench)
        lies between the event and the action.

        :param pre: at least so much before the action, s.
        :param post: at least so much from it on, s, > 0.
        :raises BenchError: for what this instrument cannot do; when the record does not come.
        """
        wanted = self._divided(pre, post)
        clock = self._require_clock()
        self._prepare(wanted)
        return self._armed("COMM", wanted, lambda: self._around(clock, action, wanted))

    # --- inside

    def _window(self, level: float, zero: float) -> tuple[float, float]:
        low, high = zero - level, zero + level
        if not (level > 0 and -self._range <= low < high <= self._range):
            raise BenchError(
                f"{self._who} cannot watch for {zero!r} V ± {level!r} V on its range of {self._range:g} V",
                role=self.role,
            )
        return low, high

    def _watch(
        self, clock: Clock, window: tuple[float, float], duration: float, wanted: Ring, action: Callable[[], object]
    ) -> Watch:
        clock.wait(ARMING_TIME)
        start = clock.now()
        # Was it armed from inside the window? From outside there may never be a departure.
        if (record := self._departed(clock, window, wanted)) is not None:
            return Watch(watched=_length(record), record=record)
        action()
        end = start + duration
        before, seen, ended = start, clock.now(), self._ended()
        while not ended and seen < end:
            clock.wait(min(max(POLL, duration / _WATCH_POLLS), end - seen + _TICK))
            before, seen, ended = seen, clock.now(), self._ended()
        record = self._record(seen, wanted.after) if ended else self._departed(clock, window, wanted)
        if record is not None:
            return Watch(watched=max(before - start - REFRESH, _length(record)), record=record)
        self.write(":ABOR")
        self.check_errors()
        return Watch(watched=seen - start, record=None)

    def _departed(self, clock: Clock, window: tuple[float, float], wanted: Ring) -> EventRecord | None:
        """Return the record where the buffer says that the input left the window, whatever the trigger says.

        A trigger that fired shows no earlier than after the record and the next refresh of its state. One that did not
        is answered by what the buffer holds now, read while it is still being filled.
        """
        if not self._beyond(window):
            return None
        samples, now = self._buffered(), clock.now()
        clock.wait(REFRESH + wanted.after / self._sample_rate)
        if self._ended():
            return self._record(clock.now(), wanted.after)
        self.write(":ABOR")
        outside = np.flatnonzero(~((samples >= window[0]) & (samples <= window[1])))
        if not outside.size:
            raise self.refused("it had readings outside the window of its trigger, which did not fire, and lost them")
        return EventRecord(
            waveform=self._waveform(samples, now - samples.size / self._sample_rate),
            event=float(outside[0]) / self._sample_rate,
        )

    def _around(self, clock: Clock, action: Callable[[], object], wanted: Ring) -> EventRecord:
        clock.wait(wanted.before / self._sample_rate + ARMING_TIME)
        start, length = clock.now(), wanted.after / self._sample_rate
        self._ended(f"*TRG;{STATE}")
        action()
        left = start + length - clock.now()
        if not left >= 0:
            raise BenchError(
                f"{self._who} recorded {length:g} s, but the action took {length - left:g} s; choose a longer record",
                role=self.role,
            )
        clock.wait(left)
        for _ in range(MOST_POLLS):
            if self._ended():
                return self._record(start + length, wanted.after)
            clock.wait(REFRESH)
        raise self.refused(f"its record had not come to its end {MOST_POLLS * REFRESH:g} s after it should have")


def _length(record: EventRecord) -> float:
    return record.waveform.samples.size / record.waveform.sample_rate
