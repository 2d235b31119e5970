# SPDX-License-Identifier: MIT
"""Two runs never share an instrument: the second is told who has it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.errors import BenchError
from instruments.safety import bench_lock
from instruments.safety.bench_lock import BenchLock, lock_file

SMU, BOX = "TCPIP::127.0.0.1::5025::SOCKET", "TCPIP::127.0.0.1::5026::SOCKET"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the locks of these tests to themselves."""
    monkeypatch.setattr(bench_lock.tempfile, "gettempdir", lambda: str(tmp_path))
    yield tmp_path / "stimcert-locks"


@pytest.mark.parametrize(
    "other",
    ["tcpip::127.0.0.1::5025::socket", "TCPIP0::127.0.0.1::5025::SOCKET", "TCPIP::localhost::5025::SOCKET"],
)
def test_an_instrument_has_one_lock_however_its_name_is_written(other: str) -> None:
    assert lock_file(other) == lock_file(SMU)


@pytest.mark.parametrize(
    "other",
    [BOX, "TCPIP1::127.0.0.1::5025::SOCKET", "GPIB0::5::INSTR", "USB0::0x05E6::0x2450::0409::INSTR", "ASRL1::INSTR"],
)
def test_other_instruments_have_other_locks(other: str) -> None:
    assert lock_file(other) != lock_file(SMU)


def test_a_name_makes_no_path_of_its_own(folder: Path) -> None:
    assert lock_file("../../etc/passwd\x00::" + "x" * 500).parent == folder
    assert len(lock_file("x" * 500).name) < 100


def test_a_second_run_is_refused_by_name() -> None:
    lock = BenchLock([SMU, BOX], "20261128T101500123Z_plan_123")
    with pytest.raises(BenchError, match=f"20261128T101500123Z_plan_123, process {os.getpid()}") as refused:
        BenchLock([BOX], "another")
    assert refused.value.code == "bench_in_use"
    lock.release()
    lock.release()
    BenchLock([BOX], "another").release()


def test_locks_are_taken_together_or_not_at_all() -> None:
    with_box = BenchLock([BOX], "the first")
    with pytest.raises(BenchError):
        BenchLock([SMU, BOX], "the second")
    BenchLock([SMU], "the third").release()
    with_box.release()


def test_a_folder_that_cannot_be_written_is_no_lock(folder: Path) -> None:
    folder.parent.joinpath("stimcert-locks").write_text("a file where the folder belongs")
    with pytest.raises((BenchError, OSError)):
        BenchLock([SMU], "run")


def test_a_lock_file_that_cannot_be_opened_is_no_lock(folder: Path) -> None:
    lock_file(SMU).mkdir(parents=True)
    with pytest.raises(BenchError, match="no lock can be taken in .*stimcert-locks") as refused:
        BenchLock([SMU], "run")
    assert refused.value.code == "bench_in_use"
