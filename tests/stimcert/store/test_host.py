# SPDX-License-Identifier: MIT
"""What the store asks of the machine: files that are whole or not there, room that is really taken."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stimcert.store import host as host_module
from stimcert.store.host import Host, host, hosted

MIB = 1 << 20


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    Host().write(file, b"before, and longer")
    Host().write_new(file, ["µ", "A\n"])
    assert file.read_bytes() == "µA\n".encode()
    assert os.listdir(tmp_path) == ["record.json"]


def test_a_text_that_breaks_off_leaves_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    Host().write(file, b"before")

    def pieces() -> Iterator[str]:
        yield "half a "
        raise ValueError("no number")

    with pytest.raises(ValueError, match="no number"):
        Host().write_new(file, pieces())
    assert file.read_bytes() == b"before"


def test_a_name_is_taken_over(tmp_path: Path) -> None:
    Host().write(tmp_path / "a", b"new")
    Host().write(tmp_path / "b", b"old")
    Host().rename(tmp_path / "a", tmp_path / "b")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b": b"new"}


def test_what_is_appended_stands_at_the_end(tmp_path: Path) -> None:
    Host().append(tmp_path / "a", b"one\n")
    Host().append(tmp_path / "a", b"two\n")
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\n"


def test_the_name_of_a_new_file_is_made_durable_once(tmp_path: Path) -> None:
    synced: list[Path] = []

    class Watched(Host):
        def sync_folder(self, path: Path) -> None:
            synced.append(path)

    for _ in range(3):
        Watched().append(tmp_path / "ledger", b"x\n")
    assert synced == [tmp_path]


@pytest.mark.parametrize("fallocate", [True, False])
def test_reserved_room_is_taken_not_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fallocate: bool) -> None:
    if not fallocate:
        monkeypatch.delattr(host_module.os, "posix_fallocate", raising=False)
    ballast = tmp_path / "ballast"
    Host().reserve(ballast, MIB)
    assert ballast.stat().st_size == MIB
    # A sparse file would promise room that somebody else may fill.
    assert not hasattr(ballast.stat(), "st_blocks") or ballast.stat().st_blocks * 512 >= MIB
    with pytest.raises(FileExistsError):
        Host().reserve(ballast, MIB)


def test_what_is_not_there_is_removed_all_the_same(tmp_path: Path) -> None:
    Host().write(tmp_path / "ballast", b"")
    Host().remove(tmp_path / "ballast")
    Host().remove(tmp_path / "ballast")
    assert os.listdir(tmp_path) == []


def test_free_space_is_that_of_the_disk(tmp_path: Path) -> None:
    assert Host().free_space(tmp_path) > 0


def test_another_machine_is_there_only_for_a_while() -> None:
    real, other = host(), Host()
    with pytest.raises(RuntimeError), hosted(other):
        assert host() is other
        raise RuntimeError
    assert host() is real
