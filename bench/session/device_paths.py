# SPDX-License-Identifier: MIT
"""Both current paths at the device's points: what the SMU read is held against what was recorded there anyway.

One disagreement may be the device's: it may have changed between record and mean. So it counts when the next point of
the case that can be compared disagrees as well, or when none follows. Nothing is measured for all that.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.session.point import MeanCurrent, Point
from instruments.errors import BenchError
from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord, MeanReading

if TYPE_CHECKING:
    from stimcert.path_agreement import Agreement


@dataclass(frozen=True, kw_only=True)
class _Suspicion:
    point: Point
    found: "Agreement"
    confirmed: bool = False


class DevicePaths:
    """The comparisons of a run.

    :ivar compared: how many there were.
    """

    def __init__(self) -> None:
        self.compared = 0
        self._suspicion: _Suspicion | None = None

    def facts(self, point: Point, reading: MeanCurrent, measured: Measured | NotMeasurable) -> dict[str, Any]:
        """Compare at a point, and return what the journal keeps of it.

        :param measured: what the reading came to.
        """
        both = _both(point, reading, measured)
        found = both if isinstance(both, str) else self._compared(point, *both)
        if isinstance(found, str):
            return {"compared": False, "because": found}
        self.compared += 1
        self._weigh(point, found)
        return {
            "compared": True,
            "smu": found.smu,
            "digitizer": found.digitizer,
            "allowed": found.allowed,
            "agree": found.agrees,
            "false_alarm": found.false_alarm,
        }

    def _compared(self, point: Point, smu: Measured, reading: MeanReading, record: CurrentRecord) -> "Agreement | str":
        """Return what both paths make of each other, or why that says nothing."""
        # Not before there is something to compare: nothing of it is needed for a first point.
        from stimcert.path_agreement import NotComparable, compare, false_alarm_of

        false_alarm = false_alarm_of(self.compared)
        found = compare(smu, reading, record, cycle=point.cycle, false_alarm=false_alarm)
        return found.because if isinstance(found, NotComparable) else found

    def _weigh(self, point: Point, found: "Agreement") -> None:
        before = self._suspicion
        if before is not None and before.confirmed:
            return
        if found.agrees:
            self._suspicion = None
        elif before is not None:
            self._suspicion = _Suspicion(point=before.point, found=before.found, confirmed=True)
        else:
            self._suspicion = _Suspicion(point=point, found=found)

    def settle(self) -> None:
        """End a case.

        :raises BenchError: ``paths_disagree`` where its paths disagreed, and no later point showed that it was the
            device that had changed.
        """
        suspicion, self._suspicion = self._suspicion, None
        if suspicion is None:
            return
        point, found = suspicion.point, suspicion.found
        params = {
            "first": show(found.smu, "A"),
            "second": show(found.digitizer, "A"),
            "allowed": show(found.allowed, "A", 2),
            "where": f"{point.mode.name}, level {point.level}, {point.load_words}",
        }
        text = "{first} by SMU, {second} by digitizer at {where}; {allowed} apart is allowed".format(**params)
        raise BenchError(text, code="paths_disagree", **params)


def _both(
    point: Point, mean: MeanCurrent, measured: Measured | NotMeasurable
) -> tuple[Measured, MeanReading, CurrentRecord] | str:
    """Return what both paths saw at a point, or why there is nothing to compare."""
    if point.state is not None:
        return "the device delivers nothing in this state"
    if mean.refused is not None:
        return mean.refused.text
    if mean.reading is None:
        return "the SMU may not read it: its peak, or its period"
    if mean.record is None:
        return "nothing was recorded there"
    if isinstance(measured, NotMeasurable):
        return measured.text
    if point.program is not None:
        return "the mode has a program, of which both see other parts"
    return measured, mean.reading, mean.record
