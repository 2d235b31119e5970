# SPDX-License-Identifier: MIT
"""Skin networks: proven before a device sees them, and gone to after the resistances."""

import pytest

from bench.session.bench import Bench
from bench.session.point import points_of
from bench.session.skin_check import check_networks
from bench.session.zero_check import check_zero
from instruments.errors import BenchError
from stimcert.skin import SKIN_MODELS
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import Checked, case, check_context, inputs
from tests.bench.runs import MICROCURRENT, Edited

SKIN = Edited(MICROCURRENT, (('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["500 Ω"]\nskin = ["N1", "N0"]'),))


def found(loop: Loop) -> Checked:
    """Check the networks of the plan on a loop."""
    checked = check_context(fake_station(loop), inputs(SKIN))
    check_zero(checked)
    checked.reported.clear()
    check_networks(checked)
    return checked


def test_every_network_is_measured_once_behind_its_shunt_and_the_box_comes_back() -> None:
    loop = Loop()
    checked = found(loop)
    assert [entry["expected"] for entry in checked.reported] == pytest.approx([22660, 220e-6, 2100, 330e-6])
    assert [entry["network"] for entry in checked.reported] == ["N1", "N1", "N0", "N0"]
    assert loop.names("skin.select_network")[-1] == ("skin.select_network", None)
    assert loop.port == "open"


@pytest.mark.parametrize("factor", [0.0, 0.95, 1.05, 10.0, float("inf")])
def test_another_network_is_named(factor: float) -> None:
    with pytest.raises(BenchError) as raised:
        found(Loop(box=lambda ohms: ohms * factor if ohms else ohms))
    assert raised.value.code in ("network_wrong", "smu_limited", "smu_overrange")


def test_a_plan_without_networks_leaves_the_module_alone() -> None:
    loop = Loop()
    checked = check_context(fake_station(loop))
    check_networks(checked)
    assert checked.reported == []
    assert all(name is None for _, name in loop.names("skin.select_network"))


def test_networks_come_after_the_resistances_and_the_box_after_them() -> None:
    loop = Loop()
    plan = inputs(SKIN)
    bench = Bench(fake_station(loop), plan, {}, lambda point: None)
    points = list(bench.points(case("OC-01", SKIN)))
    assert points == list(points_of(plan.plan, case("OC-01", SKIN)))
    assert [(point.load, point.network) for point in points if point.level == 1] == [
        (500.0, None),
        (SKIN_MODELS["N1"].direct, "N1"),
        (SKIN_MODELS["N0"].direct, "N0"),
    ]
    list(bench.points(case("OC-02", SKIN)))
    assert [name for _, name in loop.names("skin.select_network")] == ["N1", "N0", None, "N1", "N0"]


def test_a_station_without_the_network_is_refused_with_its_place() -> None:
    station = Edited("instruments/stations/sim.toml", (('parallel = "22 kΩ"', 'parallel = "20 kΩ"'),))
    with pytest.raises(Exception, match="other values under this name"):
        inputs(SKIN, station)
