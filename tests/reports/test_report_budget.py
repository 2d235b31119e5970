# SPDX-License-Identifier: MIT
"""The budget of the worst measurement: how its value was judged, by which method, and all of it on one axis."""

import re
from typing import Any

import pytest

from reports.axis import value_on_axis
from reports.numbers import probability
from reports.record_file import Measurement, Node
from reports.view_budget import Budget, budget_of
from tests.reports.record_factory import measurement

RULE = {"id": "guard-U", "convention": "one rectangle for gain and offset of a data sheet together"}
DRAWN = {"draws": 200000, "seed": 7, "low": 4.48e-4, "high": 4.52e-4, "half_width": 2e-6, "validated": False}


def judged(**changes: Any) -> Measurement:
    where = {"mode": "lift", "level": 8, "load": 500.0}
    found = measurement(1, "current.peak", 4.5e-4, "A", 2e-6, upper=6e-4, verdict="PASS", **where)
    return Measurement(found | {"guard_band": 2e-6, "nonconformance_probability": 0.013} | changes)


def budget(**changes: Any) -> Budget:
    found = budget_of(judged(**changes), Node(RULE), "b1")
    assert found is not None
    return found


def facts(found: Budget) -> dict[str, str | None]:
    return {fact.name: fact.value for fact in [*found.result, *found.decision]}


def test_what_judged_the_value_stands_beside_its_budget() -> None:
    found = facts(budget())
    assert found["Decision rule"] == "guard-U"
    assert found["Guard band w"] == "2 µA"
    assert found["Tolerance limit"] == "≤ 600 µA"
    assert found["Acceptance limit"] == "≤ 598 µA"
    assert found["Probability that the true value is beyond its limits"] == "1.3 %"
    assert found["Convention"] == RULE["convention"]
    assert found["Method"] == "GUM uncertainty framework (JCGM 100)"


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (DRAWN | {"validated": True}, "seed 7: 448 µA … 452 µA, which validates U"),
        (DRAWN, "U is the wider interval and decided"),
        (DRAWN | {"half_width": 3e-6}, "the wider interval decided, ± 3 µA"),
    ],
)
def test_what_a_simulation_said_is_told(drawn: dict[str, Any], said: str) -> None:
    method = facts(budget(monte_carlo=drawn))["Method"]
    assert method is not None
    assert said in method


@pytest.mark.parametrize(
    ("dof", "effective", "said"), [(None, None, "∞"), (4, 4.7123, "4.712, taken as 4"), (9, None, "9")]
)
def test_degrees_of_freedom_as_they_came_out_and_were_taken(dof: Any, effective: Any, said: str) -> None:
    assert facts(budget(dof=dof, effective_dof=effective))["Effective degrees of freedom"] == said


def test_without_a_guard_band_nothing_is_said_of_a_decision() -> None:
    assert budget(guard_band=None).decision == []


def places(svg: str, css: str) -> list[float]:
    """Return where lines of a class stand, from the left."""
    return [float(x) for x in re.findall(rf'<path class="{css}" d="M([0-9.]+) ', svg)]


def test_value_and_limits_stand_on_the_axis_in_their_order() -> None:
    plot = value_on_axis(judged(value=5.97e-4), "a1")
    assert plot is not None
    [limit], [accepted] = places(plot.svg, "line limit"), places(plot.svg, "line acceptance")
    [bar] = places(plot.svg, "bar r7")
    assert bar < accepted < limit
    assert "597.0 ± 2.0 µA, limit ≤ 600 µA, acceptance limit 598 µA" in plot.svg


def test_a_lower_bound_has_no_bar_to_its_left() -> None:
    plot = value_on_axis(judged(bound=">="), "a1")
    assert plot is not None
    assert "h18" in plot.svg


@pytest.mark.parametrize("changes", [{"value": None}, {"upper_limit": None}])
def test_without_a_value_or_a_limit_there_is_no_axis(changes: dict[str, Any]) -> None:
    assert value_on_axis(judged(**changes), "a1") is None


def test_two_limits_with_a_value_on_one_of_them() -> None:
    plot = value_on_axis(judged(value=0.0, lower_limit=0.0, acceptance_limits=[2e-6, 5.98e-4]), "a1")
    assert plot is not None
    assert len(places(plot.svg, "line limit")) == 2


@pytest.mark.parametrize(
    ("risk", "said"),
    [
        (0.0, "less than one in 10⁹"),
        (1e-12, "less than one in 10⁹"),
        (3.2e-6, "3.2 in 10⁶"),
        (0.0249, "2.5 %"),
        (0.5, "50 %"),
    ],
)
def test_probabilities_in_words(risk: float, said: str) -> None:
    assert probability(risk) == said
