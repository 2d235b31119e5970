# SPDX-License-Identifier: MIT
"""The record says what the journal shows, and an absence never passes."""

from typing import Any

import pytest

from stimcert.findings import accepted_risk
from stimcert.reason import Reason
from stimcert.record import derive

WALL = "2026-11-22T10:15:00.123Z"
Events = list[tuple[str, str, dict[str, Any]]]


def begun(*cases: str, **facts: Any) -> tuple[str, str, dict[str, Any]]:
    planned = [{"id": "STATION", "limits": []}, *({"id": case, "limits": []} for case in cases)]
    body = {
        "run_id": "r",
        "started": WALL,
        "embedded": True,
        "plan": {},
        "dut": {"serial": "1"},
        "station": {},
        "operator": "JV",
        "software": {},
        "decision_rule": {},
        "inputs": [],
        "cases": planned,
    }
    return "run_begun", WALL, body | facts


def measurement(
    case: str, verdict: str | None, value: float | None = 1e-4, **facts: Any
) -> tuple[str, str, dict[str, Any]]:
    body = {
        "case": case,
        "quantity": "current.peak",
        "limit": "ceiling",
        "value": value,
        "unit": "A",
        "lower_limit": None,
        "upper_limit": 6e-4,
        "verdict": verdict,
        "reason": None if verdict in (None, "PASS") else Reason("guard_band").as_dict(),
        "exceeded": False,
        "conditions": {"level": 1},
    }
    return "measurement", WALL, body | facts


def case(name: str, *verdicts: str | None) -> Events:
    measured = [measurement(name, verdict) for verdict in verdicts]
    return [("case_begun", WALL, {"case": name}), *measured, ("case_ended", WALL, {"case": name})]


SAFE = ("safe_state", WALL, {"confirmed": True, "unconfirmed": []})
STATION = case("STATION", "PASS")


def test_all_passed_is_pass() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS", "PASS"), SAFE])
    assert (record["verdict"], record["device_finding"], record["complete"]) == ("PASS", "PASS", True)
    assert record["reason"] is None


@pytest.mark.parametrize("verdict", ["CONDITIONAL_PASS", "INCONCLUSIVE", "CONDITIONAL_FAIL", "FAIL", "ERROR"])
def test_case_and_run_are_their_worst(verdict: str) -> None:
    record = derive(
        [begun("A-01", "A-02"), *STATION, *case("A-01", "PASS", verdict, "PASS"), *case("A-02", "PASS"), SAFE]
    )
    assert record["cases"][1]["verdict"] == verdict
    assert record["verdict"] == verdict
    assert "A-01" in record["reason"]["text"]


def test_a_case_that_measured_nothing_is_error() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01"), SAFE])
    assert record["cases"][1]["verdict"] == "ERROR"
    assert record["cases"][1]["reason"]["code"] == "nothing_measured"


def test_information_alone_is_no_measurement() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01", None, None), SAFE])
    assert record["cases"][1]["verdict"] == "ERROR"


def test_a_case_that_never_began_is_not_run_and_counts() -> None:
    record = derive([begun("A-01", "A-02"), *STATION, *case("A-01", "PASS"), SAFE])
    assert record["cases"][2]["verdict"] == "NOT_RUN"
    assert (record["verdict"], record["complete"]) == ("NOT_RUN", False)


def test_the_station_check_alone_passes_nothing() -> None:
    record = derive([begun(), *STATION, SAFE])
    assert record["verdict"] == "NOT_RUN"


def test_a_torn_case_is_aborted_and_keeps_its_finding() -> None:
    events = [
        begun("A-01"),
        *STATION,
        *case("A-01", "PASS", "FAIL")[:-1],
        ("interrupted", WALL, {"signal": "SIGINT"}),
        SAFE,
    ]
    record = derive(events)
    assert record["cases"][1]["verdict"] == "FAIL"
    assert (record["device_finding"], record["complete"]) == ("FAIL", False)


def test_an_interrupt_after_the_last_case_is_not_forgotten() -> None:
    record = derive(
        [begun("A-01"), *STATION, *case("A-01", "PASS"), ("interrupted", WALL, {"signal": "SIGTERM"}), SAFE]
    )
    assert record["verdict"] == "ABORTED"
    assert record["reason"]["text"] == "interrupted by SIGTERM"


def test_a_process_that_died_leaves_aborted() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS")[:-1]])
    assert (record["cases"][1]["verdict"], record["verdict"]) == ("ABORTED", "ABORTED")


def test_a_process_that_died_after_its_last_case_passed_nothing() -> None:
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS")])
    assert (record["verdict"], record["device_finding"]) == ("ABORTED", "PASS")


def test_a_bench_error_outranks_what_was_measured_but_not_the_finding() -> None:
    error = ("case_error", WALL, {"case": "A-01", "reason": Reason("instrument_lost", {"text": "gone"}).as_dict()})
    record = derive(
        [begun("A-01"), *STATION, *case("A-01", "FAIL")[:-1], error, ("case_ended", WALL, {"case": "A-01"}), SAFE]
    )
    assert (record["verdict"], record["device_finding"]) == ("ERROR", "FAIL")
    assert record["cases"][1]["reason"]["text"] == "gone"


