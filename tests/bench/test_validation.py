# SPDX-License-Identifier: MIT
"""The worst measurement of a case is simulated where that may matter, and never comes out better."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.session.history import History
from bench.session.judge import judge
from bench.session.row import Row
from bench.session.validation import Validation
from stimcert.measured import Measured, NotMeasurable
from stimcert.record import derive
from stimcert.uncertainty import evaluate, rectangular, standard
from stimcert.verdict import Verdict
from tests.bench.parts import point
from tests.bench.test_totals import CASES, ENDINGS, SOUND, WALL, begun, events_of, measurement

CEILING = Row(id="ceiling", metric="current.peak", lower=None, upper=600e-6)


def few_repeats(value: float) -> Measured:
    """Return a current whose U by Welch-Satterthwaite is too small: three repeats beside a certain part."""
    terms = [
        standard("a", uncertainty=1e-6, unit="A", dof=2.0),
        standard("b", uncertainty=1.4e-6, unit="A"),
    ]
    return Measured(value=value, unit="A", uncertainty=evaluate(terms))


def rectangle(value: float) -> Measured:
    return Measured(value=value, unit="A", uncertainty=evaluate([rectangular("a", half_width=1e-6, unit="A")]))


def noted(*results: Measured | NotMeasurable, row: Row = CEILING, rule: str = "guard-U") -> Validation:
    """Return what a case knows of its measurements."""
    validation = Validation("OC-01", "run")
    for result in results:
        judgement = judge(result, row, point(), History(), rule=rule)
        body: dict[str, Any] = {
            "value": result.value if isinstance(result, Measured) else None,
            "lower_limit": row.lower,
            "upper_limit": row.upper,
            "magnitude": row.magnitude,
            **judgement.as_dict(),
        }
        validation.stored()
        validation.note(body, result, row, point(), judgement)
    return validation


def test_far_from_a_limit_nothing_is_simulated() -> None:
    assert noted(rectangle(480e-6), few_repeats(480e-6)).simulated(rule="guard-U") is None


def test_near_a_limit_the_worst_is_simulated() -> None:
    found = noted(rectangle(480e-6), rectangle(597e-6), rectangle(450e-6)).simulated(rule="guard-U")
    assert found is not None
    event, body = found
    assert (event["back"], event["verdict"], body["verdict"]) == (2, "PASS", "PASS")
    simulation = event["simulation"]
    assert simulation["low"] < 597e-6 < simulation["high"]
    assert simulation["half_width"] == rectangle(0.0).uncertainty.expanded
    assert isinstance(simulation["seed"], int)


def test_a_wider_interval_lowers_a_verdict_that_was_just_a_pass() -> None:
    reading = few_repeats(0.0)
    just = few_repeats(600e-6 - reading.uncertainty.expanded * 1.0001)
    found = noted(just).simulated(rule="guard-U")
    assert found is not None
    event, body = found
    assert event["verdict"] == "CONDITIONAL_PASS"
    assert event["reason"]["code"] == "guard_band"
    assert event["acceptance_limits"][1] < 600e-6 - reading.uncertainty.expanded
    assert body["verdict"] == "CONDITIONAL_PASS"


@given(st.floats(595e-6, 606e-6), st.sampled_from(["guard-U", "simple", "pfa:0.01", "guard-0.83U"]))
@settings(max_examples=25)
def test_a_simulation_never_mends_a_verdict(value: float, rule: str) -> None:
    for make in (few_repeats, rectangle):
        before = judge(make(value), CEILING, point(), History(), rule=rule)
        found = noted(make(value), rule=rule).simulated(rule=rule)
        assert before.verdict is not None
        if found is not None:
            assert Verdict(found[0]["verdict"]) >= before.verdict


def test_an_uncertainty_above_the_allowed_one_is_inconclusive() -> None:
    reading = few_repeats(0.0)
    row = replace(CEILING, max_uncertainty=reading.uncertainty.expanded * 1.0001)
    found = noted(few_repeats(600e-6 - reading.uncertainty.expanded * 1.1), row=row).simulated(rule="guard-U")
    assert found is not None
    assert found[0]["reason"]["code"] == "uncertainty_too_large"
    assert found[0]["verdict"] == "INCONCLUSIVE"


@pytest.mark.parametrize(
    "result",
    [
        NotMeasurable("clipped", "no number"),
        replace(rectangle(599.9e-6), bound=">=", cause="clipped"),
    ],
)
def test_what_is_no_number_is_not_simulated(result: Measured | NotMeasurable) -> None:
    assert noted(result).simulated(rule="guard-U") is None


@pytest.mark.parametrize(("judged", "verdict"), [("CONDITIONAL_PASS", "CONDITIONAL_PASS"), ("PASS", "PASS")])
def test_the_record_has_the_less_favourable_verdict(judged: str, verdict: str) -> None:
    body = {
        "case": CASES[0],
        "back": 2,
        "simulation": {"seed": 1},
        "acceptance_limits": [None, 5.9e-4],
        "guard_band": 1e-5,
        "nonconformance_probability": 0.01,
        "verdict": judged,
        "reason": None,
    }
    events = events_of(CASES[0], {**SOUND, "verdicts": ["PASS", "PASS"]})
    events.insert(-1, ("monte_carlo", WALL, body))
    case = derive([begun(set()), *events, ENDINGS["safe"]])["cases"][1]
    first, second = case["measurements"]
    assert (case["verdict"], first["verdict"], second["verdict"]) == (verdict, verdict, "PASS")
    assert (first["monte_carlo"], first["acceptance_limits"]) == ({"seed": 1}, [None, 5.9e-4])
    assert "monte_carlo" not in second
    assert first.get("judged_before") == (None if verdict == "PASS" else "PASS")


def test_a_fail_stays_one_whatever_a_simulation_says() -> None:
    events = events_of(CASES[0], {**SOUND, "verdicts": ["FAIL"]})
    event = {**measurement(CASES[0], "CONDITIONAL_FAIL"), "back": 1, "simulation": {}}
    event |= {"acceptance_limits": [None, 1.0], "guard_band": 1.0, "nonconformance_probability": 0.9}
    events.insert(-1, ("monte_carlo", WALL, event))
    case = derive([begun(set()), *events, ENDINGS["safe"]])["cases"][1]
    assert (case["verdict"], case["measurements"][0]["verdict"]) == ("FAIL", "FAIL")
