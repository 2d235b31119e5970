# SPDX-License-Identifier: MIT
"""Both current paths at a point of the device: what is compared, what is not, and what each path may be off."""

import doctest
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import stimcert.path_agreement
from stimcert.allowance import EACH_CHECK, MOST_FALSE_ALARMS, allowance_of
from stimcert.models import mean_current
from stimcert.path_agreement import Agreement, NotComparable, compare, false_alarm_of
from stimcert.reading import Accuracy, CurrentRecord, MeanReading, Status
from stimcert.record_terms import shunt_term
from stimcert.term import normal, rectangular, standard
from stimcert.uncertainty import evaluate

RATE, CYCLE, HIGH = 1e5, 10e-3, 400e-6
DIGITIZER = Accuracy(gain=5e-4, offset=30e-6, resolution=1e-6, source="made up")

Build = Callable[..., Any]


def pulses(seconds: float = 0.2, *, cycle: float = CYCLE, high: float = HIGH) -> NDArray[np.float64]:
    """Return a current that is on for half of each cycle: its mean is half of ``high``."""
    t = (np.arange(round(seconds * RATE)) + 0.5) / RATE
    return np.where(t % cycle < cycle / 2.0, high, 0.0)


def held(
    reading: Build, record: Build, current: NDArray[np.float64], mean: float, *, cycle: float | None = CYCLE, n: int = 5
) -> Agreement | NotComparable:
    """Compare a mean that the SMU read n times with a record."""
    smu = replace(reading(*[mean + k * 1e-10 for k in range(n)]), bench_time=0.4)
    seen = record(current, noise=20e-6, accuracy=DIGITIZER, rate=RATE, full_scale=0.1)
    return compare(mean_current(smu), smu, seen, cycle=cycle)


def test_the_same_current_agrees(reading: Build, record: Build) -> None:
    found = held(reading, record, pulses(), HIGH / 2)
    assert isinstance(found, Agreement)
    assert found.agrees
    assert found.digitizer == pytest.approx(HIGH / 2, abs=2e-9)
    # 30 µV + 5e-4 · 20 mV + ½ µV across 100 Ω, 60 nA + 2e-4 · 200 µA + ½ nA hold with certainty; noise is more.
    assert 0.405e-6 + 0.1005e-6 < found.allowed < 0.6e-6
    assert found.false_alarm == EACH_CHECK


@given(st.floats(-0.2, 0.2))
def test_what_is_off_by_more_than_allowed_disagrees(reading: Build, record: Build, off: float) -> None:
    found = held(reading, record, pulses(), HIGH / 2 * (1.0 + off))
    assert isinstance(found, Agreement)
    assert found.agrees == (abs(found.smu - found.digitizer) <= found.allowed)
    if abs(off) > 0.01:
        assert not found.agrees
    if abs(off) < 0.002:
        assert found.agrees


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.77])
def test_the_phase_of_the_device_does_not_matter(reading: Build, record: Build, phase: float) -> None:
    whole = pulses(0.2 + CYCLE)
    begin = round(phase * CYCLE * RATE)
    found = held(reading, record, whole[begin : begin + round(0.2 * RATE)], HIGH / 2)
    assert isinstance(found, Agreement)
    assert found.digitizer == pytest.approx(HIGH / 2, abs=3e-9)


def test_direct_current_is_compared_without_a_period(reading: Build, record: Build) -> None:
    found = held(reading, record, np.full(20_000, 3e-4), 3e-4, cycle=None)
    assert isinstance(found, Agreement)
    assert found.agrees


def ramp(share: float) -> NDArray[np.float64]:
    """Return pulses that grow by a share while they are recorded."""
    current = pulses()
    return current * (1.0 + share * np.arange(len(current)) / len(current))


