# SPDX-License-Identifier: MIT
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.measured import Measured
from stimcert.proof import Declared, prove_output, top_level_proven
from stimcert.reason import CATALOGUE

Make = Callable[..., Measured]
DECLARED = Declared.relative(480e-6, 0.30)
U = 0.5e-6


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (450e-6, None),
        (-450e-6, None),
        (550e-6, None),
        (599.9e-6, None),
        (0.0, "no_output_proven"),
        (168.75e-6, "no_output_proven"),
        (336e-6, "no_output_proven"),
        (336.1e-6, None),
        (624e-6, "output_above_declared"),
        (-8e-3, "output_above_declared"),
    ],
)
def test_declared_value_and_tolerance(measured: Make, value: float, code: str | None) -> None:
    """480 µA ± 30 % is 336 … 624 µA, of the magnitude, borders excluded; too much is not the same as nothing."""
    proof = prove_output(measured(value, U), declared=DECLARED)
    assert proof.proven is (code is None)
    assert proof.code == code


def test_at_least_more_than_declared_is_more_than_declared(measured: Make) -> None:
    assert prove_output(measured(1e-3, U, bound=">="), declared=DECLARED).code == "output_above_declared"
    assert prove_output(measured(450e-6, U, bound=">="), declared=DECLARED).code == "no_output_proven"


def test_a_declared_sign_is_no_matter(measured: Make) -> None:
    assert prove_output(measured(450e-6, U), declared=Declared.relative(-480e-6, 0.30)).proven


@pytest.mark.parametrize(("value", "proven"), [(0.0, False), (4e-6, False), (5.1e-6, True)])
def test_a_tolerance_of_everything_does_not_prove_nothing(measured: Make, value: float, proven: bool) -> None:
    assert prove_output(measured(value, U), declared=Declared.relative(480e-6, 1.0)).proven is proven


@pytest.mark.parametrize(("value", "proven"), [(4.999e-6, False), (10 * U, False), (5.001e-6, True), (-5.001e-6, True)])
def test_ten_standard_uncertainties_where_nothing_is_declared(measured: Make, value: float, proven: bool) -> None:
    assert prove_output(measured(value, U)).proven is proven


@pytest.mark.parametrize(
    ("value", "below", "proven"),
    [(112e-6, 56e-6, True), (-112e-6, -56e-6, True), (112e-6, -56e-6, True), (56e-6, 112e-6, False)],
)
def test_above_the_level_below(measured: Make, value: float, below: float, proven: bool) -> None:
    assert prove_output(measured(value, U), below=measured(below, U)).proven is proven


@pytest.mark.parametrize("luck", [-1e-6, -1e-9, 0.0, 1e-9, 1e-6])
def test_a_stuck_level_is_not_proven_by_luck(measured: Make, luck: float) -> None:
    proof = prove_output(measured(168.75e-6 + luck, U), below=measured(168.75e-6, U))
    assert proof.code == "no_output_proven"


@given(st.floats(min_value=0.0, max_value=1.0), st.floats(min_value=0.0, max_value=1.0))
def test_a_dead_device_is_never_proven(measured: Make, share: float, u: float) -> None:
    dead = measured(share * u, u)
    assert not prove_output(dead).proven
    assert not prove_output(dead, below=measured(0.0, u)).proven
    assert not prove_output(dead, declared=Declared.relative(100.0, 0.5)).proven


@pytest.mark.parametrize("declared", [None, DECLARED])
def test_a_bound_proves_nothing(measured: Make, declared: Declared | None) -> None:
    proof = prove_output(measured(450e-6, U, bound=">="), declared=declared)
    assert not proof.proven
    assert str(proof.params["found"]) == "at least 450 µA"
    assert not prove_output(measured(450e-6, U), below=measured(1e-6, U, bound=">=")).proven


def test_reason_says_what_was_found_and_expected(measured: Make) -> None:
    proof = prove_output(measured(0.0, U), declared=DECLARED)
    sentence = CATALOGUE["no_output_proven"].sentence.format_map(proof.params)
    assert sentence == "no output proven: 0 A; expected 336 µA … 624 µA as declared"


@pytest.mark.parametrize(
    ("after", "proven"),
    [(450e-6, True), (451e-6, True), (-450e-6, True), (449e-6, True), (452e-6, False), (56e-6, False)],
)
def test_one_more_up_changes_nothing_at_the_top(measured: Make, after: float, proven: bool) -> None:
    """Twice the standard uncertainty of a difference is 1.41 µA. Wrapping to the lowest level is a change."""
    proof = top_level_proven(measured(450e-6, U), measured(after, U), below=measured(394e-6, U))
    assert proof.proven is proven
    assert proof.code == (None if proven else "top_level_not_proven")


@pytest.mark.parametrize(("after", "proven"), [(424e-6, True), (423e-6, False), (394e-6, False), (0.0, False)])
def test_what_sags_by_less_than_half_a_step_is_still_the_top_level(measured: Make, after: float, proven: bool) -> None:
    """Half of the step of 56 µA is 28 µA; the fall must lie under it by twice the standard uncertainty, 1.41 µA."""
    assert top_level_proven(measured(450e-6, U), measured(after, U), below=measured(394e-6, U)).proven is proven
    assert top_level_proven(measured(-450e-6, U), measured(-after, U), below=measured(394e-6, U)).proven is proven


def test_a_sag_proves_no_top_where_no_level_below_is_known(measured: Make) -> None:
    assert not top_level_proven(measured(450e-6, U), measured(446e-6, U)).proven


def test_a_sag_proves_nothing_of_a_device_that_is_stuck(measured: Make) -> None:
    assert not top_level_proven(measured(112e-6, U), measured(109e-6, U), below=measured(112.4e-6, U)).proven


def test_reason_of_a_top_level_has_both_values(measured: Make) -> None:
    proof = top_level_proven(measured(450e-6, U), measured(506e-6, U))
    sentence = CATALOGUE["top_level_not_proven"].sentence.format_map(proof.params)
    assert "changed 450 µA into 506 µA" in sentence


def test_a_device_that_is_stuck_has_no_proven_output_at_the_top_either(measured: Make) -> None:
    proof = top_level_proven(measured(112e-6, U), measured(112.5e-6, U), below=measured(112.4e-6, U))
    assert proof.code == "no_output_proven"
    sentence = CATALOGUE["no_output_proven"].sentence.format_map(proof.params)
    assert sentence == "no output proven: 112.5 µA; expected more than 112.4 µA at the level below"


def test_an_uncertainty_wider_than_a_step_proves_no_top(measured: Make) -> None:
    before, after, below = (measured(value, 60e-6) for value in (450e-6, 506e-6, 394e-6))
    assert not top_level_proven(before, after, below=below).proven


@pytest.mark.parametrize("bounded", [0, 1, 2])
def test_a_bound_proves_no_top(measured: Make, bounded: int) -> None:
    values = [measured(450e-6, U), measured(450e-6, U), measured(394e-6, U)]
    values[bounded] = measured(values[bounded].value, U, bound=">=")
    assert not top_level_proven(values[0], values[1], below=values[2]).proven


def test_exact_values_need_a_difference(measured: Make) -> None:
    assert not prove_output(measured(0.0, 0.0)).proven
    assert not prove_output(measured(1e-6, 0.0), below=measured(1e-6, 0.0)).proven
    assert math.isclose(DECLARED.tolerance, 144e-6)
