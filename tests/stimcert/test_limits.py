# SPDX-License-Identifier: MIT
"""Limit rows and profiles: the shipped ones, their mistakes, and what a plan lacks for a certificate."""

from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.limits import LimitFile, LimitRow, no_pass_zone
from stimcert.plan import Plan
from stimcert.profile import Profile, gaps
from stimcert.strict_toml import InvalidFile, StrictModel, load

PLANS = Path(__file__).parents[2] / "test_plans"
M = TypeVar("M", bound=StrictModel)
LIMITS = (PLANS / "limits" / "microcurrent.toml").read_text(encoding="utf-8")


def _read(model: type[M], text: str) -> M:
    return load(text.encode(), model, "file.toml").value


def _shipped(name: str) -> str:
    return (PLANS / name).read_text(encoding="utf-8")


def _row(**values: object) -> LimitRow:
    facts = {"id": "x", "metric": "current.mean", "kind": "limit", "regime": "fda", "source": "x", "status": "verified"}
    return LimitRow.model_validate(facts | values)


def test_the_shipped_rows() -> None:
    ceiling, advisory, *_ = _read(LimitFile, LIMITS).rows
    assert (ceiling.id, ceiling.upper and ceiling.upper.si, ceiling.lower, ceiling.kind) == (
        "microcurrent.ceiling", pytest.approx(600e-6), None, "limit",
    )  # fmt: skip
    assert (advisory.id, advisory.upper and advisory.upper.si, advisory.kind) == (
        "microcurrent.advisory", pytest.approx(500e-6), "advisory",
    )  # fmt: skip
    assert ceiling.event.si == pytest.approx(10e-6)
    assert (ceiling.min_observed.si, ceiling.unit, ceiling.status) == (1.0, "A", "unverified")


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('upper = "600 µA"', 'upper = "600 µA"\nlower = "600 µA"', "limit[1].lower", "lower must be less than upper"),
        ('upper = "600 µA"', "", "limit[1].upper", "lower or upper"),
        ('upper = "600 µA"', 'upper = "0 A"', "limit[1].upper", "greater than 0 A"),
        ('upper = "600 µA"', 'upper = "nan A"', "limit[1].upper", "finite"),
        ('min_observed = "100 %"', 'min_observed = "101 %"', "limit[1].min_observed", "at most 100 %"),
        ('id = "microcurrent.advisory"', 'id = "microcurrent.ceiling"', "limit[2].id", "twice"),
        ('id = "microcurrent.advisory"', 'id = "declared"', "limit[2].id", "any other id"),
        ('status = "unverified"', 'status = "hearsay"', "limit[1].status", "'verified' or 'unverified'"),
        ('metric = "current.peak"', 'metric = "current.peek"', "limit[1].metric", "'current.peak'"),
        ('event = "10 µs"', 'event = "10 µA"', "limit[1].event", "which is a current"),
        ('event = "10 µs"', 'event = "0 s"', "limit[1].event", "greater than 0 s"),
    ],
)
def test_one_mistake_each(old: str, new: str, key: str, said: str) -> None:
    assert old in LIMITS
    with pytest.raises(InvalidFile) as invalid:
        _read(LimitFile, LIMITS.replace(old, new, 1))
    found = [str(problem) for problem in invalid.value.problems if problem.key == key]
    assert len(found) == 1, invalid.value
    assert said in found[0]


@pytest.mark.parametrize(
    ("lower", "upper", "uncertainty", "rule", "room"),
    [
        ("320 µA", "480 µA", "80 µA", "guard-U", False),
        ("320 µA", "480 µA", "79.9 µA", "guard-U", True),
        ("320 µA", "480 µA", "80 µA", "simple", True),
        ("320 µA", "480 µA", "80 µA", "standard-inherent", True),
        ("320 µA", "480 µA", "96 µA", "guard-0.83U", True),
        ("320 µA", "480 µA", "97 µA", "guard-0.83U", False),
        # Both sides count: in the middle of 160 µA 5 % are beyond the limits when 1.96 u = 80 µA.
        ("320 µA", "480 µA", "79.9 µA", "pfa:0.05", True),
        ("320 µA", "480 µA", "80.1 µA", "pfa:0.05", False),
        ("320 µA", "480 µA", "95 µA", "pfa:0.05", False),
        ("320 µA", "480 µA", "68 µA", "pfa:0.01", False),
        (None, "-480 µA", "1 A", "guard-U", True),
        ("320 µA", None, "1 A", "guard-U", True),
        ("320 µA", "480 µA", None, "guard-U", True),
        ("320 µA", "480 µA", "60 µA", "pfa:0.01", True),
    ],
)
def test_room_to_pass(lower: str | None, upper: str | None, uncertainty: str | None, rule: str, room: bool) -> None:
    row = _row(lower=lower, upper=upper, max_uncertainty=uncertainty)
    assert (no_pass_zone(row, rule) is None) == room


def test_a_peak_is_never_below_zero() -> None:
    assert no_pass_zone(_row(metric="current.peak", upper="600 µA", max_uncertainty="600 µA"), "guard-U")
    assert not no_pass_zone(_row(metric="current.peak", upper="600 µA", max_uncertainty="599 µA"), "guard-U")


