# SPDX-License-Identifier: MIT
"""How a dwell is divided between records and the armed trigger, by what the plan declares and the digitizer can."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.capture_plan import CapturePlan, divide, plan_capture
from bench.session.planner import plan_setup
from bench.session.point import points_of
from bench.session.sampling import LONG_RATE, Sampling, sampling_of
from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import MAX_COUNT, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE
from stimcert.quantity import Dimension, Quantity
from tests.bench.parts import case, inputs, mode, without_digitizer
from tests.bench.runs import MICROCURRENT, Edited

SAMPLING = Sampling(fastest=1e6, memory=5_000_000, bandwidth=350e3)


def seconds(value: float | None) -> Quantity | None:
    return None if value is None else Quantity(text="", si=value, dimension=Dimension.TIME)


def divided(dwell: float, *, cycle: float | None = 0.01, program: float | None = None) -> tuple[float, float, float]:
    """Return fast, watched and slow of a dwell, s."""
    device = mode().model_copy(update={"cycle": seconds(cycle), "program": seconds(program)})
    times = divide(case().model_copy(update={"dwell": seconds(dwell)}), device, SAMPLING)
    return times.fast, times.watched, times.slow


@pytest.mark.parametrize(
    ("dwell", "cycle", "program", "expected"),
    [
        (0.2, 0.01, None, (0.2, 0.0, 0.0)),
        (5.0, 0.01, None, (5.0, 0.0, 0.0)),  # as long as the memory
        (60.0, 0.01, None, (0.2, 59.8, 0.0)),
        (60.0, 1.0, None, (3.0, 57.0, 0.0)),  # three cycles
        (60.0, 4.0, None, (5.0, 55.0, 0.0)),  # one at least
        (60.0, None, None, (0.2, 59.8, 0.0)),  # d.c.
        (36.0, 0.02, 12.0, (0.2, 35.8, 36.0)),
        (3.0, 0.01, 1.0, (0.2, 2.8, 3.0)),  # a program of its own record, however short
        (0.2, 0.01, 12.0, (0.2, 0.0, 0.0)),  # looked at for a moment only, as the plan asks for
        (60.0, 20.0, None, (5.0, 55.0, 60.0)),  # no fast record holds a cycle
        (12.0, 0.01, 0.05, (0.05, 11.95, 0.15)),  # no longer than a period
    ],
)
def test_a_dwell_is_divided(
    dwell: float, cycle: float | None, program: float | None, expected: tuple[float, float, float]
) -> None:
    assert divided(dwell, cycle=cycle, program=program) == pytest.approx(expected)


def test_a_fast_record_is_no_longer_than_one_sign_of_a_polarity_that_alternates() -> None:
    device = mode().model_copy(update={"cycle": seconds(1.0), "program": seconds(4.0), "alternates": seconds(2.0)})
    assert divide(case().model_copy(update={"dwell": seconds(12.0)}), device, SAMPLING).fast == 2.0


@given(
    st.floats(min_value=1e-3, max_value=2000.0),
    st.none() | st.floats(min_value=1e-4, max_value=30.0),
    st.none() | st.floats(min_value=1e-2, max_value=300.0),
)
def test_no_part_of_a_dwell_is_left_out(dwell: float, cycle: float | None, program: float | None) -> None:
    fast, watched, slow = divided(dwell, cycle=cycle, program=program)
    assert fast + watched == pytest.approx(dwell)
    assert 0.0 < fast <= SAMPLING.longest * (1 + 1e-9)
    assert watched >= 0.0
    if program is not None and dwell >= 3 * program:
        assert slow >= 3 * program


def planned(plan: str | Edited = MICROCURRENT, name: str = "OC-01", level: int = 8) -> CapturePlan:
    given_plan = inputs(plan)
    the_case = next(each for each in given_plan.plan.cases if each.id == name)
    point = next(each for each in points_of(given_plan.plan, the_case) if each.level == level)
    found = plan_capture(given_plan, plan_setup(given_plan, point.mode), point)
    assert found is not None
    return found


def test_the_trigger_is_armed_at_the_acceptance_limit_of_the_ceiling() -> None:
    """600 µA less 1.27 µA: see the forecast of the same case."""
    found = planned()
    assert found.level == pytest.approx(598.73e-6, abs=0.01e-6)
    assert [row.id for row in found.ceilings] == ["microcurrent.ceiling"]


def test_of_two_ceilings_the_lower_one_counts() -> None:
    plan = Edited(MICROCURRENT, (('"microcurrent.advisory"', '"declared"'), ('"480 µA"', '"300 µA"')))
    # Declared for the top level are 300 µA + 30 %.
    assert planned(plan).level == pytest.approx(390e-6 - 1.04e-6, abs=0.05e-6)
    assert planned(plan, level=7).level == pytest.approx(598.73e-6, abs=0.01e-6)


def test_without_a_ceiling_the_trigger_is_armed_at_the_end_of_the_range() -> None:
    # The galvanic plan of output current declares means only; 100 mV across 100 Ω are 1 mA.
    assert planned("test_plans/galvanic_type.toml", level=5).level == pytest.approx(0.95e-3)


def test_without_a_digitizer_nothing_is_planned() -> None:
    given_plan = inputs(station=without_digitizer())
    point = next(points_of(given_plan.plan, given_plan.plan.cases[0]))
    assert plan_capture(given_plan, plan_setup(given_plan, point.mode), point) is None


# --- what the digitizer can


def test_a_record_covers_its_time_as_far_as_memory_goes() -> None:
    assert SAMPLING.samples(0.2, 1e6) == 200_000
    assert SAMPLING.samples(0.2 + 1e-7, 1e6) == 200_001
    # 0.1 + 0.2 is a little more than 0.3 in floats, and must not cost a sample.
    assert SAMPLING.samples(0.1 + 0.2, 1e6) == 300_000
    assert SAMPLING.samples(60.0, 1e6) == 5_000_000


@given(st.floats(min_value=1e-6, max_value=5000.0))
def test_a_slow_record_is_never_shorter_than_asked_for_and_has_no_gaps(length: float) -> None:
    rate = SAMPLING.rate_for(length)
    assert SAMPLING.samples(length, rate) >= length * rate - 1e-6
    assert SAMPLING.samples(length, rate) <= math.ceil(length * rate)
    assert rate <= LONG_RATE
    assert 1e6 / rate == pytest.approx(round(1e6 / rate), rel=1e-12)


def test_no_record_is_slower_than_the_digitizer_can() -> None:
    assert SAMPLING.rate_for(20_000.0) == 1e3
    assert SAMPLING.samples(20_000.0, 1e3) == SAMPLING.memory


def test_the_table_of_the_digitizer_says_what_its_driver_does() -> None:
    entry = load_accuracy("dmm6500").sampling
    assert entry is not None
    assert (entry.slowest.si, entry.fastest.si, entry.memory) == (MIN_SAMPLE_RATE, MAX_SAMPLE_RATE, MAX_COUNT)
    found = sampling_of(inputs().station)
    # 0.35 / 350 kHz is a rise of 1 µs; three of them show a height.
    assert found is not None
    assert (found.memory, found.longest, found.shortest_event) == (5_000_000, 5.0, pytest.approx(3e-6))


def test_an_event_is_no_shorter_than_a_sample() -> None:
    assert Sampling(fastest=1e3, memory=10, bandwidth=1e6).shortest_event == pytest.approx(1e-3)
