# SPDX-License-Identifier: MIT
"""One instrument through a session of its own: the last way to it when the harness's own session cannot be trusted."""

import socket
from contextlib import suppress
from functools import cache
from typing import Any, cast

import pyvisa
from pyvisa.resources import MessageBasedResource

from instruments.safety.recipe import SafeCommands


@cache
def manager(library: str) -> pyvisa.ResourceManager:
    """Return the resource manager of a VISA library, loaded once."""
    return pyvisa.ResourceManager(library)


class FreshSession:
    """Opened, used once, and closed; nothing of an earlier session can answer here.

    :param timeout: s for each answer, and for the connection to come about.
    """

    def __init__(self, commands: SafeCommands, timeout: float) -> None:
        self._commands = commands
        milliseconds = int(timeout * 1000)
        self._session = cast(
            MessageBasedResource,
            manager(commands.library).open_resource(
                commands.resource,
                open_timeout=milliseconds,
                timeout=milliseconds,
                read_termination="\n",
                write_termination="\n",
            ),
        )
        set_nodelay(self._session)

    def send_off(self) -> None:
        """Send what takes the energy away. No answer is awaited."""
        for message in self._commands.off:
            self._session.write(message)

    def answers(self) -> tuple[str, ...]:
        """Return what the instrument answers to the questions of its recipe."""
        return tuple(self._session.query(query).strip() for query, _ in self._commands.ask)

    def close(self) -> None:
        """Drop the session, whatever state it is in."""
        # Whatever a VISA library raises for a session that is gone already: it is gone.
        with suppress(Exception):
            self._session.close()


def set_nodelay(session: MessageBasedResource) -> None:
    """Send small messages at once.

    PyVISA-py leaves Nagle's algorithm on, and its setter of the VISA attribute is broken in 0.8.1; so the socket
    itself is set. Other libraries and interfaces have no such socket, and need none.
    """
    try:
        library = cast(Any, session.visalib)
        interface = library.sessions[session.session].interface
    except (AttributeError, KeyError, TypeError):
        return
    if isinstance(interface, socket.socket):
        interface.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
