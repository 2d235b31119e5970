# SPDX-License-Identifier: MIT
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.decision import decide
from stimcert.reason import CATALOGUE
from stimcert.rules import guard_band
from stimcert.uncertainty import Uncertainty
from stimcert.verdict import Verdict

PASS, CPASS, CFAIL, FAIL = Verdict.PASS, Verdict.CONDITIONAL_PASS, Verdict.CONDITIONAL_FAIL, Verdict.FAIL
CURRENTS = st.floats(min_value=-2e-3, max_value=2e-3)
WIDTHS = st.floats(min_value=0.0, max_value=1e-3)
RULES = ("guard-U", "guard-0.83U", "pfa:0.01", "pfa:0.2", "simple", "standard-inherent")
RULE = st.sampled_from(RULES)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-1000.0, PASS),
        (89.999, PASS),
        (90.0, CPASS),  # a tie goes to the less favourable side
        (99.999, CPASS),
        (100.0, CFAIL),
        (109.999, CFAIL),
        (110.0, FAIL),
        (1000.0, FAIL),
    ],
)
def test_four_zones_of_ilac_g8(value: float, verdict: Verdict) -> None:
    """ILAC-G8:09/2019, 4.2.3: the zones of an upper limit, and mirrored those of a lower one."""
    assert decide(value, 10.0, upper=100.0).verdict is verdict
    assert decide(-value, 10.0, lower=-100.0).verdict is verdict


def test_acceptance_limits_lie_on_the_safe_sides() -> None:
    decision = decide(0.0, 2.0, lower=-10.0, upper=10.0)
    assert (decision.acceptance_lower, decision.acceptance_upper, decision.guard_band) == (-8.0, 8.0, 2.0)
    assert (decision.verdict, decision.code, decision.params) == (PASS, None, {})


@pytest.mark.parametrize(
    ("value", "verdict", "limit"), [(9.0, CPASS, 10.0), (-9.0, CPASS, -10.0), (13.0, FAIL, 10.0), (-11.0, CFAIL, -10.0)]
)
def test_two_sided_is_the_worse_side(value: float, verdict: Verdict, limit: float) -> None:
    decision = decide(value, 2.0, lower=-10.0, upper=10.0)
    assert decision.verdict is verdict
    assert decision.params == {"value": value, "uncertainty": 2.0, "limit": limit}


@pytest.mark.parametrize(("value", "verdict"), [(99.999, PASS), (100.0, FAIL), (100.001, FAIL)])
def test_simple_acceptance_has_no_guard_band(value: float, verdict: Verdict) -> None:
    """ILAC-G8:09/2019, 4.2.1, with the tie on the less favourable side."""
    decision = decide(value, 10.0, upper=100.0, rule="simple")
    assert (decision.verdict, decision.guard_band, decision.acceptance_upper) == (verdict, 0.0, 100.0)


def test_an_interval_narrower_than_its_guard_bands_passes_nothing() -> None:
    assert {decide(v / 10, 2.0, lower=-1.0, upper=1.0).verdict for v in range(-50, 50)} == {CPASS, CFAIL, FAIL}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("value", "expanded"),
    [
        (math.nan, 1.0),
        (math.inf, 1.0),
        (-math.inf, 1.0),
        (None, 1.0),
        (0.0, math.nan),
        (0.0, math.inf),
        (0.0, None),
        (0.0, -1.0),
        (-math.inf, 0.0),
    ],
)
@pytest.mark.parametrize("bound", [None, ">="])
def test_no_number_is_no_verdict_about_the_device(value: float, expanded: float, rule: str, bound: str) -> None:
    decision = decide(value, expanded, upper=100.0, rule=rule, bound=bound)  # type: ignore[arg-type]
    assert (decision.verdict, decision.code) == (Verdict.ERROR, "not_a_number")


@pytest.mark.parametrize(
    "limits",
    [{}, {"upper": math.nan}, {"upper": math.inf}, {"lower": -math.inf, "upper": 1.0}, {"lower": 1.0, "upper": 1.0}],
)
def test_a_limit_that_is_none_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="limit"):
        decide(0.0, 1.0, **limits)


def test_an_unknown_rule_or_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="guard-U, guard-0.83U, pfa:<p>, simple, standard-inherent"):
        decide(0.0, 1.0, upper=1.0, rule="hope")
    with pytest.raises(ValueError, match="bound"):
        decide(0.0, 1.0, upper=1.0, bound="<=")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("least", "verdict"), [(0.0, "INCONCLUSIVE"), (105.0, "INCONCLUSIVE"), (110.0, "INCONCLUSIVE"), (110.001, "FAIL")]
)
@pytest.mark.parametrize("rule", RULES)
def test_a_censored_value_fails_only_beyond_limit_and_uncertainty(least: float, verdict: str, rule: str) -> None:
    decision = decide(least, 10.0, upper=100.0, bound=">=", rule=rule)
    assert decision.verdict.value == verdict
    assert decision.code == ("censored_above_limit" if verdict == "FAIL" else "censored_below_limit")


def test_a_censored_value_never_meets_a_lower_limit() -> None:
    assert decide(500.0, 1.0, lower=100.0, bound=">=").verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("lower", "verdict"),
    [
        (50.0, "FAIL"),
        (0.0, "FAIL"),
        (-100.0, "FAIL"),
        (-189.0, "FAIL"),
        (-190.0, "INCONCLUSIVE"),
        (-200.0, "INCONCLUSIVE"),
        (-300.0, "INCONCLUSIVE"),
    ],
)
def test_a_censored_magnitude_must_leave_a_signed_interval_on_both_sides(lower: float, verdict: str) -> None:
    assert decide(200.0, 10.0, lower=lower, upper=100.0, bound=">=").verdict.value == verdict


