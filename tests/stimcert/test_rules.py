# SPDX-License-Identifier: MIT
"""Decision rules: guard bands, and which is stricter than which."""

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimcert.rules
from stimcert.decision import decide
from stimcert.rules import NAMES, at_least_as_strict, band_of_expanded, guard_band, rule_named
from stimcert.student import quantile, upper_tail
from stimcert.uncertainty import evaluate, standard
from stimcert.verdict import Verdict

RULES = ("guard-U", "guard-0.83U", "simple", "standard-inherent", "pfa:0.001", "pfa:0.025", "pfa:0.05", "pfa:0.3")
DOFS = st.none() | st.integers(1, 200)


@pytest.mark.parametrize(
    ("rule", "dof", "times_u"),
    [
        ("guard-U", None, 1.960),  # JCGM 100:2008, table G.2, half of it on each side
        ("guard-U", 4, 2.776),
        ("guard-0.83U", None, 0.83 * 1.960),
        ("pfa:0.05", None, 1.645),
        ("pfa:0.05", 4, 2.132),
        ("pfa:0.01", 10, 2.764),
        ("simple", 1, 0.0),
        ("standard-inherent", 1, 0.0),
    ],
)
def test_guard_bands_in_standard_uncertainties(rule: str, dof: int | None, times_u: float) -> None:
    assert rule_named(rule).band(1.0, dof) == pytest.approx(times_u, abs=5e-4)


@given(st.floats(1e-9, 1e3), DOFS)
def test_a_risk_of_a_fortieth_is_guarded_by_u(u: float, dof: int | None) -> None:
    assert rule_named("pfa:0.025").band(u, dof) == pytest.approx(rule_named("guard-U").band(u, dof), rel=1e-9)


@given(st.sampled_from([0.001, 0.01, 0.05, 0.2]), st.integers(1, 60), st.floats(1e-9, 1e-3))
def test_a_value_at_the_acceptance_limit_has_the_risk_of_the_rule(risk: float, dof: int, u: float) -> None:
    result = evaluate([standard("I", uncertainty=u, unit="A", dof=float(dof))])
    limit = decide(0.0, result, upper=6e-4, rule=f"pfa:{risk}").acceptance_upper
    assert limit is not None
    decision = decide(limit, result, upper=6e-4, rule=f"pfa:{risk}")
    assert decision.nonconformance_probability == pytest.approx(risk, rel=1e-5, abs=1e-9)
    assert decision.verdict is not Verdict.PASS  # a tie goes to the less favourable side


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_as_strict_as_itself_and_as_simple(rule: str) -> None:
    assert at_least_as_strict(rule, rule)
    assert at_least_as_strict(rule, "simple")
    assert at_least_as_strict(rule, "standard-inherent")


@pytest.mark.parametrize(
    ("rule", "than", "strict"),
    [
        ("guard-0.83U", "guard-U", False),
        ("guard-U", "guard-0.83U", True),
        ("pfa:0.025", "guard-U", True),
        ("pfa:0.026", "guard-U", False),
        ("guard-U", "pfa:0.024", False),
        ("guard-U", "pfa:0.025", True),
        ("simple", "guard-0.83U", False),
        ("standard-inherent", "pfa:0.4", False),
        # Wider for many degrees of freedom, narrower for few: neither is always the stricter one.
        ("pfa:0.05", "guard-0.83U", False),
        ("guard-0.83U", "pfa:0.05", False),
    ],
)
def test_which_rule_is_stricter(rule: str, than: str, strict: bool) -> None:
    assert at_least_as_strict(rule, than) is strict


@given(st.sampled_from(RULES), st.sampled_from(RULES), st.integers(1, 300), st.floats(1e-9, 1.0))
def test_a_stricter_rule_never_accepts_more(rule: str, than: str, dof: int, u: float) -> None:
    if at_least_as_strict(rule, than):
        assert rule_named(rule).band(u, dof) >= rule_named(than).band(u, dof) * (1 - 1e-9)


@pytest.mark.parametrize(
    "name", ["", "guard", "guard-u", "guard-1U", "pfa", "pfa:", "pfa:5%", "pfa:5", "pfa:0", "pfa:0.5", "pfa:0.0"]
)
def test_what_is_no_rule_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is unknown; known are guard-U"):
        rule_named(name)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_does(rule: str) -> None:
    assert "PASS when" in rule_named(rule).text
    assert "False accepts" in rule_named(rule).text


@given(
    st.sampled_from([0.001, 0.01, 0.05, 0.2]),
    st.none() | st.integers(1, 60),
    st.floats(1e-7, 1e-3),
    st.floats(0.5, 20.0),
)
def test_two_limits_together_leave_the_risk_of_the_rule(risk: float, dof: int | None, u: float, times: float) -> None:
    """At the acceptance limits the probability beyond both tolerance limits is p, or nothing is accepted."""
    result = evaluate([standard("I", uncertainty=u, unit="A", dof=math.inf if dof is None else float(dof))])
    limits = {"lower": 3.0 * u, "upper": (3.0 + times) * u}
    found = decide((3.0 + 0.5 * times) * u, result, rule=f"pfa:{risk}", **limits)
    low, high = found.acceptance_lower, found.acceptance_upper
    assert low is not None and high is not None
    if low < high * (1.0 - 1e-12):
        assert found.verdict is Verdict.PASS
        for at in (low, high):
            left = decide(at, result, rule=f"pfa:{risk}", **limits).nonconformance_probability
            assert left == pytest.approx(risk, rel=1e-5, abs=1e-9)
    else:
        assert found.verdict is not Verdict.PASS
        assert found.nonconformance_probability is not None
        assert found.nonconformance_probability >= risk * (1.0 - 1e-6)


