# SPDX-License-Identifier: MIT
"""A certificate is what nothing stands in the way of; each thing that may stand there does so alone."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from stimcert.certificate import CERTIFICATE, TEST_REPORT, Backing, blockers, document, foreseeable

Body = dict[str, Any]
SOUND: Body = {
    "verdict": "PASS",
    "complete": True,
    "simulated": False,
    "sessions": [{"clock_steps": []}, {"clock_steps": []}],
    "plan": {"profile": "microcurrent"},
    "software": {"released": True, "version": "1.0"},
    "cases": [
        {"limits": [{"id": "ceiling", "kind": "limit", "status": "verified"}]},
        {"limits": [{"id": "advice", "kind": "advisory", "status": "unverified"}]},
    ],
    "station": {
        "instruments": [
            {"role": "smu", "accuracy_status": "verified", "accuracy_source": "data sheet"},
            {"role": "switch"},
            {"role": "dut", "accuracy_status": None},
        ]
    },
}
FAILED: Body = {"code": "bench_check_failed", "params": {"at": "2026", "text": "dummy"}}
BACKED: Body = {"approved": True, "job": True, "profile_gaps": (), "bench_check": None}


def found(change: Callable[[Body], object] = lambda record: None, **backing: Any) -> list[tuple[str, Body]]:
    """Return code and facts of what stands in the way of a record that was changed."""
    record = deepcopy(SOUND)
    change(record)
    return [(reason.code, dict(reason.params)) for reason in blockers(record, Backing(**{**BACKED, **backing}))]


def test_a_record_without_a_flaw_is_a_certificate() -> None:
    assert found() == []
    assert document([]) == CERTIFICATE


@pytest.mark.parametrize("verdict", ["CONDITIONAL_PASS", "INCONCLUSIVE", "NOT_RUN", "ABORTED", "FAIL", "ERROR"])
def test_only_a_pass_is_certified(verdict: str) -> None:
    assert found(lambda record: record.update(verdict=verdict)) == [("verdict_not_pass", {"verdict": verdict})]


@pytest.mark.parametrize(
    ("change", "code", "facts"),
    [
        (lambda r: r.update(complete=False), "partial", {}),
        (lambda r: r.update(simulated=True), "simulated", {}),
        (
            lambda r: r["sessions"][1]["clock_steps"].extend([3600.0, -5.0]),
            "clock_set",
            {"steps": "+3600 s, -5 s"},
        ),
        (
            lambda r: r["software"].update(released=False, version="1.1.dev0"),
            "software_not_released",
            {"version": "1.1.dev0"},
        ),
        (
            lambda r: r["cases"][0]["limits"][0].update(status="unverified"),
            "unverified_limit",
            {"limit": "ceiling"},
        ),
        (
            lambda r: r["station"]["instruments"][0].update(accuracy_status="unverified"),
            "unverified_accuracy",
            {"role": "smu", "source": "data sheet"},
        ),
    ],
)
def test_each_flaw_of_a_record_stands_in_the_way_alone(
    change: Callable[[Body], object], code: str, facts: Body
) -> None:
    assert found(change) == [(code, facts)]


@pytest.mark.parametrize(
    ("backing", "code", "facts"),
    [
        ({"approved": False}, "plan_not_approved", {}),
        ({"job": False}, "no_job", {}),
        (
            {"profile_gaps": ["no case for polarity"]},
            "profile_not_met",
            {"profile": "microcurrent", "text": "no case for polarity"},
        ),
        ({"unproven_ranges": ["10 mA"]}, "range_not_proven", {"range": "10 mA"}),
        ({"bench_check": FAILED}, "bench_check_failed", FAILED["params"]),
    ],
)
def test_what_is_missing_behind_a_record_stands_in_the_way_alone(backing: Body, code: str, facts: Body) -> None:
    assert found(**backing) == [(code, facts)]


def test_nobody_who_says_nothing_about_a_bench_check_gets_a_certificate() -> None:
    silent = Backing(approved=True, job=True, profile_gaps=())
    assert [reason.code for reason in blockers(SOUND, silent)] == ["no_bench_check"]


def test_a_row_that_two_cases_hold_is_named_once() -> None:
    twice = found(lambda r: r.update(cases=[{"limits": [{"id": "a", "kind": "limit", "status": "unverified"}]}] * 2))
    assert [code for code, _ in twice] == ["unverified_limit"]


def test_what_is_known_beforehand_says_nothing_about_the_verdict() -> None:
    unmeasured = {key: value for key, value in SOUND.items() if key not in ("verdict", "complete", "sessions")}
    assert foreseeable(unmeasured, Backing(**BACKED)) == []
    (only,) = foreseeable({**unmeasured, "simulated": True}, Backing(**BACKED))
    assert only.code == "simulated"


def test_all_are_listed_and_any_of_them_makes_a_test_report() -> None:
    everything = blockers(
        {**SOUND, "verdict": "FAIL", "complete": False, "simulated": True},
        Backing(approved=False, job=False, profile_gaps=["one", "two"]),
    )
    codes = [reason.code for reason in everything]
    assert codes == [
        "verdict_not_pass",
        "partial",
        "simulated",
        "profile_not_met",
        "profile_not_met",
        "plan_not_approved",
        "no_job",
        "no_bench_check",
    ]
    assert document(everything[:1]) == TEST_REPORT
