# SPDX-License-Identifier: MIT
"""The voltage of an open output: a bound, unless a second load shows that the digitizer's input is none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.reading import Accuracy, Waveform, Zero
from stimcert.record_voltage import VoltageRecord, open_voltage, peak_voltage

HUNDRED_VOLTS = Accuracy(gain=1e-3, offset=50e-3, resolution=3e-3, source="assumption")
INPUT = 10e6


def across(volts: float, *, load: float = math.inf, clipped: bool = False, zeroed: bool = True) -> VoltageRecord:
    """Return pulses of a voltage as a range of 100 V shows them."""
    samples = np.where(np.arange(20_000) % 10_000 < 5_000, volts, 0.0).astype(np.float32)
    waveform = Waveform(
        role="digitizer",
        samples=samples,
        clipped=clipped,
        range=100.0,
        sample_rate=1e6,
        accuracy=HUNDRED_VOLTS,
        bench_time=0.0,
    )
    zero = Zero(range=100.0, mean=0.0, noise=4e-3, count=100_000 if zeroed else 0)
    return VoltageRecord(waveform=waveform, zero=zero, input_resistance=INPUT, load=load)


def test_alone_it_is_a_bound() -> None:
    found = peak_voltage(across(30.0))
    assert (found.unit, found.bound, found.cause) == ("V", ">=", "digitizer_load")
    assert found.value == pytest.approx(30.0, abs=found.uncertainty.expanded)


def test_two_loads_that_make_no_difference_make_it_a_value() -> None:
    found = open_voltage(across(29.99, load=900e3), across(30.0))
    assert found.bound is None
    assert found.value == pytest.approx(30.0, abs=found.uncertainty.expanded)
    assert "what the digitizer's input may take" in {row["name"] for row in found.uncertainty.budget}


def test_two_loads_that_differ_leave_it_a_bound() -> None:
    found = open_voltage(across(25.0, load=900e3), across(30.0))
    assert (found.bound, found.cause) == (">=", "digitizer_load")


@given(source=st.floats(0.0, 2e6), volts=st.floats(5.0, 90.0))
def test_a_value_holds_what_the_output_has_without_any_load(source: float, volts: float) -> None:
    """Behind a resistance: either both loads tell it, or the open voltage lies within U."""
    beside = 1 / (1 / 900e3 + 1 / INPUT)
    loaded = across(volts * beside / (beside + source), load=900e3)
    found = open_voltage(loaded, across(volts * INPUT / (INPUT + source)))
    if found.bound is None:
        assert abs(found.value - volts) <= found.uncertainty.expanded
    else:
        assert found.value <= volts + found.uncertainty.expanded


def test_a_clipped_record_is_the_full_scale_at_least() -> None:
    found = open_voltage(across(90.0, load=900e3), across(120.0, clipped=True))
    assert (found.value, found.bound, found.cause) == (100.0, ">=", "clipped")


def test_without_a_zero_there_is_no_voltage() -> None:
    with pytest.raises(NotMeasurable):
        peak_voltage(across(30.0, zeroed=False))


def test_the_first_load_is_the_larger_one() -> None:
    with pytest.raises(ValueError, match="larger"):
        open_voltage(across(30.0), across(30.0))
