# SPDX-License-Identifier: MIT
"""The one door through which bytes pass between the harness and an instrument.

Every exception of VISA, sockets and the operating system becomes one of :mod:`instruments.errors` here, with
role, resource, command and advice; nothing above this module sees another. A session on which an answer is
outstanding is *dirty*: it may still be written to (an "off" must always get out), but no question is asked on it,
because its answer would be taken for that of the next one. After a timeout the session is closed for good.
"""

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pyvisa
from pyvisa.constants import StatusCode

from instruments.errors import BenchError, GarbledReply, InstrumentLost, InstrumentTimeout
from instruments.pymeasure_parts import Adapter
from instruments.visa_line import VisaLine

FOREIGN_ERRORS = (pyvisa.errors.Error, OSError, RuntimeError, ValueError, NotImplementedError)
"""What VISA backends raise: USB and serial errors are OSErrors, a dead HiSLIP server is a RuntimeError."""


_OPENING = "open"
_CHUNK = 1 << 20
"""Most bytes taken at once: a million samples in PyVISA-py's portions of 4 KiB take three times as long."""


class _Socket(socket.socket):
    """A socket that says when its peer has gone, where PyVISA-py would spin on it until its timeout."""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive as usual; an orderly end of the stream is an error here."""
        data = super().recv(bufsize, flags)
        if not data and bufsize:
            raise ConnectionResetError("the instrument closed the connection")
        return data


class Door(Adapter):  # type: ignore[misc]
    """A pymeasure adapter on a PyVISA session that translates errors and knows when it is dirty.

    :param resource: VISA resource string.
    :param role: the role in the station file, for messages.
    :param timeout: longest wait for an answer, s.
    :param visa_library: PyVISA library; by default ``@py`` for plain sockets and the platform's own for the rest.
    :param beat: told, before each question, how long its answer may take (s): the harness's sign of life.
    :raises InstrumentLost: when nothing answers at that resource.
    """

    connection: Any
    _outstanding: str | None
    _socket: socket.socket | None

    def __init__(
        self,
        resource: str,
        *,
        role: str,
        timeout: float = 2.0,
        visa_library: str | None = None,
        beat: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        self.resource = resource
        self.role = role
        self.connection = None
        self._timeout = timeout
        self._beat = beat
        self._library = visa_library if visa_library is not None else _default_library(resource)
        self._forget()
        self._open()

    # --- state

    @property
    def dirty(self) -> bool:
        """Whether the session must be opened anew before a question may be asked on it."""
        return self.connection is None or self._outstanding is not None

    @property
    def closed(self) -> bool:
        """Whether there is no session."""
        return self.connection is None

    @property
    def timeout(self) -> float:
        """Longest wait for an answer, s."""
        return self._timeout

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Wait up to ``seconds`` for each answer inside the block, where that is longer than usual."""
        if seconds <= self._timeout:
            yield
            return
        usual, self._timeout = self._timeout, seconds
        try:
            self._apply_timeout()
            yield
        finally:
            self._timeout = usual
            self._apply_timeout()

    def answered(self) -> None:
        """Note that an answer was read to its end as bytes, which nobody but the reader can know."""
        self._outstanding = None

    def reopen(self) -> None:
        """Throw the session away, with whatever was still to come on it, and open a fresh one.

        :raises InstrumentLost: when nothing answers there any more.
        """
        self.close()
        self._open()

    def close(self) -> None:
        """Close the session; never raises."""
        connection, self.connection = self.__dict__.get("connection"), None
        self._forget()
        if connection is not None:
            with suppress(Exception):
                connection.close()

    # --- pymeasure's adapter interface

    def _write(self, command: str, **kwargs: Any) -> None:
        self._last = command
        self._require_open()
        if "?" in command:
            self._require_clean()
            # Only questions: what switches off must get out whatever becomes of the guard.
            if self._beat is not None:
                self._beat(self._timeout)
            self._outstanding = command
        try:
            self._line.write(command)
        except FOREIGN_ERRORS as error:
            raise self._translated(error) from error

    def _write_bytes(self, content: bytes, **kwargs: Any) -> None:
        self._last = repr(content[:40])
        self._require_open()
        try:
            self.connection.write_raw(content, **kwargs)
        except FOREIGN_ERRORS as error:
            raise self._translated(error) from error

    def _read(self, **kwargs: Any) -> str:
        self._require_open()
        try:
            reply: str = self._line.read()
        except FOREIGN_ERRORS as error:
            raise self._translated(error) from error
        self._outstanding = None
        return reply

    def _read_bytes(self, count: int, break_on_termchar: bool = False, **kwargs: Any) -> bytes:
        self._require_open()
        if count < 0 or break_on_termchar:
            raise ValueError("say how many bytes are expected: reading until a timeout spoils the session")
        try:
            line: VisaLine = self._line
            data = line.read_bytes(count) if self._socket is None else line.read_bytes(count, _CHUNK)
        except FOREIGN_ERRORS as error:
            raise self._translated(error) from error
        return data

    def flush_read_buffer(self) -> None:
        """Open a fresh session: the only flush that cannot be got wrong."""
        self.reopen()

    def __repr__(self) -> str:
        """Show resource and role."""
        return f"<Door({self.resource!r}, role={self.role!r})>"

    # --- inside

    def _forget(self) -> None:
        self._outstanding = None
        self._last = ""
        self._line: Any = None
        self._socket = None
        self._session: Any = None

    def _open(self) -> None:
        milliseconds = round(self._timeout * 1000)
        self._last = _OPENING
        try:
            manager = pyvisa.ResourceManager(self._library)
            self.connection = manager.open_resource(self.resource, open_timeout=milliseconds, timeout=milliseconds)
            self._line = VisaLine(self.connection)
            self._prepare_socket()
        except Exception as error:  # PyVISA-py raises bare Exception when it cannot connect
            raise self._translated(error) from error

    def _prepare_socket(self) -> None:
        """Switch Nagle's algorithm off and find out whether anybody listens, where this is a PyVISA-py socket.

        PyVISA-py 0.8.1 leaves Nagle on (a write followed by a query then costs 40 ms), cannot set the attribute
        that would change it, and reports success for a refused connection.
        """
        self._session = getattr(self.connection.visalib, "sessions", {}).get(self.connection.session)
        plain = getattr(self._session, "interface", None)
        if not isinstance(plain, socket.socket):
            return
        self._socket = self._session.interface = _Socket(fileno=plain.detach())
        refused = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if refused:
            raise OSError(refused, os.strerror(refused))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._session.max_recv_size = _CHUNK

    def _apply_timeout(self) -> None:
        if self.connection is not None:
            self.connection.timeout = round(self._timeout * 1000)

    def _require_open(self) -> None:
        if self.connection is None:
            raise self._lost("the session is closed after an earlier failure")

    def _require_clean(self) -> None:
        """Refuse to ask while another answer may still come, and when something came that nobody asked for."""
        if self._outstanding is not None:
            raise self._lost(f"the answer to {self._outstanding!r} is still outstanding")
        if self._socket is None or not (self._session._pending_buffer or select.select([self._socket], [], [], 0)[0]):
            return
        try:
            stray = bytes(self._session._pending_buffer[:80]) or self._socket.recv(80, socket.MSG_PEEK)
        except OSError as error:
            raise self._translated(error) from error
        problem = self._garbled(f"{stray!r}, which nobody had asked for,")
        self.close()
        raise problem

    def _translated(self, error: Exception) -> BenchError:
        """Close the session and say in our words what happened."""
        last = self._last
        self.close()
        self._last = last
        if isinstance(error, pyvisa.errors.VisaIOError) and error.error_code == StatusCode.error_timeout:
            return InstrumentTimeout(
                f"{self.role} ({self.resource}) did not answer {last!r} within {self._timeout:g} s; "
                "check its power, its cable and whether another program holds it",
                **self._facts(),
            )
        if isinstance(error, UnicodeDecodeError):
            return self._garbled(repr(error.object[:80]))
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return self._unreachable(why) if last == _OPENING else self._lost(why)

    def _unreachable(self, why: str) -> InstrumentLost:
        return InstrumentLost(f"{self.role} ({self.resource}) cannot be reached: {why}", **self._facts())

    def _lost(self, why: str) -> InstrumentLost:
        return InstrumentLost(
            f"{self.role} ({self.resource}): no connection for {self._last!r}: {why}; "
            "check address, network and power, then open the session again",
            **self._facts(),
        )

    def _garbled(self, found: str) -> GarbledReply:
        return GarbledReply(
            f"{self.role} ({self.resource}) sent {found} at {self._last!r}; check cable and interface, restart it",
            **self._facts(),
        )

    def _facts(self) -> dict[str, str]:
        return {"role": self.role, "resource": self.resource, "command": self._last}


def _default_library(resource: str) -> str:
    """Return PyVISA-py for plain sockets, which needs no installation, and the platform's VISA for the rest."""
    is_socket = resource.upper().startswith("TCPIP") and resource.upper().endswith("SOCKET")
    return "@py" if is_socket else ""


def open_session(
    resource: str,
    *,
    role: str,
    timeout: float = 2.0,
    visa_library: str | None = None,
    beat: Callable[[float], None] | None = None,
) -> Door:
    """Open a session for one instrument. Nothing is sent.

    :param resource: VISA resource string, as ``TCPIP::192.0.2.10::5025::SOCKET``.
    :param timeout: longest wait for an answer, s.
    :param beat: see :class:`Door`.
    :raises InstrumentLost: when nothing answers there.
    """
    return Door(resource, role=role, timeout=timeout, visa_library=visa_library, beat=beat)
