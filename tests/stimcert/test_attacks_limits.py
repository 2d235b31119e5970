# SPDX-License-Identifier: MIT
"""Attacks on limit rows: bounds through which a current of the other sign would slip."""

import pytest
from pydantic import ValidationError

from stimcert.limits import LimitRow

_FACTS = {"id": "x", "kind": "limit", "regime": "fda", "source": "x", "status": "verified"}


@pytest.mark.parametrize("bound", [{"upper": "500 µA"}, {"lower": "-500 µA"}], ids=["upper", "lower"])
def test_a_mean_is_not_bounded_on_the_side_of_one_sign_only(bound: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="a mean current has a sign"):
        LimitRow.model_validate({**_FACTS, "metric": "current.mean", **bound})


@pytest.mark.parametrize(
    "bounds",
    [{"lower": "-500 µA", "upper": "500 µA"}, {"upper": "-100 µA"}, {"lower": "100 µA"}],
    ids=["both", "surely negative", "surely positive"],
)
def test_a_mean_may_be_bounded_on_both_sides_or_to_a_sign(bounds: dict[str, str]) -> None:
    assert LimitRow.model_validate({**_FACTS, "metric": "current.mean", **bounds}).metric == "current.mean"


def test_a_peak_is_a_magnitude_and_needs_no_lower_bound() -> None:
    assert LimitRow.model_validate({**_FACTS, "metric": "current.peak", "upper": "600 µA"}).lower is None
