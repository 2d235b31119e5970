# SPDX-License-Identifier: MIT
"""A certificate needs a bench check: of this station and its instruments, good, lately, and as it was written."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.bench_check import GOOD, SCHEMA, intact, objection, sealed
from stimcert.certificate import Backing, foreseeable
from tests.stimcert.test_record import STATION, begun, case, derive

NOW = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
SERIALS = {"smu": "04400001", "digitizer": "04500001", "dut": None}
DAY = 86400.0


def result(**other: Any) -> dict[str, Any]:
    """Return a good result of this morning."""
    body = {
        "schema": SCHEMA,
        "station": "lab",
        "verdict": GOOD,
        "text": "",
        "ended": "2026-11-28T08:00:00.000Z",
        "serials": {"smu": "04400001", "digitizer": "04500001", "dut": "77"},
    }
    return sealed(body | other)


def code(found: dict[str, Any] | None, *, now: datetime.datetime = NOW, valid: float = DAY) -> str | None:
    reason = objection(found, station="lab", serials=SERIALS, now=now, valid=valid)
    if reason is not None:
        assert "?>" not in reason.text, "a fact is missing in the sentence"
    return reason.code if reason is not None else None


def test_a_good_check_of_this_morning_speaks_for_the_station() -> None:
    assert code(result()) is None
    assert intact(result())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, "no_bench_check"),
        ({}, "bench_check_damaged"),
        (result(verdict="ERROR", text="above the limit the dummy is PASS"), "bench_check_failed"),
        (result(verdict=None), "bench_check_failed"),
        (result(station="other"), "bench_check_damaged"),
        (result(schema=2), "bench_check_damaged"),
        (result(ended="yesterday"), "bench_check_damaged"),
        (result(ended="2026-11-28T08:00:00"), "bench_check_damaged"),
        (result(serials={"smu": "04400001", "digitizer": "9"}), "bench_check_of_others"),
        (result(serials={"smu": "04400001"}), "bench_check_of_others"),
        (result(ended="2026-11-27T11:59:59.000Z"), "bench_check_overdue"),
        (result(ended="2026-11-28T12:00:01.000Z"), "bench_check_overdue"),
        (result() | {"verdict": "PASS "}, "bench_check_damaged"),
        ({key: value for key, value in result().items() if key != "sha256"}, "bench_check_damaged"),
    ],
)
def test_what_does_not_speak_for_it(found: dict[str, Any] | None, expected: str) -> None:
    assert code(found) == expected


def test_how_long_a_check_counts_is_the_stations_word() -> None:
    assert code(result(), valid=3 * 3600) == "bench_check_overdue"
    assert code(result(ended="2026-11-25T08:00:00Z"), valid=7 * DAY) is None


def test_the_blocker_goes_when_the_check_is_good() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS")])
    record |= {"software": {"released": True, "version": "1"}, "plan": {"profile": "p"}, "simulated": False}
    record["station"]["instruments"] = []

    def codes(**backing: Any) -> list[str]:
        return [
            found.code for found in foreseeable(record, Backing(approved=True, job=True, profile_gaps=(), **backing))
        ]

    assert codes() == ["no_bench_check"]
    assert codes(bench_check=None) == []
    assert codes(bench_check={"code": "bench_check_overdue", "params": {"at": "x", "valid": "24 h"}}) == [
        "bench_check_overdue"
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(result())), JSON, min_size=1, max_size=4), st.booleans())
def test_whatever_a_file_holds_speaks_for_a_station_only_as_it_was_written(spoilt: dict[str, Any], seal: bool) -> None:
    """With a seal of its own it must still be of this station and its instruments, good and of late."""
    found = result() | spoilt
    if seal:
        found.pop("sha256", None)
        try:
            found = sealed(found)
        except ValueError:
            return
    if code(found) is None:
        assert intact(found)
        assert (found["station"], found["verdict"], found["schema"]) == ("lab", GOOD, SCHEMA)
        assert found["serials"]["smu"] == SERIALS["smu"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_has_no_words_for_never_had_a_seal(value: object) -> None:
    assert code(result() | {"text": value}) == "bench_check_damaged"
