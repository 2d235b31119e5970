# SPDX-License-Identifier: MIT
"""The median is NumPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stimcert.waveform.median import median


@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=9))
def test_it_is_what_numpy_says(values: list[float]) -> None:
    array = np.array(values)
    assert np.array_equal(median(array), np.median(array), equal_nan=True)


def test_of_nothing_there_is_none() -> None:
    assert np.isnan(median(np.array([])))
