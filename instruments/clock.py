# SPDX-License-Identifier: MIT
"""Bench time: the only place in which anybody waits."""

import time
from collections.abc import Callable
from typing import Any

from instruments.scpi import ScpiInstrument


class RealClock:
    """Bench time of a real bench: seconds since the clock was made, unaffected by changes of the wall clock.

    :param beat: told, before each wait, how long it takes (s): the harness's sign of life.
    """

    def __init__(self, beat: Callable[[float], None] | None = None) -> None:
        self._start = time.monotonic()
        self._beat = beat

    def now(self) -> float:
        """Return the bench time, s."""
        return time.monotonic() - self._start

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` of bench time pass."""
        if self._beat is not None:
            self._beat(seconds)
        time.sleep(max(0.0, seconds))


class SimulatedClock(ScpiInstrument):
    """Bench time of the simulated bench, which belongs to the simulator.

    :param adapter: an open door to the simulator's control port, or its resource string.
    """

    def __init__(self, adapter: Any, name: str = "simulator", *, role: str = "clock", **kwargs: Any) -> None:
        super().__init__(adapter, name, role=role, **kwargs)

    def now(self) -> float:
        """Return the bench time, s."""
        return float(self.parsed(":TIME?", str(self.ask(":TIME?")), float))

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` of bench time pass; ends when they have."""
        self.complete(f":WAIT {max(0.0, seconds):.9g};*OPC?", seconds)
