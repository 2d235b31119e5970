# SPDX-License-Identifier: MIT
"""Points: one mode, level and load at which the device is measured, and what was captured there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from stimcert.event_choice import events_at
from stimcert.events import EventName, StateName
from stimcert.measured import Measured, NotMeasurable
from stimcert.places import load_words
from stimcert.plan import Case, Mode, Plan
from stimcert.procedures import comes_down, facts_of
from stimcert.reading import Certified, CurrentRecord, MeanReading
from stimcert.reason import Reason
from stimcert.record_event import Band
from stimcert.surroundings import Surroundings

if TYPE_CHECKING:
    from stimcert.pulse_train import PulseTrain
    from stimcert.record_voltage import VoltageRecord


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where the device is measured.

    :param level: intensity level, 1 … top.
    :param load: total resistance that the device sees, Ω, nominal; of a network what it is at direct current.
    :param network: name of the skin network that is the load; None for a resistance.
    :param one_more_up: the level is the top one and "up" was pressed once more: nothing may change.
    :param descending: the level was reached from above.
    :param event: around which event; None for the steady output.
    :param repetition: of the event, or of the steady output where the case repeats it, 1 …; None without either.
    :param state: without treatment; None while the device delivers.
    """

    case: Case
    mode: Mode
    level: int
    load: float
    one_more_up: bool = False
    descending: bool = False
    network: str | None = None
    event: EventName | None = None
    repetition: int | None = None
    state: StateName | None = None

    @property
    def load_words(self) -> str:
        """The load in words."""
        return self.network or load_words(self.load)

    @property
    def cycle(self) -> float | None:
        """The declared period of the mode's waveform, s; None for d.c."""
        return self.mode.cycle.si if self.mode.cycle is not None else None

    @property
    def program(self) -> float | None:
        """The declared period of the mode's program, s: ON and OFF, polarity, or rates; None where it has none."""
        return self.mode.program_period

    @property
    def is_lowest(self) -> bool:
        """Whether this is the lowest level that the case goes to."""
        return self.level == self.case.levels_of(self.mode)[0]

    @property
    def is_top(self) -> bool:
        """Whether this is the mode's highest level."""
        return self.level == self.mode.levels

    @property
    def bounds_depend_on(self) -> tuple[object, ...]:
        """All that the rows which hold at a point depend on: of most points of a case it is the same."""
        level = self.level if "declared" in self.case.limits else None
        return (self.case, self.mode, self.load, self.network, self.event, self.is_lowest, level)

    @property
    def goes_above(self) -> bool:
        """Whether "up" is pressed once more here."""
        return self.is_top and bool(self.case.limits) and facts_of(self.case.procedure).one_more_up


def points_of(plan: Plan, case: Case) -> Iterator[Point]:
    """Yield the points of a case in the order in which a bench goes to them: mode, load, level.

    Where limits are judged, one point more comes after the top level: "up" is pressed once again. Procedures that come
    down visit all levels below the top one a second time.
    """
    for mode in map(plan.mode_named, case.modes):
        for load, network in case.places():
            for level in case.levels_of(mode):
                point = Point(case=case, mode=mode, level=level, load=load, network=network)
                for repeat in repeats_of(point):
                    yield from visited(plan, repeat)
                if point.goes_above:
                    yield from visited(plan, replace(point, one_more_up=True))
            if comes_down(case.procedure):
                for level in reversed(case.levels_of(mode)[:-1]):
                    yield Point(case=case, mode=mode, level=level, load=load, network=network, descending=True)


def repeats_of(point: Point) -> Iterator[Point]:
    """Yield a point as often as its case repeats the steady output; itself where it does not."""
    count = point.case.repeats
    yield from (replace(point, repetition=n) for n in range(1, count + 1)) if count > 1 else (point,)


