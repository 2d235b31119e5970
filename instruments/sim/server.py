# SPDX-License-Identifier: MIT
"""The simulated instruments on TCP: one listener each, any number of clients."""

import asyncio
import signal
import socket
from collections import deque
from collections.abc import Mapping
from functools import partial

from instruments.sim.bench import SimulatedBench
from instruments.sim.scpi import ScpiError, ScpiInstrument

HOST = "127.0.0.1"
LONGEST_LINE = 1 << 20
FIRST_CLIENT = 15.0
"""How long the first client may take to come when the server is to end with its clients, s."""

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
_IGNORED_SIGNALS = ("SIGINT", "SIGHUP")


class Server:
    """All instruments of one bench, until somebody ends it.

    :param until_idle: end when no client has been connected for so long, s; None never does.
    """

    def __init__(
        self, bench: SimulatedBench, instruments: Mapping[str, ScpiInstrument], until_idle: float | None = None
    ) -> None:
        self._bench = bench
        self._instruments = dict(instruments)
        self.until_idle = until_idle
        self._clients = 0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        self._listeners: list[asyncio.Server] = []

    async def start(self, port_base: int | None = None) -> dict[str, int]:
        """Listen.

        :param port_base: port of the first instrument, the others follow; None takes free ones.
        :returns: the port of each instrument.
        """
        loop = asyncio.get_running_loop()
        self._bench.on_quit = self._stop.set
        ports: dict[str, int] = {}
        for index, (role, instrument) in enumerate(self._instruments.items()):
            wanted = port_base + index if port_base else 0
            listener = await loop.create_server(partial(_Connection, self, instrument), HOST, wanted)
            self._listeners.append(listener)
            ports[role] = listener.sockets[0].getsockname()[1]
        if self.until_idle is not None:
            self._idle_timer = loop.call_later(max(FIRST_CLIENT, self.until_idle), self._stop.set)
        return ports

    def stop(self) -> None:
        """End :meth:`run` soon."""
        self._stop.set()

    async def run(self) -> None:
        """Serve until the end, then log what was left connected and energised."""
        try:
            await self._stop.wait()
        finally:
            for listener in self._listeners:
                listener.close()
            self._bench.log_state()
            self._bench.log.close()

    def client_came(self, role: str) -> None:
        """Count a client in."""
        self._clients += 1
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        self._bench.log.write("client", instrument=role, connected=True, clients=self._clients)

    def client_left(self, role: str) -> None:
        """Count a client out; the last one starts the idle time."""
        self._clients -= 1
        self._bench.log.write("client", instrument=role, connected=False, clients=self._clients)
        if self._clients == 0 and self.until_idle is not None:
            self._idle_timer = asyncio.get_running_loop().call_later(self.until_idle, self._stop.set)


class _Connection(asyncio.Protocol):
    """One client of one instrument: lines in, answers out, in order."""

    def __init__(self, server: Server, instrument: ScpiInstrument) -> None:
        self._server = server
        self._instrument = instrument
        self._rest = b""
        self._lines: deque[bytes] = deque()
        self._held = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._socket = transport.get_extra_info("socket")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.client_came(self._instrument.role)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lines.clear()
        self._server.client_left(self._instrument.role)

    def data_received(self, data: bytes) -> None:
        # A client with Nagle's algorithm on waits for our acknowledgement before its next line: do not delay it.
        if _QUICKACK is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if max(map(len, (*lines, self._rest))) > LONGEST_LINE:
            lines = [line for line in lines if len(line) <= LONGEST_LINE]
            self._rest = self._rest if len(self._rest) <= LONGEST_LINE else b""
            self._instrument.push_error(-363, ScpiError(-363).text)
        self._lines.extend(lines)
        self._serve()

    def _serve(self) -> None:
        while self._lines and not self._held:
            reply = self._instrument.handle(self._lines.popleft().rstrip(b"\r"))
            delay = self._instrument.take_delay()
            if delay > 0:
                self._held = True
                asyncio.get_running_loop().call_later(delay, self._release, reply)
            else:
                self._send(reply)

    def _release(self, reply: bytes) -> None:
        self._held = False
        self._send(reply)
        self._serve()

    def _send(self, reply: bytes) -> None:
        if reply and self._transport is not None:
            self._transport.write(reply)


def install_signals(server: Server, loop: asyncio.AbstractEventLoop) -> None:
    """Let SIGTERM end the server; Ctrl-C only one that does not end with its clients.

    A bench that a harness started outlives the harness that a user interrupts; one that a user started is the user's.
    """
    for name in _IGNORED_SIGNALS:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
    ends = [signal.SIGTERM] if server.until_idle is not None else [signal.SIGTERM, signal.SIGINT]
    for number in ends:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(server.stop))
