# SPDX-License-Identifier: MIT
"""What all SCPI drivers share: settings that are read back, an error queue that raises, and safe-off.

pymeasure's ``check_errors`` logs and returns; here it raises. A block of settings goes out as plain messages and ends
in *one* query that reads every setting back and then the error queue, so that a change costs one round trip and is
finished before another instrument is used.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.io import Door, open_session
from instruments.pymeasure_parts import DynamicProperty, Instrument, SCPIMixin

ERROR_QUERY = ":SYST:ERR?"
_NO_ERROR = ("0,", "+0,")
OVERFLOW = 9.9e37  # SCPI-1999 volume 1, 7.2.1.5: infinity
NOT_A_NUMBER = 9.91e37  # the same: not a number
_LONGEST_QUEUE = 100
POWER_ON = 0x80


@dataclass(frozen=True, kw_only=True)
class SafeSteps:
    """How to take the energy away over a bare connection: also for those who have no driver any more.

    :param off: messages sent in this order, none waiting for an answer; empty where there is no energy to take away.
    :param ask: pairs of a query and the answer of a safe instrument.
    """

    off: tuple[str, ...] = ()
    ask: tuple[tuple[str, str], ...] = ()


class ScpiInstrument(SCPIMixin, Instrument):  # type: ignore[misc]
    """Base of every driver: an instrument with an error queue.

    :param adapter: a :class:`~instruments.io.Door` (or any pymeasure adapter), or a VISA resource string.
    :param name: for people.
    :param role: the role in the station file.
    :ivar meanwhile: called while the instrument takes a reading, between question and answer; may neither raise nor
        talk to any instrument.
    :param kwargs: for :func:`instruments.io.open_session` when ``adapter`` is a resource string.
    """

    refusal_code: ClassVar[str] = InstrumentRefused.code
    refusal_advice: ClassVar[str] = "check the setting and that the model is the one in the station file"
    safe_steps: SafeSteps = SafeSteps()

    # pymeasure's own look for "dynamic" properties at each access to any attribute: half of what a message costs.
    # No driver here has such a property, nor gets one (see below).
    __getattribute__ = object.__getattribute__
    __setattr__ = object.__setattr__

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a driver with dynamic properties, which would not work."""
        super().__init_subclass__(**kwargs)
        dynamic = [name for name, value in vars(cls).items() if isinstance(value, DynamicProperty)]
        if dynamic:
            raise TypeError(f"{cls.__name__} has dynamic properties ({', '.join(dynamic)}); make them with setting()")

    def __init__(self, adapter: Any, name: str, *, role: str, **kwargs: Any) -> None:
        self.role = role
        self.meanwhile: Callable[[], None] = _nothing
        self._changing = False
        self._unchecked: deque[str] = deque(maxlen=20)
        if isinstance(adapter, str):
            adapter = open_session(adapter, role=role, **kwargs)
        super().__init__(adapter, name)

    # --- talking

    def write(self, command: str, **kwargs: Any) -> None:
        """Send one message, and remember it for the message of an error that it may cause."""
        if "?" not in command:
            self._unchecked.append(command)
        self.adapter.write(command, **kwargs)

    def ask_within(self, command: str, duration: float) -> str:
        """Ask something that the instrument needs ``duration`` seconds for, and let others use them."""
        if self._patient(duration):
            return self._ask(command, duration)
        with self.adapter.patience(_patience(duration)):
            return self._ask(command, duration)

    def _patient(self, duration: float) -> bool:
        """Return whether the usual timeout is long enough."""
        return not isinstance(self.adapter, Door) or _patience(duration) <= self.adapter.timeout

    def _begin(self, command: str, duration: float) -> None:
        """Ask, and let others use the time until the answer is there."""
        self.write(command)
        if duration:
            self.meanwhile()

    def _ask(self, command: str, duration: float) -> str:
        self._begin(command, duration)
        return str(self.read())

    def complete(self, command: str, duration: float = 0.0) -> None:
        """Send what ends in ``*OPC?`` and takes ``duration`` seconds, and wait until it is done.

        :raises GarbledReply: for any answer but 1.
        """
        reply = self.ask_within(command, duration)
        if reply.strip() != "1":
            raise self.garbled(command, reply)

    def ask_parts(self, command: str, count: int, duration: float = 0.0) -> list[str]:
        """Ask ``count`` queries in one message, then the error queue; return the answers without the latter.

        :raises InstrumentRefused: when the error queue was not empty.
        :raises GarbledReply: when there are fewer answers than queries.
        """
        reply = self.ask_within(f"{command};{ERROR_QUERY}", duration)
        parts = reply.split(";", count)  # the text of an error may hold more of them
        if len(parts) != count + 1:
            raise self.garbled(command, reply)
        self._raise_errors(parts.pop())
        return parts

    def read_block(self, command: str, count: int, duration: float = 0.0) -> NDArray[np.float32]:
        """Ask for a binary block of ``count`` little-endian 32-bit numbers; shape (count,).

        An indefinite block (``#0``) ends with a newline that its data may hold too: so ``count`` decides. The newline
        at the end of the message is read as one byte more, which is cheaper than an answer of its own.
        """
        if self._patient(duration):
            return self._block(command, count, duration)
        with self.adapter.patience(_patience(duration)):
            return self._block(command, count, duration)

    def _block(self, command: str, count: int, duration: float) -> NDArray[np.float32]:
        self._begin(command, duration)
        return self._read_block(command, count)

    def _read_block(self, command: str, count: int) -> NDArray[np.float32]:
        header = self.read_bytes(2)
        if header[:1] != b"#" or not header[1:].isdigit():
            raise self.garbled(command, repr(header))
        digits = int(header[1:])
        length = int(self.read_bytes(digits)) if digits else 4 * count
        if length != 4 * count:
            raise self.garbled(command, f"a block of {length} bytes instead of {4 * count}")
        data = self.read_bytes(length + 1)
        if data[-1:] != b"\n":
            raise self.garbled(command, f"a block longer than {length} bytes")
        if isinstance(self.adapter, Door):
            self.adapter.answered()
        return np.frombuffer(data, dtype="<f4", count=count)

    # --- settings

    def change(self, **settings: object) -> None:
        """Set properties in the given order, read all of them back and read the error queue: one round trip.

        :raises BenchError: for a value that this driver does not allow; nothing of it was sent.
        :raises InstrumentRefused: when the instrument reports an error or reads back something else.
        """
        self._changing = True
        try:
            for name, value in settings.items():
                self._set(name, value)
        finally:
            self._changing = False
        known = {name: getattr(type(self), name) for name in settings}
        replies = self.ask_parts(";".join(known[name].query for name in settings), len(settings))
        for (name, asked), reply in zip(settings.items(), replies, strict=True):
            self._compare(name, asked, self.parsed(known[name].query, reply, known[name].parse))

    def _set(self, name: str, value: object) -> None:
        try:
            setattr(self, name, value)
        except ValueError as error:
            raise BenchError(
                f"{self._who} cannot set {name} to {value!r}: {error}", role=self.role, name=name, value=value
            ) from error

    def _compare(self, name: str, asked: object, found: object) -> None:
        if not _agree(asked, found):
            raise self.refused(f"{name} was set to {asked!r} and reads back {found!r}", name=name)

    def parsed(self, query: str, reply: str, parse: Callable[[str], Any]) -> Any:
        """Return ``parse(reply)``.

        :raises GarbledReply: when it cannot.
        """
        try:
            return parse(reply)
        except (ValueError, KeyError) as error:
            raise self.garbled(query, reply) from error

    # --- errors

    def check_errors(self) -> list[Any]:
        """Read the error queue until it is empty.

        :raises InstrumentRefused: when it was not.
        """
        self._raise_errors(str(self.ask(ERROR_QUERY)))
        return []

    def check_set_errors(self) -> list[Any]:
        """Read the error queue after a single setting; a block of settings reads it once, at its end."""
        return [] if self._changing else self.check_errors()

    def _raise_errors(self, reply: str) -> None:
        if reply.startswith(_NO_ERROR):
            self._unchecked.clear()
            return
        found: list[str] = []
        while self._error_code(reply) != 0 and len(found) < _LONGEST_QUEUE:
            found.append(reply.strip())
            reply = str(self.ask(ERROR_QUERY))
        asked = list(self._unchecked)
        self._unchecked.clear()
        if found:
            after = "; ".join(asked) or "nothing"
            raise self.refused(f"after {after} the error queue says {' | '.join(found)}", asked=asked, errors=found)

    def _error_code(self, reply: str) -> int:
        return int(self.parsed(ERROR_QUERY, reply.partition(",")[0], int))

    @property
    def _who(self) -> str:
        return f"{self.role} ({self.name}, {getattr(self.adapter, 'resource', 'no resource')})"

    def refused(self, what: str, **facts: object) -> InstrumentRefused:
        """Return the exception for an instrument that did not do what was asked."""
        text = f"{self._who}: {what}; {self.refusal_advice}"
        return InstrumentRefused(text, code=self.refusal_code, role=self.role, **facts)

    def garbled(self, command: str, reply: str) -> GarbledReply:
        """Return the exception for an answer that makes no sense, and give the session up."""
        if isinstance(self.adapter, Door):
            self.adapter.close()
        text = f"{self._who} answered {reply[:200]!r} to {command!r}; check cable and interface, restart it"
        return GarbledReply(text, role=self.role, command=command, reply=reply[:200])

    # --- what every role can do

    def identity(self) -> str:
        """Return the reply to ``*IDN?``.

        :raises GarbledReply: for an empty one: who hides is not taken for who has nothing to say.
        """
        reply = str(self.ask("*IDN?")).strip()
        if not reply:
            raise self.garbled("*IDN?", reply)
        return reply

    def restarted(self) -> bool:
        """Return whether the instrument was switched on anew since it was asked last; it was, the first time.

        Source: IEEE 488.2-1992, 11.5.1.1.1: bit 7 of the standard event register, cleared when it is read.
        """
        events = int(self.parsed("*ESR?", str(self.ask("*ESR?")), int))
        return bool(events & POWER_ON)

    def reset(self) -> None:
        """Bring the instrument into its power-on state and empty its error queue; ends when it is done."""
        self.write("*RST")
        self.write("*CLS")
        self.ask_parts("*OPC?", 1, duration=5.0)

    def make_safe(self) -> None:
        """Send what takes the energy away, unconditionally, waiting for no answer."""
        if isinstance(self.adapter, Door) and self.adapter.closed:
            self.adapter.reopen()
        for message in self.safe_steps.off:
            self.write(message)

    def confirm_safe(self) -> bool:
        """Ask the instrument whether it is safe, on a fresh session where the old one may still owe an answer."""
        if self.safe_steps.ask and isinstance(self.adapter, Door) and self.adapter.dirty:
            self.adapter.reopen()
        return all(str(self.ask(query)).strip() == answer for query, answer in self.safe_steps.ask)

    def shutdown(self) -> None:
        """Make safe; nothing is asked before."""
        self.make_safe()
        super().shutdown()

    def close(self) -> None:
        """Close the session. The output stays as it is."""
        self.adapter.close()


def _patience(duration: float) -> float:
    """Return how long to wait for an answer, s: IEEE 488.2 has no better hint than a generous margin."""
    return 2 * duration + 1


def _nothing() -> None:
    """Let the time go by."""


def _agree(asked: object, found: object) -> bool:
    """Return whether a value read back is the one asked for; instruments answer with six or more digits."""
    if isinstance(asked, float | int) and isinstance(found, float | int) and not isinstance(asked, bool):
        return math.isclose(asked, found, rel_tol=1e-5, abs_tol=1e-12)
    return asked == found
