# SPDX-License-Identifier: MIT
"""The SMU as the ammeter of the loop: one range at a time, one range up where it reports its limit or an overflow."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bench.session.planner import HIGHEST_SMU_RANGE, Setup
from instruments.roles import SourceMeasureUnit
from stimcert.reading import Accuracy, MeanReading, Status


def _as_it_is(accuracy: Accuracy) -> Accuracy:
    return accuracy


class Ammeter:
    """Reads means of the current with the SMU, which stays on its range until another one is asked for.

    :param specified: turns the accuracy of a data sheet into that which a budget is made from.
    """

    def __init__(self, smu: SourceMeasureUnit, specified: Callable[[Accuracy], Accuracy] = _as_it_is) -> None:
        self._smu = smu
        self._specified = specified
        self._range: float | None = None

    def prepare(self, setup: Setup) -> None:
        """Force 0 V on the range of a set-up, whatever was configured before, and switch the output on."""
        self._range = None
        self._configure(setup, setup.smu_range)
        self._smu.output(True)

    def read(self, setup: Setup, count: int | None = None) -> MeanReading:
        """Take the mean on the range of a set-up.

        :param count: of so many readings; None for as many as the set-up says.
        """
        self._configure(setup, setup.smu_range)
        return self._read(setup.readings if count is None else count)

    def climb(self, setup: Setup) -> Iterator[MeanReading]:
        """Take the mean, one range up as long as the SMU reports its limit or an overflow."""
        for current_range in (r for r in self._smu.current_ranges if setup.smu_range <= r <= HIGHEST_SMU_RANGE):
            self._configure(setup, current_range)
            reading = self._read(setup.readings)
            yield reading
            if reading.status is Status.VALID:
                return

    def _read(self, count: int) -> MeanReading:
        reading = self._smu.read_current(count)
        return replace(reading, accuracy=self._specified(reading.accuracy))

    def _configure(self, setup: Setup, current_range: float) -> None:
        """Choose a range, unless it is there; the limit is as high as the plan or the range wants."""
        if self._range != current_range:
            limit = max(setup.smu_limit, current_range)
            self._smu.configure_ammeter(current_range=current_range, limit=limit, nplc=setup.nplc or 1.0)
            self._range = current_range
