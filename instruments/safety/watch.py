# SPDX-License-Identifier: MIT
"""Who watches over an open bench: the guard, the locks that keep others out, the alarm that keeps the next run out."""

from dataclasses import dataclass

from instruments.safety.alarm import Alarm
from instruments.safety.bench_lock import BenchLock
from instruments.safety.guard_client import Guard
from instruments.safety.heartbeat import Heartbeat
from instruments.safety.safe_off import SafeState


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Over one bench, for one run.

    :param lock: None where nobody else can reach the instruments.
    :param alarm: None where nothing that could be live outlives the run.
    :param run: its name, for whoever finds the alarm.
    """

    guard: Guard
    beat: Heartbeat
    lock: BenchLock | None = None
    alarm: Alarm | None = None
    run: str = ""

    def end(self, state: SafeState) -> None:
        """Let go of a bench that is known to be safe; of another one only with the alarm on and the guard at work."""
        if state.confirmed:
            self.guard.release()
        else:
            if self.alarm is not None:
                self.alarm.sound(state.unconfirmed, run=self.run, by="harness")
            self.guard.abandon()
        if self.lock is not None:
            self.lock.release()
