# SPDX-License-Identifier: MIT
"""What was worked out last is worked out again as soon as anything that it depends on is another."""

from hypothesis import given
from hypothesis import strategies as st

from bench.session.remembered import Remembered


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans())))
def test_it_is_what_would_be_worked_out_now(keys: list[tuple[int, bool]]) -> None:
    remembered, worked = Remembered[tuple[int, bool]](), []
    for key in keys:
        assert remembered.get(key, lambda key=key: worked.append(key) or key) == key
    assert worked == [key for key, before in zip(keys, [None, *keys], strict=False) if key != before]
