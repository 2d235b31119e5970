# SPDX-License-Identifier: MIT
"""The trigger of a digitizing Keithley multimeter: the analog trigger, and the one trigger model that needs it.

``LoopUntilEvent`` digitizes into a ring until its event comes, and then until the ring is full with ``position`` per
cent of what was there before. Meanwhile bench time passes with whatever other instruments do.

Source: DMM7510 Reference Manual DMM7510-901-01 Rev. B, May 2015, pp. 3-64 (the signal is compared before it becomes a
measurement), 6-59 … 6-66 (:ATRigger), 8-327 (states, refreshed every 100 ms); 2470 Reference Manual 2470-901-01
Rev. A, May 2019, p. 12-187, and 2461 Reference Manual 2461-901-01 A, November 2015, pp. 6-230, 6-235 (:TRIGger:LOAD
"LoopUntilEvent", :TRIGger:STATe?). DMM6500-901-01 Rev. A, April 2018, has the same headers on pp. 13-265 and 13-271; it
could not be read. Unverified: what the trigger does when the signal is outside its window from the start (here:
nothing), the block numbers, and that ``INIT`` shows as RUNNING at once.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instruments.sim.armed_record import ArmedRecord, Window
from instruments.sim.keithley_buffers import DEFAULT_BUFFER, BufferedInstrument
from instruments.sim.piecewise import FloatArray, Signal
from instruments.sim.reading_buffer import ReadingBuffer
from instruments.sim.scpi import Arguments, ScpiError, command, nr3, query

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

_TRIGGER = "[SENSe[1]:]DIGitize:VOLTage:ATRigger:"
_REFRESH = 0.1
"""How often the instrument looks at the state of its trigger model, s."""
_LONGEST_STRETCH = 4.0
"""How much of a long wait is looked at before asking whether the run has ended, s."""
_BLOCKS = {"RUNNING": 3, "WAITING": 4, "IDLE": 6, "ABORTED": 4, "EMPTY": 0}
_SHORT = {
    "OFF": "OFF",
    "EDGE": "EDGE",
    "WINDOW": "WIND",
    "RISING": "RIS",
    "FALLING": "FALL",
    "ENTER": "ENT",
    "LEAVE": "LEAV",
}
_HIGHEST = 1000.0


@dataclass(frozen=True, kw_only=True)
class _Loop:
    """A loaded LoopUntilEvent.

    :param event: ``ATRIGGER`` or ``COMMAND``.
    :param position: share of the buffer before the event, per cent.
    """

    event: str
    position: float
    buffer: str


class TriggeredDigitizer(BufferedInstrument):
    """A digitizer with an analog trigger and :TRIGger:LOAD "LoopUntilEvent"."""

    sample_rate: float

    def __init__(self, bench: "SimulatedBench") -> None:
        self._run: ArmedRecord | None = None
        self._state = "EMPTY"
        super().__init__(bench)
        self._reset_trigger()

    def present_aperture(self) -> float:
        """Return the aperture of one sample, s."""
        raise NotImplementedError

    def input_voltage(self, start: float, stop: float) -> Signal:
        """Return the voltage at the input between two bench times (s)."""
        raise NotImplementedError

    def store(self, buffer: ReadingBuffer, times: FloatArray, means: FloatArray) -> None:
        """Convert the means (V) of samples and store them with their times (bench time, s)."""
        raise NotImplementedError

    def _initiate_unloaded(self) -> None:
        raise NotImplementedError

    def buffer(self, arguments: Arguments, index: int) -> ReadingBuffer:
        """Return the buffer named by a parameter, with all that an armed run has taken so far."""
        self._sync()
        return super().buffer(arguments, index)

    @property
    def armed(self) -> bool:
        """Return whether a trigger model runs."""
        return self._watch in self.bench.observers

    def _reset_trigger(self) -> None:
        self._disarm("EMPTY")
        self._loop: _Loop | None = None
        self._mode, self._slope, self._direction = "OFF", "RISING", "ENTER"
        self._levels = {"EDGE": 0.0, "LOW": 0.0, "HIGH": 0.05}

    def _arm(self, loop: _Loop) -> None:
        if self.armed:
            raise ScpiError(-213, "Init ignored; the trigger model is running")
        self._filled = self._buffers[loop.buffer]
        self._filled.clear()
        size = self._filled.size
        self._run = ArmedRecord(
            start=self.bench.time,
            rate=self.sample_rate,
            aperture=self.present_aperture(),
            size=size,
            after=size - int(size * loop.position / 100),
            window=self._window() if loop.event == "ATRIGGER" else None,
        )
        self.hold_back(1)
        self.bench.observers.append(self._watch)

    def _window(self) -> Window:
        if self._mode == "WINDOW":
            return Window(low=self._levels["LOW"], high=self._levels["HIGH"], inverted=self._direction == "ENTER")
        if self._mode == "OFF":
            return Window(low=-math.inf, high=math.inf)
        level, infinite = self._levels["EDGE"], math.inf
        return Window(low=-infinite, high=level) if self._slope == "RISING" else Window(low=level, high=infinite)

    def _watch(self, start: float, stop: float) -> None:
        """Take in a stretch of bench time, in pieces: most runs end long before a long wait does."""
        while self._run is not None and start < stop and not self._run.finished:
            end = min(start + _LONGEST_STRETCH, stop)
            self._run.passes(self.input_voltage(start, end))
            start = end
        if self._run is None or self._run.finished:
            self.bench.observers.remove(self._watch)

    def _sync(self) -> None:
        if self._run is None:
            return
        _ = self.bench.time  # on the wall clock, time passes by being looked at
        times, means = self._run.take()
        if times.size:
            self.store(self._filled, times, means)

    def _disarm(self, state: str) -> None:
        if self.armed:
            self.bench.observers.remove(self._watch)
        self._run, self._state = None, state

    def _present_state(self) -> str:
        run = self._run
        if run is None:
            return self._state
        elapsed = self.bench.time - run.start
        looked = run.start + math.floor(elapsed / _REFRESH + 1e-6) * _REFRESH
        if looked >= run.stop:
            return "IDLE"
        return "WAITING" if looked > run.start and (run.event is None or looked < run.event) else "RUNNING"

    @command("TRIGger:LOAD", parameters=6)
    def _load(self, arguments: Arguments) -> None:
        if self.armed:
            raise ScpiError(-221, "Settings conflict; the trigger model is running")
        name = arguments.string(0).upper()
        if name == "EMPTY":
            self._loop, self._run, self._state = None, None, "EMPTY"
            return
        if name != "LOOPUNTILEVENT":
            raise ScpiError(-224, "Illegal parameter value; only LoopUntilEvent and Empty are simulated")
        event = arguments.keyword(1, "ATRigger", "COMMand")
        position = arguments.number(2, 0.0, 100.0)
        rest = _without_clear(arguments)
        if rest < len(arguments):
            arguments.number(rest, 0.0, 0.0)  # a delay between the readings would leave gaps
        buffer = arguments.string(rest + 1) if rest + 1 < len(arguments) else DEFAULT_BUFFER
        if buffer not in self._buffers:
            raise ScpiError(-224, "Illegal parameter value; no such reading buffer")
        self._loop, self._run, self._state = _Loop(event=event, position=position, buffer=buffer), None, "IDLE"

    @query("TRIGger:STATe")
    def _trigger_state(self, arguments: Arguments) -> str:
        state = self._present_state()
        return f"{state};{state};{_BLOCKS[state]}"

    @command("INITiate[:IMMediate]", parameters=0)
    def _initiate(self, arguments: Arguments) -> None:
        if self._loop is None:
            self._initiate_unloaded()
        else:
            self._arm(self._loop)

    @command("ABORt", parameters=0)
    def _abort(self, arguments: Arguments) -> None:
        if self.armed:
            self._sync()
            self._disarm("ABORTED")

    @command("*TRG", parameters=0)
    def _command_trigger(self, arguments: Arguments) -> None:
        if self._run is not None and self._loop is not None and self._loop.event == "COMMAND":
            self._run.trigger(self.bench.time)

    @command(_TRIGGER + "MODE")
    def _trigger_mode(self, arguments: Arguments) -> None:
        self._mode = arguments.keyword(0, "OFF", "EDGE", "WINDow")

    @query(_TRIGGER + "MODE")
    def _trigger_mode_query(self, arguments: Arguments) -> str:
        return _SHORT[self._mode]

    @command(_TRIGGER + "EDGE:SLOPe")
    def _trigger_slope(self, arguments: Arguments) -> None:
        self._slope = arguments.keyword(0, "RISing", "FALLing")

    @query(_TRIGGER + "EDGE:SLOPe")
    def _trigger_slope_query(self, arguments: Arguments) -> str:
        return _SHORT[self._slope]

    @command(_TRIGGER + "WINDow:DIRection")
    def _trigger_direction(self, arguments: Arguments) -> None:
        self._direction = arguments.keyword(0, "ENTer", "LEAVe")

    @query(_TRIGGER + "WINDow:DIRection")
    def _trigger_direction_query(self, arguments: Arguments) -> str:
        return _SHORT[self._direction]

    @command(_TRIGGER + "EDGE:LEVel")
    def _edge_level(self, arguments: Arguments) -> None:
        self._levels["EDGE"] = arguments.number(0, -_HIGHEST, _HIGHEST)

    @query(_TRIGGER + "EDGE:LEVel")
    def _edge_level_query(self, arguments: Arguments) -> str:
        return nr3(self._levels["EDGE"])

    @command(_TRIGGER + "WINDow:LEVel:HIGH|LOW")
    def _window_level(self, arguments: Arguments) -> None:
        levels = {**self._levels, arguments.node("HIGH", "LOW"): arguments.number(0, -_HIGHEST, _HIGHEST)}
        if not levels["LOW"] < levels["HIGH"]:
            raise ScpiError(-222)
        self._levels = levels

    @query(_TRIGGER + "WINDow:LEVel:HIGH|LOW")
    def _window_level_query(self, arguments: Arguments) -> str:
        return nr3(self._levels[arguments.node("HIGH", "LOW")])


def _without_clear(arguments: Arguments) -> int:
    """Return the index of the parameter behind the optional ENTer or NEVer."""
    words = ("ENT", "ENTER", "NEV", "NEVER")
    return 4 if len(arguments) > 3 and arguments.raw(3).upper() in words else 3
