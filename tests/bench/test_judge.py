# SPDX-License-Identifier: MIT
"""From a measurement and a row to a verdict: what may be PASS, what never, and what the reason says."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.history import History
from bench.session.judge import Judgement, judge, judge_again
from bench.session.point import Point
from bench.session.row import Row
from stimcert.measured import Measured, NotMeasurable
from stimcert.reason import Reason
from stimcert.verdict import Verdict
from tests.bench.parts import galvanic_point, measured, point

CEILING = Row(id="ceiling", metric="current.peak", lower=None, upper=600e-6)
ADVISORY = replace(CEILING, id="advisory", upper=500e-6, kind="advisory")
POSITIVE = Row(id="polarity.positive", metric="current.polarity", lower=0.0, upper=None, required_sign=1)
NEGATIVE = replace(POSITIVE, id="polarity.negative", lower=None, upper=0.0, required_sign=-1)


def judged(
    result: Measured | NotMeasurable,
    row: Row | None = CEILING,
    at: Point | None = None,
    history: History | None = None,
    rule: str = "guard-U",
    **more: object,
) -> Judgement:
    """Judge at the top level of mode lift, where 480 µA ± 30 % are declared, unless said otherwise."""
    return judge(result, row, at or point(), history or History(), rule=rule, **more)  # type: ignore[arg-type]


def code(judgement: Judgement) -> str | None:
    """Return the code of the reason."""
    return judgement.reason.code if judgement.reason else None


# --- the zones of an upper limit of 600 µA, U = 10 µA


@pytest.mark.parametrize(
    ("value", "verdict", "reason"),
    [
        (589.9e-6, Verdict.PASS, None),
        (590e-6, Verdict.CONDITIONAL_PASS, "guard_band"),
        (599.9e-6, Verdict.CONDITIONAL_PASS, "guard_band"),
        (600e-6, Verdict.CONDITIONAL_FAIL, "guard_band"),
        (610e-6, Verdict.FAIL, "limit_exceeded"),
        (650e-6, Verdict.FAIL, "limit_exceeded"),
    ],
)
def test_the_zones_of_the_guard_band(value: float, verdict: Verdict, reason: str | None) -> None:
    judgement = judged(measured(value, 10e-6))
    assert (judgement.verdict, code(judgement)) == (verdict, reason)
    assert judgement.acceptance == (None, pytest.approx(590e-6))


def test_simple_acceptance_has_no_guard_band() -> None:
    assert judged(measured(599e-6, 10e-6), rule="simple").verdict is Verdict.PASS
    assert judged(measured(601e-6, 10e-6), rule="simple").verdict is Verdict.FAIL


def test_a_failure_says_what_where_and_by_how_much() -> None:
    reason = judged(measured(650e-6, 10e-6)).reason
    assert reason is not None
    assert reason.text == "current.peak 650 µA is beyond the limit 600 µA by more than its uncertainty 10 µA"
    assert reason.params["mode"] == "lift"


# --- what a PASS needs beside its value


@pytest.mark.parametrize(("value", "verdict"), [(450e-6, Verdict.INCONCLUSIVE), (700e-6, Verdict.FAIL)])
def test_too_large_an_uncertainty_clears_nothing_and_condemns_all_the_same(value: float, verdict: Verdict) -> None:
    row = replace(CEILING, max_uncertainty=5e-6)
    judgement = judged(measured(value, 10e-6), row)
    assert judgement.verdict is verdict
    assert code(judgement) == ("uncertainty_too_large" if verdict is Verdict.INCONCLUSIVE else "limit_exceeded")
    assert judged(measured(450e-6, 5e-6), row).verdict is Verdict.PASS


@pytest.mark.parametrize(("value", "verdict"), [(450e-6, Verdict.INCONCLUSIVE), (700e-6, Verdict.FAIL)])
def test_what_was_not_observed_clears_nothing_and_condemns_all_the_same(value: float, verdict: Verdict) -> None:
    row = replace(CEILING, min_observed=1.0)
    assert judged(measured(value), row, observed=0.99).verdict is verdict
    assert code(judged(measured(450e-6), row, observed=0.99)) == "not_observed"
    assert code(judged(measured(450e-6), row, observed=math.nan)) == "not_observed"
    assert judged(measured(450e-6), row, observed=1.0).verdict is Verdict.PASS


@pytest.mark.parametrize("value", [0.0, 1e-9, 300e-6])
def test_no_output_proven_is_no_conformity(value: float) -> None:
    judgement = judged(measured(value))
    assert (judgement.verdict, code(judgement)) == (Verdict.INCONCLUSIVE, "no_output_proven")


@pytest.mark.parametrize(
    ("value", "below", "verdict"),
    [
        (100e-6, None, Verdict.PASS),
        (1e-6, None, Verdict.INCONCLUSIVE),
        (100e-6, 50e-6, Verdict.PASS),
        (100e-6, 100e-6, Verdict.INCONCLUSIVE),
        (100e-6, 120e-6, Verdict.INCONCLUSIVE),
    ],
)
def test_where_nothing_is_declared_a_level_must_exceed_the_one_below(
    value: float, below: float | None, verdict: Verdict
) -> None:
    history = History()
    if below is not None:
        history.add(point(2), "current.peak", measured(below))
    assert judged(measured(value), at=point(3), history=history).verdict is verdict


def test_what_is_declared_for_other_loads_proves_nothing() -> None:
    """At 20 kΩ the declaration up to 10 kΩ says nothing, so that 300 µA are proven by being there."""
    assert judged(measured(300e-6), at=point(load=20e3)).verdict is Verdict.PASS
    assert judged(measured(300e-6), at=point(load=10e3)).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (450e-6, 450e-6, Verdict.PASS),
        (450e-6, 500e-6, Verdict.INCONCLUSIVE),
        (450e-6, 400e-6, Verdict.INCONCLUSIVE),
        (None, 450e-6, Verdict.INCONCLUSIVE),
        (450e-6, 700e-6, Verdict.FAIL),
    ],
)
def test_one_more_up_must_change_nothing(before: float | None, after: float, verdict: Verdict) -> None:
    history = History()
    history.add(point(7), "current.peak", measured(400e-6))
    if before is not None:
        history.add(point(8), "current.peak", measured(before))
    judgement = judged(measured(after), at=point(one_more_up=True), history=history)
    assert judgement.verdict is verdict
    if verdict is Verdict.INCONCLUSIVE:
        assert judgement.reason is not None
        assert judgement.reason.code == "top_level_not_proven"
        assert "{" not in judgement.reason.text


# --- values that are bounds, and none at all


def test_a_bound_above_the_limit_condemns_and_any_other_decides_nothing() -> None:
    above = judged(measured(700e-6, bound=">=", cause="clipped"))
    assert (above.verdict, code(above)) == (Verdict.FAIL, "censored_above_limit")
    for value in (100e-6, 450e-6, 600e-6):
        below = judged(measured(value, bound=">=", cause="clipped"))
        assert (below.verdict, code(below)) == (Verdict.INCONCLUSIVE, "clipped")


def test_nothing_measurable_is_inconclusive_for_a_limit_and_silent_for_the_rest() -> None:
    refusal = NotMeasurable("not_a_number", "no number", quantity="smu")
    assert (judged(refusal).verdict, code(judged(refusal))) == (Verdict.INCONCLUSIVE, "not_a_number")
    assert judged(refusal, None).verdict is None
    assert judged(refusal, ADVISORY).verdict is None


# --- rows that are no limits


def test_information_has_no_verdict() -> None:
    assert judged(measured(1.0), None) == Judgement(verdict=None)


@pytest.mark.parametrize(("value", "exceeded"), [(499e-6, False), (500e-6, False), (500.1e-6, True), (1.0, True)])
def test_an_advisory_is_marked_and_never_judged(value: float, exceeded: bool) -> None:
    judgement = judged(measured(value), ADVISORY)
    assert (judgement.verdict, judgement.exceeded, judgement.reason) == (None, exceeded, None)


@pytest.mark.parametrize(
    ("value", "bound", "magnitude", "exceeded"),
    [
        (-450e-6, None, False, True),  # below the lower bound, by its sign
        (-450e-6, None, True, False),
        (-550e-6, None, True, True),
        (100e-6, None, False, True),
        (100e-6, ">=", False, False),  # may be anything from there
        (550e-6, ">=", False, True),
    ],
)
def test_an_advisory_has_a_lower_bound_too(value: float, bound: str | None, magnitude: bool, exceeded: bool) -> None:
    row = replace(ADVISORY, lower=200e-6, magnitude=magnitude)
    assert judged(measured(value, bound=bound), row).exceeded is exceeded  # type: ignore[arg-type]


def test_declared_bounds_hold_for_magnitudes() -> None:
    row = Row(id="declared", metric="current.peak", lower=336e-6, upper=624e-6, magnitude=True)
    assert judged(measured(-450e-6), row).verdict is Verdict.PASS
    assert judged(measured(-450e-6), replace(row, magnitude=False)).verdict is Verdict.FAIL


# --- signs


@pytest.mark.parametrize(
    ("row", "value", "verdict"),
    [
        (NEGATIVE, -400e-6, Verdict.PASS),
        (NEGATIVE, 400e-6, Verdict.FAIL),
        (POSITIVE, 400e-6, Verdict.PASS),
        (POSITIVE, -400e-6, Verdict.FAIL),
        (POSITIVE, 0.0, Verdict.INCONCLUSIVE),
        (NEGATIVE, -1e-9, Verdict.INCONCLUSIVE),
    ],
)
def test_a_sign_is_judged_only_where_there_is_one(row: Row, value: float, verdict: Verdict) -> None:
    assert judged(measured(value), row, galvanic_point()).verdict is verdict


@pytest.mark.parametrize("value", [-400e-6, 400e-6])
def test_without_a_reference_no_sign_is_known(value: float) -> None:
    judgement = judged(measured(value), NEGATIVE, galvanic_point(), sign_proven=False)
    assert (judgement.verdict, code(judgement)) == (Verdict.INCONCLUSIVE, "sign_not_proven")


def test_an_alternating_current_has_no_sign() -> None:
    rectified = measured(400e-6)
    judgement = judged(measured(5e-6, 0.1e-6), POSITIVE, galvanic_point(), rectified=rectified)
    assert (judgement.verdict, code(judgement)) == (Verdict.INCONCLUSIVE, "polarity_undetermined")


def test_a_reversed_sign_blames_the_device_or_its_leads() -> None:
    reason = judged(measured(400e-6), NEGATIVE, galvanic_point()).reason
    assert reason is not None
    assert reason.code == "polarity_reversed"
    assert "device or its leads" in reason.text
    assert "desincrustation" in reason.text


# --- repeats, and the law


def test_a_record_that_was_repeated_decides_nothing_and_is_kept() -> None:
    result = measured(450e-6, bound=">=", cause="clipped")
    repeated = judged(result).repeated(result)
    assert (repeated.verdict, code(repeated), repeated.exceeded) == (None, "repeated_one_range_up", False)
    assert repeated.reason is not None and "450" in repeated.reason.text
    refusal = NotMeasurable("clipped", "no value")
    assert judged(refusal).repeated(refusal).verdict is None


currents = st.floats(min_value=-2e-3, max_value=2e-3)
shares = st.floats(min_value=0.0, max_value=1.0)


@given(
    value=currents,
    expanded=st.floats(min_value=0.0, max_value=1e-3, allow_subnormal=False),
    bound=st.sampled_from([None, ">="]),
    observed=st.none() | shares | st.just(math.nan),
    below=st.none() | currents,
    top=st.booleans(),
)
def test_a_pass_is_never_given_away(
    value: float, expanded: float, bound: str | None, observed: float | None, below: float | None, top: bool
) -> None:
    """A PASS keeps the limit with its whole uncertainty, was observed, is no bound, and is a current."""
    history = History()
    if below is not None:
        history.add(point(2), "current.peak", measured(below))
    row = replace(CEILING, min_observed=1.0, max_uncertainty=60e-6)
    result = measured(value, expanded, bound=bound, cause="clipped" if bound else None)  # type: ignore[arg-type]
    judgement = judged(result, row, point(8 if top else 3), history, observed=observed)
    if judgement.verdict is not Verdict.PASS:
        assert judgement.reason is not None
        return
    assert bound is None
    assert value + expanded < 600e-6
    assert expanded <= 60e-6
    assert observed is None or observed >= 1.0
    assert abs(value) > 10 * expanded / 2 or top
    assert not top or 336e-6 < abs(value) < 624e-6
    assert judgement.reason is None


def test_what_was_foreseen_keeps_a_fail_and_nothing_else() -> None:
    lacking = Reason("no_digitizer", {"quantity": "a peak"})
    for verdict in (Verdict.PASS, Verdict.CONDITIONAL_PASS, Verdict.INCONCLUSIVE, Verdict.CONDITIONAL_FAIL):
        seen = Judgement(verdict=verdict).as_foreseen(lacking)
        assert (seen.verdict, seen.reason) == (Verdict.INCONCLUSIVE, lacking)
    for kept in (Verdict.FAIL, Verdict.ERROR, None):
        assert Judgement(verdict=kept).as_foreseen(lacking) == Judgement(verdict=kept)
    assert Judgement(verdict=Verdict.PASS).as_foreseen(None).verdict is Verdict.PASS


def test_a_record_beside_the_others_condemns_and_never_clears() -> None:
    assert Judgement(verdict=Verdict.FAIL).beside("program_record").verdict is Verdict.FAIL
    beside = Judgement(verdict=Verdict.PASS).beside("program_record")
    assert (beside.verdict, code(beside)) == (None, "program_record")


def test_where_nothing_can_prove_an_output_the_plan_is_named_and_no_verdict_changes() -> None:
    told = Reason("no_mean_to_prove")
    unproven = judged(measured(1e-6), at=point(2)).as_unproven(told)
    assert (unproven.verdict, unproven.reason) == (Verdict.INCONCLUSIVE, told)
    assert code(judged(measured(1e-6), at=point(2)).as_unproven(None)) == "no_output_proven"
    assert code(judged(measured(650e-6)).as_unproven(told)) == "limit_exceeded"
    assert judged(measured(450e-6)).as_unproven(told).reason is None


def test_an_undecided_sign_is_no_matter_of_the_leads() -> None:
    judgement = judged(measured(0.0), NEGATIVE, galvanic_point(), sign_proven=False)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert code(judgement) not in (None, "sign_not_proven")


@pytest.mark.parametrize(("bound", "value"), [(None, "650 µA"), (">=", "at least 650 µA")])
def test_a_row_says_in_its_own_words_what_its_failure_means(bound: str | None, value: str) -> None:
    row = replace(CEILING, failure="auto_off_differs")
    reason = judged(measured(650e-6, bound=bound), row).reason  # type: ignore[arg-type]
    assert reason is not None
    assert (reason.code, reason.params["value"]) == ("auto_off_differs", value)
    # Only a FAIL is what the row speaks of.
    assert code(judged(measured(599.9e-6), row)) == "guard_band"


@pytest.mark.parametrize(
    ("current", "verdict", "reason"),
    [
        (measured(450e-6), Verdict.PASS, None),
        (measured(1e-9), Verdict.INCONCLUSIVE, "no_output_proven"),
        (NotMeasurable("clipped", "no value"), Verdict.INCONCLUSIVE, "clipped"),
    ],
)
def test_what_is_no_current_is_proven_by_one(
    current: Measured | NotMeasurable, verdict: Verdict, reason: str | None
) -> None:
    width = Row(id="width", metric="pulse.width", lower=None, upper=1e-3)
    judgement = judged(measured(450e-6), width, current=("current.peak", current))
    assert (judgement.verdict, code(judgement)) == (verdict, reason)
    # Where another record of the point proves it, this one need not.
    assert judged(measured(450e-6), width, current=("current.peak", current), proven=True).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("wider", "verdict", "reason"),
    [
        (10e-6, Verdict.PASS, None),
        (70e-6, Verdict.INCONCLUSIVE, "uncertainty_too_large"),
        (160e-6, Verdict.INCONCLUSIVE, "uncertainty_too_large"),
    ],
)
def test_a_wider_uncertainty_is_judged_anew_by_all_that_the_row_asks(
    wider: float, verdict: Verdict, reason: str | None
) -> None:
    row = replace(CEILING, max_uncertainty=60e-6)
    before = judged(measured(450e-6, 9e-6), row)
    again = judge_again(measured(450e-6, wider), row, point(), before, rule="guard-U")
    assert (again.verdict, code(again)) == (verdict, reason)
    assert again.acceptance == (None, pytest.approx(600e-6 - wider))
    assert again.guard_band == pytest.approx(wider)


def test_a_narrower_uncertainty_mends_nothing() -> None:
    before = judged(measured(595e-6, 10e-6))
    again = judge_again(measured(595e-6, 1e-6), CEILING, point(), before, rule="guard-U")
    assert (again.verdict, code(again)) == (Verdict.CONDITIONAL_PASS, "guard_band")
    refused = judged(measured(1e-6))
    assert judge_again(measured(1e-6, 1e-7), CEILING, point(), refused, rule="guard-U").verdict is refused.verdict
    information = Judgement(verdict=None)
    assert judge_again(measured(450e-6), CEILING, point(), information, rule="guard-U").verdict is Verdict.PASS


def test_journal_and_record_keep_a_judgement_with_its_reason() -> None:
    kept = judged(measured(599.9e-6, 10e-6)).as_dict()
    assert kept["verdict"] == "CONDITIONAL_PASS"
    assert kept["reason"]["code"] == "guard_band"
    assert kept["acceptance_limits"] == [None, pytest.approx(590e-6)]
    # The value lies 0.1 µA inside the limit, which is 0.02 u.
    assert kept["nonconformance_probability"] == pytest.approx(0.492, abs=1e-3)
    assert (kept["guard_band"], kept["exceeded"]) == (pytest.approx(10e-6), False)
    nothing = judged(measured(1e-6), None).as_dict()
    assert (nothing["verdict"], nothing["reason"], nothing["acceptance_limits"]) == (None, None, [None, None])
