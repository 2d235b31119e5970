# SPDX-License-Identifier: MIT
"""Which software measured: found once, ahead of being asked, and what goes wrong is told to whoever asks."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.session import software as module
from bench.session.software import look_ahead, software


def wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == "software":
            thread.join()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """In which threads our files were hashed."""
    threads: list[str] = []

    def files_sha256(checkout: Path) -> str:
        threads.append(threading.current_thread().name)
        return "0" * 64

    wait_for_threads()
    monkeypatch.setattr(module, "files_sha256", files_sha256)
    module._found.cache_clear()
    yield threads
    wait_for_threads()
    module._found.cache_clear()


def test_the_facts_are_found_ahead_and_once(hashed: list[str]) -> None:
    look_ahead()
    assert software()["files_sha256"] == "0" * 64
    assert len(hashed) == 1
    wait_for_threads()
    assert software() is software()
    assert len(hashed) == 1


def test_the_thread_finds_them_where_nobody_asks(hashed: list[str]) -> None:
    look_ahead()
    wait_for_threads()
    assert hashed == ["software"]


def test_what_goes_wrong_ahead_is_told_to_whoever_asks(hashed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(checkout: Path) -> str:
        raise PermissionError(13, "Permission denied", "bench/cli/sim.py")

    monkeypatch.setattr(module, "files_sha256", unreadable)
    look_ahead()
    wait_for_threads()
    with pytest.raises(PermissionError, match=r"bench/cli/sim\.py"):
        software()
