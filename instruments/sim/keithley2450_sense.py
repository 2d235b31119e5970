# SPDX-License-Identifier: MIT
"""The 2450's :SENSe headers. Source: 2450-901-01 Rev. B, September 2013, section 6, SENSe1 subsystem."""

from typing import TYPE_CHECKING

from instruments.sim.keithley2450_output import OutputSubsystem
from instruments.sim.keithley2450_ranges import CURRENT, RESISTANCE, VOLTAGE, FunctionRanges, SenseSettings
from instruments.sim.scpi import Arguments, ScpiError, command, nr3, query

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

FUNCTIONS = {"CURR": "CURR:DC", "VOLT": "VOLT:DC", "RES": "RES"}
_NAMES = {"CURR": "CURR", "CURRENT": "CURR", "VOLT": "VOLT", "VOLTAGE": "VOLT", "RES": "RES", "RESISTANCE": "RES"}
_RANGES = {"CURR": CURRENT, "VOLT": VOLTAGE, "RES": RESISTANCE}
_LIMITED_BY = ("CURR", "VOLT")
_HEADER = "[SENSe[1]:]CURRent|VOLTage|RESistance[:DC]:"
_LEAST_NPLC, _MOST_NPLC = 0.01, 10.0
_MOST_READINGS = 300_000


class SenseSubsystem(OutputSubsystem):
    """:SENSe: what is measured, on which range, for how long."""

    def __init__(self, bench: "SimulatedBench") -> None:
        self._reset_sense()
        super().__init__(bench)

    def _reset_sense(self) -> None:
        self.function = "CURR"
        self.count = 1
        self.sense = {
            "CURR": SenseSettings(range=1e-4),
            "VOLT": SenseSettings(range=2.0),
            "RES": SenseSettings(range=2e5),
        }

    def _sense(self, arguments: Arguments) -> tuple[str, SenseSettings, FunctionRanges]:
        name = arguments.node("CURRent", "VOLTage", "RESistance")
        return name, self.sense[name], _RANGES[name]

    def named_function(self, text: str) -> str:
        """Return the short name of a measure function as a string parameter gives it: ``CURR:DC`` → ``CURR``."""
        head, _, tail = text.upper().partition(":")
        name = _NAMES.get(head)
        if name is None or tail not in ("", "DC") or (tail and name == "RES"):
            raise ScpiError(-224)
        return name

    @command("[SENSe[1]:]FUNCtion[:ON]")
    def _sense_function(self, arguments: Arguments) -> None:
        self.function = self.named_function(arguments.string(0))

    @query("[SENSe[1]:]FUNCtion[:ON]")
    def _sense_function_query(self, arguments: Arguments) -> str:
        return f'"{FUNCTIONS[self.function]}"'

    @command("[SENSe[1]:]COUNt")
    def _count(self, arguments: Arguments) -> None:
        self.count = arguments.integer(0, 1, _MOST_READINGS, default=1)

    @query("[SENSe[1]:]COUNt")
    def _count_query(self, arguments: Arguments) -> str:
        return str(self.count)

    @command(_HEADER + "RANGe[:UPPer]")
    def _sense_range(self, arguments: Arguments) -> None:
        name, sense, ranges = self._sense(arguments)
        sense.range, sense.auto_range = ranges.parse(arguments), False
        if name in _LIMITED_BY:
            self._fit_limit(name)

    @query(_HEADER + "RANGe[:UPPer]", parameters=1)
    def _sense_range_query(self, arguments: Arguments) -> str:
        _, sense, ranges = self._sense(arguments)
        return nr3(ranges.asked(arguments, sense.range))

    @command(_HEADER + "RANGe:AUTO")
    def _sense_auto(self, arguments: Arguments) -> None:
        name, sense, _ = self._sense(arguments)
        sense.auto_range = arguments.boolean(0)
        if name in _LIMITED_BY:
            self._fit_limit(name)

    @query(_HEADER + "RANGe:AUTO")
    def _sense_auto_query(self, arguments: Arguments) -> str:
        return str(int(self._sense(arguments)[1].auto_range))

    @command(_HEADER + "NPLCycles")
    def _nplc(self, arguments: Arguments) -> None:
        low, high = _LEAST_NPLC, _MOST_NPLC
        self._sense(arguments)[1].nplc = arguments.number(0, low, high, minimum=low, maximum=high, default=1.0)

    @query(_HEADER + "NPLCycles", parameters=1)
    def _nplc_query(self, arguments: Arguments) -> str:
        present = self._sense(arguments)[1].nplc
        return nr3(arguments.asked(0, present, minimum=_LEAST_NPLC, maximum=_MOST_NPLC, default=1.0))

    @command(_HEADER + "RSENse")
    def _remote_sense(self, arguments: Arguments) -> None:
        sense, wanted = self._sense(arguments)[1], arguments.boolean(0)
        if wanted != sense.remote_sense:
            self.switch_output(False)
        sense.remote_sense = wanted

    @query(_HEADER + "RSENse")
    def _remote_sense_query(self, arguments: Arguments) -> str:
        return str(int(self._sense(arguments)[1].remote_sense))

    @command(_HEADER + "AZERo[:STATe]")
    def _auto_zero(self, arguments: Arguments) -> None:
        self._sense(arguments)[1].auto_zero = arguments.boolean(0)

    @query(_HEADER + "AZERo[:STATe]")
    def _auto_zero_query(self, arguments: Arguments) -> str:
        return str(int(self._sense(arguments)[1].auto_zero))

    @command("[SENSe[1]:]AZERo:ONCE", parameters=0)
    def _auto_zero_once(self, arguments: Arguments) -> None:
        return None

    @command(_HEADER + "AVERage[:STATe]")
    def _averaging(self, arguments: Arguments) -> None:
        self._sense(arguments)[1].averaging = arguments.boolean(0)

    @query(_HEADER + "AVERage[:STATe]")
    def _averaging_query(self, arguments: Arguments) -> str:
        return str(int(self._sense(arguments)[1].averaging))

    @command(_HEADER + "AVERage:COUNt")
    def _average_count(self, arguments: Arguments) -> None:
        self._sense(arguments)[1].average_count = arguments.integer(0, 1, 100, default=10)

    @query(_HEADER + "AVERage:COUNt")
    def _average_count_query(self, arguments: Arguments) -> str:
        return str(self._sense(arguments)[1].average_count)

    @command(_HEADER + "AVERage:TCONtrol")
    def _average_kind(self, arguments: Arguments) -> None:
        if arguments.keyword(0, "REPeat", "MOVing") == "MOVING":
            raise ScpiError(-221, "Settings conflict; the moving filter is not simulated")

    @query(_HEADER + "AVERage:TCONtrol")
    def _average_kind_query(self, arguments: Arguments) -> str:
        return "REP"
