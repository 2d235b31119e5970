# SPDX-License-Identifier: MIT
"""Which bounds apply at which point."""

from dataclasses import replace

import pytest

from bench.session.point import Point
from bench.session.row import Row
from bench.session.rows import required_points, rows_of
from tests.bench.parts import case, galvanic_point, inputs, point
from tests.bench.runs import GALVANIC, MICROCURRENT, Edited

LIMITS = 'limits = ["microcurrent.ceiling", "microcurrent.advisory"]'
# Declared is level 8, from 500 Ω to 10 kΩ.
DECLARED = Edited(MICROCURRENT, ((LIMITS, 'limits = ["declared"]'), ('levels = "all"', "levels = [8]")))


def declared_point(level: int = 8, load: float = 2000.0) -> Point:
    """Return a point of a case that is judged by what is declared."""
    return replace(point(level, load), case=case("OC-01", DECLARED))


def test_a_limit_row_says_everything_that_the_file_says() -> None:
    ceiling, advisory = rows_of(inputs(), point(), "current.peak")
    assert ceiling == Row(
        id="microcurrent.ceiling",
        metric="current.peak",
        lower=None,
        upper=pytest.approx(600e-6),
        event=pytest.approx(10e-6),
        max_uncertainty=pytest.approx(60e-6),
        min_observed=1.0,
    )
    assert (advisory.id, advisory.kind, advisory.upper) == ("microcurrent.advisory", "advisory", pytest.approx(500e-6))


def test_a_metric_without_a_row_is_information() -> None:
    assert rows_of(inputs(), point(), "current.mean") == []
    assert rows_of(inputs(), point(), "current.polarity") == []


def test_what_is_declared_holds_at_its_level_metric_and_loads_only() -> None:
    plan = inputs(DECLARED)
    (row,) = rows_of(plan, declared_point(8), "current.peak")
    assert (row.id, row.metric, row.magnitude) == ("declared.lift.8.current.peak", "current.peak", True)
    # 480 µA ± 30 %
    assert (row.lower, row.upper) == (pytest.approx(336e-6), pytest.approx(624e-6))
    assert rows_of(plan, declared_point(7), "current.peak") == []
    assert rows_of(plan, declared_point(8), "current.mean") == []
    assert rows_of(plan, declared_point(8, load=499.0), "current.peak") == []
    assert rows_of(plan, declared_point(8, load=10.1e3), "current.peak") == []


def test_a_point_of_a_case_without_declared_limits_ignores_what_is_declared() -> None:
    assert [row.id for row in rows_of(inputs(), point(8), "current.peak")] == [
        "microcurrent.ceiling",
        "microcurrent.advisory",
    ]


@pytest.mark.parametrize(("mode", "sign"), [("desincrustation", "negative"), ("iontophoresis", "positive")])
def test_the_sign_of_a_galvanic_mode_is_a_bound_at_zero(mode: str, sign: str) -> None:
    (row,) = rows_of(inputs(GALVANIC), galvanic_point(mode), "current.polarity")
    assert row.id == f"polarity.{sign}"
    assert (row.lower, row.upper) == ((None, 0.0) if sign == "negative" else (0.0, None))
    assert row.required_sign == (-1 if sign == "negative" else 1)
    assert row.kind == "limit"


def test_every_point_of_a_case_asks_for_its_limits_and_the_top_one_twice() -> None:
    points = list(required_points(inputs(), case("OC-01")))
    # 8 levels and one more "up", at 3 loads; the advisory is no limit.
    assert len(points) == 27
    assert all(point["rows"] == ["microcurrent.ceiling"] for point in points)
    assert [point["level"] for point in points[:9]] == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert [point["one_more_up"] for point in points[:9]] == [False] * 8 + [True]
    assert [point["load"] for point in points[::9]] == [500.0, 2000.0, 10000.0]


def test_a_polarity_case_asks_for_a_sign_at_every_point() -> None:
    points = list(required_points(inputs(GALVANIC), case("PO-01", GALVANIC)))
    # 2 modes, 3 loads, levels 1 and 5; nothing is judged by limits, so that "up" is not pressed again.
    assert len(points) == 12
    assert {(point["mode"], *point["rows"]) for point in points} == {
        ("desincrustation", "polarity.negative", "polarity.one_way"),
        ("iontophoresis", "polarity.positive", "polarity.one_way"),
    }


def test_a_declared_case_asks_for_the_declaration_of_each_level() -> None:
    points = list(required_points(inputs(GALVANIC), case("OC-01", GALVANIC)))
    assert {point["level"] for point in points} == {1, 2, 3, 4, 5}
    assert all(point["rows"] == [f"declared.{point['mode']}.{point['level']}.current.mean"] for point in points)
