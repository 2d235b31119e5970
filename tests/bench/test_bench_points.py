# SPDX-License-Identifier: MIT
"""Going from point to point: in which order, and that nothing is switched under current but the device itself."""

from dataclasses import replace
from typing import Any

import pytest

from bench.session.bench import Bench
from bench.session.inputs import Inputs
from bench.session.point import Point, points_of
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import case, inputs, zero
from tests.bench.runs import GALVANIC, MICROCURRENT

UNDER_CURRENT = {"smu.read_current", "digitizer.configure", "digitizer.capture", "clock.wait"}
"""What may happen while the device delivers, beside its own levels and the relay that takes the SMU out."""


def visited(plan: Inputs, name: str) -> tuple[list[Point], Loop]:
    """Go through a case, measuring nothing."""
    loop, seen = Loop(), []
    bench = Bench(fake_station(loop), plan, {0.1: zero()}, lambda point: loop.calls.append(("progress", point)))
    the_case = next(case for case in plan.plan.cases if case.id == name)
    for point in bench.points(the_case):
        loop.calls.append(("yielded", point))
        seen.append(point)
    return seen, loop


CASES = [(MICROCURRENT, "OC-01"), (GALVANIC, "OC-01"), (GALVANIC, "PO-01")]


@pytest.mark.parametrize(("plan", "name"), CASES)
def test_modes_are_outermost_then_loads_then_levels(plan: str, name: str) -> None:
    points, _ = visited(inputs(plan), name)
    the_case = case(name, plan)
    order = [
        (mode, load.si, level)
        for mode in the_case.modes
        for load in the_case.loads
        for level in the_case.levels_of(inputs(plan).plan.mode_named(mode))
    ]
    assert [(p.mode.name, p.load, p.level) for p in points if not p.one_more_up] == order


@pytest.mark.parametrize(("plan", "name"), CASES)
def test_the_bench_goes_to_the_points_that_the_record_asks_for(plan: str, name: str) -> None:
    assert visited(inputs(plan), name)[0] == list(points_of(inputs(plan).plan, case(name, plan)))


def test_up_is_pressed_once_more_at_the_top_of_every_load_where_limits_are_judged() -> None:
    points, loop = visited(inputs(), "OC-01")
    more = [point for point in points if point.one_more_up]
    assert [(point.level, point.load) for point in more] == [(8, 500.0), (8, 2000.0), (8, 10000.0)]
    assert all(points[points.index(point) - 1].is_top for point in more)
    assert len(loop.names("dut.level_up")) == 3


def test_up_is_not_pressed_where_no_limit_is_judged() -> None:
    points, loop = visited(inputs(GALVANIC), "PO-01")
    assert not any(point.one_more_up for point in points)
    assert loop.names("dut.level_up") == []


def test_up_is_not_pressed_below_the_top_level() -> None:
    shipped = inputs()
    low = shipped.plan.cases[0].model_copy(update={"levels": (1, 7)})
    loop = Loop()
    points = list(Bench(fake_station(loop), shipped, {}, lambda point: None).points(low))
    assert [point.level for point in points] == [1, 7] * 3
    assert loop.names("dut.level_up") == []


def test_before_every_point_its_level_is_chosen_and_has_settled() -> None:
    _, loop = visited(inputs(), "OC-01")
    steps = loop.names("dut.set_level", "dut.level_up", "clock.wait", "progress", "yielded")
    for index, step in enumerate(steps):
        if step[0] == "yielded":
            chosen, settled, shown = steps[index - 3 : index]
            expected = ("dut.level_up",) if step[1].one_more_up else ("dut.set_level", step[1].level)
            assert chosen == expected
            assert settled == ("clock.wait", pytest.approx(0.05))
            assert shown == ("progress", step[1])


