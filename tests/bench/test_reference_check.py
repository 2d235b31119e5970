# SPDX-License-Identifier: MIT
"""A certified current proves sign and gain of both current paths, and that they agree."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.session.certified_currents import currents_for, unproven_ranges
from bench.session.path_check import check_paths
from bench.session.reference_check import (
    PathReading,
    check_references,
    diagnose_paths,
    diagnose_reference,
)
from bench.session.zero_check import check_zero
from instruments.errors import BenchError
from instruments.station_file import ReferenceCurrent
from stimcert.allowance import Allowance
from stimcert.reading import Status
from tests.bench.command import CHECKOUT
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import Checked, check_context, inputs, without_reference
from tests.bench.runs import MICROCURRENT, Edited

REFERENCE, CERTIFICATE, ALLOWED = 500e-6, Allowance(limit=0.1e-6), 1e-6


def paths(smu: float, digitizer: float | None = None, allowed: float = ALLOWED) -> list[PathReading]:
    """Return what each path reads of the reference."""
    found = {"smu": smu} | ({"digitizer": digitizer} if digitizer is not None else {})
    return [PathReading(path=path, value=value, allowance=Allowance(limit=allowed)) for path, value in found.items()]


def code(found: list[PathReading], expected: float = REFERENCE) -> str | None:
    """Return the code of what is said of them, None when they pass."""
    try:
        diagnose_reference(expected, CERTIFICATE, found)
    except BenchError as error:
        return error.code
    return None


# --- what readings of the reference mean


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (paths(500e-6, 500e-6), None),
        (paths(501.09e-6, 500e-6), None),
        (paths(501.2e-6, 500e-6), "reference_wrong"),
        (paths(500e-6, 498.8e-6), "reference_wrong"),
        (paths(0.0, 0.0), "reference_weak"),
        (paths(400e-6, 400.5e-6), "reference_weak"),
        # with one path alone nobody knows whose fault it is
        (paths(400e-6), "reference_wrong"),
        (paths(400e-6, 450e-6), "reference_wrong"),
        (paths(600e-6, 600e-6), "reference_wrong"),
        (paths(-500e-6, -500e-6), "leads_swapped"),
        (paths(-500e-6), "leads_swapped"),
        # one path reversed is that path, not the leads
        (paths(500e-6, -500e-6), "reference_wrong"),
        (paths(-500e-6, 500e-6), "reference_wrong"),
        # each fits the certificate, not both together
        (paths(501.05e-6, 498.95e-6), "paths_disagree"),
        (paths(math.nan, 500e-6), "reference_wrong"),
        (paths(500e-6, math.nan), "reference_wrong"),
        (paths(math.inf), "reference_wrong"),
    ],
)
def test_the_cause_is_named(found: list[PathReading], expected: str | None) -> None:
    assert code(found) == expected


def test_a_negative_reference_is_judged_alike() -> None:
    assert code(paths(-500e-6, -500e-6), expected=-REFERENCE) is None
    assert code(paths(500e-6, 500e-6), expected=-REFERENCE) == "leads_swapped"


currents = st.floats(min_value=-2e-3, max_value=2e-3) | st.just(math.nan)


@given(currents, currents)
def test_no_path_that_is_off_ever_passes(smu: float, digitizer: float) -> None:
    fits = all(abs(value - REFERENCE) <= ALLOWED + CERTIFICATE.half_width for value in (smu, digitizer))
    assume(not fits)
    assert code(paths(smu, digitizer)) in {"leads_swapped", "reference_wrong", "reference_weak"}


def test_what_is_said_names_both_paths() -> None:
    with pytest.raises(BenchError, match="501.1 µA by SMU, 498.9 µA by digitizer, of the same current"):
        diagnose_paths(*paths(501.1e-6, 498.9e-6))


def test_paths_agree_as_far_as_both_specifications_reach() -> None:
    diagnose_paths(*paths(501e-6, 499.01e-6))
    for first, second in ((501e-6, 498.9e-6), (math.nan, 500e-6), (500e-6, math.nan)):
        with pytest.raises(BenchError) as raised:
            diagnose_paths(*paths(first, second))
        assert raised.value.code == "paths_disagree"


# --- how the reference is measured


def checked(loop: Loop, plan: Edited | str = MICROCURRENT, **roles: bool) -> Checked:
    """Check the references that a plan needs, after the zero."""
    context = check_context(fake_station(loop, **roles), inputs(plan))
    check_zero(context)
    loop.calls.clear()
    context.reported.clear()
    check_references(context)
    return context


def applied(context: Checked) -> list[object]:
    """Return the currents that both paths were held against."""
    found = [one for one in context.reported if one["quantity"] == "reference.current"]
    assert [one["path"] for one in found] == ["smu", "digitizer"] * (len(found) // 2)
    return [one["expected"] for one in found[::2]]


def test_both_signs_up_to_the_worst_case_are_applied_and_nothing_is_left_on() -> None:
    loop = Loop()
    assert applied(checked(loop)) == [900e-6, -900e-6]
    steps = loop.names("reference.set_current", "reference.off", "switch.set_port")
    assert steps[-2:] == [("switch.set_port", "open"), ("reference.off",)]
    for before, step in pairwise(steps):
        assert step[0] != "reference.off" or before == ("switch.set_port", "open")


@pytest.mark.parametrize(
    ("worst", "expected"), [("10 mA", 9e-3), ("1 mA", 900e-6), ("100 µA", 90e-6)], ids=["10 mA", "1 mA", "100 µA"]
)
def test_each_range_in_use_gets_the_currents_that_come_nearest_to_nine_tenths_of_it(
    worst: str, expected: float
) -> None:
    loads = ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["150 Ω"]')
    plan = Edited(MICROCURRENT, (('worst_case = "1 mA"', f'worst_case = "{worst}"'), loads))
    assert applied(checked(Loop(), plan)) == [expected, -expected]


def entries(*amperes: float) -> list[ReferenceCurrent]:
    """Return certified currents."""
    one = inputs().station.references[0]
    return [one.model_copy(update={"value": replace(one.value, si=value)}) for value in amperes]


@pytest.mark.parametrize(
    ("certified", "chosen"),
    [
        ((1e-4, 9e-4, 9e-3, -1e-4, -9e-4), [9e-4, -9e-4]),
        ((1.001e-3, 5e-4), [5e-4]),
        ((9.9e-4, 8.9e-4), [8.9e-4]),
        ((-2e-3,), [-2e-3]),
        ((), []),
    ],
)
def test_currents_are_chosen_near_full_scale(certified: tuple[float, ...], chosen: list[float]) -> None:
    """Where none fits into the range, the nearest one proves the sign at least."""
    assert [entry.value.si for entry in currents_for(entries(*certified), 1e-3)] == chosen


def test_every_range_in_use_is_proven_also_behind_one_shunt() -> None:
    """Two modes behind 100 Ω, one of them on the 100 µA range."""
    text = (CHECKOUT / MICROCURRENT).read_text(encoding="utf-8")
    second = text.index('worst_case = "1 mA"', text.index('name = "tone"'))
    end = text.index("[[case]]")
    tone = text[second:end]
    small = tone.replace('worst_case = "1 mA"', 'worst_case = "90 µA"').replace('"300 µA"', '"80 µA"')
    plan = Edited(MICROCURRENT, ((tone, small),))
    assert applied(checked(Loop(), plan)) == [900e-6, -900e-6, 90e-6, -90e-6]


def test_a_range_that_no_certified_current_proves_is_named() -> None:
    assert unproven_ranges(inputs()) == []
    assert unproven_ranges(inputs(station=without_reference())) == [1e-3]
    certified = tuple(entries(900e-6, -400e-6, 5e-3))
    bare = inputs()
    half = replace(bare, station=bare.station.model_copy(update={"references": certified}))
    assert unproven_ranges(half) == [1e-3]


def test_a_bypass_that_does_not_bypass_is_found() -> None:
    """The SMU is held to a tenth of the current: what flows then shows whether it is still in the loop."""
    with pytest.raises(BenchError) as raised:
        checked(Loop(bypasses=False))
    assert raised.value.code == "bypass_wrong"


def test_the_smu_is_back_in_the_loop_afterwards() -> None:
    loop = Loop()
    checked(loop)
    assert [state for _, state in loop.names("switch.set_bypass")][-2:] == [True, False]
    assert loop.port == "open"


@pytest.mark.parametrize(
    ("loop", "code"),
    [
        (Loop(leads=-1), "leads_swapped"),
        (Loop(smu_gain=1.01), "reference_wrong"),
        (Loop(digitizer_gain=0.98), "reference_wrong"),
        (Loop(smu_gain=-1.0), "reference_wrong"),
        (Loop(status=lambda amperes, full_scale: Status.LIMITED if amperes else Status.VALID), "smu_limited"),
    ],
)
def test_a_broken_path_is_found(loop: Loop, code: str) -> None:
    with pytest.raises(BenchError) as raised:
        checked(loop)
    assert raised.value.code == code


def test_instruments_inside_their_specification_pass() -> None:
    checked(Loop(smu_gain=1.0002, digitizer_gain=0.999, digitizer_offset=4e-5))
    checked(Loop(smu_gain=0.9998, digitizer_gain=1.001, digitizer_offset=-4e-5))


def test_a_station_without_a_reference_or_digitizer_checks_what_it_has() -> None:
    loop = Loop(leads=-1)
    checked(loop, reference=False)
    assert loop.calls == []
    context = checked(Loop(), digitizer=False)
    assert {finding["path"] for finding in context.reported} == {"smu"}


# --- both paths on a current of the SMU's own


def paths_checked(loop: Loop, **roles: bool) -> Checked:
    """Check both paths, after the zero."""
    context = check_context(fake_station(loop, **roles))
    check_zero(context)
    check_paths(context)
    return context


def test_the_smu_drives_what_the_digitizer_must_see() -> None:
    loop = Loop()
    paths_checked(loop)
    assert loop.port == "open"
    assert ("switch.set_port", "short") in loop.calls
    assert ("switch.set_port", "device") not in loop.calls


@pytest.mark.parametrize(
    ("loop", "code"),
    [
        (Loop(digitizer_gain=1.02), "paths_disagree"),
        (Loop(smu_gain=0.98), "paths_disagree"),
        (Loop(digitizer_gain=-1.0), "digitizer_reversed"),
        (Loop(digitizer_gain=-1.02), "paths_disagree"),
        (Loop(digitizer_gain=0.0), "paths_disagree"),
    ],
)
def test_paths_that_disagree_are_found_without_a_reference(loop: Loop, code: str) -> None:
    with pytest.raises(BenchError) as raised:
        paths_checked(loop, reference=False)
    assert raised.value.code == code


def test_one_path_cannot_disagree() -> None:
    paths_checked(Loop(smu_gain=1.5), digitizer=False)