def visited(plan: Plan, point: Point) -> Iterator[Point]:
    """Yield what a bench measures at a point: the steady output, its events, or the states without treatment."""
    case = point.case
    if case.idle_states:
        yield from (replace(point, state=state) for state in case.idle_states)
        return
    yield point
    if facts_of(case.procedure).visits == "events":
        yield from event_points(plan, point)


def event_points(plan: Plan, point: Point) -> Iterator[Point]:
    """Yield the events at a point, each as often as the case repeats it."""
    case = point.case
    for event in events_at(plan, case, point.mode, level=point.level, network=point.network):
        for repetition in range(1, case.event_repetitions + 1):
            yield replace(point, event=event, repetition=repetition)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where the event lies in a record, and what it is held against.

    :param start: from the start of the record to the event, s.
    :param own: for how long from there the bench's own contacts move where the event may be theirs, s; 0 for never.
    :param band: where the current lies otherwise.
    :param resistance: the load with the shunt; None where it stores energy.
    :param phase: for how long the bench waited at random before the event, s.
    """

    start: float
    own: float = 0.0
    band: Band = Band()
    resistance: Certified | None = None
    phase: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What the digitizer saw at a point: the last record, and before it those that were clipped.

    :param records: one per range that was tried; only the last may be unclipped.
    :param means: on a station without a digitizer the SMU's means instead, again one per range that was tried.
    :param looks: at the output of a whole treatment, beside the last record.
    :param slow: the records of the mode's program, taken before, again one per range that was tried.
    :param caught: what fired the trigger while the rest of the dwell was watched.
    :param observed: share of the dwell that was seen: at full bandwidth, unless it was recorded slowly.
    :param armed: s under the trigger at a level that nothing here reaches, beside what it caught.
    :param slowly: whether the records are slower than the fastest rate, so that short events may be lost in them.
    :param around: what is known of the point beside the records.
    :param moments: of a capture around an event, one for each record.
    """

    records: tuple[CurrentRecord, ...] = ()
    means: tuple[MeanReading, ...] = ()
    slow: tuple[CurrentRecord, ...] = ()
    looks: tuple[CurrentRecord, ...] = ()
    caught: tuple[CurrentRecord, ...] = ()
    observed: float | None = 0.0
    slowly: bool = False
    armed: float = 0.0
    around: Surroundings = Surroundings()
    moments: tuple[Moment, ...] = ()

    def of_cycles(self, cycle: float | None) -> CurrentRecord:
        """Return the record for means: the last one, or the slow one where only that holds a cycle (s)."""
        record = self.records[-1]
        held = len(record.waveform.samples) / record.waveform.sample_rate
        return self.slow[-1] if self.slow and cycle is not None and cycle > held else record

    @cached_property
    def train(self) -> "PulseTrain":
        """The pulses of the last record, found once for all their metrics."""
        from stimcert.pulse_train import PulseTrain

        return PulseTrain(record=self.records[-1], bursts_declared=self.around.bursts)


@dataclass(frozen=True, kw_only=True)
class Derived:
    """What follows from readings that were taken before; its parts are stored under their own names.

    :param result: a measurement result, or why there is none.
    """

    result: Measured | NotMeasurable


@dataclass(frozen=True, kw_only=True)
class MeanCurrent:
    """A mean current: by the SMU where it may be trusted, else by the digitizer's record.

    :param refused: why the reading is no mean of this device's current, though one was taken.
    :param pilot: what was read before, to know how many readings the mean is of; no part of it.
    """

    reading: MeanReading | None = None
    record: CurrentRecord | None = None
    refused: Reason | None = None
    pilot: MeanReading | None = None


@dataclass(frozen=True, kw_only=True)
class OpenVoltage:
    """The voltage of an open output.

    :param opened: with nothing but the digitizer across it.
    :param loaded: with the largest load of the box beside that; None where the box does not stand the voltage.
    """

    opened: "VoltageRecord"
    loaded: "VoltageRecord | None" = None
