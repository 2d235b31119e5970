# SPDX-License-Identifier: MIT
"""The 2450's source and output: level, range, limit, output-off states, interlock.

Source: Keithley 2450 Reference Manual 2450-901-01 Rev. B, September 2013, pp. 2-82, 6-31 … 6-77; data sheet SPEC-2450
Rev. A, July 2013, pp. 2–3 (ranges, 105 % overrange, limit at least 10 % of range, power envelope).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instruments.sim.keithley2450_ranges import CURRENT, VOLTAGE, FunctionRanges, SenseSettings
from instruments.sim.keithley_buffers import BufferedInstrument
from instruments.sim.scpi import Arguments, ScpiError, command, nr3, query
from instruments.sim.specifications import SMU_MODEL, SMU_OVERRANGE

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

SETTLING = 1e-3
"""Bench time after a change of level or output, s; the data sheet has < 200 µs typical on the 20 V range."""
RELAY = 15e-3
"""Bench time of the output relay in the high-impedance state, s. Source: 2400 Series User's Manual."""

_LEAST_LIMIT = 0.1
_HIGH_VOLTAGE_RANGE = 200.0
_HIGH_VOLTAGE_CURRENT = 0.105
_PROTECTION = ("PROT2", "PROT5", "PROT10", "PROT20", "PROT40", "PROT60", "PROT80", "PROT100", "PROT120", "PROT140")
_VOLTAGE_OR_CURRENT = ("VOLTage", "CURRent")
_RANGES = {"VOLT": VOLTAGE, "CURR": CURRENT}
_OTHER = {"VOLT": "CURR", "CURR": "VOLT"}


@dataclass
class SourceSettings:
    """What is kept for each source function. ``limit`` is of the other quantity: A for a voltage source."""

    range: float
    limit: float
    level: float = 0.0
    auto_range: bool = True
    read_back: bool = True
    off_mode: str = "NORM"
    delay: float = 0.0
    auto_delay: bool = True


