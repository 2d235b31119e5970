# SPDX-License-Identifier: MIT
"""A session of its own: it says what the recipe says, and sets what its socket needs where it has one."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyvisa.resources import MessageBasedResource

from instruments.safety.fresh import FreshSession, set_nodelay


def test_a_session_tells_asks_and_is_gone(toy: Callable[..., Any]) -> None:
    instrument = toy("smu")
    session = FreshSession(instrument.commands(), 1.0)
    session.send_off()
    assert session.answers() == ("1",)
    session.close()
    session.close()
    assert instrument.messages == ["OFF", "OFF?"]


def interface(library: object) -> MessageBasedResource:
    """Return a session on a VISA library that keeps its sessions in its own way."""
    return cast(MessageBasedResource, SimpleNamespace(visalib=library, session=1))


@pytest.mark.parametrize(
    "library",
    [
        object(),
        SimpleNamespace(sessions={}),
        SimpleNamespace(sessions=None),
        SimpleNamespace(sessions={1: object()}),
        SimpleNamespace(sessions={1: SimpleNamespace(interface="a serial port")}),
    ],
)
def test_a_library_without_a_socket_needs_none(library: object) -> None:
    set_nodelay(interface(library))


def test_small_messages_leave_a_socket_at_once() -> None:
    with socket.socket() as plain:
        assert not plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        set_nodelay(interface(SimpleNamespace(sessions={1: SimpleNamespace(interface=plain)})))
        assert plain.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
