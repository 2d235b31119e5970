# SPDX-License-Identifier: MIT
"""The strongest part of a program is found where it is, and no window is torn between two signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.waveform.strongest import strongest_part

RATE = 1000.0


@given(st.floats(min_value=0.0, max_value=3.4), st.floats(min_value=-1.0, max_value=1.0))
def test_half_a_second_of_twice_the_height_is_found(begins: float, zero: float) -> None:
    """Of a program of 4 s that is recorded three times, its part in the last period."""
    times = np.arange(12_000) / RATE
    high = (times % 4.0 >= begins) & (times % 4.0 < begins + 0.5)
    samples = (np.where(times % 0.01 < 0.005, 1.0, -1.0) * np.where(high, 2.0, 1.0) + zero).astype(np.float32)
    found = strongest_part(samples, RATE, zero=zero, window=0.4, period=4.0)
    assert begins - 0.03 <= found % 4.0 <= begins + 0.13
    assert found >= 12.0 - 4.0 - 0.4 - 0.03


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.1, 1.9])
def test_of_equal_power_the_window_with_one_sign_counts(shift: float) -> None:
    times = np.arange(12_000) / RATE + shift
    samples = np.where(times % 4.0 < 2.0, 1.0, -1.0)
    found = round(strongest_part(samples, RATE, zero=0.0, window=1.0, period=4.0) * RATE)
    assert abs(samples[found : found + 1000].sum()) == 1000


def test_a_steady_current_is_as_strong_everywhere() -> None:
    assert strongest_part(np.ones(6000), RATE, zero=0.0, window=1.0, period=2.0) == pytest.approx(3.0, abs=0.07)


def test_a_record_shorter_than_the_window_has_none() -> None:
    with pytest.raises(ValueError, match="holds no window"):
        strongest_part(np.ones(100), RATE, zero=0.0, window=1.0, period=2.0)
