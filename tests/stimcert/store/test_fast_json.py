# SPDX-License-Identifier: MIT
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.store.fast_json import from_json, to_json

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text() | st.sampled_from(["NaN", "Infinity", "-Infinity", '"NaN"', "µA Ω"])
BODIES = st.recursive(PLAIN | TEXTS, lambda x: st.lists(x, max_size=4) | st.dictionaries(TEXTS, x, max_size=4))


@given(st.dictionaries(TEXTS, BODIES, max_size=4))
def test_a_body_comes_back_as_it_was(body: dict[str, object]) -> None:
    text = to_json(body)
    assert json.loads(text) == from_json(text) == json.loads(json.dumps(body))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused_however_deep(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"budget": [{"u": value, "text": "NaN"}]})


def test_order_is_kept() -> None:
    assert to_json({"b": 1, "a": [1.5, None, True]}) == '{"b":1,"a":[1.5,null,true]}'
