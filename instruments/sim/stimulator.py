# SPDX-License-Identifier: MIT
"""The simulated stimulator: modes, levels, start and stop, and what it regulates to.

Every press of a button and everything that it notices is kept with its moment, so that what it delivered in the past
can be asked again, and what it will do by itself (a trip, the end of its timer) is known beforehand.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from instruments.sim.behaviours import SurgeEvent
from instruments.sim.contact import Contact
from instruments.sim.device import Device, Mode, Regulates
from instruments.sim.piecewise import Piecewise
from instruments.sim.timeline import Pulse, Stretch, Timeline, joined, with_pulses

__all__ = ["Device", "Mode", "Stimulator"]

_EARLY = 1e-9
"""By how much a fault may come before its time, s: against the rounding of bench times."""


class Stimulator:
    """A running device. For the circuit it is a :class:`instruments.sim.source.Source`.

    :param device: what it is.
    :param now: returns the bench time, s.
    :param draw: returns a number in −1 … 1 for a key, the same one for a seed.
    :param contact: returns the resistance between its terminals at direct current, Ω, infinite when nothing is there.
    """

    def __init__(
        self,
        device: Device,
        now: Callable[[], float],
        draw: Callable[[str], float],
        contact: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.device = device
        self.rail = device.rail
        self.output_capacitance = device.output_capacitance
        self.mode = device.modes[0]
        self.level = 1
        self.charging = self.paused = self._wanted = False
        self._started = self._used = self._seen = 0.0
        self._surges: list[Pulse] = []
        self._timeline = Timeline()
        self._now = now
        self._draw = draw
        self._contact = Contact(device.behaviours, contact)
        self._load = contact
        self._shorted = 0.0
        self._plan(now(), 0.0)

    @property
    def mode_names(self) -> Sequence[str]:
        """Return the names of all modes."""
        return [mode.name for mode in self.device.modes]

    @property
    def top_level(self) -> int:
        """Return the highest level of the selected mode."""
        return len(self.mode.amplitudes)

    @property
    def regulates(self) -> Regulates:
        """Return what the selected mode regulates."""
        return self.mode.regulates

    @property
    def on(self) -> bool:
        """Return whether the output is on now, as the device shows it."""
        return self._timeline.at(self._now()).on

    @property
    def running(self) -> bool:
        """Return whether the output stage works.

        It goes on when the device switches its output off by itself, with a demand of zero, until time has passed or
        somebody has touched the device: so that a demand has one meaning over a stretch of time.
        """
        return self._wanted

    def select_mode(self, name: str) -> None:
        """Choose a mode; the output stops and the level goes back to 1.

        :raises KeyError: when there is no such mode.
        """
        found = {mode.name: mode for mode in self.device.modes}[name]
        self.stop()
        self.mode, self.level = found, 1
        self._surge("mode")
        self._plan(self._now(), 0.0)

    def set_level(self, level: int) -> None:
        """Choose a level.

        :param level: 1 … ``top_level``.
        :raises ValueError: outside of that.
        """
        if not 1 <= level <= self.top_level:
            raise ValueError(f"level {level} is not one of 1 … {self.top_level}")
        changed, self.level = level != self.level, level
        self._notice(self._now())
        if self._wanted:
            if changed:
                self._surge("level")
            self._plan(self._now(), self.device.settling)

    def level_up(self) -> None:
        """Go one level up; at the top stay there, or begin again where the device is made like that."""
        after_top = 1 if self.device.behaviours.wraps else self.top_level
        self.set_level(after_top if self.level == self.top_level else self.level + 1)

    def start(self) -> None:
        """Start the output, from zero; nothing happens where charging blocks it."""
        self._notice(self._now())
        if self._wanted or self._blocked():
            return
        self._wanted, self.paused = True, False
        self._started = self._now()
        self._surge("start")
        self._plan(self._started, self.device.settling)

    def stop(self) -> None:
        """Stop the output at once."""
        self._notice(self._now())
        if self._wanted:
            self._surge("stop")
        self._off(paused=False)

    def pause(self) -> None:
        """Stop the output of a running device until it is started again."""
        self._notice(self._now())
        if self._wanted:
            self._surge("stop")
            self._off(paused=True)

    def connect_charger(self, connected: bool) -> None:
        """Plug the charger in, or pull it out."""
        self._notice(self._now())
        if connected == self.charging:
            return
        self.charging = connected
        self._surge("charger")
        if self._blocked():
            self._off(paused=False)
        else:
            self._plan(self._now(), self._left(self._now()))

    def sense(self, moment: float) -> None:
        """Look at the load, as it is since a bench time (s): when that has passed, before anybody changes the load."""
        self._notice(moment)

    def endure(self, start: float, stop: float) -> None:
        """Take in that a stretch of bench time (s) has passed with the load as it still is."""
        breaks = self.device.behaviours.breaks
        if breaks is None or not self._wanted or not self._load() < breaks.below:
            return
        before, self._shorted = self._shorted, self._shorted + stop - start
        if before < breaks.after <= self._shorted:
            self._plan(stop, 0.0)

    def amplitude(self) -> float:
        """Return the amplitude that the selected level leads to, A or V, signed."""
        level = self.level if self.device.stuck_level is None else self.device.stuck_level
        breaks = self.device.behaviours.breaks
        share = breaks.gain if breaks is not None and self._shorted >= breaks.after else 1.0
        return share * self.mode.amplitudes[min(level, self.top_level) - 1]

    def demand(self, start: float, stop: float) -> Piecewise:
        """Return what the device regulates to between two bench times (s), A or V; while it is off, what leaks, A."""
        if start >= self._seen:  # never the bench's own time: the circuit also asks while that is moving on
            self._look(start)
        battery = self.device.behaviours.battery
        parts = [
            stretch.delivered(begun, ended, self._draw, battery)
            for begun, ended, stretch in self._timeline.between(start, stop)
        ]
        pulses = (pulse for pulse in self._surges if pulse.begun < stop and pulse.ended > start)
        return with_pulses(joined(parts), pulses)

    def _notice(self, moment: float) -> None:
        """See what has happened by itself until a bench time (s), and what has become of the load."""
        if self._wanted and moment >= self._ends():
            self._used += self._ends() - self._started
            self._wanted = False
        self._look(moment)

    def _look(self, moment: float) -> None:
        self._seen = moment
        made = self._contact.made
        if self._contact.look(moment, on=self._wanted) and self._wanted:
            if self._contact.made != made:
                self._surge("contact", moment)
            self._plan(moment, self._settling(moment, regained=self._contact.made and not made))

    def _settling(self, moment: float, *, regained: bool) -> float:
        """Return how long the amplitude takes after the load has changed, s."""
        if self._contact.made and not regained:  # another load, and perhaps another amplitude
            return self.device.settling
        return self._contact.ramp if regained else self._left(moment)

    def _off(self, *, paused: bool) -> None:
        if self._wanted:
            self._used += self._now() - self._started
        self._wanted, self.paused = False, paused
        self._plan(self._now(), 0.0)

    def _blocked(self) -> bool:
        return self.charging and self.device.behaviours.blocked_while_charging

    def _surge(self, event: SurgeEvent, moment: float | None = None) -> None:
        for surge in self.device.behaviours.surges:
            if event in surge.on:
                begun = (self._now() if moment is None else moment) + surge.delay
                self._surges.append(Pulse(begun=begun, ended=begun + surge.width, amplitude=surge.amplitude))

    def _left(self, moment: float) -> float:
        """Return how much of the current ramp is left, s."""
        current = self._timeline.at(moment)
        return max(current.begun + current.settling - moment, 0.0)

    def _plan(self, begun: float, settling: float) -> None:
        """Write down what the output does from a bench time (s) on, with all that it will do by itself."""
        self._timeline.follow(self._stretch(begun, settling))
        for moment in sorted({moment for moment in self._foreseen() if begun < moment < float("inf")}):
            self._timeline.follow(self._stretch(moment, self._left(moment)))

    def _foreseen(self) -> Iterator[float]:
        if self._wanted:
            yield self._ends()
            yield self._contact.held_from()
            if (fault := self.device.behaviours.late_fault) is not None:
                yield self._started + fault.after
                yield self._started + fault.after + fault.lasts

    def _ends(self) -> float:
        """Return when the device switches its output off by itself; infinite when it will not."""
        timer = self.device.behaviours.auto_off
        return min(self._contact.trips(self._started), float("inf") if timer is None else self._started + timer)

    def _stretch(self, begun: float, settling: float) -> Stretch:
        blank = Stretch(begun=begun, waveform=self.mode.waveform(), name=self.mode.name)
        if not self._wanted or begun >= self._ends():
            return replace(blank, direct=self._leak())
        before = self._timeline.before(begun)
        held = begun >= self._contact.held_from()
        fault = self.device.behaviours.late_fault
        # To the resolution of a float, it breaks when it was foreseen to.
        elapsed = begun - self._started + _EARLY
        broken = fault if fault is not None and fault.acts(self.mode.name, elapsed) else None
        return replace(
            blank,
            on=True,
            before=before.reached(begun) if before else 0.0,
            after=0.0 if held else self.amplitude() * self._contact.share * (broken.gain if broken else 1.0),
            settling=settling,
            direct=0.0 if held else self.mode.direct + (broken.direct if broken else 0.0),
            started=self._started,
            used=self._used - self._started,
        )

    def _leak(self) -> float:
        leakage = self.device.behaviours.leakage
        return leakage.charging if self.charging else leakage.paused if self.paused else leakage.idle
