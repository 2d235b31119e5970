# SPDX-License-Identifier: MIT
"""The record says what the journal shows, and an absence never passes."""

from typing import Any

import pytest

from stimcert.findings import accepted_risk, nearness
from stimcert.reason import Reason
from stimcert.record import Derivation, derive
from tests.stimcert.test_output_table import PULSED
from tests.stimcert.test_output_table import planned as disclosing

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


def test_the_room_is_recorded_from_first_to_last() -> None:
    temperatures = [("environment", WALL, {"temperature": degrees}) for degrees in (23.0, 25.0, 24.0)]
    record = derive([begun("A-01"), temperatures[0], *STATION, *case("A-01", "PASS"), *temperatures[1:], SAFE])
    assert record["environment"] == {"temperature": {"start": 23.0, "end": 24.0, "unit": "°C"}}
    assert derive([begun("A-01")])["environment"] == {"temperature": None}


def test_what_the_device_says_of_itself_stands_beside_what_the_plan_says() -> None:
    record = derive([begun("A-01"), ("dut_identified", WALL, {"identity": "ACME,X"}), *STATION, SAFE])
    assert record["dut"] == {"serial": "1", "identity": "ACME,X"}


def test_an_event_that_says_nothing_of_a_verdict_changes_nothing() -> None:
    events = [begun("A-01"), *STATION, *case("A-01", "PASS"), SAFE]
    note = ("question", WALL, {"case": "A-01", "text": "Is the lamp lit?"})
    assert derive([*events[:4], note, *events[4:], note]) == derive(events)


def test_an_error_of_the_run_outranks_its_cases() -> None:
    broken = ("run_error", WALL, {"reason": Reason("not_run").as_dict()})
    record = derive([begun("A-01"), *STATION, *case("A-01", "FAIL"), broken, SAFE])
    assert (record["verdict"], record["device_finding"]) == ("ERROR", "FAIL")
    assert record["reason"]["code"] == "not_run"


def simulated(verdict: str, back: int = 1) -> tuple[str, str, dict[str, Any]]:
    body = {
        "case": "A-01",
        "back": back,
        "simulation": {"trials": 1000},
        "acceptance_limits": [None, 5e-4],
        "guard_band": 1e-4,
        "nonconformance_probability": 0.02,
        "verdict": verdict,
        "reason": Reason("guard_band").as_dict(),
    }
    return "monte_carlo", WALL, body


@pytest.mark.parametrize(
    ("before", "after", "concluded"),
    [
        ("PASS", "CONDITIONAL_PASS", "CONDITIONAL_PASS"),
        ("CONDITIONAL_PASS", "PASS", "CONDITIONAL_PASS"),
        ("FAIL", "PASS", "FAIL"),
        ("PASS", "PASS", "PASS"),
    ],
)
def test_a_simulation_never_mends_a_verdict(before: str, after: str, concluded: str) -> None:
    begin, *measured, end = case("A-01", "PASS", before, "PASS")
    record = derive([begun("A-01"), *STATION, begin, *measured, simulated(after, back=2), end, SAFE])
    first, second, third = record["cases"][1]["measurements"]
    assert second["verdict"] == concluded
    assert (second["guard_band"], second["monte_carlo"]) == (1e-4, {"trials": 1000})
    assert second.get("judged_before") == (before if concluded != before else None)
    assert "monte_carlo" not in first and "monte_carlo" not in third


def test_a_case_that_only_discloses_passes_nothing() -> None:
    planned = [{"id": "STATION", "limits": []}, {"id": "A-01", "limits": [], "discloses": True}]
    record = derive([begun(cases=planned), *STATION, *case("A-01", None, None), SAFE])
    assert record["cases"][1]["verdict"] == "NOT_APPLICABLE"
    assert (record["verdict"], record["reason"]["code"]) == ("NOT_RUN", "only_disclosed")
    nothing = derive([begun(cases=planned), *STATION, *case("A-01"), SAFE])
    assert nothing["verdict"] == "ERROR"


def test_what_could_not_be_measured_is_nowhere_near_a_limit() -> None:
    assert nearness({"value": None, "lower_limit": 0.0, "upper_limit": 1.0}) == float("-inf")
    unmeasured = measurement("A-01", "INCONCLUSIVE", None)
    begin, *measured, end = case("A-01", "PASS")
    record = derive([begun("A-01"), *STATION, begin, unmeasured, *measured, end, SAFE])
    assert record["worst_point"]["value"] == 1e-4


def test_what_was_seen_of_a_waveform_stands_in_the_output_specification_of_its_case() -> None:
    planned = [{"id": "STATION", "limits": []}, {**disclosing(), "id": "A-01", "limits": [], "discloses": True}]
    begin, end = case("A-01")
    seen = ("waveform_described", WALL, {"case": "A-01", **PULSED})
    before, after = [begun(cases=planned), *STATION, begin], [end, SAFE]
    unseen = derive([*before, *after])["output_specification"]
    described = derive([*before, seen, *after])["output_specification"]
    assert [(column["case"], column["mode"]) for column in described] == [("A-01", "lift")]
    assert unseen != described
    assert derive([begun("A-01"), *STATION, SAFE])["output_specification"] == []


@pytest.mark.parametrize("portion", [1, 2, 3, 100])
def test_a_record_is_the_same_in_whatever_portions_the_journal_is_read(portion: int) -> None:
    void = ("bench_check_failed", WALL, {"reason": Reason("guard_band").as_dict()})
    events = [begun("A-01", "B-02"), *case("STATION", "PASS"), *case("A-01", "PASS", "FAIL"), void, SAFE]
    derivation = Derivation()
    for start in range(0, len(events), portion):
        derivation.take(events[start : start + portion])
        assert derivation.begun == events[0][2]
    assert derivation.record() == derive(events)


def test_nothing_is_derived_from_what_has_no_beginning() -> None:
    with pytest.raises(ValueError, match="no run_begun"):
        Derivation().record()
    with pytest.raises(ValueError, match="no run_begun"):
        Derivation().take([SAFE, begun("A-01")])
