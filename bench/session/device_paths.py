# SPDX-License-Identifier: MIT
"""Both current paths at the device's points: what the SMU read is held against what was recorded there anyway.

One disagreement may be the device's: it may have changed between record and mean. So it counts when the next point of
the case that can be compared disagrees as well, or when none follows. Nothing is measured for all that.
"""

from dataclasses import dataclass
from typing import Any

from bench.session.point import MeanCurrent, Point
from instruments.errors import BenchError
from stimcert.measured import Measured, NotMeasurable
from stimcert.path_agreement import Agreement, NotComparable, compare, false_alarm_of
from stimcert.quantity import show


@dataclass(frozen=True, kw_only=True)
class _Suspicion:
    point: Point
    found: Agreement
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
        found = self._compared(point, reading, measured)
        if isinstance(found, NotComparable):
            return {"compared": False, "because": found.because}
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

    def _compared(
        self, point: Point, reading: MeanCurrent, measured: Measured | NotMeasurable
    ) -> Agreement | NotComparable:
        if point.state is not None:
            return NotComparable(because="the device delivers nothing in this state")
        if reading.refused is not None:
            return NotComparable(because=reading.refused.text)
        if reading.reading is None:
            return NotComparable(because="the SMU may not read it: its peak, or its period")
        if reading.record is None:
            return NotComparable(because="nothing was recorded there")
        if isinstance(measured, NotMeasurable):
            return NotComparable(because=measured.text)
        if point.program is not None:
            return NotComparable(because="the mode has a program, of which both see other parts")
        false_alarm = false_alarm_of(self.compared)
        return compare(measured, reading.reading, reading.record, cycle=point.cycle, false_alarm=false_alarm)

    def _weigh(self, point: Point, found: Agreement) -> None:
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
