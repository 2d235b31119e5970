# SPDX-License-Identifier: MIT
import itertools

import pytest

from stimcert.verdict import Verdict, worst

SCALE = "PASS CONDITIONAL_PASS INCONCLUSIVE NOT_RUN CONDITIONAL_FAIL ABORTED FAIL ERROR".split()


def test_scale_is_ordered_by_severity() -> None:
    for better, worse in itertools.pairwise(SCALE):
        assert Verdict(better) < Verdict(worse)


def test_worst_is_the_most_severe() -> None:
    assert worst([Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE]) is Verdict.FAIL


@pytest.mark.parametrize("verdicts", [[], [Verdict.NOT_APPLICABLE]])
def test_nothing_judged_is_not_run_never_pass(verdicts: list[Verdict]) -> None:
    assert worst(verdicts) is Verdict.NOT_RUN


def test_not_applicable_is_left_out_of_the_total() -> None:
    assert worst([Verdict.NOT_APPLICABLE, Verdict.PASS]) is Verdict.PASS


def test_not_applicable_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="NOT_APPLICABLE"):
        assert Verdict.NOT_APPLICABLE < Verdict.PASS


def test_a_verdict_is_compared_with_verdicts_only() -> None:
    with pytest.raises(TypeError):
        assert Verdict.PASS < "FAIL"  # type: ignore[operator]