@pytest.mark.parametrize(
    ("current", "cycle", "because"),
    [
        (ramp(0.02), CYCLE, "not the same"),
        (pulses(cycle=10.3e-3), CYCLE, "not the same"),
        (np.concatenate([pulses(0.1), np.zeros(10_000)]), CYCLE, "not the same"),
        (np.where(np.arange(20_000) < 10_000, 3e-4, 2e-4), None, "not the same"),
        (pulses(0.019), CYCLE, "fewer than two"),
        (pulses(), 7e-3, "does not integrate whole"),
        (pulses(cycle=20e-6), 20e-6, "too few samples"),
    ],
    ids=["grows", "another period", "stops", "steps", "short", "no whole periods", "fast"],
)
def test_what_does_not_repeat_itself_is_not_compared(
    reading: Build, record: Build, current: NDArray[np.float64], cycle: float | None, because: str
) -> None:
    """The device may do so; both paths looked at another moment of it, and neither is wrong."""
    found = held(reading, record, current, 1e-4, cycle=cycle)
    assert isinstance(found, NotComparable)
    assert because in found.because


def test_a_reading_or_a_record_that_is_none_is_not_compared(reading: Build, record: Build) -> None:
    smu: MeanReading = reading(1e-4)
    seen: CurrentRecord = record(pulses(), rate=RATE)
    limited = replace(smu, status=Status.LIMITED, values=())
    assert compare(mean_current(smu), limited, seen, cycle=CYCLE) == NotComparable(
        because="the SMU has no mean (limited)"
    )
    clipped = replace(seen, waveform=replace(seen.waveform, clipped=True))
    assert compare(mean_current(smu), smu, clipped, cycle=CYCLE) == NotComparable(because="the record is clipped")


def test_no_number_never_agrees(reading: Build, record: Build) -> None:
    current = pulses()
    current[5_000] = math.nan
    assert isinstance(held(reading, record, current, HIGH / 2), NotComparable)
    assert not Agreement(smu=math.nan, digitizer=0.0, allowed=1.0, false_alarm=0.0).agrees
    assert not Agreement(smu=0.0, digitizer=0.0, allowed=math.nan, false_alarm=0.0).agrees


def test_what_both_have_in_common_is_neither_evidence_nor_excuse(reading: Build, record: Build) -> None:
    """Were the SMU's current read across the same shunt, the shunt would move both together: it is no room."""
    smu = replace(reading(*[HIGH / 2] * 5), bench_time=0.4)
    seen = record(pulses(), accuracy=DIGITIZER, rate=RATE, full_scale=0.1)
    doubtful = replace(seen, shunt=replace(seen.shunt, expanded_uncertainty=1.0))
    alone = mean_current(smu)
    across = evaluate([*alone.uncertainty.terms, shunt_term(doubtful, -HIGH / 2 / 100.0)])
    found = [
        compare(measured, smu, one, cycle=CYCLE)
        for measured, one in [(alone, seen), (alone, doubtful), (replace(alone, uncertainty=across), doubtful)]
    ]
    exact, own, common = (each.allowed for each in found if isinstance(each, Agreement))
    assert own > 1.5 * exact
    assert common == pytest.approx(exact, rel=1e-3)


def test_the_allowance_of_a_budget() -> None:
    terms = [
        rectangular("a", half_width=1.0, unit="A"),
        rectangular("b", half_width=2.0, unit="A"),
        normal("c", expanded=3.0, unit="A"),
        standard("d", uncertainty=0.0, unit="A", dof=4),
        standard("e", uncertainty=1.0, unit="A", dof=9.5),
    ]
    found = allowance_of(terms, [1.0, -2.0, 1.0, 1.0, -1.0])
    assert (found.limit, found.normal, found.scatter) == (5.0, 1.5, ((1.0, 9),))


@given(st.integers(0, 10**6))
def test_no_comparison_may_alarm_more_often_than_a_check(number: int) -> None:
    assert 0.0 < false_alarm_of(number) <= EACH_CHECK
    assert false_alarm_of(number + 100) < false_alarm_of(number)


def test_however_many_comparisons_there_are_they_leave_room_for_the_checks() -> None:
    assert math.fsum(map(false_alarm_of, range(100_000))) < MOST_FALSE_ALARMS / 3
    assert doctest.testmod(stimcert.path_agreement).failed == 0
