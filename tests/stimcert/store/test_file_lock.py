# SPDX-License-Identifier: MIT
"""A lock keeps everybody else out, says who holds it, and is gone with its process."""

import subprocess
import sys
from pathlib import Path

import pytest

from stimcert.store.file_lock import FileLock, Held, user_state_dir
from tests.bench.command import CHECKOUT

HOLD = "import sys, os; from pathlib import Path; from stimcert.store.file_lock import FileLock; \
lock = FileLock(Path(sys.argv[1]), holder='run A'); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def lock_file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "bench.lock"


def test_a_second_holder_is_refused_and_told_who_the_first_is(lock_file: Path) -> None:
    with FileLock(lock_file, holder="run A, process 7"), pytest.raises(Held) as refused:
        FileLock(lock_file, holder="run B")
    assert refused.value.holder == "run A, process 7"
    assert str(lock_file) in str(refused.value)


def test_a_refusal_leaves_the_holder_its_name(lock_file: Path) -> None:
    with FileLock(lock_file, holder="run A"):
        for _ in range(2):
            with pytest.raises(Held, match="run A"):
                FileLock(lock_file, holder="run B")


def test_released_it_is_free_and_nameless(lock_file: Path) -> None:
    lock = FileLock(lock_file, holder="run A")
    lock.release()
    lock.release()
    assert lock_file.read_bytes() == b""
    FileLock(lock_file, holder="run B").release()


def test_patience_ends(lock_file: Path) -> None:
    with FileLock(lock_file), pytest.raises(Held, match="another process"):
        FileLock(lock_file, patience=0.02)


def test_a_process_that_is_killed_holds_nothing(lock_file: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock_file)], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    with pytest.raises(Held, match="run A"):
        FileLock(lock_file)
    holder.kill()
    holder.communicate()
    FileLock(lock_file, holder="run B", patience=1.0).release()


def test_a_lock_that_was_released_takes_nothing_any_more(lock_file: Path) -> None:
    lock = FileLock(lock_file)
    lock.release()
    with pytest.raises(RuntimeError):
        lock._sign("run A")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has this variable")
def test_the_state_of_a_user_lies_where_the_system_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert user_state_dir() == tmp_path / "stimcert"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/somebody")
    assert user_state_dir() == Path("/somebody/.local/state/stimcert")
