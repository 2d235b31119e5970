# SPDX-License-Identifier: MIT
"""Helper processes: what they say, when they say nothing, and how they end."""

import os
import subprocess
import sys

import pytest

from instruments.errors import BenchError
from instruments.safety import spawn as spawn_module
from instruments.safety.spawn import end, first_line, hang_up, spawn, stop_parent, tell

ECHO = "import sys; [print('heard', line, end='', flush=True) for line in sys.stdin]"


def test_a_helper_hears_and_answers_until_its_pipe_is_closed() -> None:
    helper = spawn(["-c", ECHO], stdin=subprocess.PIPE)
    tell(helper, "beat 3")
    assert first_line(helper, timeout=10.0, what="the echo") == b"heard beat 3\n"
    hang_up(helper)
    hang_up(helper)
    end(helper, timeout=10.0)
    assert helper.returncode == 0
    with pytest.raises(OSError, match="pipe closed"):
        tell(helper, "beat 3")


def test_a_helper_without_a_pipe_hears_nothing() -> None:
    helper = spawn(["-c", "pass"])
    hang_up(helper)
    with pytest.raises(OSError, match="pipe closed"):
        tell(helper, "release")
    end(helper, timeout=10.0)
    assert helper.returncode == 0


def test_a_helper_that_dies_without_a_word_is_named_with_its_code() -> None:
    helper = spawn(["-c", "raise SystemExit(3)"])
    helper.wait(10)
    with pytest.raises(BenchError, match="the helper said nothing within 10 s and ended with code 3"):
        first_line(helper, timeout=10.0, what="the helper")
    end(helper, timeout=1.0)


def test_half_a_line_is_no_line() -> None:
    helper = spawn(["-c", "print('rea', end='')"])
    helper.wait(10)
    with pytest.raises(BenchError, match="said nothing"):
        first_line(helper, timeout=10.0, what="the helper")
    end(helper, timeout=1.0)


def test_a_helper_that_stays_silent_is_not_waited_for_and_killed() -> None:
    helper = spawn(["-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with pytest.raises(BenchError, match="said nothing within 0.01 s and is still running"):
        first_line(helper, timeout=0.01, what="the helper")
    end(helper, timeout=0.0)
    assert helper.returncode not in (0, None)
    hang_up(helper)


def test_a_process_without_a_pipe_says_nothing() -> None:
    mute = subprocess.Popen([sys.executable, "-c", "pass"])
    with pytest.raises(BenchError, match="said nothing"):
        first_line(mute, timeout=10.0, what="the mute")
    end(mute, timeout=10.0)
    assert mute.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="POSIX tells who the parent is")
def test_a_parent_that_is_gone_is_not_mistaken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr(spawn_module.os, "kill", lambda pid, number: sent.append((pid, number.name)))
    parent = os.getppid()
    assert stop_parent(parent + 1, hard=True) is False
    assert sent == []
    assert stop_parent(parent, hard=False) and stop_parent(parent, hard=True)
    assert sent == [(parent, "SIGTERM"), (parent, "SIGKILL")]


@pytest.mark.skipif(os.name == "nt", reason="POSIX tells who the parent is")
def test_a_parent_that_ended_meanwhile_was_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(pid: int, number: int) -> None:
        raise ProcessLookupError(pid)

    monkeypatch.setattr(spawn_module.os, "kill", gone)
    assert stop_parent(os.getppid(), hard=True) is False
