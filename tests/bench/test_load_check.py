# SPDX-License-Identifier: MIT
"""Each load is measured before a device sees it, and a wrong one is named by its cause."""

import math
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.session.load_check import LoadCheck, check_loads, diagnose_loads
from instruments.errors import BenchError
from stimcert.reading import Status
from tests.bench.fake_station import CONTACTS, Loop, fake_station
from tests.bench.parts import STATION, Checked, check_context, inputs
from tests.bench.runs import MICROCURRENT, Edited

LOADS = (500.0, 2000.0, 10000.0)


def checks(*measured: float, nominal: tuple[float, ...] = LOADS, allowed: float = 2.0) -> list[LoadCheck]:
    """Return loads as set and as measured."""
    return [LoadCheck(nominal=n, measured=m, allowed=allowed) for n, m in zip(nominal, measured, strict=True)]


def diagnosed(found: list[LoadCheck]) -> BenchError:
    """Return what is said of wrong loads."""
    with pytest.raises(BenchError) as raised:
        diagnose_loads(found)
    return raised.value


# --- what measured loads mean


def test_loads_inside_their_allowance_pass() -> None:
    diagnose_loads(checks(498.0, 2002.0, 10000.0))
    diagnose_loads([])


@pytest.mark.parametrize(
    ("measured", "code"),
    [
        ((1100.0, 1100.0, 1100.0), "load_stuck"),
        ((1100.0, 1100.1, 1099.9), "load_stuck"),
        ((500.0, 500.0, 500.0), "load_stuck"),
        # the box gives a tenth of what it was set to: 40, 190 and 990 Ω behind a shunt of 100 Ω
        ((140.05, 290.05, 1090.05), "load_wrong_decade"),
        ((4100.0, 19100.0, 99100.0), "load_wrong_decade"),
        ((500.0, 2000.0, 10100.0), "load_wrong"),
        ((560.0, 2060.0, 10060.0), "load_wrong"),
        ((math.inf, math.inf, math.inf), "load_wrong"),
        ((0.0, 2000.0, 10000.0), "load_wrong"),
        ((-500.0, -2000.0, -10000.0), "load_wrong"),
    ],
)
def test_wrong_loads_are_named_by_their_cause(measured: tuple[float, ...], code: str) -> None:
    assert diagnosed(checks(*measured)).code == code


@pytest.mark.parametrize("measured", [(math.nan, 2000.0, 10000.0), (math.nan, math.nan, math.nan)])
def test_a_load_that_is_no_number_is_wrong(measured: tuple[float, ...]) -> None:
    assert diagnosed(checks(*measured)).code == "load_wrong"


def test_one_load_alone_cannot_be_called_stuck() -> None:
    assert diagnosed(checks(1100.0, nominal=(500.0,))).code == "load_wrong"


def test_what_is_said_names_the_wrong_loads_only() -> None:
    error = diagnosed(checks(500.0, 2000.0, 10100.0))
    assert str(error) == ("load box: set 10 kΩ, measured 10.1 kΩ, allowed ± 2 Ω; check box, contacts and leads")
    assert (error.params["asked"], error.params["measured"]) == ("10 kΩ", "10.1 kΩ")


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=3, max_size=3))
def test_whatever_was_measured_a_wrong_load_never_passes(measured: list[float]) -> None:
    found = checks(*measured)
    assume(not all(abs(check.measured - check.nominal) <= 2.0 for check in found))
    assert diagnosed(found).code in {"load_stuck", "load_wrong_decade", "load_wrong"}


# --- how they are measured


def checked(loop: Loop) -> Checked:
    """Check the loads of the shipped plan on a loop."""
    context = check_context(fake_station(loop))
    check_loads(context)
    return context


def test_every_load_of_the_plan_is_measured_as_the_device_will_see_it() -> None:
    context = checked(Loop())
    assert context.state.loads == {(load, 100.0): pytest.approx(load + CONTACTS, rel=1e-6) for load in LOADS}


