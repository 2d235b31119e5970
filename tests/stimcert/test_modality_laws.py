# SPDX-License-Identifier: MIT
"""Modality: the laws that hold for all observations."""

import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from stimcert.interval import Interval
from stimcert.modality import CLAIMS, KINDS, MICROCURRENT, NO_OUTPUT, Modality, classify, judge
from stimcert.modality_form import LONG, Observed
from stimcert.reason import Reason
from stimcert.verdict import Verdict
from tests.stimcert.observed import seen

LOGS = st.floats(-5.5, -1.0)
TIMES = st.sampled_from([0.0, 0.05, 0.2, 9.0, 10.0, 30.0])


@st.composite
def observations(draw: st.DrawFn) -> Observed:
    """Any current that a record can show: extremes of any signs, a mean between them, any time, any doubt."""
    size, share, across = 10.0 ** draw(LOGS), draw(st.floats(0.0, 1.0)), draw(st.floats(-1.0, 1.0))
    ends = sorted((size, across * size)) if draw(st.booleans()) else sorted((size, size * (1.0 - 0.2 * share)))
    sign = draw(st.sampled_from([-1.0, 1.0]))
    lowest, highest = sorted(sign * end for end in ends)
    u = draw(st.sampled_from([0.0, 1e-6, 20e-6, 1e-3]))
    observed = seen(lowest, highest, lowest + share * (highest - lowest), u=u, where=draw(st.sampled_from("abc")))
    return replace(observed, unbroken=draw(TIMES), fine=draw(TIMES), watched=draw(TIMES))


MANY = st.lists(observations(), max_size=4)


def _scaled(interval: Interval, factor: float) -> Interval:
    """Scale the estimate and keep its uncertainty."""
    middle, half = (interval.low + interval.high) / 2.0, (interval.high - interval.low) / 2.0
    return Interval(low=factor * middle - half, high=factor * middle + half)


def _louder(observed: Observed, factor: float) -> Observed:
    names = ("peak", "highest", "lowest", "mean")
    return replace(observed, **{name: _scaled(getattr(observed, name), factor) for name in names})  # type: ignore[arg-type]


def _wider(interval: Interval, below: float, above: float) -> Interval:
    return Interval(low=interval.low - below, high=interval.high + above)


def _mirrored(observed: Observed) -> Observed:
    def turned(interval: Interval) -> Interval:
        return Interval(low=-interval.high, high=-interval.low)

    return replace(
        observed, highest=turned(observed.lowest), lowest=turned(observed.highest), mean=turned(observed.mean)
    )


def _sane(result: Modality) -> bool:
    one = len(result.possible) == 1
    return bool(result.possible) and result.kind == (result.possible[0] if one else "undetermined")


@given(MANY)
def test_a_claim_passes_only_as_the_one_kind_left(found: list[Observed]) -> None:
    result = classify(found)
    assert _sane(result)
    assert all(result.reasons)
    for claim in CLAIMS:
        decision = judge(result, claim)
        assert (decision.verdict is Verdict.PASS) == (result.possible == (claim,))
        assert (decision.verdict is Verdict.FAIL) == (claim not in result.possible)
        assert (decision.code is None) == (decision.verdict is Verdict.PASS)
        assert decision.code is None or "<" not in Reason(decision.code, decision.params).text


@given(MANY, st.floats(1.0, 1e3))
def test_raising_the_amplitude_never_makes_microcurrent_of_ems(found: list[Observed], factor: float) -> None:
    before, after = classify(found), classify([_louder(each, factor) for each in found])
    if "microcurrent" not in before.possible and before.kind != "none" and "none" not in before.possible:
        assert "microcurrent" not in after.possible
    if before.kind == "ems":
        assert after.kind == "ems"


@given(MANY, st.integers(0, 3), st.floats(1.0, 1e3))
def test_raising_one_record_never_makes_microcurrent_of_ems(found: list[Observed], at: int, factor: float) -> None:
    before = classify(found)
    after = classify([_louder(each, factor) if n == at else each for n, each in enumerate(found)])
    if before.kind == "ems":
        assert after.kind == "ems"


@given(MANY, observations())
def test_another_record_never_clears_ems(found: list[Observed], more: Observed) -> None:
    if classify(found).kind == "ems":
        assert classify([*found, more]).kind == "ems"


@given(MANY, observations())
def test_another_record_never_makes_an_output_vanish(found: list[Observed], more: Observed) -> None:
    if "none" not in classify(found).possible:
        assert "none" not in classify([*found, more]).possible


@given(MANY, st.integers(0, 3), st.floats(0.0, 1e-3), st.floats(0.0, 1e-3))
def test_more_doubt_leaves_no_fewer_kinds(found: list[Observed], at: int, below: float, above: float) -> None:
    def doubted(each: Observed) -> Observed:
        names = ("peak", "highest", "lowest", "mean")
        return replace(each, **{name: _wider(getattr(each, name), below, above) for name in names})  # type: ignore[arg-type]

    after = classify([doubted(each) if n == at else each for n, each in enumerate(found)])
    assert set(classify(found).possible) <= set(after.possible)


@given(MANY, st.integers(0, 3), st.sampled_from(["unbroken", "fine", "watched"]), st.floats(0.0, 1.0))
def test_a_shorter_look_leaves_no_fewer_kinds(found: list[Observed], at: int, name: str, share: float) -> None:
    shorter = [
        replace(each, **{name: share * getattr(each, name)}) if n == at else each  # type: ignore[arg-type]
        for n, each in enumerate(found)
    ]
    assert set(classify(found).possible) <= set(classify(shorter).possible)


@given(MANY)
def test_neither_sign_nor_order_matters(found: list[Observed]) -> None:
    possible = classify(found).possible
    assert classify([_mirrored(each) for each in found]).possible == possible
    assert classify(found[::-1]).possible == possible


def _middle(interval: Interval) -> float:
    return (interval.low + interval.high) / 2.0


def _sharp(each: Observed) -> Observed:
    names = ("peak", "highest", "lowest", "mean")
    exact = {name: Interval.about(_middle(getattr(each, name)), 0.0) for name in names}
    return replace(each, unbroken=LONG, fine=LONG, watched=LONG, **exact)  # type: ignore[arg-type]


@given(MANY, observations())
def test_seen_in_full_and_without_doubt_there_is_one_kind(found: list[Observed], more: Observed) -> None:
    sharp = [_sharp(each) for each in [*found, more]]
    boundaries = (NO_OUTPUT, MICROCURRENT)
    assume(not any(math.isclose(each.peak.low, boundary) for each in sharp for boundary in boundaries))
    assert classify(sharp).kind in KINDS