def test_an_output_that_nobody_confirmed_off_is_error() -> None:
    unsafe = ("safe_state", WALL, {"confirmed": False, "unconfirmed": ["smu"]})
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS"), unsafe])
    assert (record["verdict"], record["reason"]["code"]) == ("ERROR", "safe_state_unconfirmed")


def test_not_applicable_needs_the_plan_and_is_left_out() -> None:
    first = begun("A-01", "A-02")
    first[2]["cases"][2]["not_applicable"] = "has no such mode"
    record = derive([first, *STATION, *case("A-01", "PASS"), SAFE])
    assert record["cases"][2]["verdict"] == "NOT_APPLICABLE"
    assert (record["verdict"], record["complete"]) == ("PASS", True)


def test_everything_not_applicable_is_not_run() -> None:
    first = begun("A-01")
    first[2]["cases"][1]["not_applicable"] = "nothing fits"
    assert derive([first, *STATION, SAFE])["verdict"] == "NOT_RUN"


def test_simulated_is_seen_in_identities_not_declared() -> None:
    instruments = ("instruments_identified", WALL, {"instruments": [{"simulated": True}, {"simulated": False}]})
    assert derive([begun("A-01", embedded=False), instruments])["simulated"] is True
    assert derive([begun("A-01", embedded=False)])["simulated"] is False


def test_worst_point_is_the_one_nearest_its_limit() -> None:
    events = [
        begun("A-01"),
        *case("A-01", "PASS")[:-1],
        measurement("A-01", "PASS", value=5e-4),
        ("case_ended", WALL, {"case": "A-01"}),
    ]
    assert derive(events)["worst_point"]["value"] == 5e-4


def test_advisories_show_the_worst_exceedance_of_each_row() -> None:
    over = [
        measurement("A-01", None, value=value, limit="advisory", exceeded=True) for value in (5.1e-4, 5.5e-4, 5.2e-4)
    ]
    record = derive(
        [begun("A-01"), *STATION, *case("A-01", "PASS")[:-1], *over, ("case_ended", WALL, {"case": "A-01"}), SAFE]
    )
    assert record["verdict"] == "PASS"
    assert [entry["value"] for entry in record["advisories"]] == [5.5e-4]


def test_an_advisory_that_a_value_falls_short_of_shows_the_smallest() -> None:
    facts: dict[str, Any] = {"limit": "advisory", "exceeded": True, "lower_limit": 3e-4, "upper_limit": None}
    short = [measurement("A-01", None, value=value, **facts) for value in (2.9e-4, 1e-4, 2e-4)]
    record = derive([begun("A-01"), *STATION, *case("A-01", "PASS")[:-1], *short, SAFE])
    assert [entry["value"] for entry in record["advisories"]] == [1e-4]


def test_an_advisory_keeps_bound_and_uncertainty() -> None:
    facts = {"limit": "advisory", "exceeded": True, "bound": ">=", "expanded_uncertainty": 2e-6}
    over = measurement("A-01", None, value=1.2e-3, **facts)
    (entry,) = derive([begun("A-01"), *STATION, *case("A-01", "PASS")[:-1], over, SAFE])["advisories"]
    assert (entry["bound"], entry["expanded_uncertainty"]) == (">=", 2e-6)


def test_a_journal_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="run_begun"):
        derive([])


def test_a_limit_that_nothing_was_held_against_is_error() -> None:
    first = begun("A-01")
    first[2]["cases"][1]["limits"] = [{"id": "ceiling", "kind": "limit"}, {"id": "mean", "kind": "limit"}]
    record = derive([first, *STATION, *case("A-01", "PASS"), SAFE])
    assert record["cases"][1]["reason"]["code"] == "row_not_judged"
    assert "mean" in record["cases"][1]["reason"]["text"]


def test_an_advisory_needs_no_measurement() -> None:
    first = begun("A-01")
    first[2]["cases"][1]["limits"] = [{"id": "ceiling", "kind": "limit"}, {"id": "advice", "kind": "advisory"}]
    assert derive([first, *STATION, *case("A-01", "PASS"), SAFE])["verdict"] == "PASS"


@pytest.mark.parametrize(
    ("risks", "expected"),
    [
        ([], {"accepted": 0, "largest": 0.0, "bound": 0.0}),
        (
            [("PASS", 0.01), ("PASS", 0.02), ("FAIL", 0.99), ("CONDITIONAL_PASS", 0.3)],
            {"accepted": 2, "largest": 0.02, "bound": 0.03},
        ),
        ([("PASS", 0.4)] * 3, {"accepted": 3, "largest": 0.4, "bound": 1.0}),
        ([("PASS", None), ("PASS", 1e-3)], {"accepted": 1, "largest": 1e-3, "bound": 1e-3}),
    ],
)
def test_the_risks_of_pass_statements_add_up_to_their_bound(
    risks: list[tuple[str, float | None]], expected: dict[str, float]
) -> None:
    """Boole's inequality: whatever hangs together, no more than the sum, and never more than certainty."""
    measurements = [{"verdict": verdict, "nonconformance_probability": risk} for verdict, risk in risks]
    assert accepted_risk([{"id": "OC-01", "measurements": measurements}]) == pytest.approx(expected)
