# SPDX-License-Identifier: MIT
"""Beats announce what the next answer may take, seldom enough to cost nothing, and notice that the computer slept."""

from dataclasses import dataclass, field

import pytest

from instruments.errors import BenchError
from instruments.io import Door
from instruments.safety.heartbeat import Heartbeat


@dataclass
class Time:
    """A clock that is set by hand."""

    awake: float = 100.0
    slept: float = 0.0
    sent: list[float] = field(default_factory=list)

    def heart(self, limit: float = 30.0) -> Heartbeat:
        return Heartbeat(self.sent.append, limit=limit, now=lambda: self.awake, slept=lambda: self.slept)


def test_the_first_beat_is_sent_and_those_right_after_it_are_not() -> None:
    time = Time()
    heart = time.heart()
    for _ in range(1000):
        heart(2.0)
        time.awake += 0.0005
    assert time.sent == [32.0]


def test_a_beat_a_second_keeps_the_deadline_away() -> None:
    time = Time()
    heart = time.heart()
    for _ in range(100):
        heart()
        time.awake += 0.1
    assert 9 <= len(time.sent) <= 11


def test_a_long_capture_is_announced_and_so_is_its_end() -> None:
    time = Time()
    heart = time.heart()
    heart(2.0)
    heart(1200.0)
    time.awake += 1200.0
    heart(2.0)
    time.awake += 0.1
    heart(1200.0)
    heart(2.0)
    assert time.sent == [32.0, 1230.0, 32.0, 1230.0, 32.0]


def test_a_computer_that_slept_is_named_once() -> None:
    time = Time()
    heart = time.heart()
    heart()
    time.slept, time.awake = 3600.0, time.awake + 5.0
    with pytest.raises(BenchError, match="slept for 3600 s") as raised:
        heart()
    assert raised.value.code == "suspended"
    time.awake += 5.0
    heart()
    assert len(time.sent) == 3


def test_a_guard_that_is_gone_is_named_and_what_switches_off_gets_out_all_the_same() -> None:
    def gone(seconds: float) -> None:
        raise BenchError("the guard process does not listen")

    heart = Heartbeat(gone, now=lambda: 0.0, slept=lambda: 0.0)
    with pytest.raises(BenchError, match="does not listen"):
        heart()

    class Connection:
        written: list[str] = []

        def write(self, message: str) -> None:
            self.written.append(message)

    door, line = Door.__new__(Door), Connection()
    known = {"connection": line, "_line": line, "_timeout": 1.0, "_outstanding": None, "_last": ""}
    door.__dict__.update(known, _beat=Heartbeat(gone))
    door._write(":OUTP OFF")
    assert Connection.written == [":OUTP OFF"]
