# SPDX-License-Identifier: MIT
"""What the modes of a case look like, whatever the label says."""

from dataclasses import dataclass, field
from functools import partial

from bench.session.evaluate import outcome
from bench.session.judge import PROVING
from bench.session.point import Capture, Point
from stimcert.interval import Interval
from stimcert.measured import Measured, NotMeasurable
from stimcert.modality import ModalityDecision, classify, judge
from stimcert.modality_form import Observed, joined, observed_mean
from stimcert.models import mean_current
from stimcert.plan import Mode
from stimcert.record_modality import observed_record


@dataclass
class Look:
    """What was seen of one mode: an observation for each point, and the largest peak with its point."""

    mode: Mode
    observations: list[Observed] = field(default_factory=list)
    worst: tuple[Point, Measured | NotMeasurable] | None = None

    def decide(self) -> ModalityDecision:
        """Return whether the mode is what it is sold as."""
        return judge(classify(self.observations), self.mode.modality)

    def add(self, point: Point, captures: tuple[Capture, ...]) -> None:
        """Take in all that was captured at a point."""
        self.observations.append(_observed(point, captures))
        for capture in captures:
            peak = outcome(PROVING, capture, point)
            if self.worst is None or _height(peak) > _height(self.worst[1]):
                self.worst = (point, peak)


def _observed(point: Point, captures: tuple[Capture, ...]) -> Observed:
    where = f"{point.mode.name}, level {point.level}, {point.load_words}"
    # Time under the trigger belongs to the record whose peak it was armed at.
    armed = {id(capture.records[-1]): capture.armed for capture in captures if capture.records}
    records = [record for capture in captures for record in (*capture.records, *capture.caught)]
    if records:
        see = partial(observed_record, where=where, cycle=point.cycle, period=point.program or 0.0)
        return joined([see(record, armed=armed.get(id(record), 0.0)) for record in records])
    mean = mean_current(captures[-1].means[-1])
    return observed_mean(where, Interval.of(mean), period=point.program or point.cycle or 0.0)


def _height(peak: Measured | NotMeasurable) -> float:
    return peak.value if isinstance(peak, Measured) else -1.0
