# SPDX-License-Identifier: MIT
"""The door: every way in which an instrument can fail to answer, and what comes out of it."""

import os
import socket
import threading
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
import pyvisa
from pyvisa.constants import StatusCode

from instruments import io
from instruments.errors import BenchError, GarbledReply, InstrumentLost, InstrumentTimeout
from instruments.io import Door, open_session
from instruments.scpi import ScpiInstrument

BLOCK = b"\n" * 40_000


class Peer(threading.Thread):
    """A little instrument that misbehaves on request; remembers all lines in order of arrival."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.resource = f"TCPIP::127.0.0.1::{self.listener.getsockname()[1]}::SOCKET"
        self.lines = []
        self.news = threading.Condition()
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with suppress(ConnectionError), connection, connection.makefile("rb") as stream:
            for line in stream:
                with self.news:
                    self.lines.append(line)
                    self.news.notify_all()
                if not self.answer(connection, line.strip()):
                    return

    def got(self, line):
        """Tell whether a line has come, or comes within 10 s: a line that was sent is not yet one that was read."""
        with self.news:
            return self.news.wait_for(lambda: line in self.lines, timeout=10.0)

    def answer(self, connection, line):
        answers = {
            b"*IDN?": b"MAKER,MODEL,1,2\n",
            b"TWICE?": b"1\n2\n",
            b"BINARY?": b"\xff\xfe\n",
            b"HALF?": b"hal",
            b"BLOCK?": b"#0" + BLOCK + b"\n",
            b"SHORT?": b"#0" + BLOCK[:100],
        }
        if line == b"LEAVE?":
            return False
        connection.sendall(answers.get(line, b""))
        return True


@pytest.fixture(scope="module")
def peer():
    peer = Peer()
    yield peer
    peer.listener.close()


@pytest.fixture
def door(peer):
    opened = open_session(peer.resource, role="smu", timeout=5.0)
    yield opened
    opened.close()


@pytest.fixture
def impatient(peer):
    """A door for questions that are never answered, so that tests need not wait for long."""
    opened = open_session(peer.resource, role="smu", timeout=10.0)
    # A loaded machine needs its time to connect.
    opened._timeout = 0.15
    opened._apply_timeout()
    yield opened
    opened.close()


@pytest.fixture
def instrument(door):
    return ScpiInstrument(door, "a model", role="smu")


def test_opening_sends_nothing_and_switches_nagle_off(peer, door):
    before = len(peer.lines)
    assert door._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    ScpiInstrument(door, "a model", role="smu")
    assert len(peer.lines) == before


def test_question_and_answer(instrument, door):
    assert instrument.identity() == "MAKER,MODEL,1,2"
    assert not door.dirty


def test_driver_opens_a_resource_string_by_itself(peer):
    instrument = ScpiInstrument(peer.resource, "a model", role="smu", timeout=0.5)
    assert isinstance(instrument.adapter, Door)
    assert instrument.identity() == "MAKER,MODEL,1,2"
    instrument.close()


@pytest.mark.parametrize("command", ["SILENT?", "HALF?"])
def test_silence_closes_the_session_and_names_everything(impatient, peer, command):
    instrument = ScpiInstrument(impatient, "a model", role="smu")
    with pytest.raises(InstrumentTimeout) as caught:
        instrument.ask(command)
    for fact in ("smu", peer.resource, command, "0.15 s", "check its power"):
        assert fact in str(caught.value)
    assert caught.value.params == {"role": "smu", "resource": peer.resource, "command": command}
    assert caught.value.code == "instrument_silent"
    assert impatient.closed
    assert impatient.dirty


def test_closed_session_says_so_until_it_is_opened_again(instrument, door):
    door.close()
    with pytest.raises(InstrumentLost, match="closed after an earlier failure"):
        instrument.identity()
    with pytest.raises(InstrumentLost, match="closed after an earlier failure"):
        instrument.write(":OUTP OFF")
    door.reopen()
    assert instrument.identity() == "MAKER,MODEL,1,2"


def test_answer_still_outstanding_bars_questions_but_not_orders(instrument, door, peer):
    instrument.write("*IDN?")
    assert door.dirty
    with pytest.raises(InstrumentLost, match=r"answer to '\*IDN\?' is still outstanding"):
        instrument.ask("*OPC?")
    instrument.write(":OUTP OFF DIRTY")
    assert peer.got(b":OUTP OFF DIRTY\n")
    door.reopen()
    assert not door.dirty
    assert instrument.identity() == "MAKER,MODEL,1,2"


def test_interruption_between_question_and_answer_leaves_the_session_dirty(instrument, door, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(door._line, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        instrument.identity()
    assert door.dirty


def test_stray_line_is_found_before_the_next_question(instrument, door):
    assert instrument.ask("TWICE?") == "1"
    with pytest.raises(GarbledReply, match="nobody had asked for"):
        instrument.identity()
    assert door.closed


def test_bytes_that_are_no_text(instrument, door):
    with pytest.raises(GarbledReply, match="xff"):
        instrument.ask("BINARY?")
    assert door.closed


def test_peer_that_leaves_is_noticed_at_once_without_spinning(instrument, door):
    processor = os.times()
    with pytest.raises(InstrumentLost, match="closed the connection"):
        instrument.ask("LEAVE?")
    assert os.times().user - processor.user < door.timeout
    assert door.closed


def test_order_to_a_peer_that_has_left_is_lost(instrument, door, monkeypatch):
    def broken(*_):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(door._line, "write", broken)
    with pytest.raises(InstrumentLost, match="Broken pipe"):
        instrument.write(":OUTP OFF")


@pytest.mark.parametrize(
    "error",
    [
        pyvisa.errors.InvalidSession(),
        pyvisa.errors.VisaIOError(StatusCode.error_connection_lost),
        OSError(19, "No such device"),
        RuntimeError("server died"),
        ValueError("no usb backend"),
        NotImplementedError(),
    ],
)
def test_every_foreign_exception_becomes_ours(instrument, door, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(door._line, "read", fail)
    with pytest.raises(InstrumentLost, match="smu") as caught:
        instrument.ask("*IDN?")
    assert caught.value.__cause__ is error
    assert door.closed


def test_visa_timeout_is_a_timeout_whoever_raises_it(instrument, door, monkeypatch):
    def fail(*_):
        raise pyvisa.errors.VisaIOError(StatusCode.error_timeout)

    monkeypatch.setattr(door._line, "read", fail)
    with pytest.raises(InstrumentTimeout):
        instrument.ask("*IDN?")


def test_nobody_at_the_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(InstrumentLost, match=f"smu.*{port}"):
        open_session(f"TCPIP::127.0.0.1::{port}::SOCKET", role="smu", timeout=0.5)


@pytest.mark.parametrize("resource", ["rubbish", "", "ASRL/dev/no_such_port::INSTR"])
def test_resource_that_cannot_be_opened(resource):
    with pytest.raises(InstrumentLost, match="smu"):
        open_session(resource, role="smu", timeout=0.5, visa_library="@py")


def test_binary_block_is_read_by_its_length_and_text_goes_on_afterwards(instrument, door):
    values = instrument.read_block("BLOCK?", len(BLOCK) // 4)
    assert values.tobytes() == BLOCK
    assert values.dtype == np.float32
    assert not door.dirty
    assert instrument.identity() == "MAKER,MODEL,1,2"


def test_truncated_block_is_a_timeout(impatient):
    instrument = ScpiInstrument(impatient, "a model", role="smu")
    instrument.write("SHORT?")
    with pytest.raises(InstrumentTimeout, match="SHORT"):
        instrument._read_block("SHORT?", 1000)
    assert impatient.closed


def test_text_instead_of_a_block_gives_the_session_up(instrument, door):
    with pytest.raises(GarbledReply, match="MA"):
        instrument.read_block("*IDN?", 3)
    assert door.closed


def test_reading_until_a_timeout_is_refused(door):
    with pytest.raises(ValueError, match="how many bytes"):
        door.read_bytes(-1)


def test_patience_is_longer_inside_its_block_only(door):
    with door.patience(7.0):
        assert (door.timeout, door.connection.timeout) == (7.0, 7000)
    assert (door.timeout, door.connection.timeout) == (5.0, 5000)
    with door.patience(0.01):
        assert door.timeout == 5.0


def test_patience_ends_even_when_the_session_does(impatient):
    instrument = ScpiInstrument(impatient, "a model", role="smu")
    with pytest.raises(InstrumentTimeout, match=r"0\.2 s"), impatient.patience(0.2):
        instrument.ask("SILENT?")
    assert impatient.timeout == 0.15


def test_long_measurements_are_waited_for(instrument, door, monkeypatch):
    seen = []

    def read():
        seen.append(door.connection.timeout)
        return '1;0,"No error"'

    monkeypatch.setattr(door._line, "read", read)
    monkeypatch.setattr(door._line, "write", lambda command: None)
    assert instrument.ask_parts("QUICK?", 1) == ["1"]
    assert instrument.ask_parts("SLOW?", 1, duration=10.0) == ["1"]
    assert instrument.ask_parts("QUICK?", 1) == ["1"]
    assert seen == [5000, 21000, 5000]


def test_closing_twice_and_flushing(instrument, door):
    door.flush_read_buffer()
    assert instrument.identity()
    door.close()
    door.close()
    assert door.closed


@pytest.mark.parametrize(
    ("resource", "library"),
    [
        ("TCPIP::192.0.2.1::5025::SOCKET", "@py"),
        ("tcpip0::192.0.2.1::5025::socket", "@py"),
        ("TCPIP::192.0.2.1::INSTR", ""),
        ("GPIB0::18::INSTR", ""),
        ("USB0::0x05E6::0x2450::04123456::INSTR", ""),
    ],
)
def test_plain_sockets_need_no_installed_visa(resource, library):
    assert io._default_library(resource) == library


def test_make_safe_goes_out_on_a_fresh_session_after_a_timeout(peer, impatient):
    class Source(ScpiInstrument):
        safe_steps = SimpleNamespace(off=("OFF AFTER TIMEOUT",), ask=(("*IDN?", "MAKER,MODEL,1,2"),))

    source = Source(impatient, "a source", role="smu")
    with pytest.raises(InstrumentTimeout):
        source.ask("SILENT?")
    with impatient.patience(5.0):
        source.make_safe()
        assert source.confirm_safe()
    assert peer.got(b"OFF AFTER TIMEOUT\n")


def test_all_errors_are_about_the_bench():
    assert all(issubclass(kind, BenchError) for kind in (InstrumentLost, InstrumentTimeout, GarbledReply))
