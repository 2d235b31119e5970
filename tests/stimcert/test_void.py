# SPDX-License-Identifier: MIT
"""When the bench is not the bench that was checked, what it measured is void; a finding against the device remains."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.allowance import EACH_CHECK
from stimcert.reason import Reason
from stimcert.record import derive
from stimcert.verdict import Verdict
from stimcert.void import make_void
from tests.stimcert.test_record import SAFE, STATION, WALL, Events, begun, case, measurement

DRIFTED = Reason("drifted", {"what": "zero", "before": "0 A", "after": "1 µA", "allowed": "0.1 µA"}).as_dict()
GOOD: Events = [("bench_checked", WALL, {"phase": "opening"})]
STILL_GOOD: Events = [("bench_checked", WALL, {"phase": "closing"})]
BAD: Events = [("bench_check_failed", WALL, {"phase": "closing", "reason": DRIFTED})]
JUDGED = [v.value for v in Verdict if v not in (Verdict.NOT_APPLICABLE, Verdict.NOT_RUN, Verdict.ABORTED)]
TOO_HOT = Reason("temperature_outside", {"temperature": "40", "allowed": "18 °C to 28 °C"}).as_dict()


def run(*middle: Events) -> dict[str, Any]:
    """Derive the record of a run with the cases A-01 and A-02, its bench good at the start."""
    return derive([begun("A-01", "A-02"), *STATION, *GOOD, *(event for part in middle for event in part), SAFE])


def test_a_bench_that_stays_good_changes_nothing() -> None:
    record = run(case("A-01", "PASS"), case("A-02", "PASS"), STILL_GOOD)
    assert (record["verdict"], record["reason"]) == ("PASS", None)
    assert all("void" not in m for entry in record["cases"] for m in entry["measurements"])


def test_a_drifted_bench_voids_what_it_measured() -> None:
    record = run(case("A-01", "PASS", None), case("A-02", "CONDITIONAL_PASS"), BAD)
    assert (record["verdict"], record["reason"]["code"], record["device_finding"]) == ("ERROR", "drifted", "NOT_RUN")
    station, first, second = record["cases"]
    assert [m["verdict"] for m in first["measurements"]] == ["ERROR", None]
    assert [m.get("judged_before") for m in first["measurements"]] == ["PASS", None]
    assert {m["void"]["code"] for m in first["measurements"] + second["measurements"]} == {"voided"}
    assert "zero was 0 A" in first["reason"]["text"]
    assert (first["verdict"], second["verdict"], station["verdict"]) == ("ERROR", "ERROR", "PASS")
    assert [m["value"] for m in first["measurements"]] == [1e-4, 1e-4]


@pytest.mark.parametrize("verdict", ["FAIL", "CONDITIONAL_FAIL"])
def test_what_was_found_against_the_device_remains(verdict: str) -> None:
    record = run(case("A-01", "PASS", verdict), case("A-02", "PASS"), BAD)
    assert (record["verdict"], record["device_finding"]) == ("ERROR", verdict)
    kept = record["cases"][1]["measurements"][1]
    assert (kept["verdict"], kept["reason"]["code"], kept["void"]["code"]) == (verdict, "guard_band", "voided")


def test_the_worst_point_of_a_void_run_is_the_finding_against_the_device() -> None:
    bad = [
        ("case_begun", WALL, {"case": "A-01"}),
        measurement("A-01", "FAIL", 6.5e-4),
        measurement("A-01", "PASS", 1e-4),
    ]
    record = run([*bad, ("case_ended", WALL, {"case": "A-01"})], case("A-02", "PASS"), BAD)
    assert (record["worst_point"]["value"], record["worst_point"]["verdict"]) == (6.5e-4, "FAIL")


def test_what_a_good_check_has_confirmed_stays_good() -> None:
    record = run(case("A-01", "PASS"), STILL_GOOD, case("A-02", "PASS"), BAD)
    assert [entry["verdict"] for entry in record["cases"]] == ["PASS", "PASS", "ERROR"]
    assert (record["verdict"], record["device_finding"]) == ("ERROR", "PASS")


def test_two_failing_checks_keep_the_first_cause() -> None:
    later = [("bench_check_failed", WALL, {"reason": TOO_HOT})]
    record = run(case("A-01", "PASS"), case("A-02", "PASS"), BAD, later)
    assert "zero was" in record["cases"][1]["measurements"][0]["void"]["text"]
    assert record["cases"][1]["measurements"][0]["judged_before"] == "PASS"


def test_a_run_that_nobody_checked_at_its_end_has_not_passed() -> None:
    assert run(case("A-01", "PASS"), case("A-02", "PASS"))["verdict"] == "ABORTED"
    assert run(case("A-01", "PASS"), STILL_GOOD, case("A-02", "PASS"))["verdict"] == "ABORTED"


@given(st.lists(st.sampled_from([*JUDGED, None]), min_size=1, max_size=6))
def test_whatever_was_measured_a_void_run_is_error_and_no_finding_is_lost(verdicts: list[str | None]) -> None:
    record = run(case("A-01", *verdicts), case("A-02", "PASS"), BAD)
    assert record["verdict"] == "ERROR"
    assert len(record["cases"][1]["measurements"]) == len(verdicts)
    against = [v for v in ("FAIL", "CONDITIONAL_FAIL") if v in verdicts]
    assert record["device_finding"] == (against[0] if against else "NOT_RUN")
    assert "PASS" not in {m["verdict"] for entry in record["cases"][1:] for m in entry["measurements"]}


def test_the_record_says_how_often_its_checks_alarm_for_nothing() -> None:
    findings = [measurement("STATION", "PASS", false_alarm=EACH_CHECK * n) for n in (1, 2)]
    checked = [STATION[0], *findings, measurement("STATION", "PASS"), STATION[-1]]
    record = derive([begun("A-01"), *checked, *GOOD, *case("A-01", "PASS"), *STILL_GOOD, SAFE])
    checks = record["self_checks"]
    assert (checks["count"], checks["allowed"]) == (3, 1e-3)
    assert checks["false_alarm"] == pytest.approx(3 * EACH_CHECK)
    assert checks["paths"] == {"compared": 0, "disagreed": 0, "not_comparable": {}}


def test_what_is_void_already_keeps_none_behind_it_from_being_so() -> None:
    measurements: list[dict[str, Any]] = [{"verdict": "PASS", "void": {"code": "first"}}, {"verdict": "PASS"}]
    make_void(measurements, {"text": "the load drifted"})
    assert measurements[0] == {"verdict": "PASS", "void": {"code": "first"}}
    assert (measurements[1]["verdict"], measurements[1]["judged_before"]) == ("ERROR", "PASS")
