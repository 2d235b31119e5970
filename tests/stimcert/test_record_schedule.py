# SPDX-License-Identifier: MIT
"""Reversals, schedules of signs and ON/OFF programs of which every answer is known; and what must be refused."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import PulseTrain
from stimcert.reading import CurrentRecord
from stimcert.record_metrics import record_metric
from stimcert.surroundings import Surroundings

Record = Callable[..., CurrentRecord]
RATE = 1e4
WITHIN = 2.5


def swapping(times: list[float], *, gap: float = 0.0, height: float = 4e-4, first: int = 1) -> NDArray[np.float64]:
    """Return a direct current that has each sign for its time, ``gap`` of it without current."""
    parts = []
    for number, time in enumerate(times):
        parts += [np.zeros(round(gap * RATE)), np.full(round((time - gap) * RATE), first * height * (-1) ** number)]
    return np.concatenate(parts)


ALTERNATING = Surroundings(alternates=2.0)


def value(record: CurrentRecord, metric: str, around: Surroundings = ALTERNATING) -> Measured:
    return record_metric(metric, PulseTrain(record=record), around, event=10e-6, cycle=None)


def holds(measured: Measured, truth: float) -> None:
    assert abs(measured.value - truth) <= WITHIN * measured.uncertainty.expanded, (measured.value, truth)


@settings(max_examples=20, deadline=None)
@given(
    times=st.lists(st.integers(5, 15), min_size=8, max_size=10),
    gap=st.sampled_from([0.0, 0.02]),
    first=st.sampled_from([1, -1]),
)
def test_a_schedule(record: Record, times: list[int], gap: float, first: int) -> None:
    seconds = [time / 10 for time in times]
    found = record(swapping(seconds, gap=gap, first=first), rate=RATE, noise=2e-5)
    # The first one may have begun before the record, the last one may go on after it.
    holds(value(found, "polarity.shortest"), min(seconds[1:-1]))
    holds(value(found, "polarity.longest"), max(seconds[1:-1]))
    holds(value(found, "polarity.gap"), gap)


def test_an_output_that_keeps_its_sign_changes_it_after_the_record_at_the_earliest(record: Record) -> None:
    found = value(record(np.full(50_000, 4e-4), rate=RATE), "polarity.shortest")
    assert (found.value, found.bound) == (pytest.approx(5.0), ">=")


def test_of_too_few_cycles_the_longest_time_is_known_at_least(record: Record) -> None:
    found = value(record(swapping([1.0, 0.7, 0.9, 1.4]), rate=RATE, noise=2e-5), "polarity.longest")
    assert (found.value, found.bound) == (pytest.approx(1.4, abs=1e-3), ">=")


@pytest.mark.parametrize(
    ("current", "code"),
    [
        (swapping([1.0] * 7), "not_observed"),
        (np.zeros(20_000), "polarity_undetermined"),
        (np.full(20_000, 5e-2), "clipped"),
    ],
    ids=["too few cycles", "nothing", "clipped"],
)
def test_what_has_no_schedule(record: Record, current: NDArray[np.float64], code: str) -> None:
    with pytest.raises(NotMeasurable) as refused:
        value(record(current, rate=RATE, noise=2e-5), "polarity.shortest")
    assert refused.value.code == code


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.02, 1.0), sign=st.sampled_from([1, -1]), seed=st.integers(0, 9))
def test_a_reversal(record: Record, share: float, sign: int, seed: int) -> None:
    current = np.full(20_000, sign * 4e-4)
    current[7000:7010] = -sign * share * 4e-4
    holds(value(record(current, rate=RATE, noise=5e-5, seed=seed), "current.reversal"), share)


@pytest.mark.parametrize("sign", [1, -1])
def test_what_never_reverses_never_does_whichever_way_it_flows(record: Record, sign: int) -> None:
    found = value(record(np.full(20_000, sign * 4e-4), rate=RATE, noise=5e-5), "current.reversal")
    assert found.value <= found.uncertainty.expanded < 0.01


def test_where_nothing_flows_nothing_reverses(record: Record) -> None:
    with pytest.raises(NotMeasurable) as refused:
        value(record(np.zeros(20_000), rate=RATE, noise=5e-5), "current.reversal")
    assert refused.value.code == "no_output_proven"


@settings(max_examples=15, deadline=None)
@given(on=st.floats(0.4, 1.2), off=st.floats(0.4, 1.2), first=st.floats(0.05, 0.3), period=st.floats(5e-3, 2e-2))
def test_a_program(record: Record, on: float, off: float, first: float, period: float) -> None:
    """Pulses in an ON come whole: it lasts as long as it is said to within one period."""
    times = np.arange(round((4 * (on + off) + first + 0.4) * RATE)) / RATE
    at = (times - first) % (on + off)
    running = (times >= first) & (at < on)
    current = np.where(running & (at % period < 1e-3), 4e-4, 0.0)
    around = Surroundings(pause_limit=2 * period)
    found = record(current, rate=RATE, noise=2e-5)
    for metric, truth, unit in (("on", on, 1.0), ("off", off, 1.0), ("duty", on / (on + off), on + off)):
        measured = value(found, f"program.{metric}", around)
        assert abs(measured.value - truth) <= period / unit + WITHIN * measured.uncertainty.expanded
        assert measured.uncertainty.expanded < 0.02 / unit


def test_a_program_of_which_two_cycles_were_seen_has_no_times(record: Record) -> None:
    with pytest.raises(NotMeasurable) as refused:
        value(record(np.tile(np.repeat([0.0, 4e-4], 5000), 3), rate=RATE, noise=2e-5), "program.on")
    assert refused.value.code == "not_observed"


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_ripple(record: Record, share: float) -> None:
    """Half of the peak-to-peak value is the share: a ripple of twice that."""
    times = np.arange(20_000) / RATE
    current = 4e-4 * (1 + share * np.sin(2 * np.pi * 10 * times))
    holds(value(record(current, rate=RATE, noise=2e-5), "current.ripple"), 2 * share)


def test_pulses_on_a_direct_current_stand_on_it(record: Record) -> None:
    """300 µA d.c. + 400 µA pulses: 400 µA from the baseline, 700 µA in the skin."""
    current = np.where(np.arange(20_000) % 1000 < 100, 7e-4, 3e-4)
    found = record(current, rate=RATE, noise=2e-5)
    holds(value(found, "current.baseline_to_peak"), 4e-4)
    holds(value(found, "current.positive_peak"), 7e-4)
