# SPDX-License-Identifier: MIT
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.measured import Measured
from stimcert.polarity import Sign, judge_polarity, polarity_of
from stimcert.reason import CATALOGUE
from stimcert.verdict import Verdict

Make = Callable[..., Measured]
U = 1e-6
TIE = 5 * U


@pytest.mark.parametrize(
    ("mean", "sign"),
    [(400e-6, "positive"), (-400e-6, "negative"), (5.001e-6, "positive"), (TIE, None), (-TIE, None), (0.0, None)],
)
def test_a_mean_beyond_five_standard_uncertainties_has_a_sign(measured: Make, mean: float, sign: str | None) -> None:
    polarity = polarity_of(measured(mean, U))
    assert (polarity.sign, polarity.threshold) == (sign, pytest.approx(5e-6))


@pytest.mark.parametrize(
    ("mean", "sign"), [(9.9e-6, None), (0.02 * 500e-6, None), (10.1e-6, "positive"), (-10.1e-6, "negative")]
)
def test_two_percent_of_the_rectified_mean_have_a_sign(measured: Make, mean: float, sign: str | None) -> None:
    assert polarity_of(measured(mean, U), measured(500e-6, U)).sign == sign


@pytest.mark.parametrize(
    ("mean", "required", "verdict", "code"),
    [
        (400e-6, "positive", "PASS", None),
        (-400e-6, "negative", "PASS", None),
        (400e-6, "negative", "FAIL", "polarity_reversed"),
        (-400e-6, "positive", "FAIL", "polarity_reversed"),
        (0.0, "positive", "INCONCLUSIVE", "no_output_proven"),
        (TIE, "positive", "INCONCLUSIVE", "no_output_proven"),
        (-TIE, "positive", "INCONCLUSIVE", "no_output_proven"),
    ],
)
@pytest.mark.parametrize("with_record", [True, False])
def test_required_sign(
    measured: Make, mean: float, required: Sign, verdict: str, code: str | None, with_record: bool
) -> None:
    rectified = measured(abs(mean), U) if with_record and abs(mean) != TIE else None
    decision = judge_polarity(measured(mean, U), rectified, required=required, mode="iontophoresis")
    assert (decision.verdict.value, decision.code) == (verdict, code)
    assert code is None or "<" not in CATALOGUE[code].sentence.format_map(dict(decision.params, limit=""))


def test_a_balanced_output_flows_but_has_no_sign(measured: Make) -> None:
    decision = judge_polarity(measured(1e-6, U), measured(500e-6, U), required="positive")
    assert (decision.verdict, decision.code) == (Verdict.INCONCLUSIVE, "polarity_undetermined")


@pytest.mark.parametrize(
    ("mean", "verdict"),
    [
        (500e-6, "PASS"),
        (494e-6, "PASS"),
        (491e-6, "PASS"),
        (489e-6, "INCONCLUSIVE"),
        (480e-6, "FAIL"),
        (11e-6, "FAIL"),
    ],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_flows_back_is_hardly_anything(measured: Make, mean: float, verdict: str, sign: float) -> None:
    """98 % of 500 µA are 490 µA; the expanded uncertainty of the difference is 2.7 µA."""
    required: Sign = "positive" if sign > 0 else "negative"
    decision = judge_polarity(measured(sign * mean, U), measured(500e-6, U), required=required, mode="m")
    assert decision.verdict.value == verdict
    assert decision.code == (None if verdict == "PASS" else "polarity_mixed")


def test_of_a_mean_alone_only_the_sign_is_known(measured: Make) -> None:
    assert judge_polarity(measured(11e-6, U), required="positive").verdict is Verdict.PASS


@pytest.mark.parametrize("required", ["positive", "negative"])
def test_a_censored_mean_has_no_sign(measured: Make, required: Sign) -> None:
    decision = judge_polarity(measured(1e-3, U, bound=">="), required=required)
    assert (decision.verdict, decision.code) == (Verdict.INCONCLUSIVE, "polarity_undetermined")
    assert decision.params["value"] == "at least 1 mA"


def test_an_unknown_sign_is_refused(measured: Make) -> None:
    with pytest.raises(ValueError, match="'positive' or 'negative'"):
        judge_polarity(measured(1e-3, U), required="red")  # type: ignore[arg-type]


@given(st.floats(min_value=-1e-3, max_value=1e-3), st.floats(min_value=0.0, max_value=1e-3))
def test_reversing_the_current_reverses_the_verdict(measured: Make, mean: float, rectified: float) -> None:
    here = judge_polarity(measured(mean, U), measured(rectified, U), required="positive")
    there = judge_polarity(measured(-mean, U), measured(rectified, U), required="negative")
    swapped = judge_polarity(measured(-mean, U), measured(rectified, U), required="positive")
    assert (here.verdict, here.code) == (there.verdict, there.code)
    if Verdict.PASS in (here.verdict, swapped.verdict):
        assert {here.verdict, swapped.verdict} == {Verdict.PASS, Verdict.FAIL}
