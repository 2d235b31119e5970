# SPDX-License-Identifier: MIT
"""One record of a reading on its way to a verdict: what its metrics come to, each computed once."""

from dataclasses import dataclass, field, replace
from typing import Literal

from bench.session.capture_plan import PEAKS
from bench.session.evaluate import outcome
from bench.session.judge import PROVING
from bench.session.point import Capture, Derived, MeanCurrent, OpenVoltage, Point
from bench.session.row import Row
from stimcert.metrics import METRICS
from stimcert.models import Measured, NotMeasurable, rectified_mean
from stimcert.quantity import Dimension
from stimcert.record_event import without_own_contacts

Reading = Capture | MeanCurrent | OpenVoltage | Derived
Proving = tuple[str, Measured | NotMeasurable]
Kind = Literal["chosen", "program", "look", "caught", "pilot"]

# The absolute peak, and the mean of a direct current; an r.m.s. value of short pulses is lost in its own uncertainty.
_MEAN = "current.mean"
_OWN_PROOF = frozenset({PROVING, _MEAN})


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One record of a reading, or the reading itself.

    :param last: whether the next higher range was not needed.
    :param kind: how the record came about; only what was chosen to be measured decides anything but a FAIL, and what a
        trigger caught besides.
    :param proof: the current that proves the output, where this reading is not the one that can, and its metric.
    """

    number: int
    part: Reading
    last: bool
    kind: Kind = "chosen"
    waveform: str | None = None
    proof: Proving | None = None
    _evaluated: dict[tuple[str, float | None], Measured | NotMeasurable] = field(default_factory=dict)

    def observed(self, metric: str) -> float | None:
        """Return the share of the dwell that was seen well enough for a metric; None for what was taken beside it.

        A record below the fastest rate shows nothing of the shortest events, and so none of a peak's.
        """
        if not isinstance(self.part, Capture) or not self.part.records:
            return None
        return 0.0 if self.part.slowly and metric in PEAKS else self.part.observed

    @property
    def conditions(self) -> dict[str, object]:
        """What the journal keeps of how the record came about; the share of the dwell only where it was observed."""
        seen = self.observed(PROVING)
        observed = {"observed": seen} if seen is not None and not self._slow else {}
        return {"attempt": self.number, "record": self.kind, **observed}

    @property
    def _slow(self) -> bool:
        return isinstance(self.part, Capture) and self.part.slowly

    def evaluated(self, point: Point, metric: str, event: float | None = None) -> Measured | NotMeasurable:
        """Return the measurement result, computed once for all rows that ask for the same.

        :param event: minimum duration of an event, s; None for the metric's default.
        """
        event = None if metric == "current.mean" else event
        if (metric, event) not in self._evaluated:
            self._evaluated[metric, event] = outcome(metric, self.part, point, event)
        return self._evaluated[metric, event]

    def rectified(self, point: Point, row: Row | None) -> Measured | None:
        """Return the rectified mean that a sign is held against, where the digitizer saw one."""
        if row is None or row.required_sign is None or not isinstance(self.part, MeanCurrent):
            return None
        if self.part.record is None:
            return None
        try:
            return rectified_mean(self.part.record, cycle=point.cycle)
        except NotMeasurable:
            # The mean of the same record has no value either, and says why.
            return None

    def without_own_contacts(self) -> "Attempt | None":
        """Return the same without what the bench's own contacts may have caused; None where they did not move."""
        if not isinstance(self.part, Capture) or not self.part.moments or not self.part.moments[-1].own:
            return None
        record, moment = self.part.records[-1], self.part.moments[-1]
        clean = without_own_contacts(record, moment.band, moment.start, moment.start + moment.own)
        return replace(self, part=replace(self.part, records=(clean,)), _evaluated={})

    def proving(self, point: Point, metric: str) -> Proving | None:
        """Return the current that proves an output where this metric of this reading does not, with its metric."""
        if self.proof is not None:
            return self.proof
        if metric not in METRICS or metric in _OWN_PROOF or METRICS[metric].dimension is Dimension.VOLTAGE:
            return None
        return PROVING, self.evaluated(point, PROVING)


def proof_by(capture: Capture, point: Point) -> Proving:
    """Return the current of a capture that proves the output at a point: its peak, without a digitizer its mean."""
    if capture.records or not capture.means:
        return PROVING, outcome(PROVING, capture, point)
    return _MEAN, outcome(_MEAN, MeanCurrent(reading=capture.means[-1]), point)