def test_a_guard_band_by_risk_is_widened_by_no_limit_that_is_far() -> None:
    rule = rule_named("pfa:0.05")
    assert rule.band(1.0, tolerance=20.0) == rule.band(1.0) == rule.band(1.0, tolerance=None)
    assert rule.band(1.0, tolerance=4.0) == pytest.approx(1.7962, abs=1e-4)
    assert rule.band(1.0, tolerance=3.5) == pytest.approx(1.75)  # not even the middle: half the tolerance
    assert rule.band(1.0, tolerance=3.0) == rule.band(1.0)  # the acceptance limits have crossed already
    assert rule.band(0.0, tolerance=1.0) == 0.0
    assert rule_named("guard-U").band(1.0, tolerance=2.0) == pytest.approx(1.96, abs=1e-3)


@given(st.sampled_from(RULES), DOFS)
def test_risk_and_band_belong_together(rule: str, dof: int | None) -> None:
    named = rule_named(rule)
    assert named.risk_at_limit(dof) == pytest.approx(upper_tail(named.times_u(dof), dof))


def test_bands_of_a_largest_u() -> None:
    assert band_of_expanded("guard-U", 2.0) == 2.0
    assert band_of_expanded("guard-0.83U", 2.0) == pytest.approx(1.66)
    assert band_of_expanded("simple", 2.0) == 0.0
    assert band_of_expanded("pfa:0.05", 2.0) == pytest.approx(2.0 * 1.645 / 1.96, rel=1e-3)
    assert band_of_expanded("pfa:0.05", 1.96, 4.0) == pytest.approx(1.7962, abs=1e-3)


@given(st.floats(0.0, 1e-3), st.floats(1e-9, 1e-4), DOFS)
def test_of_all_rules_the_stricter_never_judges_better(value: float, u: float, dof: int | None) -> None:
    result = evaluate([standard("I", uncertainty=u, unit="A", dof=float(dof or 1e12))])
    verdicts = {rule: decide(value, result, upper=6e-4, rule=rule).verdict for rule in RULES}
    for rule, than in (("guard-U", "guard-0.83U"), ("guard-0.83U", "simple"), ("pfa:0.001", "pfa:0.05")):
        if verdicts[rule] is Verdict.PASS:
            assert verdicts[than] is Verdict.PASS


def test_names_are_all_there_is() -> None:
    assert len(NAMES) == 5
    assert quantile(0.975) == pytest.approx(1.959964, abs=1e-6)


def test_the_documented_examples_are_true() -> None:
    assert doctest.testmod(stimcert.rules).failed == 0


@pytest.mark.parametrize(("share", "text"), [(0.0, " 50 %"), (1.0, " 2.5 %"), (2.0, " 0.0044 %"), (10.0, " 7.8e-84 %")])
def test_a_guard_band_of_ones_own_is_a_share_of_u(share: float, text: str) -> None:
    rule = guard_band(share)
    assert rule.band(standard=1.0, expanded=3.0) == share * 3.0
    assert rule.band(standard=2.0, dof=4) == pytest.approx(share * 2.0 * 2.7764451, rel=1e-7)
    assert f"by more than {share:g} U (guard band w = {share:g} U); FAIL" in rule.text
    assert f"stay below{text} per limit." in rule.text


def test_a_negative_guard_band_rejects_only_what_is_beyond_for_certain() -> None:
    assert guard_band(-10.0).share == -10.0
    rule = guard_band(-1.0)
    result = evaluate([standard("I", uncertainty=1.0, unit="A")])
    verdicts = [decide(value, result, upper=10.0, rule=rule).verdict for value in (9.0, 11.9, 12.0)]
    assert verdicts == [Verdict.PASS, Verdict.PASS, Verdict.FAIL]
    both = decide(11.9, result, lower=0.0, upper=10.0, rule=rule)
    assert both.acceptance_lower == pytest.approx(-1.96, abs=1e-3)
    assert both.acceptance_upper == pytest.approx(11.96, abs=1e-3)
    assert rule.text == (
        "PASS up to 1 U beyond the limit (guard band w = −1 U), FAIL from there on (guarded rejection, JCGM 106:2012, "
        "8.3.3). False rejects stay below 2.5 % per limit; false accepts have no bound."
    )
    assert "stay below 0.0044 % per limit" in guard_band(-2.0).text


@pytest.mark.parametrize("share", [-10.1, 10.1, float("nan"), float("inf")])
def test_what_is_no_share_of_u_is_no_rule(share: float) -> None:
    with pytest.raises(ValueError, match="from −10 to 10"):
        guard_band(share)


def test_a_rule_by_risk_says_which_quantile_and_which_risk() -> None:
    rule = rule_named("pfa:0.01")
    assert rule.id == "pfa:0.01"
    assert "by more than t·u, where t is the 0.99 quantile of Student's t at the degrees of freedom; FAIL" in rule.text
    assert rule.text.endswith(
        "conditional in between (ILAC-G8:09/2019, 4.2.3). Between two limits so close that both leave a risk t·u is "
        "widened until both together leave no more. False accepts stay below 1 % per decision."
    )
