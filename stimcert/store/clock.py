# SPDX-License-Identifier: MIT
"""Both clocks of an event: the wall clock says when, the monotonic one how long, and each betrays the other."""

from datetime import datetime

from stimcert.store.host import host

STEP = 2.0
"""s by which the wall clock may leave the monotonic one between two events before it counts as set: NTP slews by far
less, a leap second is one."""


class ClockWatch:
    """Stamps events, and notices when somebody set the wall clock meanwhile."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None

    def stamp(self) -> tuple[str, float, float | None]:
        """Return wall time (UTC, ms), monotonic time (s, µs), and by how much the wall clock jumped since the last.

        :return: the jump in s, positive forward, is None where there was none. A machine that was suspended shows the
            same, since its monotonic clock stood still.
        """
        wall, monotonic = host().now(), round(host().monotonic(), 6)
        last, self._last = self._last, (wall, monotonic)
        step = None
        if last is not None:
            apart = wall.timestamp() - last[0].timestamp() - (monotonic - last[1])
            step = round(apart, 3) if abs(apart) > STEP else None
        return f"{wall.isoformat(timespec='milliseconds')[:23]}Z", monotonic, step
