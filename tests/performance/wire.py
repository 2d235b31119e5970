# SPDX-License-Identifier: MIT
"""Write down what a run says to its instruments, by standing between them."""

import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Exchange:
    """One message to an instrument, and what came back.

    :param message: without its line end.
    :param reply: empty for a message that asks nothing.
    """

    role: str
    message: str
    reply: bytearray = field(default_factory=bytearray)

    @property
    def asks(self) -> bool:
        """Whether an answer must be read."""
        return bool(self.reply)

    @property
    def binary(self) -> bool:
        """Whether the answer is a block of bytes."""
        return self.reply.startswith(b"#")


class Recorder:
    """A port in front of each instrument; ``exchanges`` is what went through, in order."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.exchanges: list[Exchange] = []
        self.ports: dict[str, int] = {}
        self._lock = threading.Lock()
        self._listeners = []
        for role, port in ports.items():
            listener = socket.create_server(("127.0.0.1", 0))
            self._listeners.append(listener)
            self.ports[role] = listener.getsockname()[1]
            self._start(self._accept, listener, role, port)

    def close(self) -> None:
        """Take no more connections."""
        for listener in self._listeners:
            listener.close()

    @staticmethod
    def _start(target: object, *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]

    def _accept(self, listener: socket.socket, role: str, port: int) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", port))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # One connection's open question: what comes back belongs to it.
            latest: list[Exchange] = []
            self._start(self._messages, client, server, role, latest)
            self._start(self._replies, server, client, latest)

    def _messages(self, client: socket.socket, server: socket.socket, role: str, latest: list[Exchange]) -> None:
        rest = b""
        while data := _receive(client):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                exchange = Exchange(role=role, message=line.decode("ascii"))
                with self._lock:
                    self.exchanges.append(exchange)
                if b"?" in line:
                    latest[:] = [exchange]
            server.sendall(data)
        server.close()

    def _replies(self, server: socket.socket, client: socket.socket, latest: list[Exchange]) -> None:
        while data := _receive(server):
            if latest:
                latest[0].reply += data
            client.sendall(data)
        client.close()


def _receive(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except OSError:
        return b""
