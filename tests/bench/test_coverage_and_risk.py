# SPDX-License-Identifier: MIT
"""A small sample of what ``tests/seeds`` asks hundreds of seeds, through drivers and VISA: coverage, false accepts."""

import math

import numpy as np
import pytest

from stimcert.measured import Measured
from stimcert.uncertainty import evaluate, rectangular
from tests.seeds.coverage import HIDDEN, TRUE, Draw, Outcome, Row, clopper_pearson, measure
from tests.seeds.false_accepts import NOISE, Tally, broken, tallies

SEEDS, COUNT = 4, 200


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every quantity, measured with a few seeds."""
    return measure(range(SEEDS), "DATASHEET", (1.0, 1.0), 1.0)


def test_value_and_uncertainty_hold_the_true_value(rows: list[Row]) -> None:
    assert {row.quantity for row in rows} == {*TRUE, "load"}
    for row in rows:
        assert (row.seeds, row.coverage >= 1 - 1 / SEEDS) == (SEEDS, True), row
        assert 0.93 < row.predicted <= 1.0, row
    spread = {row.quantity: row.rms for row in rows}
    # Hidden errors, not noise. What a zero takes away leaves nothing of a net charge.
    assert all(value > 0.1 for quantity, value in spread.items() if quantity != "net charge")


@pytest.mark.parametrize("kind", NOISE)
def test_what_does_not_conform_is_hardly_ever_accepted(kind: str) -> None:
    found = tallies(kind, range(COUNT))
    assert [tally.count for tally in found] == [COUNT] * 4
    assert broken(kind, found) == []


# --- the scripts themselves can fail


def outcomes(count: int, scale: float, *, inflate: float = 1.0) -> list[Outcome]:
    """Return normal errors of a standard deviation that is not what the budget says, unless ``scale`` is 1."""
    errors = scale * np.random.default_rng(3).standard_normal(count)
    return [
        Outcome(error=float(error), standard=inflate, expanded=1.96 * inflate, dof=math.inf, predicted=0.95)
        for error in errors
    ]


def test_a_right_budget_keeps_every_demand() -> None:
    assert list(Row.of("current", outcomes(500, 1.0)).demands("BUDGET")) == []


@pytest.mark.parametrize(("scale", "inflate"), [(1.0, 1.5), (0.66, 1.0), (1.3, 1.0), (2.0, 1.0)])
def test_a_wrong_budget_does_not(scale: float, inflate: float) -> None:
    assert list(Row.of("current", outcomes(500, scale, inflate=inflate)).demands("BUDGET"))


def test_too_small_an_uncertainty_is_found_in_the_data_sheet_draw_as_well() -> None:
    assert list(Row.of("current", outcomes(500, 1.3)).demands("DATASHEET"))
    assert list(Row.of("current", outcomes(500, 0.5)).demands("DATASHEET")) == []


@pytest.mark.parametrize(
    ("offset", "accepted", "kept"),
    [
        (0.0, 125, True), (0.0, 200, False), (0.0, 0, False), (0.5, 10, True), (0.5, 11, False),
        (1.0, 0, True), (1.0, 1, False), (-2.0, 4900, True), (-2.0, 4800, False),
    ],
)  # fmt: skip
def test_every_demand_about_accepts_can_be_broken(offset: float, accepted: int, kept: bool) -> None:
    assert (broken("type A", [Tally(offset=offset, accepted=accepted, count=5000)]) == []) is kept


def test_intervals_are_those_of_the_tables() -> None:
    """Clopper and Pearson: 0 of 10 and 5 of 10 at 99 %."""
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 0.4113), abs=1e-4)
    assert clopper_pearson(5, 10) == pytest.approx((0.1283, 0.8717), abs=1e-4)


@pytest.mark.parametrize(("spread", "deviation"), [("BUDGET", math.sqrt(2.0 / 3.0)), ("DATASHEET", 0.0)])
def test_what_no_record_shows_is_drawn_from_the_budgets_own_rows(spread: str, deviation: float) -> None:
    """Two of three rows are about that; the third is what the simulated bench draws itself."""
    terms = [rectangular(symbol, half_width=1.0, unit="A") for symbol in ("v", *sorted(HIDDEN)[:2])]
    measured = Measured(value=0.0, unit="A", uncertainty=evaluate(terms))
    draw = Draw(random=np.random.default_rng(1), spread=spread, noise=(1.0, 1.0), inflate=1.0)
    drawn = [draw.hidden(measured) for _ in range(4000)]
    assert float(np.std(drawn)) == pytest.approx(deviation, rel=0.03)
