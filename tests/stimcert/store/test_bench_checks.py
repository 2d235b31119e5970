# SPDX-License-Identifier: MIT
"""The last bench check of a station: one that cannot be read is no check, and never the one before."""

import os
from pathlib import Path

import pytest

from stimcert.store.bench_checks import bench_check_file, read_bench_check, write_bench_check
from tests.bench.command import state_in


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep results away from the user's own."""
    for name, value in state_in(tmp_path).items():
        monkeypatch.setenv(name, value)


def test_each_station_has_its_own_last_result() -> None:
    assert read_bench_check("lab") is None
    write_bench_check("lab", {"verdict": "FAIL"})
    path = write_bench_check("lab", {"verdict": "PASS", "text": "µA"})
    assert read_bench_check("lab") == {"verdict": "PASS", "text": "µA"}
    assert read_bench_check("another") is None
    assert os.listdir(path.parent) == ["lab.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"PASS"'])
def test_a_result_that_cannot_be_read_is_there_and_says_nothing(content: bytes) -> None:
    path = bench_check_file("lab")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert read_bench_check("lab") == {}


def test_a_result_that_cannot_be_opened_says_nothing() -> None:
    bench_check_file("lab").mkdir(parents=True)
    assert read_bench_check("lab") == {}


def test_what_is_no_number_leaves_the_result_before() -> None:
    write_bench_check("lab", {"verdict": "FAIL"})
    with pytest.raises(ValueError, match="JSON"):
        write_bench_check("lab", {"verdict": "PASS", "value": float("nan")})
    assert read_bench_check("lab") == {"verdict": "FAIL"}
