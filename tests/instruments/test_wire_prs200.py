# SPDX-License-Identifier: MIT
"""The load box: exact digits or a refusal, since it cannot be asked for its value."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymeasure.test import expected_protocol

from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.prs200 import PRS200, digits_for

SIX_DECADES = (0.1, 1.0, 10.0, 100.0, 1e3, 1e4)


def connected(*pairs, **options):
    return expected_protocol(PRS200, list(pairs), **options)


def set_to(digits, opc=b"1", esr=b"0"):
    return [(b"SOURce:DATA " + digits, None), (b"*OPC?", opc), (b"*ESR?", esr)]


@pytest.mark.parametrize(
    ("ohms", "digits"),
    [
        (600_567.9, b"0006005679"),  # the maker's own example
        (400.0, b"0000004000"),
        (9_900, b"0000099000"),
        (0.1, b"0000000001"),
        (0.3, b"0000000003"),
        (0.0, b"0000000000"),
        (999_999.9, b"0009999999"),
    ],
)
def test_value_is_set_digit_by_digit_and_ends_with_a_query(ohms, digits):
    with connected(*set_to(digits)) as box:
        box.set_resistance(ohms)


@pytest.mark.parametrize(
    ("ohms", "said"),
    [
        (10_600_567.9, "decade of 10000000 Ω"),
        (0.25, "no sum of steps"),
        (0.1 + 0.2, "no sum of steps"),
        (-1.0, "no resistance"),
        (float("nan"), "no resistance"),
        (float("inf"), "no resistance"),
        (1e9, "no sum of steps"),
    ],
)
def test_what_the_decades_cannot_make_is_never_sent(ohms, said):
    with connected() as box, pytest.raises(BenchError, match=f"load_box.*{said}"):
        box.set_resistance(ohms)


def test_missing_decade_is_refused_because_the_box_would_ignore_it():
    with connected(decades=SIX_DECADES) as box, pytest.raises(BenchError, match="decade of 100000 Ω"):
        box.set_resistance(100_000)


@given(st.integers(min_value=0, max_value=9_999_999))
def test_digits_spell_the_value(tenths):
    digits = digits_for(tenths / 10)
    assert len(digits) == 10
    assert Decimal(digits) / 10 == Decimal(tenths) / 10


@given(st.floats(min_value=0, max_value=1e7, allow_nan=False))
def test_a_value_is_spelled_exactly_or_refused(ohms):
    try:
        digits = digits_for(ohms)
    except ValueError:
        return
    assert Decimal(digits) / 10 == Decimal(repr(ohms))


@pytest.mark.parametrize("events", [b"32", b"16", b"8", b"4", b"160"])
def test_error_bits_are_raised(events):
    with connected(*set_to(b"0000004000", esr=events)) as box, pytest.raises(InstrumentRefused, match=events.decode()):
        box.set_resistance(400)


def test_power_on_and_operation_complete_are_no_errors():
    with connected(*set_to(b"0000004000", esr=b"129")) as box:
        box.set_resistance(400)


@pytest.mark.parametrize(("opc", "esr"), [(b"0", b"0"), (b"?", b"0"), (b"1", b"spam")])
def test_garbage_is_told(opc, esr):
    protocol = connected(*set_to(b"0000004000", opc=opc, esr=esr))
    box = protocol.__enter__()
    with pytest.raises(GarbledReply):
        box.set_resistance(400)


def test_waiting_is_done_on_the_bench_clock():
    waited = []

    class Clock:
        def now(self):
            return 0.0

        def wait(self, seconds):
            waited.append(seconds)

    with connected(*set_to(b"0000004000"), clock=Clock(), settle=0.01) as box:
        box.set_resistance(400)
    assert waited == [0.01]


def test_a_box_has_no_energy_to_take_away():
    with connected() as box:
        box.make_safe()
        assert box.confirm_safe()


def test_reset_ends_with_a_query():
    with connected((b"*RST", None), (b"*CLS", None), (b"*OPC?", b"1"), (b"*ESR?", b"0")) as box:
        box.reset()
