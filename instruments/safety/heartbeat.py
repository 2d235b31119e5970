# SPDX-License-Identifier: MIT
"""The harness's sign of life: each beat says how long the next one may take.

A harness that is killed closes its pipe; one that hangs keeps it open and says nothing. Beats come from where every
answer of an instrument is waited for, in the main thread: no thread of its own could beat on while the bench hangs.
"""

import time
from collections.abc import Callable

from instruments.errors import BenchError

LIMIT = 30.0
"""s without a beat, beyond what was announced: longer than anything takes between two questions to instruments."""
_FINENESS = 1.0
"""s: a deadline that changes by less is not announced anew."""
_NAP = 1.0
"""s that this computer may have slept without anybody minding."""


def asleep() -> float:
    """Return for how long this computer has slept since it was started, s, and an arbitrary constant; 0 where unknown.

    Source: Linux clock_gettime(2): CLOCK_BOOTTIME counts what CLOCK_MONOTONIC leaves out.
    """
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if boot is None else time.clock_gettime(boot) - time.monotonic()


class Heartbeat:
    """Announces deadlines, and no more often than they change.

    :param send: takes the seconds until the next beat at the latest.
    :param limit: s beyond what is announced.
    :param now: s, monotonic.
    :param slept: s that the computer has slept.
    """

    def __init__(
        self,
        send: Callable[[float], None],
        *,
        limit: float = LIMIT,
        now: Callable[[], float] = time.monotonic,
        slept: Callable[[], float] = asleep,
    ) -> None:
        self._send = send
        self._limit = limit
        self._now = now
        self._slept = slept
        self._due = float("-inf")
        self._asleep = slept()
        self._fineness = min(_FINENESS, limit / 4)

    def __call__(self, patience: float = 0.0) -> None:
        """Beat.

        :param patience: s that what comes next may take.
        :raises BenchError: once, when the guard is gone or the computer slept meanwhile with the bench as it was.
        """
        due = self._now() + self._limit + patience
        if abs(due - self._due) < self._fineness:
            return
        self._due = due
        slept, self._asleep = self._slept() - self._asleep, self._slept()
        self._send(self._limit + patience)
        if slept > _NAP:
            text = f"this computer slept for {slept:.0f} s while the bench was in use; what flowed meanwhile nobody saw"
            raise BenchError(text, code="suspended", seconds=round(slept))
