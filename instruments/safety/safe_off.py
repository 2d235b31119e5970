# SPDX-License-Identifier: MIT
"""Bring the bench to safety, and say what proved it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from instruments.safety.signals import held

TRIES = 3


class Confirmation(StrEnum):
    """How it is known that one role is safe."""

    CONFIRMED = "confirmed by instrument"
    NOT_CONFIRMED = "not confirmed"
    NOT_POSSIBLE = "not possible here"


class Safeable(Protocol):
    """The part of every driver that matters here."""

    def make_safe(self) -> None:
        """Send what takes the energy away, waiting for no answer."""

    def confirm_safe(self) -> bool:
        """Ask whether the instrument is safe."""


@dataclass(frozen=True, kw_only=True)
class SafeRole:
    """One role on its way to safety.

    :param instrument: its driver; None where nobody can send it anything.
    :param fresh: gives the same instrument through a new session.
    """

    role: str
    instrument: Safeable | None
    fresh: Callable[[], Safeable] | None = None


@dataclass(frozen=True, kw_only=True)
class ZeroCurrent:
    """What flows through the shunt of a bench that was made safe.

    :param value: A, the largest mean over any window of the record, with its sign.
    :param allowance: A, what the digitizer's own offset can pretend.
    """

    value: float
    allowance: float

    @property
    def is_zero(self) -> bool:
        """Whether the current is zero as far as the digitizer can tell; a NaN is not."""
        return math.isfinite(self.value) and abs(self.value) <= self.allowance


@dataclass(frozen=True, kw_only=True)
class SafeState:
    """The end of a bench: which roles are safe, and what proved it.

    :param needs_zero: whether the station has a digitizer, so that a missing proof is a missing proof.
    :param errors: what went wrong on the way, in order.
    """

    roles: Mapping[str, Confirmation]
    zero: ZeroCurrent | None = None
    needs_zero: bool = False
    errors: tuple[str, ...] = field(default=())

    @property
    def current_zero(self) -> float | None:
        """Return the current through the shunt, A; None where it was not measured."""
        return None if self.zero is None else self.zero.value

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Return what nobody confirmed, ``shunt_current`` included."""
        roles = tuple(role for role, state in self.roles.items() if state is Confirmation.NOT_CONFIRMED)
        proven = not self.needs_zero if self.zero is None else self.zero.is_zero
        return roles if proven else (*roles, "shunt_current")

    @property
    def confirmed(self) -> bool:
        """Whether the bench is known to be safe."""
        return not self.unconfirmed

    def as_dict(self) -> dict[str, object]:
        """Return the form that journal and record keep."""
        record: dict[str, object] = {role: str(state) for role, state in self.roles.items()}
        if self.zero is not None:
            # A value that is no number would make the record unreadable.
            value = self.zero.value if math.isfinite(self.zero.value) else None
            record["shunt_current"] = {
                "value": value,
                "unit": "A",
                "zero": self.zero.is_zero,
                "allowance": self.zero.allowance,
            }
        record |= {"confirmed": self.confirmed, "unconfirmed": list(self.unconfirmed), "errors": list(self.errors)}
        return record | {"by": "harness"}


class _Way:
    """One role's way to safety: what is tried, and what went wrong."""

    def __init__(self, role: SafeRole) -> None:
        self.name = role.role
        self.errors: list[str] = []
        self.confirmed = False
        self._instrument = role.instrument
        self._fresh = role.fresh

    @property
    def possible(self) -> bool:
        return self._instrument is not None

    def renew(self) -> None:
        def open_again() -> None:
            if self._fresh is not None:
                self._instrument = self._fresh()

        self._guarded("fresh session", open_again)

    def send(self) -> bool:
        return self._guarded("make_safe", lambda: self._instrument.make_safe() if self._instrument else None)

    def ask(self) -> None:
        def read_back() -> None:
            self.confirmed = self._instrument is not None and self._instrument.confirm_safe()
            if not self.confirmed:
                self.errors.append(f"{self.name}: the instrument answers that it is not safe")

        self._guarded("confirm_safe", read_back)

    def result(self) -> Confirmation:
        if not self.possible:
            return Confirmation.NOT_POSSIBLE
        return Confirmation.CONFIRMED if self.confirmed else Confirmation.NOT_CONFIRMED

    def _guarded(self, step: str, action: Callable[[], None]) -> bool:
        """Do one step, whatever it raises. A second Ctrl-C is no reason to leave the bench energised."""
        try:
            action()
        except (Exception, KeyboardInterrupt) as error:
            self.errors.append(f"{self.name}: {step}: {type(error).__name__}: {error}")
            return False
        return True


def safe_off(roles: Sequence[SafeRole], *, measure_zero: Callable[[], ZeroCurrent] | None = None) -> SafeState:
    """Take the energy out of the bench, and read back that it is gone. Never raises; signals wait meanwhile.

    Everything is sent to everybody before anybody is asked anything. Who does not confirm is tried again, up to
    three times in all, through a fresh session.

    :param roles: in safe order: what delivers energy first.
    :param measure_zero: measures the current through the shunt; None without a digitizer.
    """
    with held():
        ways = [_Way(role) for role in roles]
        for attempt in range(TRIES):
            pending = [way for way in ways if way.possible and not way.confirmed]
            _send(pending, renew=attempt > 0)
            for way in pending:
                way.ask()
        zero, failed = _zero(measure_zero)
    return SafeState(
        roles={way.name: way.result() for way in ways},
        zero=zero,
        needs_zero=measure_zero is not None,
        errors=(*(error for way in ways for error in way.errors), *failed),
    )


def _send(pending: Sequence[_Way], *, renew: bool) -> None:
    """Send to all; whom the present session does not reach gets it through a fresh one, before any question."""
    if renew:
        for way in pending:
            way.renew()
    missed = [way for way in pending if not way.send()]
    for way in missed:
        way.renew()
        way.send()


def _zero(measure: Callable[[], ZeroCurrent] | None) -> tuple[ZeroCurrent | None, tuple[str, ...]]:
    """Measure the proof; a proof that cannot be had is a proof that is missing."""
    if measure is None:
        return None, ()
    try:
        return measure(), ()
    except (Exception, KeyboardInterrupt) as error:
        return None, (f"shunt current: {type(error).__name__}: {error}",)
