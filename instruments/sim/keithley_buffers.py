# SPDX-License-Identifier: MIT
"""What the 2450 and the DMM6500 share: reading buffers, data formats, event log, language.

Source: Keithley 2450 Reference Manual 2450-901-01 Rev. B, September 2013, section 6 (:TRACe, :FORMat, :SYSTem); for
binary formats and error 1133 the 2461 Reference Manual 2461-901-01 A, November 2015, p. 6-160.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from instruments.sim.reading_buffer import ReadingBuffer
from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

OVERFLOW = 9.9e37
"""What a reading beyond its range is reported as. Source: SCPI-1999.0 volume 1 §7.2.1.5."""

DEFAULT_BUFFER = "defbuffer1"
_DEFAULT_SIZE = 100_000
_LEAST_SIZE = 10
_BINARY = {"REAL": "f8", "SREAL": "f4"}
_NO_SUCH_ELEMENT = ScpiError(1133, "Parameter 4, Syntax error, expected valid name parameters")


class BufferedInstrument(ScpiInstrument):
    """A Keithley instrument that stores its readings in named buffers."""

    scpi_version: ClassVar[str] = "1996.0"
    queue_length: ClassVar[int] = 1000
    columns: ClassVar[Mapping[str, type[np.generic]]]
    elements: ClassVar[Mapping[str, str]]
    """The mnemonic of each buffer element and the column (or ``unit``) it shows."""
    binary_elements: ClassVar[tuple[str, ...]]
    largest_buffer: ClassVar[int]

    def __init__(self, bench: "SimulatedBench") -> None:
        super().__init__(bench)
        self._enabled = {"OPER": 0, "QUES": 0}
        self._reset_buffers()

    def reset(self) -> None:
        """Empty the default buffers, remove the others, return to ASCII."""
        self._reset_buffers()

    def error_reply(self, code: int, text: str) -> str:
        """Return ``code,"text;type;time"``."""
        if code == 0:
            return '0,"No error;0;0 0"'
        return f'{code},"{text};1;{datetime.now(UTC):%Y/%m/%d %H:%M:%S}.000"'

    def buffer(self, arguments: Arguments, index: int) -> ReadingBuffer:
        """Return the buffer named by a parameter, or the default one when there is no such parameter."""
        name = arguments.string(index) if index < len(arguments) else DEFAULT_BUFFER
        if name not in self._buffers:
            raise ScpiError(-224, "Illegal parameter value; no such reading buffer")
        return self._buffers[name]

    def unit(self) -> str:
        """Return the unit of the readings."""
        raise NotImplementedError

    def last_reading(self, arguments: Arguments) -> str | bytes:
        """Return the newest reading of ``["buffer"[, elements]]``: the answer to :READ? and its kin."""
        buffer = self.buffer(arguments, 0)
        if not len(buffer):
            raise ScpiError(-230, "Data corrupt or stale")
        return self._formatted(buffer, len(buffer), len(buffer), self._wanted(arguments, 1))

    def _reset_buffers(self) -> None:
        self._format = "ASCII"
        self._big_endian = False
        self._buffers = {name: ReadingBuffer(self.columns, _DEFAULT_SIZE) for name in (DEFAULT_BUFFER, "defbuffer2")}

    def _wanted(self, arguments: Arguments, index: int) -> list[str]:
        names = [arguments.keyword(i, *self.elements) for i in range(index, len(arguments))] or ["READING"]
        if self._format != "ASCII" and not set(names) <= set(self.binary_elements):
            raise _NO_SUCH_ELEMENT
        shown = {mnemonic.upper(): column for mnemonic, column in self.elements.items()}
        return [shown[name] for name in names]

    def _formatted(self, buffer: ReadingBuffer, first: int, last: int, wanted: list[str]) -> str | bytes:
        values = [self._element(buffer, first, last, name) for name in wanted]
        if self._format == "ASCII":
            return ",".join(",".join(point) for point in zip(*map(_printed, wanted, values), strict=True))
        order = ">" if self._big_endian else "<"
        return b"#0" + np.column_stack(values).astype(order + _BINARY[self._format], copy=False).tobytes()

    def _element(self, buffer: ReadingBuffer, first: int, last: int, name: str) -> NDArray[np.generic]:
        if name == "unit":
            return np.full(last - first + 1, self.unit())
        if name != "time":
            return buffer.column(name, first, last)
        times = buffer.column(name, 1, last).astype(np.float64)
        elapsed: NDArray[np.generic] = times[first - 1 :] - times[0]
        return elapsed

    @query("TRACe:DATA", parameters=17)
    def _trace_data(self, arguments: Arguments) -> str | bytes:
        first, last = arguments.integer(0, 1, self.largest_buffer), arguments.integer(1, 1, self.largest_buffer)
        buffer = self.buffer(arguments, 2)
        if not first <= last <= len(buffer):
            raise ScpiError(-222)
        return self._formatted(buffer, first, last, self._wanted(arguments, 3))

    @query("TRACe:ACTual", parameters=1)
    def _trace_actual(self, arguments: Arguments) -> str:
        return str(len(self.buffer(arguments, 0)))

    @query("TRACe:ACTual:STARt|END", parameters=1)
    def _trace_ends(self, arguments: Arguments) -> str:
        count = len(self.buffer(arguments, 0))
        return str(min(1, count) if arguments.node("STARt", "END") == "STAR" else count)

    @command("TRACe:CLEar")
    def _trace_clear(self, arguments: Arguments) -> None:
        self.buffer(arguments, 0).clear()

    @command("TRACe:POINts", parameters=2)
    def _trace_points(self, arguments: Arguments) -> None:
        size = self._size(arguments, 0)
        self.buffer(arguments, 1).resize(size)

    @query("TRACe:POINts", parameters=1)
    def _trace_points_query(self, arguments: Arguments) -> str:
        return str(self.buffer(arguments, 0).size)

    @command("TRACe:MAKE", parameters=3)
    def _trace_make(self, arguments: Arguments) -> None:
        name, size = arguments.string(0), self._size(arguments, 1)
        if not name or name in self._buffers:
            raise ScpiError(-224)
        self._buffers[name] = ReadingBuffer(self.columns, size)

    @command("TRACe:DELete")
    def _trace_delete(self, arguments: Arguments) -> None:
        name = arguments.string(0)
        if name not in self._buffers or name.startswith("defbuffer"):
            raise ScpiError(-224)
        del self._buffers[name]

    @command("TRACe:FILL:MODE", parameters=2)
    def _trace_fill(self, arguments: Arguments) -> None:
        mode = arguments.keyword(0, "CONTinuous", "ONCE")
        self.buffer(arguments, 1).continuous = mode == "CONTINUOUS"

    @query("TRACe:FILL:MODE", parameters=1)
    def _trace_fill_query(self, arguments: Arguments) -> str:
        return "CONT" if self.buffer(arguments, 0).continuous else "ONCE"

    @query("TRACe:STATistics:AVERage|MAXimum|MINimum|STDDev|PK2Pk", parameters=1)
    def _trace_statistics(self, arguments: Arguments) -> str:
        buffer = self.buffer(arguments, 0)
        if not len(buffer):
            raise ScpiError(-230, "Data corrupt or stale")
        values = buffer.column("reading", 1, len(buffer)).astype(np.float64)
        return f"{_STATISTICS[arguments.node('AVERage', 'MAXimum', 'MINimum', 'STDDev', 'PK2Pk')](values):.6E}"

    @command("FORMat[:DATA]", parameters=2)
    def _format_data(self, arguments: Arguments) -> None:
        self._format = arguments.keyword(0, "ASCii", "REAL", "SREal")

    @query("FORMat[:DATA]")
    def _format_query(self, arguments: Arguments) -> str:
        return {"ASCII": "ASC", "REAL": "REAL", "SREAL": "SRE"}[self._format]

    @command("FORMat:BORDer")
    def _border(self, arguments: Arguments) -> None:
        self._big_endian = arguments.keyword(0, "NORMal", "SWAPped") == "NORMAL"

    @query("FORMat:BORDer")
    def _border_query(self, arguments: Arguments) -> str:
        return "NORM" if self._big_endian else "SWAP"

    @command("*LANG")
    def _language(self, arguments: Arguments) -> None:
        if arguments.keyword(0, "SCPI", "TSP", "SCPI2400") != "SCPI":
            raise ScpiError(-221, "Settings conflict; only the SCPI command set is simulated")

    @query("*LANG")
    def _language_query(self, arguments: Arguments) -> str:
        return "SCPI"

    @command("SYSTem:CLEar", parameters=0)
    def _system_clear(self, arguments: Arguments) -> None:
        self._errors.clear()

    @command("SYSTem:BEEPer[:IMMediate]", parameters=2)
    def _beep(self, arguments: Arguments) -> None:
        arguments.number(0, 20, 8000)
        arguments.number(1, 0.001, 100)

    @query("SYSTem:LFRequency")
    def _line_frequency(self, arguments: Arguments) -> str:
        return f"{self.bench.line_frequency:.0f}"

    @command("STATus:PRESet", parameters=0)
    def _status_preset(self, arguments: Arguments) -> None:
        self._enabled = {"OPER": 0, "QUES": 0}

    @query("STATus:OPERation|QUEStionable[:EVENt]")
    @query("STATus:OPERation|QUEStionable:CONDition")
    def _status(self, arguments: Arguments) -> str:
        return "0"

    @command("STATus:OPERation|QUEStionable:ENABle")
    def _status_enable(self, arguments: Arguments) -> None:
        self._enabled[arguments.node("OPERation", "QUEStionable")] = arguments.integer(0, 0, 65535)

    @query("STATus:OPERation|QUEStionable:ENABle")
    def _status_enable_query(self, arguments: Arguments) -> str:
        return str(self._enabled[arguments.node("OPERation", "QUEStionable")])

    @command("ABORt", parameters=0)
    def _abort(self, arguments: Arguments) -> None:
        return None

    def _size(self, arguments: Arguments, index: int) -> int:
        size = arguments.integer(index, 0, self.largest_buffer) or self.largest_buffer
        if size < _LEAST_SIZE:
            raise ScpiError(-222)
        return size


def _spread(values: NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


_STATISTICS: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "AVER": lambda values: float(values.mean()),
    "MAX": lambda values: float(values.max()),
    "MIN": lambda values: float(values.min()),
    "STDD": _spread,
    "PK2P": lambda values: float(np.ptp(values)),
}


def _printed(name: str, values: NDArray[np.generic]) -> list[str]:
    if name in ("reading", "source"):
        return [f"{value:.6E}" for value in values.tolist()]
    if name == "time":
        return [f"{value:.9f}" for value in values.tolist()]
    return [str(value) for value in values.tolist()]
