# SPDX-License-Identifier: MIT
"""The change of an output: amplitude and polarity in one number, with errors that cancel."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.reading import Accuracy, CurrentRecord
from stimcert.record_change import output_change

Make = Callable[..., CurrentRecord]
GAIN_OF_ONE_PERCENT = Accuracy(gain=1e-2, offset=5e-5, resolution=1e-6, source="made up")


def pulses(high: float, low: float = 0.0) -> NDArray[np.float64]:
    return np.where(np.arange(20_000) % 10_000 < 5_000, high, low)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (pulses(450e-6), pulses(450e-6), 0.0),
        (pulses(450e-6), pulses(405e-6), 0.1),
        (pulses(450e-6), pulses(540e-6), 0.2),
        (pulses(450e-6), pulses(-450e-6), 1.0),
        (pulses(450e-6), pulses(0.0), 1.0),
        (pulses(300e-6, -300e-6), pulses(300e-6, -150e-6), 0.5),
        (pulses(400e-6, -100e-6), pulses(100e-6, -400e-6), 0.75),
        (pulses(-320e-6, -320e-6), pulses(320e-6, 320e-6), 1.0),
    ],
    ids=["nothing", "less", "more", "turned round", "gone", "one phase", "phases swapped", "direct, turned round"],
)
def test_changes(record: Make, before: NDArray[np.float64], after: NDArray[np.float64], change: float) -> None:
    found = output_change(record(before, rate=1e6, noise=1e-4), record(after, rate=1e6, noise=1e-4, seed=7))
    assert found.unit == "%"
    assert found.value == pytest.approx(change, abs=found.uncertainty.expanded + 1e-3)


def test_the_gain_of_the_instrument_cancels(record: Make) -> None:
    """1 % of gain would be 1.2 % of U on the ratio of two independent peaks; of a change of 5 %, 0.1 % is left."""
    make = {"rate": 1e6, "noise": 1e-7, "accuracy": GAIN_OF_ONE_PERCENT}
    found = output_change(record(pulses(450e-6), **make), record(pulses(427.5e-6), **make))
    assert found.value == pytest.approx(0.05, abs=1e-3)
    assert found.uncertainty.expanded < 2e-3


@given(share=st.floats(0.0, 3.0))
def test_a_change_is_that_of_the_larger_peak(record: Make, share: float) -> None:
    found = output_change(record(pulses(400e-6), rate=1e6), record(pulses(400e-6 * share), rate=1e6))
    assert found.value == pytest.approx(abs(share - 1.0), abs=1e-4)


def test_what_was_not_measured_alike_is_not_compared(record: Make) -> None:
    one, other = record(pulses(4e-4), rate=1e6), record(pulses(4e-4), rate=1e6, full_scale=10.0)
    with pytest.raises(NotMeasurable) as refusal:
        output_change(one, other)
    assert refusal.value.code == "not_comparable"


def test_nothing_cannot_change(record: Make) -> None:
    with pytest.raises(NotMeasurable) as refusal:
        output_change(record(pulses(0.0), rate=1e6, noise=1e-4), record(pulses(4e-4), rate=1e6, noise=1e-4))
    assert refusal.value.code == "no_output_proven"
