# SPDX-License-Identifier: MIT
"""The relay card: break before make, and never two port relays closed."""

import pytest
from pymeasure.test import expected_protocol

from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.relay_card import Channels, RelayCard

CHANNELS = Channels(device=101, short=102, reference=103, bypass=111, tap_output=121)
PORTS, SHUNTS = b"(@101,102,103)", b"(@131,132)"
OK = b';0,"No error"'


def connected(*pairs, **options):
    return expected_protocol(RelayCard, list(pairs), channels=CHANNELS, shunts={100.0: 131, 10.0: 132}, **options)


def asked(relays, answer):
    return (b":ROUT:CLOS? " + relays + b";:SYST:ERR?", answer + OK)


@pytest.mark.parametrize(
    ("port", "relay", "after"),
    [("device", b"101", b"1,0,0"), ("short", b"102", b"0,1,0"), ("reference", b"103", b"0,0,1")],
)
def test_every_port_is_opened_and_seen_open_before_one_is_closed(port, relay, after):
    before = b"0,0,1" if port == "device" else b"1,0,0"
    with connected(
        asked(PORTS, before),
        (b":ROUT:OPEN " + PORTS, None),
        asked(PORTS, b"0,0,0"),
        (b":ROUT:CLOS (@" + relay + b")", None),
        asked(PORTS, after),
    ) as card:
        card.set_port(port)


def test_open_opens_and_closes_nothing():
    with connected(asked(PORTS, b"0,1,0"), (b":ROUT:OPEN " + PORTS, None), asked(PORTS, b"0,0,0")) as card:
        card.set_port("open")


def test_what_is_right_is_left_alone():
    with connected(asked(PORTS, b"1,0,0")) as card:
        card.set_port("device")


def test_a_relay_that_does_not_open_stops_the_other_from_closing():
    with (
        connected(asked(PORTS, b"0,1,0"), (b":ROUT:OPEN " + PORTS, None), asked(PORTS, b"0,1,0")) as card,
        pytest.raises(InstrumentRefused, match="read back"),
    ):
        card.set_port("device")


def test_a_relay_that_does_not_close_is_told():
    with (
        connected(
            asked(PORTS, b"0,1,0"),
            (b":ROUT:OPEN " + PORTS, None),
            asked(PORTS, b"0,0,0"),
            (b":ROUT:CLOS (@101)", None),
            asked(PORTS, b"0,0,0"),
        ) as card,
        pytest.raises(InstrumentRefused, match="read back"),
    ):
        card.set_port("device")


def test_two_closed_relays_are_put_right():
    with connected(
        asked(SHUNTS, b"1,1"),
        (b":ROUT:OPEN " + SHUNTS, None),
        asked(SHUNTS, b"0,0"),
        (b":ROUT:CLOS (@132)", None),
        asked(SHUNTS, b"0,1"),
    ) as card:
        card.select_shunt(10.0)


@pytest.mark.parametrize(
    ("call", "relay", "closes"),
    [
        (lambda card: card.set_bypass(True), b"111", True),
        (lambda card: card.set_bypass(False), b"111", False),
        (lambda card: card.set_tap("output"), b"121", True),
        (lambda card: card.set_tap("shunt"), b"121", False),
    ],
)
def test_single_relays(call, relay, closes):
    relays = b"(@" + relay + b")"
    change = b":ROUT:CLOS " if closes else b":ROUT:OPEN "
    with connected((change + relays, None), asked(relays, b"1" if closes else b"0")) as card:
        call(card)


@pytest.mark.parametrize(("bypassed", "found"), [(True, b"0"), (False, b"1")])
def test_a_single_relay_that_stays_is_told(bypassed, found):
    change = b":ROUT:CLOS (@111)" if bypassed else b":ROUT:OPEN (@111)"
    with (
        connected((change, None), asked(b"(@111)", found)) as card,
        pytest.raises(InstrumentRefused, match="read back"),
    ):
        card.set_bypass(bypassed)


@pytest.mark.parametrize(
    "call",
    [lambda card: card.set_port("dut"), lambda card: card.set_tap("middle"), lambda card: card.select_shunt(47.0)],
)
def test_unknown_positions_are_refused(call):
    with connected() as card, pytest.raises(BenchError, match=r"switch.*has no .*; it has"):
        call(card)


@pytest.mark.parametrize("answer", [b"1,0", b"1,0,2", b"1,0,", b"", b"1,0,0,0", b"closed"])
def test_garbage_is_told(answer):
    with connected(asked(PORTS, answer)) as card, pytest.raises(GarbledReply):
        card.set_port("device")


def test_error_queue_is_raised():
    with (
        connected(
            (b":ROUT:CLOS? " + PORTS + b";:SYST:ERR?", b'0,0,0;-222,"Data out of range"'), (b":SYST:ERR?", OK[1:])
        ) as card,
        pytest.raises(InstrumentRefused, match="-222"),
    ):
        card.set_port("device")


def test_safe_is_every_port_open_without_asking_first():
    with connected((b":ROUT:OPEN " + PORTS, None), (b":ROUT:CLOS? " + PORTS, b"0,0,0")) as card:
        card.make_safe()
        assert card.confirm_safe()


def test_one_port_closed_is_not_safe():
    with connected((b":ROUT:CLOS? " + PORTS, b"1,0,0")) as card:
        assert not card.confirm_safe()


def test_settling_is_waited_for_on_the_bench_clock():
    waited = []

    class Clock:
        def now(self):
            return 0.0

        def wait(self, seconds):
            waited.append(seconds)

    pairs = [asked(PORTS, b"0,1,0"), (b":ROUT:OPEN " + PORTS, None), asked(PORTS, b"0,0,0")]
    with connected(*pairs, clock=Clock(), settle=0.02) as card:
        card.set_port("open")
    assert waited == [0.02]
