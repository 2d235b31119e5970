# SPDX-License-Identifier: MIT
import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.store.host import Host, hosted
from stimcert.store.run_folder import FolderError, RunFolder, iso, record_text, run_id, safe_name, sha256_of, utc_now

MOMENT = datetime(2026, 11, 22, 10, 15, 0, 123456, tzinfo=UTC)


def test_id_is_time_plan_and_serial() -> None:
    assert run_id(MOMENT, "microcurrent-facial", "12345") == "20261122T101500123Z_microcurrent-facial_12345"


def test_iso_has_milliseconds_and_zone() -> None:
    assert iso(MOMENT) == "2026-11-22T10:15:00.123Z"


HOSTILE = ["", "..", "../../x", "/etc/passwd", "C:\\x", "CON", "nul:", "a" * 300, "x" * 59 + ".y"]
HOSTILE += ["⚡🔥", "a\0b", "\x1b[2J"]


@given(st.text() | st.text("ab.-/\\", max_size=70) | st.sampled_from(HOSTILE))
def test_any_serial_is_a_harmless_file_name(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= 60
    assert Path(name).name == name
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", name)


@pytest.mark.parametrize("serial", HOSTILE)
def test_any_serial_makes_a_folder_below_the_root(serial: str, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / run_id(MOMENT, "plan", serial))
    folder.add_input("plan", serial, b"1")
    assert folder.path.resolve().parent == (tmp_path / "runs").resolve()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["runs"]
    # The name of a device would be one without what stands before it.
    assert folder.path.name.startswith("20261122T101500123Z_plan_")


def test_a_used_folder_is_refused(tmp_path: Path) -> None:
    RunFolder(tmp_path / "run")
    with pytest.raises(FolderError, match="exists"):
        RunFolder(tmp_path / "run")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="file.*cannot be made"):
        RunFolder(tmp_path / "file" / "run")


def test_a_folder_whose_name_the_disk_does_not_keep_is_refused(tmp_path: Path) -> None:
    class Forgetful(Host):
        def sync_folder(self, path: Path) -> None:
            assert path == tmp_path
            raise OSError(5, "Input/output error")

    with hosted(Forgetful()), pytest.raises(FolderError, match="Input/output error"):
        RunFolder(tmp_path / "run")


def test_inputs_are_kept_verbatim_with_their_hash(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    entry = folder.add_input("plan", "../mine.toml", b"schema = 1\r\n")
    kept = folder.path / entry["path"]
    assert kept.read_bytes() == b"schema = 1\r\n"
    assert kept.parent == folder.path / "inputs"
    assert entry["sha256"] == hashlib.sha256(b"schema = 1\r\n").hexdigest()


def test_record_is_whole_or_absent(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(ValueError, match="JSON"):
        folder.write_record({"value": float("nan")})
    assert not (folder.path / "record.json").exists()
    folder.write_record({"value": 1.5})
    assert json.loads((folder.path / "record.json").read_text(encoding="utf-8")) == {"value": 1.5}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_a_record_reads_back_as_it_was(value: object) -> None:
    record = {"cases": [{"id": "A-01", "measurements": [value, value]}], "µ": value}
    assert json.loads(record_text(record)) == record


def test_a_measurement_is_a_line() -> None:
    lines = record_text(
        {"cases": [{"id": "A-01", "measurements": [{"value": 1, "budget": [1, 2]}, {"value": 2}]}]}
    ).splitlines()
    assert '    {"value":1,"budget":[1,2]},' in lines


def test_a_run_that_goes_on_finds_its_folder_as_it_was(tmp_path: Path) -> None:
    RunFolder(tmp_path / "run").add_input("plan", "mine.toml", b"1")
    again = RunFolder.again(tmp_path / "run")
    again.add_input("job", "mine.toml", b"2")
    assert sorted(file.name for file in (tmp_path / "run" / "inputs").iterdir()) == ["job-mine.toml", "plan-mine.toml"]


def test_a_folder_in_which_nothing_was_kept_is_gone_without_a_trace(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / "run")
    folder.discard()
    folder.discard()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_large_file_has_the_hash_of_all_of_it(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (tmp_path / "large").write_bytes(data)
    assert sha256_of(tmp_path / "large") == hashlib.sha256(data).hexdigest()
    with pytest.raises(OSError, match="missing"):
        sha256_of(tmp_path / "missing")


def test_the_wall_clock_is_that_of_the_machine() -> None:
    class Stopped(Host):
        def now(self) -> datetime:
            return MOMENT

    with hosted(Stopped()):
        assert utc_now() is MOMENT