def delivering(calls: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the calls that were made while the device was connected and started."""
    found, port, started = [], "open", False
    for call in calls:
        if call[0] == "switch.set_port":
            port = call[1]
        started = {"dut.start": True, "dut.stop": False}.get(call[0], started)
        if started and port == "device" and call[0] != "dut.start":
            found.append(call)
    return found


@pytest.mark.parametrize(("plan", "name"), CASES)
def test_nothing_is_switched_while_the_device_delivers(plan: str, name: str) -> None:
    _, loop = visited(inputs(plan), name)
    names = {call[0] for call in delivering(loop.calls)} - {"progress", "yielded", "dut.set_level", "dut.level_up"}
    assert names <= UNDER_CURRENT


@pytest.mark.parametrize(("plan", "name"), CASES)
def test_the_load_changes_with_the_device_stopped_and_the_port_open(plan: str, name: str) -> None:
    _, loop = visited(inputs(plan), name)
    port, started, changes = "device", True, 0
    for call in loop.calls:
        if call[0] == "switch.set_port":
            port = call[1]
        started = {"dut.start": True, "dut.stop": False}.get(call[0], started)
        if call[0] in ("load_box.set_resistance", "switch.select_shunt", "dut.select_mode"):
            assert (port, started) == ("open", False), call
            changes += call[0] == "load_box.set_resistance"
        if call[0] == "switch.set_port" and call[1] == "device":
            assert not started, "the device is connected before it is started"
    the_case = case(name, plan)
    assert changes == len(the_case.loads) * len(the_case.modes)


def test_a_load_is_what_the_device_sees_shunt_included() -> None:
    _, loop = visited(inputs(), "OC-01")
    assert loop.names("load_box.set_resistance") == [
        ("load_box.set_resistance", ohms) for ohms in (400.0, 1900.0, 9900.0)
    ]
    assert loop.names("switch.select_shunt") == [("switch.select_shunt", 100.0)]


def test_the_case_ends_with_the_device_stopped() -> None:
    _, loop = visited(inputs(), "OC-01")
    assert loop.calls[-1] == ("dut.stop",)


def test_a_bench_test_that_stops_early_leaves_no_point_behind() -> None:
    loop = Loop()
    points = Bench(fake_station(loop), inputs(), {}, lambda point: None).points(case())
    next(points)
    points.close()
    assert loop.names("dut.set_level") == [("dut.set_level", 1)]


def test_the_ammeter_is_ready_before_the_device_is() -> None:
    _, loop = visited(inputs(), "OC-01")
    names = [call[0] for call in loop.calls]
    configured = names.index("smu.configure_ammeter")
    assert loop.calls[configured][1:] == (1e-3, 1e-3, 1.0)
    assert configured < names.index("smu.output") < names.index("dut.start")


def test_with_a_digitizer_the_smu_is_out_of_the_loop_when_the_device_is_connected() -> None:
    _, loop = visited(inputs(), "OC-01")
    first = loop.names("switch.set_bypass")[0]
    assert first == ("switch.set_bypass", True)
    assert loop.calls.index(first) < loop.calls.index(("switch.set_port", "device"))


def test_without_one_the_smu_stays_in_it() -> None:
    loop = Loop()
    bench = Bench(fake_station(loop, digitizer=False), inputs(), {}, lambda point: None)
    list(bench.points(case()))
    assert loop.names("switch.set_bypass") == [("switch.set_bypass", False)]


def test_nothing_can_be_measured_at_no_point() -> None:
    bench = Bench(fake_station(Loop()), inputs(), {}, lambda point: None)
    with pytest.raises(RuntimeError, match="points"):
        bench.capture(next(points_of(inputs().plan, case())))
    with pytest.raises(RuntimeError, match="points"):
        assert bench.shunt


# --- repeats


def repeated(**changes: object) -> tuple[Inputs, Any]:
    """Return a plan whose first case is repeated at each point, and that case."""
    shipped = inputs()
    again = shipped.plan.cases[0].model_copy(update={"repeats": 3, "levels": (1, 8), **changes})
    plan = shipped.plan.model_copy(update={"cases": (again, *shipped.plan.cases[1:])})
    return replace(shipped, plan=plan), again


@pytest.mark.parametrize("reconnect", [False, True])
def test_each_point_is_repeated_as_often_as_the_case_says(reconnect: bool) -> None:
    plan, again = repeated(reconnect=reconnect)
    points = list(Bench(fake_station(Loop()), plan, {}, lambda point: None).points(again))
    assert points == list(points_of(plan.plan, again))
    first = [point for point in points if point.load == 500.0]
    assert [(p.level, p.repetition, p.one_more_up) for p in first] == [
        (1, 1, False), (1, 2, False), (1, 3, False), (8, 1, False), (8, 2, False), (8, 3, False), (8, None, True),
    ]  # fmt: skip


def test_leads_are_taken_off_and_the_device_is_started_again_where_the_case_says_so() -> None:
    plan, again = repeated(reconnect=True, levels=(8,))
    loop = Loop()
    for point in Bench(fake_station(loop), plan, {}, lambda point: None).points(again):
        if point.repetition in (2, 3):
            called = (call[0] if call[0] != "switch.set_port" else call for call in loop.calls)
            steps = list(dict.fromkeys(called))
            wanted = ["dut.stop", ("switch.set_port", "open"), ("switch.set_port", "device"), "dut.start", "clock.wait"]
            assert [step for step in steps if step in wanted] == wanted
            assert ("dut.set_level", 8) in loop.calls
        loop.calls.clear()


def test_without_reconnecting_the_device_runs_on() -> None:
    plan, again = repeated(levels=(8,))
    loop = Loop()
    for point in Bench(fake_station(loop), plan, {}, lambda point: None).points(again):
        if point.repetition in (2, 3):
            assert loop.names("dut.stop", "dut.start", "switch.set_port") == []
        loop.calls.clear()
