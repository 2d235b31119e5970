# SPDX-License-Identifier: MIT
"""The guard's account: every line that is whole is read, and no damage of the file stops a run or the guard."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.safety.guard_log import FILE, GuardLog, guard_entries


def test_what_was_logged_is_read_in_order(tmp_path: Path) -> None:
    log = GuardLog(str(tmp_path / FILE))
    log.append("armed", sync=False, roles=["smu"])
    log.append("safe_off", confirmed=True)
    first, second = guard_entries(tmp_path)
    assert (first["event"], first["roles"]) == ("armed", ["smu"])
    assert (second["event"], second["confirmed"]) == ("safe_off", True)
    assert first["monotonic"] <= second["monotonic"]
    assert first["wall"].endswith("Z")


def test_a_guard_without_a_log_logs_nothing() -> None:
    GuardLog(None).append("armed")


def test_a_log_that_cannot_be_written_stops_no_guard(tmp_path: Path) -> None:
    GuardLog(str(tmp_path / "missing" / FILE)).append("safe_off")
    assert guard_entries(tmp_path / "missing") == []


@pytest.mark.parametrize(
    "damage", ['{"event": "saf', "[1]", "null", '"event"', '{"wall": "2026"}', "\x00\x00", b"\xff\xfe\x00\xd8"]
)
def test_a_line_that_is_no_entry_hides_no_other(tmp_path: Path, damage: str | bytes) -> None:
    whole = json.dumps({"event": "armed"}).encode()
    torn = damage if isinstance(damage, bytes) else damage.encode()
    (tmp_path / FILE).write_bytes(b"\n".join([whole, torn, whole]))
    assert guard_entries(tmp_path) == [{"event": "armed"}, {"event": "armed"}]


@given(content=st.binary(max_size=200))
def test_whatever_the_file_holds_is_read_or_left_out(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("guard")
    (folder / FILE).write_bytes(content)
    assert all("event" in entry for entry in guard_entries(folder))
