# SPDX-License-Identifier: MIT
"""What a bench test may do to the device at a point, beside looking at it. Each is loaded when a case asks for it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.session.point import Capture, Derived, MeanCurrent, OpenVoltage, Point, event_points

if TYPE_CHECKING:
    from bench.session.bench import Bench
    from bench.session.events import Events
    from bench.session.inputs import Inputs


class Provoking(ABC):
    """The part of :class:`bench.session.bench.Bench` that makes things happen.

    :param seed: decides at which moments events are made.
    """

    _inputs: "Inputs"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._events: Events | None = None

    @property
    @abstractmethod
    def whole(self) -> "Bench":
        """The bench with all its parts."""

    @abstractmethod
    def _progress(self, point: Point) -> None:
        """Show where the bench is."""

    def events(self, point: Point, steady: Capture) -> "Iterator[tuple[Point, Capture | Derived]]":
        """Make every event of a case at a point as often as it says, at random phase, and record around each.

        :param steady: the output at this point, beyond which an event stands out.
        """
        from bench.session.events import Events

        made = self._events or Events(self.whole, self._inputs, seed=f"{self._seed} {point.case.id}")
        self._events = made
        for event in event_points(self._inputs.plan, point):
            self._progress(event)
            yield event, made.capture(event, steady)

    def states(self, point: Point) -> "Iterator[tuple[Point, Capture | Derived, MeanCurrent | Derived]]":
        """Bring the device into each state without treatment at a point, and take its current; it runs on afterwards.

        The bench is ready for the bounds of the case meanwhile, not for what flows during a treatment.
        """
        from bench.session.states import visits

        return visits(self.whole, self._inputs, point)

    def open_voltage(self, point: Point) -> "OpenVoltage | Capture | Derived":
        """Take the voltage of the open output; the device runs on with its load afterwards."""
        from bench.session.open_output import open_voltage

        return open_voltage(self.whole, self._inputs, point)

    def abuse(self, point: Point) -> None:
        """Short and open the running output again and again, let it rest, and start it at the point again."""
        from bench.session.states import abused

        abused(self.whole, point)
