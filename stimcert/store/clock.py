# SPDX-License-Identifier: MIT
"""Both clocks of an event: the wall clock says when, the monotonic one how long, and each betrays the other."""

from datetime import datetime
from typing import NamedTuple

from stimcert.store.host import host

STEP = 2.0
"""s by which the wall clock may leave the monotonic one between two events before it counts as set: NTP slews by far
less, a leap second is one."""


class Moment(NamedTuple):
    """What both clocks say.

    :param wall: UTC.
    :param monotonic: s.
    """

    wall: datetime
    monotonic: float


def moment() -> Moment:
    """Return this moment."""
    machine = host()
    return Moment(machine.now(), machine.monotonic())


class ClockWatch:
    """Stamps events, and notices when somebody set the wall clock meanwhile."""

    def __init__(self) -> None:
        self._last: Moment | None = None

    def stamp(self, then: Moment) -> tuple[str, float, float | None]:
        """Return wall time (UTC, ms) and monotonic time (s, µs) of an event, and by how much the wall clock jumped
        since the one before it.

        :return: the jump in s, positive forward, is None where there was none. A machine that was suspended shows the
            same, since its monotonic clock stood still.
        """
        last, self._last = self._last, then
        step = None
        if last is not None:
            apart = (then.wall - last.wall).total_seconds() - (then.monotonic - last.monotonic)
            step = round(apart, 3) if abs(apart) > STEP else None
        wall = then.wall.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return f"{wall}Z", round(then.monotonic, 6), step