@given(CURRENTS, WIDTHS, RULE)
def test_mirrored_value_and_limit_give_the_mirrored_decision(value: float, expanded: float, rule: str) -> None:
    right = decide(value, expanded, upper=5e-4, rule=rule)
    left = decide(-value, expanded, lower=-5e-4, rule=rule)
    assert left.verdict is right.verdict
    assert left.acceptance_lower == -right.acceptance_upper  # type: ignore[operator]


@given(CURRENTS, CURRENTS, WIDTHS, RULE)
def test_a_larger_value_is_never_judged_better(a: float, b: float, expanded: float, rule: str) -> None:
    small, large = sorted((a, b))
    assert (
        decide(small, expanded, upper=5e-4, rule=rule).verdict <= decide(large, expanded, upper=5e-4, rule=rule).verdict
    )


@given(CURRENTS, WIDTHS, WIDTHS)
def test_a_larger_uncertainty_never_makes_a_pass(value: float, expanded: float, more: float) -> None:
    if decide(value, expanded + more, upper=5e-4).verdict is PASS:
        assert decide(value, expanded, upper=5e-4).verdict is PASS


@given(CURRENTS, WIDTHS)
def test_pass_leaves_the_whole_interval_inside(value: float, expanded: float) -> None:
    decision = decide(value, expanded, lower=-4e-4, upper=5e-4)
    inside = decision.acceptance_lower < value < decision.acceptance_upper  # type: ignore[operator]
    assert (decision.verdict is PASS) == inside


@given(st.floats(), st.floats(), st.sampled_from([None, ">="]), RULE)
def test_pass_needs_finite_numbers(value: float, expanded: float, bound: str | None, rule: str) -> None:
    decision = decide(value, expanded, upper=5e-4, rule=rule, bound=bound)  # type: ignore[arg-type]
    if decision.verdict is PASS:
        assert math.isfinite(value) and 0.0 <= expanded < math.inf and value < 5e-4 and bound is None
    else:
        assert decision.code in CATALOGUE


def test_a_binary_statement_rejects_what_is_not_accepted_and_judges_no_more() -> None:
    found = {value: decide(value, 10.0, upper=600.0) for value in (589.0, 595.0, 605.0, 611.0)}
    assert [decision.binary for decision in found.values()] == [Verdict.PASS, *[Verdict.FAIL] * 3]
    assert decide(math.nan, 10.0, upper=600.0).binary is Verdict.ERROR
    assert decide(500.0, 10.0, upper=600.0, bound=">=").binary is Verdict.INCONCLUSIVE


def test_of_two_sides_that_are_equally_bad_the_upper_limit_is_named() -> None:
    decision = decide(0.0, 10.0, lower=-5.0, upper=5.0)
    assert (decision.verdict, decision.params["limit"]) == (Verdict.CONDITIONAL_PASS, 5.0)


def test_a_bare_number_is_u_of_a_normal_distribution() -> None:
    # 10 is U for 95 %: u is 10/1.959964 = 5.10214, and 2.326348 u leave 1 % beyond.
    decision = decide(590.0, 10.0, upper=600.0, rule="pfa:0.01")
    assert decision.guard_band == pytest.approx(2.326348 * 5.10214, rel=1e-5)
    assert decision.nonconformance_probability == pytest.approx(0.025, rel=1e-5)


def test_a_rule_of_ones_own_decides_like_a_named_one() -> None:
    decision = decide(590.0, 10.0, upper=600.0, rule=guard_band(1.5))
    assert (decision.guard_band, decision.rule) == (15.0, "guard-1.5U")
    assert decision.verdict is Verdict.CONDITIONAL_PASS
    assert decide(584.9, 10.0, upper=600.0, rule=guard_band(1.5)).verdict is Verdict.PASS


@pytest.mark.parametrize(("value", "expanded"), [(None, 10.0), (590.0, None), (math.nan, 10.0), (590.0, -1.0)])
@pytest.mark.parametrize("rule", ["guard-U", "simple"])
def test_what_could_not_be_judged_is_told_as_it_was(value: float | None, expanded: float | None, rule: str) -> None:
    decision = decide(value, expanded, upper=600.0, rule=rule)
    assert (decision.verdict, decision.rule, decision.code) == (Verdict.ERROR, rule, "not_a_number")
    assert decision.params == {"value": pytest.approx(value, nan_ok=True), "uncertainty": expanded}


def budget(u: float, expanded: float) -> Uncertainty:
    return Uncertainty(
        standard=u, expanded=expanded, coverage_factor=expanded / u, dof=None, effective_dof=math.inf, budget=()
    )


def test_a_coverage_factor_below_one_is_as_good_as_any_and_a_negative_u_is_none() -> None:
    assert decide(590.0, budget(2.0, 1.0), upper=600.0).verdict is Verdict.PASS
    assert decide(590.0, budget(-5.0, 1.0), upper=600.0).verdict is Verdict.ERROR


def test_the_risk_of_a_value_between_two_limits_is_that_of_both_sides() -> None:
    middle = decide(0.0, 1.959964, lower=-1.0, upper=1.0, rule="simple")
    assert middle.nonconformance_probability == pytest.approx(math.erfc(1.0 / math.sqrt(2.0)), rel=1e-6)


def test_of_a_censored_value_no_risk_is_known() -> None:
    assert decide(700e-6, 1e-6, upper=600e-6, bound=">=", rule="guard-U").nonconformance_probability is None


def test_without_a_limit_the_caller_is_told() -> None:
    with pytest.raises(ValueError, match="^no limit: without a tolerance there is nothing to decide$"):
        decide(1.0, 0.1, rule="simple")
