# SPDX-License-Identifier: MIT
"""Points: one mode, level and load at which the device is measured, and what was captured there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from stimcert.measured import Measured, NotMeasurable
from stimcert.plan import Case, Mode, Plan
from stimcert.procedures import comes_down
from stimcert.quantity import show
from stimcert.reading import CurrentRecord, MeanReading
from stimcert.surroundings import Surroundings

if TYPE_CHECKING:
    from stimcert.pulse_train import PulseTrain


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where the device is measured.

    :param level: intensity level, 1 … top.
    :param load: total resistance that the device sees, Ω, nominal; of a network what it is at direct current.
    :param network: name of the skin network that is the load; None for a resistance.
    :param one_more_up: the level is the top one and "up" was pressed once more: nothing may change.
    :param descending: the level was reached from above.
    """

    case: Case
    mode: Mode
    level: int
    load: float
    one_more_up: bool = False
    descending: bool = False
    network: str | None = None

    @property
    def load_words(self) -> str:
        """The load in words."""
        return self.network or show(self.load, "Ω")

    @property
    def cycle(self) -> float | None:
        """The declared period of the mode's waveform, s; None for d.c."""
        return self.mode.cycle.si if self.mode.cycle is not None else None

    @property
    def program(self) -> float | None:
        """The declared period of the mode's program, s: ON and OFF, polarity, or rates; None where it has none."""
        return self.mode.program.si if self.mode.program is not None else None

    @property
    def is_lowest(self) -> bool:
        """Whether this is the lowest level that the case goes to."""
        return self.level == self.case.levels_of(self.mode)[0]

    @property
    def is_top(self) -> bool:
        """Whether this is the mode's highest level."""
        return self.level == self.mode.levels


def points_of(plan: Plan, case: Case) -> Iterator[Point]:
    """Yield the points of a case in the order in which a bench goes to them: mode, load, level.

    Where limits are judged, one point more comes after the top level: "up" is pressed once again. Procedures that come
    down visit all levels below the top one a second time.
    """
    for mode in map(plan.mode_named, case.modes):
        for load, network in case.places():
            for level in case.levels_of(mode):
                point = Point(case=case, mode=mode, level=level, load=load, network=network)
                yield point
                if point.is_top and case.limits:
                    yield replace(point, one_more_up=True)
            if comes_down(case.procedure):
                for level in reversed(case.levels_of(mode)[:-1]):
                    yield Point(case=case, mode=mode, level=level, load=load, network=network, descending=True)


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What the digitizer saw at a point: the last record, and before it those that were clipped.

    :param records: one per range that was tried; only the last may be unclipped.
    :param means: on a station without a digitizer the SMU's means instead, again one per range that was tried.
    :param observed: share of the dwell seen at full bandwidth.
    :param around: what is known of the point beside the records.
    """

    records: tuple[CurrentRecord, ...] = ()
    means: tuple[MeanReading, ...] = ()
    observed: float = 0.0
    around: Surroundings = Surroundings()

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
    """A mean current: by the SMU where it may be trusted, else by the digitizer's record."""

    reading: MeanReading | None = None
    record: CurrentRecord | None = None
