# SPDX-License-Identifier: MIT
"""Drift, end, dose and course of treatments of which every answer is known."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.measured import Measured, NotMeasurable
from stimcert.reading import Accuracy, CurrentRecord
from stimcert.record_mean import mean_of_record, rectified_mean
from stimcert.record_peak import peak_current
from stimcert.treatment import Ending, Look, course, dose, drift, ended_after, mean_drift

Record = Callable[..., CurrentRecord]
GAIN, OFFSET = 0.01, 1e-4
POOR = Accuracy(gain=GAIN, offset=OFFSET, resolution=0.0, source="made up")
"""1 % and 1 µA across 100 Ω."""


@pytest.fixture(scope="session")
def look(record: Record) -> Callable[[float, float], Look]:
    """Build a look at a direct current (A) at a moment (s), by one instrument on one range."""

    def build(moment: float, current: float) -> Look:
        taken = record(np.full(2000, current), accuracy=POOR)
        return Look(
            moment=moment,
            peak=peak_current(taken),
            mean=mean_of_record(taken, cycle=None),
            rectified=rectified_mean(taken, cycle=None),
        )

    return build


@given(first=st.floats(1e-4, 8e-4), others=st.lists(st.floats(0.5, 1.2), min_size=1, max_size=6))
def test_drift_is_the_largest_deviation_from_the_first_look(
    look: Callable[[float, float], Look], first: float, others: list[float]
) -> None:
    looks = [look(60.0 * n, share * first) for n, share in enumerate([1.0, *others])]
    furthest = max(abs(share - 1.0) for share in others)
    assert drift(looks).value == pytest.approx(furthest, abs=1e-9)
    assert mean_drift(looks).value == pytest.approx(furthest * first, abs=1e-12)


def test_a_gain_cancels_in_a_drift_and_an_offset_remains(look: Callable[[float, float], Look]) -> None:
    """Of I = v/R + o: I₂/I₁ − 1 hangs on o by (I₁ − I₂)/I₁²."""
    found = drift([look(0.0, 4e-4), look(600.0, 3e-4)])
    offset = OFFSET / 100.0 / 3**0.5
    assert found.uncertainty.standard == pytest.approx(offset * (4e-4 - 3e-4) / 4e-4**2, rel=0.05)


def test_a_gain_and_an_offset_add_up_in_a_dose(look: Callable[[float, float], Look]) -> None:
    """400 µA for 20 minutes: 480 mC, 8 mA·min; both errors act on all of it, whatever the number of looks."""
    looks = [look(60.0 * n, 4e-4) for n in range(21)]
    found = dose(looks, Ending(on=1200.0, off=None))
    assert found.value == pytest.approx(0.48, rel=1e-6)
    together = (GAIN * 4e-4 + OFFSET / 100.0) * 1200.0 / 3**0.5
    assert found.uncertainty.standard == pytest.approx(together, rel=0.02)
    assert len(found.uncertainty.budget) < 12


def test_a_dose_ends_when_the_output_does(look: Callable[[float, float], Look]) -> None:
    looks = [look(60.0 * n, 4e-4) for n in range(10)]
    found = dose(looks, Ending(on=540.0, off=600.0))
    assert found.value == pytest.approx(4e-4 * 570.0, rel=1e-6)
    assert found.uncertainty.standard > 4e-4 * 30.0 / 3**0.5


def test_a_dose_of_a_falling_current_is_that_of_its_line(look: Callable[[float, float], Look]) -> None:
    looks = [look(60.0 * n, 4e-4 * (1 - n / 20)) for n in range(20)]
    found = dose(looks, Ending(on=1140.0, off=None))
    assert found.value == pytest.approx(4e-4 * (1140.0 - 1140.0**2 / 2400.0), rel=1e-6)


def test_a_course_is_so_many_treatments(look: Callable[[float, float], Look]) -> None:
    one = dose([look(60.0 * n, 4e-4) for n in range(21)], Ending(on=1200.0, off=None))
    all_of_them = course(one, treatments=24)
    assert all_of_them.value == pytest.approx(24 * one.value)
    assert all_of_them.uncertainty.expanded == pytest.approx(24 * one.uncertainty.expanded)


@given(on=st.floats(1.0, 2000.0), step=st.floats(0.0, 60.0))
def test_an_output_ends_between_two_looks(on: float, step: float) -> None:
    found = ended_after(Ending(on=on, off=on + step))
    assert found.value == pytest.approx(on + step / 2)
    assert found.uncertainty.standard == pytest.approx(step / 2 / 3**0.5)


def test_an_output_that_was_never_seen_off_ends_later_at_least() -> None:
    found = ended_after(Ending(on=1300.0, off=None))
    assert (found.value, found.bound) == (1300.0, ">=")


@pytest.mark.parametrize("metric", [drift, mean_drift, lambda looks: dose(looks, Ending(on=60.0, off=None))])
def test_what_a_look_does_not_show_is_not_guessed(
    look: Callable[[float, float], Look], metric: Callable[[list[Look]], Measured]
) -> None:
    refusal = NotMeasurable("clipped", "clipped")
    lost = Look(moment=60.0, peak=refusal, mean=refusal, rectified=refusal)
    with pytest.raises(NotMeasurable) as refused:
        metric([look(0.0, 4e-4), lost])
    assert refused.value.code == "clipped"


@pytest.mark.parametrize("metric", [drift, mean_drift])
def test_one_look_shows_no_drift(
    look: Callable[[float, float], Look], metric: Callable[[list[Look]], Measured]
) -> None:
    with pytest.raises(NotMeasurable) as refused:
        metric([look(0.0, 4e-4)])
    assert refused.value.code == "not_observed"
