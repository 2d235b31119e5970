# SPDX-License-Identifier: MIT
"""The SCPI engine: what every simulated instrument does with a line it receives.

An instrument is a class with one method per header::

    class Thermometer(ScpiInstrument):
        @query("MEASure:TEMPerature")
        def temperature(self, arguments: Arguments) -> str: ...

Source: IEEE 488.2-1992 §10 and §11 (common commands, status), SCPI-1999.0 volume 2 §21 (error queue).
"""

import sys
import traceback
from collections import deque
from typing import TYPE_CHECKING, ClassVar

from instruments.sim.scpi_arguments import Arguments
from instruments.sim.scpi_header import Entry, Node, command, find, header_tree, query
from instruments.sim.scpi_message import ScpiError, Unit, parse

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

__all__ = ["Arguments", "ScpiError", "ScpiInstrument", "command", "nr3", "query"]

_POWER_ON = 128
_OPERATION_COMPLETE = 1
_EVENT_BITS = {1: 32, 2: 16, 3: 8, 4: 4}
"""Event status bit per class of error: -1xx command, -2xx execution, -3xx device, -4xx query."""


def nr3(value: float) -> str:
    """Return a setting as instruments print it, nine significant digits at most."""
    return f"{value:.9G}"


_TREES: dict[type, Node] = {}


def _header_tree(cls: type) -> Node:
    if cls not in _TREES:
        _TREES[cls] = header_tree(cls)
    return _TREES[cls]


class ScpiInstrument:
    """An instrument that answers SCPI: common commands, status, error queue, compounds."""

    role: ClassVar[str] = ""
    scpi_version: ClassVar[str] = "1999.0"
    queue_length: ClassVar[int] = 10

    def __init__(self, bench: "SimulatedBench") -> None:
        self.bench = bench
        self._tree = _header_tree(type(self))
        self._errors: deque[tuple[int, str]] = deque()
        self._events = _POWER_ON
        self._event_enable = 0
        self._service_enable = 0
        self._held_back = 0.0

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        raise NotImplementedError

    def reset(self) -> None:
        """Return to the instrument's defaults (``*RST``); the error queue stays."""

    def power_on(self) -> None:
        """Be as after a loss of power: settings, errors and registers are those of a start."""
        self.reset()
        self._errors.clear()
        self._events = _POWER_ON

    def clear(self) -> None:
        """Empty the error queue and the event registers (``*CLS``)."""
        self._errors.clear()
        self._events = 0

    def handle(self, line: bytes) -> bytes:
        """Obey one message.

        :param line: without its end mark.
        :returns: the answers joined by ``;`` with the end mark, or nothing when the message asks nothing.
        """
        replies = [reply for reply in map(self._obey, parse(line)) if reply is not None]
        return b";".join(replies) + b"\n" if replies else b""

    def hold_back(self, readings: int) -> None:
        """Make ``readings`` cost real time when the bench is paced: the server sends the answer that much later."""
        self._held_back += readings * self.bench.pace

    def take_delay(self) -> float:
        """Return for how long, in s of real time, the answer just given is to be held back."""
        delay, self._held_back = self._held_back, 0.0
        return delay

    def push_error(self, code: int, text: str) -> None:
        """Queue an error; when the queue is full its last entry becomes -350."""
        self._events |= _EVENT_BITS.get(-code // 100, 8) if code < 0 else 8
        if len(self._errors) < self.queue_length:
            self._errors.append((code, text))
        else:
            self._errors[-1] = (-350, ScpiError(-350).text)

    def error_reply(self, code: int, text: str) -> str:
        """Return one entry of the queue as this instrument prints it."""
        return f'{code},"{text}"'

    def _obey(self, unit: Unit) -> bytes | None:
        # The standard lets an instrument go on after a faulty unit; so an OUTP OFF behind one is still obeyed.
        try:
            return self._execute(unit)
        except ScpiError as error:
            self.push_error(error.code, error.text)
        except Exception:  # a mistake in a model must not end the bench
            traceback.print_exc(file=sys.stderr)
            self.push_error(-310, ScpiError(-310).text)
        return None

    def _execute(self, unit: Unit) -> bytes | None:
        entry = self._entry(unit)
        reply = getattr(self, entry.method)(Arguments(unit.parameters, unit.header))
        if not entry.query:
            return None
        return reply if isinstance(reply, bytes) else str(reply).encode("ascii")

    def _entry(self, unit: Unit) -> Entry:
        entry = find(self._tree, unit) if unit.header else None
        if unit.error:
            raise ScpiError(unit.error)
        if entry is None:
            raise ScpiError(-113)
        if len(unit.parameters) > entry.parameters:
            raise ScpiError(-108)
        return entry

    @query("*IDN")
    def _idn(self, arguments: Arguments) -> str:
        return self.identity()

    @command("*RST", parameters=0)
    def _rst(self, arguments: Arguments) -> None:
        self.reset()

    @command("*CLS", parameters=0)
    def _cls(self, arguments: Arguments) -> None:
        self.clear()

    @command("*OPC", parameters=0)
    def _opc(self, arguments: Arguments) -> None:
        self._events |= _OPERATION_COMPLETE

    @query("*OPC")
    def _opc_query(self, arguments: Arguments) -> str:
        return "1"

    @command("*WAI", parameters=0)
    def _wai(self, arguments: Arguments) -> None:
        return None

    @query("*TST")
    def _tst(self, arguments: Arguments) -> str:
        return "0"

    @query("*ESR")
    def _esr(self, arguments: Arguments) -> str:
        events, self._events = self._events, 0
        return str(events)

    @command("*ESE")
    def _ese(self, arguments: Arguments) -> None:
        self._event_enable = arguments.integer(0, 0, 255)

    @query("*ESE")
    def _ese_query(self, arguments: Arguments) -> str:
        return str(self._event_enable)

    @command("*SRE")
    def _sre(self, arguments: Arguments) -> None:
        self._service_enable = arguments.integer(0, 0, 255) & ~64

    @query("*SRE")
    def _sre_query(self, arguments: Arguments) -> str:
        return str(self._service_enable)

    @query("*STB")
    def _stb(self, arguments: Arguments) -> str:
        status = (4 if self._errors else 0) | (32 if self._events & self._event_enable else 0)
        return str(status | (64 if status & self._service_enable else 0))

    @query("SYSTem:ERRor[:NEXT]")
    def _error(self, arguments: Arguments) -> str:
        return self.error_reply(*(self._errors.popleft() if self._errors else (0, "No error")))

    @query("SYSTem:ERRor:COUNt")
    def _error_count(self, arguments: Arguments) -> str:
        return str(len(self._errors))

    @query("SYSTem:VERSion")
    def _version(self, arguments: Arguments) -> str:
        return self.scpi_version