@given(low=st.integers(-1000, 1000), high=st.integers(-1000, 1000), uncertainty=st.integers(1, 1000))
def test_a_row_with_room_has_an_acceptance_zone(low: int, high: int, uncertainty: int) -> None:
    if low >= high:
        with pytest.raises(ValueError, match="lower must be less"):
            _row(lower=f"{low} µA", upper=f"{high} µA")
        return
    row = _row(lower=f"{low} µA", upper=f"{high} µA", max_uncertainty=f"{uncertainty} µA")
    if no_pass_zone(row, "guard-U") is None:
        assert low + uncertainty < high - uncertainty
    else:
        assert low + uncertainty >= high - uncertainty


def _gaps(plan: str, profile: str, limits: str = LIMITS) -> list[str]:
    rows = {row.id: row for row in _read(LimitFile, limits).rows}
    return gaps(_read(Profile, profile), _read(Plan, plan), rows)


MICROCURRENT = (_shipped("microcurrent_facial.toml"), _shipped("profiles/microcurrent_routine.toml"))
GALVANIC = (_shipped("galvanic_facial.toml"), _shipped("profiles/galvanic_routine.toml"))


@pytest.mark.parametrize(("plan", "profile"), [MICROCURRENT, GALVANIC], ids=["microcurrent", "galvanic"])
def test_shipped_plans_meet_their_profiles(plan: str, profile: str) -> None:
    assert _gaps(plan, profile) == []


@pytest.mark.parametrize(
    ("files", "old", "new", "said"),
    [
        (MICROCURRENT, 'levels = "all"', "levels = [8]", "not measured by output_current at level 1, 2"),
        (MICROCURRENT, '"500 Ω", "2 kΩ", "10 kΩ"]', '"500 Ω", "10 kΩ"]', "at 2 kΩ"),
        (MICROCURRENT, '"guard-U"', '"simple"', "decision rule simple is looser"),
        (MICROCURRENT, '"guard-U"', '"standard-inherent"', "decision rule standard-inherent is looser than guard-U"),
        (MICROCURRENT, '"guard-U"', '"guard-0.83U"', "decision rule guard-0.83U is looser than guard-U"),
        (MICROCURRENT, '"guard-U"', '"pfa:0.03"', "decision rule pfa:0.03 is looser than guard-U"),
        (MICROCURRENT, '["microcurrent.ceiling", ', "[", "not held against current.peak ≤ 600 µA"),
        (MICROCURRENT, 'dwell = "200 ms"', 'dwell = "200 ms"\nnot_applicable = "x"', "mode lift is not measured"),
        (MICROCURRENT, 'claims = ["microcurrent"]', 'claims = ["microcurrent", "galvanic"]', "also claims galvanic"),
        (GALVANIC, 'levels = [1, 5]', 'not_applicable = "x"', "mode iontophoresis is not measured by polarity"),
        (GALVANIC, 'active_terminal = "red socket, marked +"', "", "does not say how its active terminal is known"),
        (GALVANIC, "levels = [1, 5]", "levels = [1]", "not measured by polarity at level 5"),
    ],
)  # fmt: skip
def test_what_a_plan_lacks(files: tuple[str, str], old: str, new: str, said: str) -> None:
    plan, profile = files
    assert old in plan
    assert any(said in gap for gap in _gaps(plan.replace(old, new, 1), profile)), _gaps(
        plan.replace(old, new, 1), profile
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('upper = "600 µA"', 'upper = "601 µA"'),
        ('event = "10 µs"', 'event = "20 µs"'),
        ('kind = "limit"', 'kind = "advisory"'),
        ('min_observed = "100 %"', 'min_observed = "50 %"'),
    ],
)
def test_a_looser_limit_is_a_gap(old: str, new: str) -> None:
    found = _gaps(*MICROCURRENT, limits=LIMITS.replace(old, new, 1))
    assert [gap for gap in found if "not held against current.peak" in gap], found


def test_a_smoke_profile_never_certifies() -> None:
    assert "smoke" in _gaps(MICROCURRENT[0], MICROCURRENT[1].replace('"routine"', '"smoke"'))[0]


def test_a_row_about_some_loads_says_nothing_about_others() -> None:
    row = _row(lower="-1 A", upper="1 A", loads=("500 Ω", "2 kΩ"))
    assert [row.holds_at(load) for load in (500.0, 2000.0, 1000.0)] == [True, True, False]
    assert not row.holds_at(500.0, "N1")
    assert _row(lower="-1 A", upper="1 A").holds_at(123.0, "N1")


@pytest.mark.parametrize(
    ("plan_rule", "loosest"), [("pfa:0.01", "guard-U"), ("guard-U", "pfa:0.03"), ("simple", "simple")]
)
def test_a_rule_that_is_strict_enough_is_no_gap(plan_rule: str, loosest: str) -> None:
    plan, profile = (
        text.replace('"guard-U"', f'"{rule}"', 1) for text, rule in zip(MICROCURRENT, (plan_rule, loosest), strict=True)
    )
    assert _gaps(plan, profile) == []
