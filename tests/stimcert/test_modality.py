# SPDX-License-Identifier: MIT
"""Modality: first how a wrong claim could pass, then the classes and their boundaries."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from stimcert.interval import Interval
from stimcert.modality import CLAIMS, classify, judge
from stimcert.modality_form import FINE, LONG, Observed, constant, joined, observed_mean
from stimcert.reason import CATALOGUE, Reason
from stimcert.verdict import Verdict
from tests.stimcert.observed import SILENT, U, direct, pulses, seen

PAGE = Path(__file__).parents[2] / "docs" / "explanations" / "modality.md"
WORDS = {"galvanic": "galvanic", "microcurrent": "microcurrent", "ems": "EMS"}

ALL = ("none", "galvanic", "microcurrent", "ems")
MICRO_OR_EMS = ("microcurrent", "ems")


def verdict(observations: list[Observed], claim: str) -> str:
    return judge(classify(observations), claim).verdict.value


# --- a wrong claim, and how it could pass


@pytest.mark.parametrize("claim", CLAIMS)
def test_nothing_observed_passes_nothing(claim: str) -> None:
    result = classify([])
    assert (result.kind, result.possible, result.worst) == ("undetermined", ALL, None)
    assert verdict([], claim) == "INCONCLUSIVE"


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_output_is_no_modality(claim: str) -> None:
    decision = judge(classify([SILENT]), claim)
    assert (decision.verdict, decision.code) == (Verdict.FAIL, "modality_differs")
    assert decision.params["found"] == "no output"


def test_the_worst_record_decides() -> None:
    good = [pulses(400e-6, where=f"lift, level 8, {load}") for load in ("2 kΩ", "10 kΩ")]
    result = classify([*good, pulses(5e-3, where="lift, level 8, short")])
    assert (result.kind, result.worst) == ("ems", "lift, level 8, short")
    assert "short: largest absolute peak 5 mA ± 1 µA, above 1 mA" in result.reasons[1]


def test_an_averaging_meter_is_not_fooling_anybody() -> None:
    """50 mA of 2 × 200 µs at 100 Hz has a mean of zero; 20 pulses of 5 mA, 100 µs, in a second one of 10 µA."""
    assert verdict([seen(-50e-3, 50e-3, 0.0)], "microcurrent") == "FAIL"
    assert verdict([seen(0.0, 5e-3, 10e-6)], "microcurrent") == "FAIL"
    mean_only = [observed_mean("lift", Interval.about(10e-6, U))]
    assert verdict(mean_only, "microcurrent") == "INCONCLUSIVE"


def test_a_mean_alone_can_only_condemn() -> None:
    result = classify([observed_mean("lift, level 8, 500 Ω", Interval.about(-5e-3, 5e-6))])
    assert result.possible == ("galvanic", "ems")
    assert [judge(result, claim).verdict.value for claim in CLAIMS] == ["INCONCLUSIVE", "FAIL", "INCONCLUSIVE"]


def test_a_short_look_passes_nothing() -> None:
    """A burst once a second is missed by a record of 0.2 s."""
    result = classify([pulses(400e-6, seconds=0.2)])
    assert (result.kind, result.possible) == ("undetermined", MICRO_OR_EMS)
    assert "watched for 200 ms of the 10 s needed" in result.reasons[-1]
    assert verdict([SILENT, replace(SILENT, watched=0.2)], "microcurrent") == "INCONCLUSIVE"


def test_one_short_look_among_many_spoils_all() -> None:
    assert verdict([pulses(400e-6), pulses(300e-6, seconds=1.0)], "microcurrent") == "INCONCLUSIVE"


def test_three_declared_periods_are_needed() -> None:
    """A program of 8 s needs 24 s."""
    assert verdict([pulses(400e-6, seconds=23.9, period=8.0)], "microcurrent") == "INCONCLUSIVE"
    assert verdict([pulses(400e-6, seconds=24.0, period=8.0)], "microcurrent") == "PASS"


def test_slow_polarity_is_not_direct_current() -> None:
    """Polarity that swaps every 3 s looks like direct current for 2 s."""
    glimpse = classify([direct(300e-6, seconds=2.0)])
    assert glimpse.kind == "undetermined"
    assert judge(glimpse, "galvanic").verdict is Verdict.INCONCLUSIVE
    assert "seen without a gap for 2 s of the 10 s needed" in glimpse.reasons[0]
    assert classify([seen(-300e-6, 300e-6, 5e-6)]).kind == "microcurrent"


def test_interrupted_direct_current_is_not_smooth_because_it_was_averaged() -> None:
    """8 kHz of 50 % duty: a slow record shows its mean only, a fine one its pulses."""
    slow = replace(direct(2.5e-3, seconds=30.0), fine=0.0, watched=0.0)
    assert classify([slow]).possible == ("galvanic", "ems")
    assert "seen finely for 0 s of the 100 ms needed" in classify([slow]).reasons[0]
    fine = replace(seen(0.0, 5e-3, 2.5e-3, seconds=0.2), watched=30.0)
    result = classify([joined([slow, fine])])
    assert result.kind == "ems"
    assert "acts as galvanic current does" in result.remarks[0]


def test_a_slow_and_a_fine_record_of_one_point_make_one() -> None:
    slow = replace(direct(2.5e-3, seconds=30.0), fine=0.0, watched=0.0, peak=Interval(low=2.5e-3, high=math.inf))
    fine = replace(direct(2.5e-3, seconds=FINE), watched=10.0)
    assert classify([joined([slow, fine])]).kind == "galvanic"
    assert joined([slow, fine]).peak == fine.peak
    assert joined([slow, slow]).peak.high == math.inf
    drifted = joined([slow, direct(2.0e-3, seconds=FINE)])
    assert classify([drifted]).possible == ("ems",)
    with pytest.raises(ValueError, match="one point"):
        joined([slow, replace(fine, where="elsewhere")])
    with pytest.raises(ValueError, match="none"):
        joined([])


def test_a_mean_beside_a_record_spoils_nothing() -> None:
    record = direct(2.5e-3)
    assert classify([joined([record, observed_mean(record.where, Interval.about(2.5e-3, U))])]).kind == "galvanic"


def test_a_clipped_record_can_only_condemn() -> None:
    clipped = replace(pulses(900e-6), peak=Interval(low=900e-6, high=math.inf))
    assert classify([clipped]).possible == MICRO_OR_EMS
    high = replace(pulses(1.2e-3), peak=Interval(low=1.2e-3, high=math.inf))
    assert verdict([high], "microcurrent") == "FAIL"
    assert verdict([high], "ems") == "PASS"


# --- the classes, and their boundaries


@pytest.mark.parametrize(
    ("observed", "kind"),
    [
        (pulses(480e-6), "microcurrent"),
        (seen(-500e-6, 500e-6, 0.0), "microcurrent"),
        (seen(-0.5e-6, 700e-6, 330e-6), "microcurrent"),
        (pulses(998.9e-6), "microcurrent"),
        (pulses(999e-6), "undetermined"),
        (pulses(1e-3), "undetermined"),
        (pulses(1.0011e-3), "ems"),
        (pulses(40e-3), "ems"),
        (seen(-80e-3, 80e-3, 0.0), "ems"),
        (direct(100e-6), "galvanic"),
        (direct(-400e-6), "galvanic"),
        (direct(20e-3), "galvanic"),
        (seen(0.0, 8.9e-6, 0.3e-6), "none"),
        (seen(0.0, 10e-6, 0.3e-6), "undetermined"),
        (seen(0.0, 11.1e-6, 0.3e-6), "microcurrent"),
    ],
)
def test_classes(observed: Observed, kind: str) -> None:
    assert classify([observed]).kind == kind


@pytest.mark.parametrize(
    ("lowest", "highest", "answer"),
    [(0.96, 1.05, True), (0.95, 1.05, None), (0.94, 1.05, False), (0.954, 1.05, None), (0.946, 1.05, None)],
)
def test_ripple_of_ten_percent(lowest: float, highest: float, answer: bool | None) -> None:
    """A level of 1 mA with U = 2.5 µA: the ripple of 100 µA is known to 5 µA, its limit to 0.25 µA."""
    assert constant(seen(lowest * 1e-3, highest * 1e-3, 1e-3, u=2.5e-6)).answer is answer


def test_a_full_wave_rectified_current_is_pulsed() -> None:
    """Its ripple is 48 % r.m.s. and 157 % peak-to-peak of the mean."""
    assert classify([seen(0.0, 5e-3, 5e-3 * 2 / math.pi)]).kind == "ems"


def test_rare_spikes_on_direct_current_are_no_ripple_of_six_percent() -> None:
    """100 mA for 10 µs once in 10 ms on 50 mA: 3 % r.m.s., 100 % peak-to-peak."""
    assert classify([seen(50e-3, 100e-3, 50.05e-3)]).kind == "ems"


def test_a_weak_level_does_not_hide_the_form_of_the_mode() -> None:
    weak = direct(20e-6, where="level 1")
    assert constant(weak).answer is None
    assert classify([weak]).kind == "undetermined"
    assert classify([weak, direct(2e-3)]).kind == "galvanic"
    assert classify([weak, direct(150e-6)]).kind == "undetermined"
    assert classify([pulses(20e-6), direct(2e-3)]).kind == "ems"


def test_what_is_weak_but_for_an_unseen_peak_is_not_weak() -> None:
    clipped = replace(direct(20e-6, where="level 1"), peak=Interval(low=20e-6, high=math.inf))
    assert classify([clipped, direct(2e-3)]).kind == "undetermined"


def test_the_form_of_what_may_not_flow_decides_nothing() -> None:
    """Pulses of 8 µA are no output; of 10 µA they may be one, and then the mode is no direct current."""
    assert classify([direct(200e-6), seen(0.0, 8e-6, 0.1e-6)]).kind == "galvanic"
    assert classify([direct(200e-6), seen(0.0, 10e-6, 0.1e-6)]).possible == ("galvanic", "microcurrent")
    assert classify([direct(200e-6), seen(0.0, 12e-6, 0.1e-6)]).possible == ("microcurrent",)


def test_a_mean_that_contradicts_the_extremes_proves_nothing() -> None:
    assert constant(seen(-0.5e-6, 50e-6, 1e-3)).answer is None
    assert constant(seen(-10e-6, 50e-6, 1e-3)).answer is False


@pytest.mark.parametrize(("u", "answer"), [(0.0, True), (0.8e-3, None)])
def test_an_uncertain_mean_makes_the_ripple_uncertain(u: float, answer: bool | None) -> None:
    """A ripple of 40 µA is 4 % of 1 mA, and 20 % of 0.2 mA; one of 120 µA is 12 % of 1 mA, and 7 % of 1.8 mA."""
    mean = Interval.about(1e-3, u)
    assert constant(replace(seen(0.98e-3, 1.02e-3, 1e-3, u=0.0), mean=mean)).answer is answer
    assert constant(replace(seen(0.94e-3, 1.06e-3, 1e-3, u=0.0), mean=mean)).answer is (None if u else False)


def test_an_offset_that_both_extremes_share_does_not_hide_the_form() -> None:
    blurred = replace(direct(100e-6, u=6e-6), peak=Interval.about(101e-6, 6e-6))
    assert constant(blurred).answer is None
    known = replace(blurred, peak_to_peak=Interval.about(2e-6, 1e-6))
    assert constant(known).answer is True
    assert constant(replace(known, peak_to_peak=Interval.about(20e-6, 1e-6))).answer is False
    assert constant(joined([known, known])).answer is True
    assert constant(joined([known, blurred])).answer is None


def test_records_that_differ_by_more_than_each_varies() -> None:
    """1 mA and 1.15 mA, each smooth: a drift of 15 %."""
    here, there = (replace(direct(level), peak_to_peak=Interval.about(0.02 * level, U)) for level in (1e-3, 1.15e-3))
    both = joined([here, there])
    span = 1.01 * 1.15e-3 - 0.99e-3
    assert (both.swing.low, both.swing.high) == (pytest.approx(span - U), pytest.approx(span + U))
    assert constant(here).answer is constant(there).answer is True
    assert constant(both).answer is False


def test_times_of_records_that_follow_each_other_add_up() -> None:
    pieces = [replace(direct(2.5e-3, seconds=6.0), fine=0.06), replace(direct(2.5e-3, seconds=6.0), fine=0.06)]
    both = joined(pieces)
    assert (both.unbroken, both.fine, both.watched) == (6.0, 0.12, 12.0)
    assert constant(both).answer is None
    assert constant(replace(both, unbroken=LONG)).answer is True


def test_a_drift_between_records_is_in_the_mean() -> None:
    here, there = (
        replace(direct(2e-3), mean=Interval.about(2e-3, U)),
        replace(direct(2e-3), mean=Interval.about(1e-3, U)),
    )
    assert joined([here, there]).mean == joined([there, here]).mean == Interval(low=1e-3 - U, high=2e-3 + U)


@pytest.mark.parametrize(("mean", "said"), [(0.09e-3, False), (0.11e-3, True)])
def test_a_direct_part_above_a_tenth_of_the_peak_is_a_remark(mean: float, said: bool) -> None:
    remarks = classify([seen(0.0, 1e-3, mean)]).remarks
    assert any("acts as galvanic" in each for each in remarks) is said


def test_a_load_without_output_is_a_remark() -> None:
    result = classify([direct(2e-3), replace(SILENT, where="10 kΩ")])
    assert (result.kind, result.remarks) == ("galvanic", ("10 kΩ: no output",))


def test_direct_and_pulsed_levels_are_not_galvanic() -> None:
    result = classify([direct(2e-3), pulses(1.5e-3)])
    assert result.kind == "ems"
    assert "direct current in some records, pulsed in others" in result.remarks


def test_direct_microcurrent_says_so() -> None:
    result = classify([direct(300e-6)])
    assert result.kind == "galvanic"
    assert "galvanic by form, microcurrent by level" in result.remarks[0]
    assert verdict([direct(300e-6)], "microcurrent") == "FAIL"


def test_dead_and_coarse() -> None:
    """A bench that cannot see 10 µA cannot say "no output", but knows that there are no 40 mA."""
    result = classify([seen(-20e-6, 20e-6, 0.0, u=30e-6)])
    assert result.possible == ("none", "galvanic", "microcurrent")
    assert "cannot be told" in result.reasons[0]
    assert judge(result, "ems").verdict is Verdict.FAIL
    assert judge(result, "microcurrent").verdict is Verdict.INCONCLUSIVE


def test_sentences_are_complete() -> None:
    decision = judge(classify([pulses(40e-3)]), "microcurrent")
    assert decision.code is not None
    assert Reason(decision.code, decision.params).text == (
        "the output is EMS, the claim is microcurrent: lift, level 8, 500 Ω: pulsed or alternating, from 0 A to 40 mA: "
        "ripple 40 mA ± 2 µA on a mean of 1.6 mA ± 1 µA; "
        "lift, level 8, 500 Ω: largest absolute peak 40 mA ± 1 µA, above 1 mA"
    )
    unsure = judge(classify([pulses(1e-3)]), "microcurrent")
    assert unsure.code in CATALOGUE
    assert unsure.params["found"] == "microcurrent or EMS"


@pytest.mark.parametrize(
    ("words", "observed"),
    [
        ("pulses of 480 µA, watched for 10 s", pulses(480e-6)),
        ("pulses of 1 mA ± 1 µA", pulses(1e-3)),
        ("400 µA, constant, seen for 0.2 s", direct(400e-6, seconds=0.2)),
        ("an SMU's mean of 5 mA, no digitizer", observed_mean("lift", Interval.about(5e-3, U))),
        ("an SMU's mean of 10 µA ± 1 µA, no digitizer", observed_mean("lift", Interval.about(10e-6, U))),
        ("less than 10 µA for certain", SILENT),
    ],
)
def test_the_table_of_the_explanation(words: str, observed: Observed) -> None:
    result = classify([observed])
    *others, last = ("none" if kind == "none" else WORDS[kind] for kind in result.possible)
    found = " or ".join([", ".join(others), last] if others else [last])
    verdicts = " | ".join(judge(result, claim).verdict.value for claim in ("microcurrent", "ems", "galvanic"))
    assert f"\n| {words} | {found} | {verdicts} |\n" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("claim", ["none", "undetermined", "tens", ""])
def test_unknown_claims_are_refused(claim: str) -> None:
    with pytest.raises(ValueError, match="galvanic, microcurrent, ems are allowed"):
        judge(classify([pulses(40e-3)]), claim)


@pytest.mark.parametrize(
    "change",
    [
        {"watched": math.nan},
        {"unbroken": -1.0},
        {"fine": math.inf},
        {"period": math.nan},
        {"peak": Interval(low=-2.0, high=-1.0)},
        {"peak_to_peak": Interval(low=-2.0, high=-1.0)},
        {"lowest": Interval.about(1.0, 0.0)},
    ],
)
def test_what_cannot_be_observed_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="lift"):
        replace(pulses(1e-3), **change)  # type: ignore[arg-type]
