# SPDX-License-Identifier: MIT
"""What the measurements say about the device: its worst point, how near it came to a limit, what it was advised."""

import math
from typing import Any

import pytest

from stimcert.findings import advisories, nearness, worst_point

Body = dict[str, Any]
FACTS: Body = {
    "index": 3,
    "quantity": "current.peak",
    "value": 450e-6,
    "bound": ">=",
    "unit": "A",
    "expanded_uncertainty": 1e-6,
    "lower_limit": 100e-6,
    "upper_limit": 600e-6,
    "conditions": {"mode": "lift", "level": 8},
}


def measured(verdict: str | None, value: float | None = 450e-6, **facts: Any) -> Body:
    return {**FACTS, "limit": "ceiling", "exceeded": False, "verdict": verdict, "value": value, **facts}


def case(*measurements: Body, name: str = "OC-01") -> Body:
    return {"id": name, "measurements": list(measurements)}


def test_the_worst_point_is_told_with_all_that_a_reader_needs() -> None:
    assert worst_point([case(measured("PASS"))]) == {"case": "OC-01", "verdict": "PASS", **FACTS}


def test_a_worse_verdict_is_the_worst_point_however_near_another_is_to_its_limit() -> None:
    found = worst_point([case(measured("PASS", 599e-6), measured("INCONCLUSIVE", 1e-6), measured("PASS", 598e-6))])
    assert found is not None
    assert (found["verdict"], found["value"]) == ("INCONCLUSIVE", 1e-6)


def test_of_two_equally_near_the_first_is_the_worst_point_in_whatever_case() -> None:
    cases = [case(measured("PASS", index=1), name="ZZ-01"), case(measured("PASS", index=2), name="AA-01")]
    for order in (cases, cases[::-1]):
        found = worst_point(order)
        assert found is not None
        assert found["case"] == order[0]["id"]


@pytest.mark.parametrize(
    ("marked", "worst"),
    [
        (measured("ERROR", void={}), "CONDITIONAL_FAIL"),
        (measured("FAIL", void={}), "FAIL"),
        (measured("CONDITIONAL_PASS", void={}), "CONDITIONAL_FAIL"),
        (measured("ERROR"), "ERROR"),
    ],
)
def test_what_is_void_and_no_finding_is_not_the_worst_point(marked: Body, worst: str) -> None:
    found = worst_point([case(marked, measured("CONDITIONAL_FAIL"), measured("PASS"))])
    assert found is not None and found["verdict"] == worst


def test_what_is_void_outranks_a_pass_all_the_same() -> None:
    found = worst_point([case(measured("PASS"), measured("ERROR", void={}), measured("CONDITIONAL_PASS"))])
    assert found is not None and found["verdict"] == "ERROR"


def test_nothing_judged_has_no_worst_point() -> None:
    assert worst_point([case(measured(None), measured("INCONCLUSIVE", None))]) is None


@pytest.mark.parametrize(
    ("facts", "share"),
    [
        ({"value": 450.0, "upper_limit": 600.0}, -0.25),
        ({"value": 600.0, "upper_limit": 600.0}, 0.0),
        ({"value": 750.0, "upper_limit": 600.0}, 0.25),
        ({"value": -750.0, "upper_limit": 600.0}, -2.25),
        ({"value": -750.0, "upper_limit": 600.0, "magnitude": True}, 0.25),
        ({"value": 750.0, "upper_limit": 600.0, "magnitude": True}, 0.25),
        ({"value": -750.0, "upper_limit": 600.0, "magnitude": False}, -2.25),
        ({"value": 50.0, "lower_limit": 100.0}, 0.5),
        ({"value": 150.0, "lower_limit": 100.0}, -0.5),
        ({"value": 150.0, "lower_limit": 100.0, "upper_limit": 200.0}, -0.25),
        ({"value": 90.0, "lower_limit": 100.0, "upper_limit": 200.0}, 0.05),
        ({"value": -90.0, "lower_limit": -200.0, "upper_limit": -100.0}, 0.05),
        # Around zero the uncertainty takes the place of the limit.
        ({"value": 3.0, "upper_limit": 0.0, "expanded_uncertainty": 2.0}, 1.5),
        ({"value": 3.0, "upper_limit": 0.0, "expanded_uncertainty": 0.0}, 3.0),
        ({"value": 3.0, "upper_limit": 0.0, "expanded_uncertainty": None}, 3.0),
        ({"value": 3.0, "upper_limit": 0.0}, 3.0),
        ({"value": 3.0}, -math.inf),
        ({"value": None, "upper_limit": 1.0}, -math.inf),
    ],
)
def test_nearness_is_a_share_of_the_larger_limit(facts: Body, share: float) -> None:
    assert nearness({"lower_limit": None, "upper_limit": None, **facts}) == pytest.approx(share)


def exceeded(value: float, *, limit: str = "advice", **facts: Any) -> Body:
    return measured(None, value, limit=limit, exceeded=True, **facts)


def test_an_advisory_is_told_with_all_that_a_reader_needs() -> None:
    (found,) = advisories([case(exceeded(650e-6))])
    assert found == {
        "case": "OC-01",
        "limit": "advice",
        **{key: value for key, value in FACTS.items() if key not in ("index", "quantity")},
        "value": 650e-6,
    }


def test_of_each_case_and_row_the_largest_exceedance_is_told_once() -> None:
    first = case(exceeded(610e-6), exceeded(650e-6), exceeded(640e-6), exceeded(620e-6, limit="other"), measured(None))
    found = advisories([first, case(exceeded(630e-6), name="OC-02")])
    assert [(entry["case"], entry["limit"], entry["value"]) for entry in found] == [
        ("OC-01", "advice", 650e-6),
        ("OC-01", "other", 620e-6),
        ("OC-02", "advice", 630e-6),
    ]


def test_of_two_equal_exceedances_the_first_is_told() -> None:
    (found,) = advisories([case(exceeded(650e-6, conditions={"level": 1}), exceeded(650e-6, conditions={"level": 2}))])
    assert found["conditions"] == {"level": 1}
