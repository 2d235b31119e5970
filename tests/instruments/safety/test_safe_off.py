# SPDX-License-Identifier: MIT
"""Safe-off: all are told before anyone is asked, nothing stops it, and nothing unproven is called safe."""

import math
from collections.abc import Callable

import pytest

from instruments.safety.safe_off import SafeRole, SafeState, ZeroCurrent, safe_off

CONFIRMED, NOT_CONFIRMED, NOT_POSSIBLE = "confirmed by instrument", "not confirmed", "not possible here"


class Fake:
    """Writes down what it was asked; may raise or lie.

    :param fails: how many calls of ``make_safe`` raise.
    :param mute: how many calls of ``confirm_safe`` raise.
    """

    def __init__(self, name: str, diary: list[str], *, fails: int = 0, mute: int = 0, stuck: bool = False) -> None:
        self.name, self.diary, self.fails, self.mute, self.stuck = name, diary, fails, mute, stuck
        self.error: BaseException = RuntimeError("gone")

    def make_safe(self) -> None:
        self.diary.append(f"{self.name} off")
        self.fails -= 1
        if self.fails >= 0:
            raise self.error

    def confirm_safe(self) -> bool:
        self.diary.append(f"{self.name}?")
        self.mute -= 1
        if self.mute >= 0:
            raise self.error
        return not self.stuck


def role(fake: Fake, *, replacement: Fake | None = None) -> SafeRole:
    """Return a role whose fresh session is a replacement, or the same instrument."""

    def fresh() -> Fake:
        fake.diary.append(f"{fake.name} fresh")
        return replacement or fake

    return SafeRole(role=fake.name, instrument=fake, fresh=fresh)


def test_all_are_told_before_anyone_is_asked() -> None:
    diary: list[str] = []
    state = safe_off([role(Fake(name, diary)) for name in ("dut", "switch", "smu")])
    assert diary == ["dut off", "switch off", "smu off", "dut?", "switch?", "smu?"]
    assert state.confirmed
    assert dict(state.roles) == {"dut": CONFIRMED, "switch": CONFIRMED, "smu": CONFIRMED}
    assert state.errors == ()


def test_who_cannot_be_reached_is_told_through_a_fresh_session_before_any_question() -> None:
    diary: list[str] = []
    state = safe_off([role(Fake("dut", diary, fails=1)), role(Fake("smu", diary))])
    assert diary == ["dut off", "smu off", "dut fresh", "dut off", "dut?", "smu?"]
    assert state.confirmed


def test_three_tries_and_no_more() -> None:
    diary: list[str] = []
    state = safe_off([role(Fake("smu", diary, mute=99)), role(Fake("switch", diary))])
    assert diary.count("smu off") == diary.count("smu?") == 3
    assert diary.count("smu fresh") == 2
    assert diary.count("switch?") == 1
    assert state.roles["smu"] == NOT_CONFIRMED
    assert not state.confirmed
    assert state.unconfirmed == ("smu",)


def test_the_third_try_counts() -> None:
    state = safe_off([role(Fake("smu", [], mute=2))])
    assert state.confirmed
    assert len(state.errors) == 2


def test_an_instrument_that_says_no_is_not_safe() -> None:
    state = safe_off([role(Fake("smu", [], stuck=True))])
    assert state.roles["smu"] == NOT_CONFIRMED
    assert "not safe" in state.errors[0]


def test_a_role_without_instrument_is_named_and_blocks_nothing() -> None:
    state = safe_off([SafeRole(role="dut", instrument=None), role(Fake("switch", []))])
    assert state.roles["dut"] == NOT_POSSIBLE
    assert state.confirmed


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("pulled"), ValueError("odd"), Exception("bare")])
def test_nothing_gets_out_of_it(error: BaseException) -> None:
    def broken() -> Fake:
        raise error

    fake = Fake("smu", [], fails=99, mute=99)
    fake.error = error

    def no_proof() -> ZeroCurrent:
        raise error

    state = safe_off([SafeRole(role="smu", instrument=fake, fresh=broken)], measure_zero=no_proof)
    assert state.unconfirmed == ("smu", "shunt_current")
    assert fake.diary.count("smu off") >= 3


def zero(value: float) -> Callable[[], ZeroCurrent]:
    return lambda: ZeroCurrent(value=value, allowance=1e-7)


@pytest.mark.parametrize(
    ("value", "proven"), [(0.0, True), (-1e-7, True), (1.01e-7, False), (-5e-4, False), (math.nan, False)]
)
def test_the_shunt_has_the_last_word(value: float, proven: bool) -> None:
    state = safe_off([role(Fake("smu", []))], measure_zero=zero(value))
    assert state.confirmed is proven
    assert state.roles["smu"] == CONFIRMED


def test_a_missing_proof_is_no_proof() -> None:
    assert not SafeState(roles={}, zero=None, needs_zero=True).confirmed
    assert SafeState(roles={}, zero=None, needs_zero=False).confirmed


def test_the_form_of_the_record() -> None:
    state = safe_off([role(Fake("smu", [], mute=9)), SafeRole(role="dut", instrument=None)], measure_zero=zero(1e-9))
    record = state.as_dict()
    assert record["smu"] == NOT_CONFIRMED
    assert record["dut"] == NOT_POSSIBLE
    assert record["shunt_current"] == {"value": 1e-9, "unit": "A", "zero": True, "allowance": 1e-7}
    assert record["confirmed"] is False
    assert record["unconfirmed"] == ["smu"]
    assert record["by"] == "harness"


def test_a_current_that_is_no_number_leaves_the_record_readable() -> None:
    record = safe_off([], measure_zero=zero(math.nan)).as_dict()
    assert record["shunt_current"] == {"value": None, "unit": "A", "zero": False, "allowance": 1e-7}


def test_who_cannot_be_reached_anew_is_told_again_as_before() -> None:
    diary: list[str] = []
    state = safe_off([SafeRole(role="smu", instrument=Fake("smu", diary, fails=1, mute=1))])
    assert state.confirmed
    assert diary == ["smu off", "smu off", "smu?", "smu off", "smu?"]


def test_without_a_digitizer_there_is_no_current_to_record() -> None:
    state = safe_off([role(Fake("smu", []))])
    assert state.current_zero is None
    assert "shunt_current" not in state.as_dict()
    assert safe_off([], measure_zero=zero(1e-9)).current_zero == 1e-9
