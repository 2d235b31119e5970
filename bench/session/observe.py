# SPDX-License-Identifier: MIT
"""Observing a point for its dwell, as planned: the program slowly, its strongest part fast, the rest by the trigger."""

import math
from dataclasses import replace

from bench.session.capture_plan import CapturePlan
from bench.session.planner import Setup
from bench.session.point import Capture, Point
from bench.session.recorder import Recorder, Watching
from bench.session.row import Row
from instruments.roles import Clock
from stimcert.measured import NotMeasurable
from stimcert.models import peak_current
from stimcert.reading import CurrentRecord
from stimcert.waveform.strongest import strongest_part

_READY = 0.01
"""s: what configuring the digitizer may take, so that a record does not begin too late."""

_WHOLE = 1.0 - 1e-9
_SIGMAS = 6.0


class Observer:
    """Takes the records of a plan with the digitizer in the loop."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock

    def observe(self, setup: Setup, point: Point, plan: CapturePlan) -> Capture:
        """Take the records of a plan, then watch for the rest of the dwell."""
        times, slow = plan.times, tuple[CurrentRecord, ...]()
        if times.period is not None:
            slow, _ = self._recorder.climb(setup, times.slow, slowly=True)
            self.await_strongest(slow[-1], window=times.fast, period=times.period)
        records, seen = self._recorder.climb(setup, times.fast)
        watching = Watching(seconds=0.0)
        if times.watched > 0.0:
            fitting = replace(setup, digitizer_range=records[-1].waveform.range)
            watching = self._recorder.watch(
                fitting, level=plan.level, seconds=times.watched, enough=lambda record: exceeds(record, plan.ceilings)
            )
        observed = (seen + watching.seconds) / point.case.dwell.si
        return Capture(
            slow=slow, records=records, caught=watching.caught, observed=1.0 if observed >= _WHOLE else observed
        )

    def watch_for_higher(self, setup: Setup, record: CurrentRecord, *, seconds: float) -> Watching:
        """Watch for anything that exceeds the peak of a record, by more than its uncertainty and a sample's noise."""
        try:
            peak = peak_current(record)
        except NotMeasurable:
            return Watching(seconds=0.0)
        noise = _SIGMAS * record.zero.noise / record.shunt.value
        fitting = replace(setup, digitizer_range=record.waveform.range)
        return self._recorder.watch(fitting, level=peak.value + peak.uncertainty.expanded + noise, seconds=seconds)

    def await_strongest(self, record: CurrentRecord, *, window: float, period: float) -> None:
        """Wait until a program is where a record of it, which has just ended, showed it at its strongest.

        :param window: length of the record that is to be taken there, s.
        :param period: of the program, s.
        """
        wave = record.waveform
        offset = strongest_part(wave.samples, wave.sample_rate, zero=record.zero.mean, window=window, period=period)
        begins, earliest = wave.bench_time + offset, self._clock.now() + _READY
        ahead = math.ceil((earliest - begins) / period) * period
        self._clock.wait(begins + max(ahead, 0.0) - self._clock.now())


def exceeds(record: CurrentRecord, ceilings: tuple[Row, ...]) -> bool:
    """Whether a caught record is beyond a ceiling by more than its uncertainty, so that nothing can be added to it."""
    try:
        return any(_least(record, row) > (row.upper or math.inf) for row in ceilings if row.metric == "current.peak")
    except NotMeasurable:
        return False


def _least(record: CurrentRecord, row: Row) -> float:
    peak = peak_current(record, event=row.event) if row.event is not None else peak_current(record)
    return peak.value - peak.uncertainty.expanded
