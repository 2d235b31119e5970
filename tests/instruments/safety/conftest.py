# SPDX-License-Identifier: MIT
"""Toy instruments on real sockets: they switch off when told, and can be told to misbehave."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from instruments.safety.recipe import SafeCommands


class ToyInstrument:
    """Obeys ``OFF``, answers ``OFF?``.

    :param silent: obeys, answers nothing.
    :param stuck: answers, never switches off.
    """

    def __init__(self, role: str, *, silent: bool = False, stuck: bool = False) -> None:
        self.role, self.silent, self.stuck = role, silent, stuck
        self.on = True
        self.received: list[tuple[float, str]] = []
        self.told_off = threading.Event()
        self.nodelay_connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def messages(self) -> list[str]:
        """Return what was received, without the times."""
        return [message for _, message in self.received]

    def commands(self) -> SafeCommands:
        """Return the recipe's entry for this instrument."""
        resource = f"TCPIP::127.0.0.1::{self.port}::SOCKET"
        return SafeCommands(role=self.role, resource=resource, off=("OFF",), ask=(("OFF?", "1"),))

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rwb") as stream:
                for line in stream:
                    answer = self._handle(line.decode().strip())
                    if answer and not self.silent:
                        stream.write(answer.encode() + b"\n")
                        stream.flush()
        except OSError:
            pass

    def _handle(self, message: str) -> str:
        self.received.append((time.monotonic(), message))
        if message == "OFF":
            self.on = self.stuck
            self.told_off.set()
        return str(int(not self.on)) if message == "OFF?" else ""


@pytest.fixture
def toy() -> Iterator[Callable[..., ToyInstrument]]:
    """Return a maker of toy instruments."""
    made: list[ToyInstrument] = []

    def make(role: str, **how: bool) -> ToyInstrument:
        made.append(ToyInstrument(role, **how))
        return made[-1]

    yield make
    for instrument in made:
        instrument.close()


@pytest.fixture
def unreachable() -> Iterator[Callable[[str], SafeCommands]]:
    """Return the recipe's entry of an instrument that accepts no connection: its backlog is full."""
    keep: list[socket.socket] = []

    def make(role: str) -> SafeCommands:
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        keep.append(server)
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(address)
            keep.append(client)
        resource = f"TCPIP::127.0.0.1::{address[1]}::SOCKET"
        return SafeCommands(role=role, resource=resource, off=("OFF",), ask=(("OFF?", "1"),))

    yield make
    for one in keep:
        one.close()
