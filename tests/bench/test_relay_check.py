# SPDX-License-Identifier: MIT
"""Open, short, 500 Ω and the shunts are what they are called, or the map of the relays is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from bench.session.relay_check import check_relays
from instruments.errors import BenchError
from instruments.station import Station
from stimcert.reading import Status
from tests.bench.fake_station import CONTACTS, Loop, fake_station
from tests.bench.parts import Checked, check_context


def checked(loop: Loop, alter: Callable[[Station], None] = lambda station: None) -> Checked:
    """Check the relays of a loop in which something was altered."""
    station = fake_station(loop)
    alter(station)
    context = check_context(station)
    check_relays(context)
    return context


def ports(**other: str) -> Callable[[Station], None]:
    """Return what makes one port of the switch another."""

    def alter(station: Station) -> None:
        right: Callable[[str], Any] = station.switch.set_port
        station.switch.set_port = lambda port: right(other.get(port, port))  # type: ignore[method-assign]

    return alter


def other_shunt(station: Station) -> None:
    """Let the switch put the other shunt into the loop."""
    right = station.switch.select_shunt
    station.switch.select_shunt = lambda ohms: right(10.0)  # type: ignore[method-assign]


def test_open_short_and_500_ohms_are_told_apart() -> None:
    loop = Loop()
    context = checked(loop)
    found = [(one["quantity"], one["value"]) for one in context.reported]
    assert found == [
        ("relays.leakage", 0.0),
        ("relays.resistance", pytest.approx(100 + CONTACTS)),
        ("relays.resistance", pytest.approx(500 + CONTACTS)),
    ]
    assert loop.port == "open"


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (ports(short="open"), "with the port short and the shunt of 100 Ω the SMU sees an open loop"),
        (ports(short="reference"), "the SMU sees an open loop"),
        (ports(open="short"), "with the port open"),
        (other_shunt, "the SMU sees 10.05 Ω, expected 100 Ω"),
    ],
    ids=["short is open", "short is reference", "open is short", "shunts exchanged"],
)
def test_a_wrong_relay_is_found(alter: Callable[[Station], None], said: str) -> None:
    with pytest.raises(BenchError, match=said) as raised:
        checked(Loop(), alter)
    assert raised.value.code == "relay_map_wrong"


@pytest.mark.parametrize(
    ("box", "code"), [(lambda ohms: 1000.0, "load_stuck"), (lambda ohms: ohms / 10, "load_wrong_decade")]
)
def test_a_box_that_is_wrong_is_no_relay(box: Callable[[float], float], code: str) -> None:
    with pytest.raises(BenchError) as raised:
        checked(Loop(box=box))
    assert raised.value.code == code


def test_a_leak_over_the_open_port_is_found() -> None:
    """0.5 V over 5 MΩ."""
    with pytest.raises(BenchError, match="with the port open") as raised:
        checked(Loop(smu_offset=1e-7))
    assert raised.value.code == "relay_map_wrong"


def test_an_smu_that_refuses_is_to_blame_itself() -> None:
    refuses = Loop(status=lambda amperes, full_scale: Status.LIMITED if amperes else Status.VALID)
    with pytest.raises(BenchError) as raised:
        checked(refuses)
    assert raised.value.code == "smu_limited"
