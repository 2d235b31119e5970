# SPDX-License-Identifier: MIT
"""What a stimulator notices of its load, and what it makes of it."""

from collections.abc import Callable

from instruments.sim.behaviours import Behaviours

_NEVER = float("inf")


class Contact:
    """The load as the device sees it.

    :param behaviours: what the device does about it; one that does nothing never looks.
    :param resistance: returns what lies between the terminals at direct current, Ω.
    """

    def __init__(self, behaviours: Behaviours, resistance: Callable[[], float]) -> None:
        self._lift_off, self._trip = behaviours.lift_off, behaviours.no_load_trip
        self._levels = behaviours.auto_level
        self._resistance = resistance
        self._lost: dict[float, float] = {}
        self.share = 1.0

    @property
    def made(self) -> bool:
        """Return whether there is contact, by every measure that the device has for it."""
        return not self._lost

    @property
    def ramp(self) -> float:
        """Return how long the output rises after contact is made again, s."""
        return self._lift_off.ramp if self._lift_off else 0.0

    def look(self, now: float, *, on: bool) -> bool:
        """Look at the load, and return whether something about it has changed that matters to the device.

        :param now: bench time, s.
        :param on: whether the output is on; a contact that is missing before that has been missing for ever.
        """
        limits = [habit.above for habit in (self._lift_off, self._trip) if habit is not None]
        if not limits and self._levels is None:
            return False
        resistance = self._resistance()
        lost = {limit: self._lost.get(limit, now if on else -_NEVER) for limit in limits if resistance > limit}
        share = self._levels.share(resistance) if self._levels else 1.0
        changed = lost.keys() != self._lost.keys() or share != self.share
        self._lost, self.share = lost, share
        return changed

    def held_from(self) -> float:
        """Return from when on the output is held at zero for want of contact, bench time, s; infinite with contact."""
        habit = self._lift_off
        return _NEVER if habit is None else self._lost.get(habit.above, _NEVER) + habit.within

    def trips(self, started: float) -> float:
        """Return when an output that was started at a bench time (s) is switched off for want of a load."""
        habit = self._trip
        return _NEVER if habit is None else max(self._lost.get(habit.above, _NEVER), started) + habit.after
