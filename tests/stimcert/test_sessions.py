# SPDX-License-Identifier: MIT
"""A run in several sessions: finished cases stay, torn ones count, and nothing clears a finding."""

from typing import Any

import pytest

from stimcert.certificate import Backing, blockers
from stimcert.record import derive
from tests.stimcert.test_record import SAFE, STATION, WALL, Events, begun, case, measurement

RESUMED = ("run_resumed", WALL, {"session": 2, "operator": "AB"})
ENDED = ("run_ended", WALL, {})
CLOSED = ("bench_checked", WALL, {})
"""The closing check of the bench: what was measured before it is proven."""


def torn(name: str, *verdicts: str | None) -> Events:
    """Return a case that has no end."""
    return case(name, *verdicts)[:-1]


def resumed(*before: Any, after: Events) -> dict[str, Any]:
    return derive([begun("A-01", "A-02"), *STATION, *before, RESUMED, *STATION, *after, CLOSED, SAFE, ENDED])


def test_a_torn_case_is_measured_anew_and_what_it_measured_is_kept() -> None:
    record = resumed(*case("A-01", "PASS"), *torn("A-02", "PASS", "PASS"), after=case("A-02", "PASS", "PASS", "PASS"))
    assert (record["verdict"], record["device_finding"], record["complete"]) == ("PASS", "PASS", True)
    again = record["cases"][2]
    assert [bool(m.get("torn")) for m in again["measurements"]] == [True, True, False, False, False]
    assert [m["index"] for m in again["measurements"]] == [0, 1, 2, 3, 4]
    assert again["torn"] == [{"started": WALL, "measurements": 2, "verdict": "PASS"}]
    assert record["cases"][1]["torn"] == []


@pytest.mark.parametrize("found", ["FAIL", "CONDITIONAL_FAIL", "INCONCLUSIVE"])
def test_pulling_the_plug_clears_no_finding(found: str) -> None:
    record = resumed(*case("A-01", "PASS"), *torn("A-02", found), after=case("A-02", "PASS"))
    assert (record["verdict"], record["device_finding"]) == (found, found)
    assert record["cases"][2]["verdict"] == found


def test_what_a_torn_attempt_could_not_judge_is_judged_anew() -> None:
    error = ("case_error", WALL, {"case": "A-02", "reason": {"code": "bench_error", "text": "oh"}})
    record = resumed(*case("A-01", "PASS"), *torn("A-02", "ERROR"), error, after=case("A-02", "PASS"))
    assert record["verdict"] == "PASS"


def test_a_torn_attempt_alone_completes_no_case() -> None:
    planned = {"limits": [{"id": "ceiling", "kind": "limit"}, {"id": "mean", "kind": "limit"}]}
    first = begun("A-01")
    first[2]["cases"][1] |= planned
    mean = measurement("A-01", "PASS", limit="mean")
    events = [first, *STATION, *torn("A-01", "PASS"), mean, RESUMED, *STATION, *case("A-01", "PASS"), CLOSED, SAFE]
    record = derive(events)
    assert record["cases"][1]["verdict"] == "ERROR"
    assert record["cases"][1]["reason"]["params"] == {"rows": "mean"}


def test_a_case_that_measured_nothing_anew_is_error() -> None:
    record = resumed(*case("A-01", "PASS"), *torn("A-02", "PASS"), after=case("A-02"))
    assert record["cases"][2]["reason"]["code"] == "nothing_measured"


def test_the_newest_session_says_how_the_run_ended() -> None:
    stopped = ("interrupted", WALL, {"signal": "SIGINT"})
    record = resumed(*case("A-01", "PASS"), stopped, SAFE, ENDED, after=case("A-02", "PASS"))
    assert (record["verdict"], record["complete"]) == ("PASS", True)
    assert [(s["number"], s["operator"], s["stopped_by"]) for s in record["sessions"]] == [
        (1, "JV", "SIGINT"),
        (2, "AB", None),
    ]


def test_a_session_that_ended_unsafe_is_not_forgotten() -> None:
    unsafe = ("safe_state", WALL, {"confirmed": False, "unconfirmed": ["smu"]})
    record = resumed(*case("A-01", "PASS"), unsafe, ENDED, after=case("A-02", "PASS"))
    assert (record["verdict"], record["reason"]["code"]) == ("ERROR", "safe_state_unconfirmed")


def test_a_station_check_that_fails_when_the_run_goes_on_is_error() -> None:
    error = ("case_error", WALL, {"case": "STATION", "reason": {"code": "zero_offset", "text": "oh"}})
    failed = [("case_begun", WALL, {"case": "STATION"}), error, ("case_ended", WALL, {"case": "STATION"})]
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS"), RESUMED, *failed, SAFE, ENDED])
    assert (record["verdict"], record["device_finding"]) == ("ERROR", "PASS")


def test_nobody_went_on_is_aborted() -> None:
    record = derive([begun("A-01", "A-02"), *STATION, *case("A-01", "PASS"), *torn("A-02", "PASS")])
    assert (record["verdict"], record["complete"]) == ("ABORTED", False)
    assert record["sessions"][0]["ended"] is None


def test_a_clock_that_was_set_is_in_the_record() -> None:
    record = derive([begun("A-01"), ("clock_step", WALL, {"seconds": -86400.0}), *STATION, *case("A-01", "PASS"), SAFE])
    assert record["sessions"][0]["clock_steps"] == [-86400.0]
    facts = {"plan": {"profile": "p"}, "software": {"released": True}, "station": {"instruments": []}}
    backing = Backing(approved=True, job=True, profile_gaps=())
    found = {reason.code: reason.text for reason in blockers({**record, **facts}, backing)}
    assert found["clock_set"] == "the clock of the machine was set during the run: -86400 s"


def test_a_case_that_was_torn_before_it_measured_has_no_torn_attempt() -> None:
    record = resumed(*case("A-01", "PASS"), *torn("A-02"), after=case("A-02", "PASS"))
    assert (record["verdict"], record["cases"][2]["torn"]) == ("PASS", [])


def test_each_torn_attempt_is_counted_once() -> None:
    twice = [*torn("A-02", "PASS"), RESUMED, *STATION, *torn("A-02", None, "FAIL")]
    record = resumed(*case("A-01", "PASS"), *twice, after=case("A-02", "PASS"))
    assert [(attempt["measurements"], attempt["verdict"]) for attempt in record["cases"][2]["torn"]] == [
        (1, "PASS"),
        (2, "FAIL"),
    ]
    assert record["verdict"] == "FAIL"