class SourceSubsystem(BufferedInstrument):
    """:SOURce and :OUTPut."""

    sense: dict[str, SenseSettings]

    def __init__(self, bench: "SimulatedBench") -> None:
        super().__init__(bench)
        self.interlock_closed = True
        self._reset_source()

    def _reset_source(self) -> None:
        self.output = False
        self.source_function = "VOLT"
        self.protection = math.inf
        self.source = {
            "VOLT": SourceSettings(range=VOLTAGE.nominal[0], limit=1.05e-4),
            "CURR": SourceSettings(range=CURRENT.nominal[0], limit=2.1e-1),
        }

    def drive(self) -> None:
        """Write into the circuit what the terminals now do."""
        smu = self.bench.circuit.smu
        smu.output = self.output
        active = self.source[self.source_function]
        smu.connected = self.output or active.off_mode in ("NORM", "ZERO")
        smu.voltage, smu.limit = self._forced() if self.output else (0.0, self._off_limit(active.off_mode))

    def _forced(self) -> tuple[float, float]:
        active = self.source[self.source_function]
        if self.source_function == "CURR":
            # A current source with a voltage limit is a voltage source at that limit which stands in its current limit.
            return math.copysign(active.limit, active.level), abs(active.level)
        gain, offset = self.bench.hidden(SMU_MODEL, "source_voltage", active.range)
        voltage = active.level * (1 + gain) + offset
        return max(-self.protection, min(self.protection, voltage)), active.limit

    def _off_limit(self, mode: str) -> float:
        """Return the current limit of the output-off state: 10 % of range (NORMal) or full scale (ZERO)."""
        return self.sense["CURR"].range * (_LEAST_LIMIT if mode == "NORM" else 1.0)

    def _changed(self) -> None:
        self.drive()
        if self.output:
            self.bench.advance(SETTLING)

    def switch_output(self, on: bool) -> None:
        """Switch the output; in high impedance the relay takes its time."""
        if on == self.output:
            return
        self.output = on
        self.drive()
        self.bench.log.write("smu_output", on=on)
        high_impedance = self.source[self.source_function].off_mode == "HIMP"
        self.bench.advance(RELAY if high_impedance else SETTLING)

    def _source(self, arguments: Arguments) -> tuple[str, SourceSettings, FunctionRanges]:
        name = arguments.node(*_VOLTAGE_OR_CURRENT)
        return name, self.source[name], _RANGES[name]

    def _check_envelope(self, voltage_range: float, limit: float) -> None:
        if voltage_range >= _HIGH_VOLTAGE_RANGE:
            if not self.interlock_closed:
                raise ScpiError(-221, "Settings conflict; the interlock is open")
            if limit > _HIGH_VOLTAGE_CURRENT:
                raise ScpiError(-221, "Settings conflict; more than 105 mA on the 200 V range")

    @command("SOURce[1]:FUNCtion[:MODE]")
    def _function(self, arguments: Arguments) -> None:
        name = arguments.keyword(0, *_VOLTAGE_OR_CURRENT)[:4]
        if name != self.source_function:
            self.switch_output(False)
            self.source_function = name
            self.drive()

    @query("SOURce[1]:FUNCtion[:MODE]")
    def _function_query(self, arguments: Arguments) -> str:
        return self.source_function

    @command("SOURce[1]:VOLTage|CURRent[:LEVel][:IMMediate][:AMPLitude]")
    def _level(self, arguments: Arguments) -> None:
        name, source, ranges = self._source(arguments)
        top = (ranges.largest if source.auto_range else source.range) * SMU_OVERRANGE
        level = arguments.number(0, -top, top, minimum=-top, maximum=top, default=0.0)
        chosen = ranges.holding(level) if source.auto_range else source.range
        if name == "VOLT":
            self._check_envelope(chosen, source.limit)
        source.level, source.range = level, chosen
        self._changed()

    @query("SOURce[1]:VOLTage|CURRent[:LEVel][:IMMediate][:AMPLitude]", parameters=1)
    def _level_query(self, arguments: Arguments) -> str:
        _, source, ranges = self._source(arguments)
        top = ranges.largest * SMU_OVERRANGE
        return nr3(arguments.asked(0, source.level, minimum=-top, maximum=top, default=0.0))

    @command("SOURce[1]:VOLTage|CURRent:RANGe")
    def _range(self, arguments: Arguments) -> None:
        name, source, ranges = self._source(arguments)
        chosen = ranges.parse(arguments)
        if abs(source.level) > chosen * SMU_OVERRANGE:
            raise ScpiError(-221, "Settings conflict; the level does not fit the range")
        if name == "VOLT":
            self._check_envelope(chosen, source.limit)
        source.range, source.auto_range = chosen, False
        self._changed()

    @query("SOURce[1]:VOLTage|CURRent:RANGe", parameters=1)
    def _range_query(self, arguments: Arguments) -> str:
        _, source, ranges = self._source(arguments)
        return nr3(ranges.asked(arguments, source.range))

    @command("SOURce[1]:VOLTage|CURRent:RANGe:AUTO")
    def _auto_range(self, arguments: Arguments) -> None:
        _, source, ranges = self._source(arguments)
        source.auto_range = arguments.boolean(0)
        if source.auto_range:
            source.range = ranges.holding(source.level)
            self._changed()

    @query("SOURce[1]:VOLTage|CURRent:RANGe:AUTO")
    def _auto_range_query(self, arguments: Arguments) -> str:
        return str(int(self._source(arguments)[1].auto_range))

    @command("SOURce[1]:VOLTage:ILIMit[:LEVel]")
    @command("SOURce[1]:CURRent:VLIMit[:LEVel]")
    def _limit(self, arguments: Arguments) -> None:
        name, source, _ = self._source(arguments)
        low, high = self._limit_bounds(name)
        limit = abs(arguments.number(0, -high, high, minimum=low, maximum=high))
        if limit < low:
            raise ScpiError(-222)
        if name == "VOLT":
            self._check_envelope(source.range, limit)
        source.limit = limit
        self._changed()

    @query("SOURce[1]:VOLTage:ILIMit[:LEVel]", parameters=1)
    @query("SOURce[1]:CURRent:VLIMit[:LEVel]", parameters=1)
    def _limit_query(self, arguments: Arguments) -> str:
        name, source, _ = self._source(arguments)
        low, high = self._limit_bounds(name)
        return nr3(arguments.asked(0, source.limit, minimum=low, maximum=high))

    def _limit_bounds(self, name: str) -> tuple[float, float]:
        """Return least and greatest limit of a source: at least 10 % of a fixed range of the limited quantity."""
        ranges, sense = _RANGES[_OTHER[name]], self.sense[_OTHER[name]]
        return _LEAST_LIMIT * (ranges.smallest if sense.auto_range else sense.range), ranges.largest * SMU_OVERRANGE

    def _fit_limit(self, name: str) -> None:
        """Raise a limit that a new measure range cannot keep; the instrument tells only its event log."""
        source = self.source[_OTHER[name]]
        source.limit = max(source.limit, self._limit_bounds(_OTHER[name])[0])
        self._changed()

    @query("SOURce[1]:VOLTage:ILIMit[:LEVel]:TRIPped")
    @query("SOURce[1]:CURRent:VLIMit[:LEVel]:TRIPped")
    def _tripped(self, arguments: Arguments) -> str:
        now = self.bench.time
        in_limit = self.bench.circuit.smu_limited(now, now + 1 / self.bench.line_frequency)
        name = self._source(arguments)[0]
        return str(int(self.output and name == self.source_function and in_limit == (name == "VOLT")))

    @command("SOURce[1]:VOLTage|CURRent:READ:BACK")
    def _read_back(self, arguments: Arguments) -> None:
        self._source(arguments)[1].read_back = arguments.boolean(0)

    @query("SOURce[1]:VOLTage|CURRent:READ:BACK")
    def _read_back_query(self, arguments: Arguments) -> str:
        return str(int(self._source(arguments)[1].read_back))

    @command("SOURce[1]:VOLTage|CURRent:DELay")
    def _delay(self, arguments: Arguments) -> None:
        source = self._source(arguments)[1]
        source.delay, source.auto_delay = arguments.number(0, 0.0, 1e4, minimum=0.0, maximum=1e4, default=0.0), False

    @query("SOURce[1]:VOLTage|CURRent:DELay")
    def _delay_query(self, arguments: Arguments) -> str:
        return nr3(self._source(arguments)[1].delay)

    @command("SOURce[1]:VOLTage|CURRent:DELay:AUTO")
    def _auto_delay(self, arguments: Arguments) -> None:
        self._source(arguments)[1].auto_delay = arguments.boolean(0)

    @query("SOURce[1]:VOLTage|CURRent:DELay:AUTO")
    def _auto_delay_query(self, arguments: Arguments) -> str:
        return str(int(self._source(arguments)[1].auto_delay))

    @command("SOURce[1]:VOLTage:PROTection[:LEVel]")
    def _protect(self, arguments: Arguments) -> None:
        word = arguments.keyword(0, *_PROTECTION, "PROT160", "PROT180", "NONE")
        self.protection = math.inf if word == "NONE" else float(word.removeprefix("PROT"))
        self._changed()

    @query("SOURce[1]:VOLTage:PROTection[:LEVel]")
    def _protect_query(self, arguments: Arguments) -> str:
        return "NONE" if math.isinf(self.protection) else f"PROT{self.protection:.0f}"
