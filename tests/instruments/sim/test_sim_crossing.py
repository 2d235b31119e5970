# SPDX-License-Identifier: MIT
"""When a margin of two exponentials is used up: the first time, also where it recovers afterwards."""

from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.crossing import Margin, used_up


def test_one_exponential_has_the_time_of_its_logarithm() -> None:
    assert used_up(Margin(1.0, 4.0, 0.0, 1.0), (2.0, 0.0), 10.0) == pytest.approx(log(4 / 3) / 2, rel=1e-12)


def test_a_margin_that_recovers_before_the_end_was_used_up_all_the_same() -> None:
    # 0.2 − (e^(−t) − e^(−3t)): deepest at ln 3 / 2, and above zero again long before 5 s.
    margin, rates = Margin(0.2, -1.0, 1.0, 1.0), (1.0, 3.0)
    found = used_up(margin, rates, 5.0)
    assert 0 < found < log(3) / 2
    assert exp(-found) - exp(-3 * found) == pytest.approx(0.2, rel=1e-9)
    assert used_up(Margin(0.39, -1.0, 1.0, 1.0), rates, 5.0) == inf  # the hump is 0.385 high
    assert used_up(margin, rates, found * 0.99) == inf


def test_what_is_used_up_already_is_so_at_once() -> None:
    assert used_up(Margin(-1e-3, 1.0, 0.0, 1.0), (1.0, 0.0), 1.0) == 0.0


def test_rounding_is_no_event() -> None:
    assert used_up(Margin(-1e-13, 0.0, 0.0, 1.0), (0.0, 0.0), 1.0) == inf
    assert used_up(Margin(-1e-13, 0.0, 0.0, 1e-3), (0.0, 0.0), 1.0) == 0.0


@given(st.floats(0.0, 1.0), st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(0.01, 50.0), st.floats(0.01, 50.0))
def test_nothing_is_used_up_before_the_time_that_is_found(
    begin: float, first: float, second: float, fast: float, slow: float
) -> None:
    margin, rates = Margin(begin, first, second, 1.0), (fast, slow)
    found = used_up(margin, rates, 3.0)
    for step in range(200):
        assert margin.at(rates, min(found, 3.0) * step / 200) >= -1e-9
    if found < inf:
        assert margin.at(rates, found) == pytest.approx(0.0, abs=1e-9)
