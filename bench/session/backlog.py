# SPDX-License-Identifier: MIT
"""What was read and is not stored yet: evaluated, judged and stored while an instrument takes the next reading.

Whoever waits for an instrument anyway loses no time by it. One thread does everything: work is done between a question
to an instrument and its answer. At most one reading waits; whatever else is stored comes after it.
"""

from collections import deque
from collections.abc import Callable, Iterable

Work = Callable[[], None]


def _nothing() -> None:
    """Store nothing."""


class Backlog:
    """Work on the newest reading, in the order in which it came.

    :param done: called when something was done: what a reading comes to is brought to the disk in one go.
    :param spare: steps of work that no reading needs; they must not raise.
    """

    def __init__(self, done: Work = _nothing, spare: Iterable[None] = ()) -> None:
        self._done = done
        self._spare = iter(spare)
        self._waiting: deque[Work] = deque()
        self._reading: object = None
        self._busy = False
        self._failure: Exception | None = None

    def add(self, work: Work, reading: object = None) -> None:
        """Put off work. What waits for another reading is done first.

        :param reading: what was read; None for what follows from readings that were put off before.
        :raises Exception: what work that was put off earlier ended with, once.
        """
        if reading is not None and reading is not self._reading:
            self.clear()
            self._reading = reading
        self._waiting.append(work)
        self._raise()

    def meanwhile(self) -> None:
        """Do what waits while an instrument takes a reading; where nothing does, a step of the spare work."""
        if self._waiting:
            self.clear()
        else:
            next(self._spare, None)

    def settle(self) -> None:
        """Do what waits, and let whoever put it off know what it ended with.

        :raises Exception: the first that work ended with since somebody was told.
        """
        self.clear()
        self._raise()

    def clear(self) -> None:
        """Do what waits. An exception is kept until somebody is told: here an instrument may owe its answer."""
        if self._busy or not self._waiting:
            return
        self._busy = True
        try:
            while self._waiting:
                self._do(self._waiting.popleft())
            self._reading = None
            self._do(self._done)
        finally:
            self._busy = False

    def _do(self, work: Work) -> None:
        try:
            work()
        except Exception as error:
            self._failure = self._failure or error

    def _raise(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