def test_the_box_is_set_with_the_port_open_and_measured_with_it_short() -> None:
    loop = Loop()
    checked(loop)
    port = "unknown"
    for call in loop.calls:
        port = call[1] if call[0] == "switch.set_port" else port
        if call[0] in ("load_box.set_resistance", "switch.select_shunt"):
            assert port == "open"
        if call[0].startswith("smu.read"):
            assert port == "short"
    assert port == "open"
    assert loop.names("switch.set_bypass") == [("switch.set_bypass", False)]
    assert [call[1] for call in loop.names("load_box.set_resistance")] == [400.0, 1900.0, 9900.0]


def test_a_load_is_measured_at_the_current_of_the_case() -> None:
    loop = Loop()
    checked(loop)
    # 1 mA worst case
    voltages = [call[1] for call in loop.names("smu.configure_source")]
    assert voltages == pytest.approx([0.5, 2.0, 10.0])


def test_what_the_smu_can_force_leaves_less_of_it() -> None:
    """5 mA are wanted: 2.5 V, 10 V, and 20 V where 50 V would be needed."""
    loop = Loop()
    plan = inputs(Edited(MICROCURRENT, (('worst_case = "1 mA"', 'worst_case = "5 mA"'),)))
    check_loads(check_context(fake_station(loop), plan))
    assert [call[1] for call in loop.names("smu.configure_source")] == pytest.approx([2.5, 10.0, 20.0])


@pytest.mark.parametrize("wires", [2, 4])
def test_loads_are_measured_by_sense_leads_where_the_station_has_them(wires: int) -> None:
    loop = Loop()
    changes = () if wires == 4 else (("remote_sense = true", "remote_sense = false"),)
    check_loads(check_context(fake_station(loop), inputs(station=Edited(STATION, changes))))
    assert {call[-1] for call in loop.names("smu.configure_source")} == {wires == 4}


def test_afterwards_only_the_limiting_loads_are_measured_again() -> None:
    loop = Loop()
    context = check_context(fake_station(loop))
    check_loads(context, only={2000.0})
    assert [call[1] for call in loop.names("load_box.set_resistance")] == [1900.0]


@pytest.mark.parametrize(
    ("box", "code"),
    [
        (lambda ohms: 1000.0, "load_stuck"),
        (lambda ohms: ohms / 10, "load_wrong_decade"),
        (lambda ohms: ohms * 1.01, "load_wrong"),
        (lambda ohms: ohms + 5.0, "load_wrong"),
    ],
)
def test_a_broken_box_is_found_and_what_was_found_is_reported(box: Callable[[float], float], code: str) -> None:
    loop = Loop(box=box)
    context = check_context(fake_station(loop))
    with pytest.raises(BenchError) as raised:
        check_loads(context)
    assert raised.value.code == code
    assert len(context.reported) == 3
    assert loop.port == "open"


def test_a_box_inside_its_tolerance_is_no_fault() -> None:
    """0.05 % of the box, and the SMU's own specification beside it."""
    checked(Loop(box=lambda ohms: ohms * 1.0005 + 0.1))
    checked(Loop(box=lambda ohms: ohms * 0.9995 + 0.1, smu_gain=1.0002))


@pytest.mark.parametrize(("status", "code"), [(Status.LIMITED, "smu_limited"), (Status.OVERRANGE, "smu_overrange")])
def test_an_smu_that_refuses_every_range_is_to_blame_itself(status: Status, code: str) -> None:
    with pytest.raises(BenchError) as raised:
        checked(Loop(status=lambda amperes, full_scale: status))
    assert raised.value.code == code


def test_an_smu_that_limits_at_a_right_load_is_to_blame() -> None:
    """It gives in at a hundredth of what was set, so that only a range far above holds the current."""
    with pytest.raises(BenchError) as raised:
        checked(Loop(status=lambda amperes, full_scale: Status.LIMITED if amperes > full_scale / 100 else Status.VALID))
    assert raised.value.code == "smu_limited"


def test_a_load_that_is_too_small_is_measured_a_range_up_and_named() -> None:
    """The SMU limits rightly at a tenth of the resistance; the box is to blame, not the SMU."""
    loop = Loop(
        box=lambda ohms: ohms / 10,
        status=lambda amperes, full_scale: Status.LIMITED if amperes > full_scale else Status.VALID,
    )
    with pytest.raises(BenchError) as raised:
        checked(loop)
    assert raised.value.code == "load_wrong_decade"
