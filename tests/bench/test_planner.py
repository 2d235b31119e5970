# SPDX-License-Identifier: MIT
"""Shunt, ranges and times are chosen before anything is energised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.planner import case_points, limit_rows, plan_setup, smallest_range
from stimcert.quantity import Dimension, parse
from tests.bench.parts import STATION, case, inputs, mode, without_digitizer
from tests.bench.runs import GALVANIC, MICROCURRENT, Edited


def worst_case(text: str) -> Edited:
    """Return the shipped plan with another worst case, and one load that bears it."""
    loads = ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["150 Ω"]')
    return Edited(MICROCURRENT, (('worst_case = "1 mA"', text), loads))


@pytest.mark.parametrize(
    ("worst", "shunt", "digitizer_range", "smu_range"),
    [
        # 100 Ω as long as it drops no more than 0.1 V, then 10 Ω; always the smallest range that holds it.
        ("100 µA", 100.0, 0.1, 1e-4),
        ("1 mA", 100.0, 0.1, 1e-3),
        ("1.01 mA", 10.0, 0.1, 1e-2),
        ("10 mA", 10.0, 0.1, 1e-2),
        ("20 mA", 10.0, 1.0, 1e-1),
        ("80 mA", 10.0, 1.0, 1e-1),
    ],
)
def test_shunt_and_ranges_follow_the_worst_case(
    worst: str, shunt: float, digitizer_range: float, smu_range: float
) -> None:
    plan = inputs(worst_case(f'worst_case = "{worst}"'))
    setup = plan_setup(plan, plan.plan.mode_named("lift"))
    assert setup.worst_case == pytest.approx(parse(worst, Dimension.CURRENT).si)
    assert (setup.shunt.value.si, setup.digitizer_range, setup.smu_range) == (shunt, digitizer_range, smu_range)
    assert setup.smu_limit == setup.smu_range


def test_without_a_worst_case_the_largest_bound_or_declaration_is_it() -> None:
    plan = inputs(worst_case(""))
    # mode lift: 480 µA + 30 % is more than the ceiling of 600 µA
    assert plan_setup(plan, plan.plan.mode_named("lift")).worst_case == pytest.approx(624e-6)
    # mode tone: 300 µA + 20 % is less
    assert plan_setup(plan, plan.plan.mode_named("tone")).worst_case == pytest.approx(600e-6)


def test_nothing_that_says_how_large_a_current_may_be_is_refused() -> None:
    silent = mode().model_copy(update={"worst_case": None, "declared": (), "name": "unheard-of"})
    with pytest.raises(ValueError, match="unheard-of"):
        plan_setup(inputs(), silent)


@pytest.mark.parametrize("forced", ["10 µA", "100 mA"])
def test_a_station_may_force_the_range_of_the_smu(forced: str) -> None:
    station = Edited(STATION, (('# current_range = "1 mA"', f'current_range = "{forced}"'),))
    setup = plan_setup(inputs(station=station), mode())
    assert setup.smu_range == pytest.approx(parse(forced, Dimension.CURRENT).si)
    assert setup.smu_limit == setup.smu_range


def test_without_a_digitizer_there_is_no_range_for_it() -> None:
    assert plan_setup(inputs(station=without_digitizer()), mode()).digitizer_range is None


@pytest.mark.parametrize(
    ("cycle", "nplc"),
    [
        (None, 1.0),  # d.c.
        ("10 ms", 1.0),  # two cycles in 20 ms
        ("20 ms", 1.0),
        ("30 ms", 1.5),
        ("7 ms", 1.05),  # three cycles
        ("200 ms", 10.0),
        ("201 ms", None),  # longer than a 2450 can integrate
        ("1 s", None),
    ],
)
def test_a_mean_holds_whole_cycles_and_at_least_one_of_the_mains(cycle: str | None, nplc: float | None) -> None:
    device = mode().model_copy(update={"cycle": parse(cycle, Dimension.TIME) if cycle else None})
    assert plan_setup(inputs(), device).nplc == (pytest.approx(nplc) if nplc else None)


@given(st.floats(min_value=1e-4, max_value=0.2))
def test_an_aperture_never_tears_a_cycle(cycle: float) -> None:
    quantity = parse("10 ms", Dimension.TIME)
    device = mode().model_copy(update={"cycle": type(quantity)(text="", si=cycle, dimension=Dimension.TIME)})
    nplc = plan_setup(inputs(), device).nplc
    assert nplc is not None
    aperture = nplc / 50.0
    assert aperture / cycle == pytest.approx(round(aperture / cycle), rel=1e-9)
    assert 0.02 * (1 - 1e-6) <= aperture <= 0.2 * (1 + 1e-6)


def test_the_smallest_range_that_holds_a_value_or_the_largest_there_is() -> None:
    ranges = [1e-3, 1e-2, 1e-1]
    assert [smallest_range(ranges, value) for value in (0.0, 1e-3, 1.01e-3, 0.1, 5.0)] == [1e-3, 1e-3, 1e-2, 0.1, 0.1]


def test_points_are_counted_over_modes_levels_and_loads() -> None:
    assert case_points(inputs(), case("OC-01")) == 8 * 3
    assert case_points(inputs(GALVANIC), case("OC-01", GALVANIC)) == 2 * 5 * 3
    assert case_points(inputs(GALVANIC), case("PO-01", GALVANIC)) == 2 * 2 * 3


def test_declared_is_no_row_of_a_file() -> None:
    assert [row.id for row in limit_rows(inputs(), case())] == ["microcurrent.ceiling", "microcurrent.advisory"]
    assert limit_rows(inputs(GALVANIC), case("OC-01", GALVANIC)) == []
