# SPDX-License-Identifier: MIT
"""The findings of the bench about itself: each stored as it is found, those of the end held against those before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from instruments.errors import BenchError
from stimcert.allowance import Allowance
from stimcert.quantity import show

OPENING, CLOSING = "opening", "closing"


class Store(Protocol):
    """Keeps one finding for good."""

    def __call__(
        self,
        quantity: str,
        value: float,
        unit: str,
        *,
        expected: float,
        allowed: float,
        false_alarm: float,
        **conditions: object,
    ) -> None:
        """Keep that ``quantity`` was found at ``value``, where ``expected`` ± ``allowed`` is right."""


@dataclass(frozen=True, kw_only=True)
class _Finding:
    value: float
    deviation: float
    allowance: Allowance


@dataclass(frozen=True, kw_only=True)
class _Change:
    quantity: str
    unit: str
    before: float
    after: float
    allowed: float
    conditions: Mapping[str, Any]


class Findings:
    """Takes in what a check finds (a :class:`bench.session.check_context.Report`) and remembers it.

    :param store: called for each finding.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opening: dict[object, _Finding] = {}
        self._changes: list[_Change] = []
        self.phase = OPENING

    def __call__(
        self, quantity: str, value: float, unit: str, *, expected: float, allowance: Allowance, **conditions: object
    ) -> None:
        """Store a finding; at the end of a run with what it was at its beginning."""
        key = _key(quantity, expected, conditions)
        found = _Finding(value=value, deviation=value - expected, allowance=allowance)
        earlier = self._opening.setdefault(key, found) if self.phase == OPENING else self._opening.get(key)
        facts: dict[str, object] = {"phase": self.phase}
        if self.phase == CLOSING and earlier is not None:
            facts |= self._compared(quantity, unit, earlier, found, conditions)
        self._store(
            quantity,
            value,
            unit,
            expected=expected,
            allowed=allowance.half_width,
            false_alarm=allowance.false_alarm * (2 if self.phase == CLOSING and earlier else 1),
            **conditions,
            **facts,
        )

    def _compared(
        self, quantity: str, unit: str, earlier: _Finding, found: _Finding, conditions: Mapping[str, Any]
    ) -> dict[str, object]:
        allowed = found.allowance.change(earlier.allowance)
        if not abs(found.deviation - earlier.deviation) <= allowed:
            change = _Change(
                quantity=quantity,
                unit=unit,
                before=earlier.value,
                after=found.value,
                allowed=allowed,
                conditions=conditions,
            )
            self._changes.append(change)
        return {"opening": earlier.value, "change_allowed": allowed}

    def judge_changes(self) -> None:
        """Pass when nothing has changed by more than a run may change it.

        :raises BenchError: ``drifted``, naming the first that did.
        """
        if not self._changes:
            return
        first = self._changes[0]
        words = {name: show(getattr(first, name), first.unit) for name in ("before", "after", "allowed")}
        params = {"what": _words(first), **words}
        more = f"; {len(self._changes) - 1} more changed" if len(self._changes) > 1 else ""
        text = "{what} was {before} before the device was measured and is {after} after it".format(**params)
        raise BenchError(f"{text}; {words['allowed']} of change is allowed{more}", code="drifted", **params)


def _key(quantity: str, expected: float, conditions: Mapping[str, Any]) -> object:
    """Return what makes a finding the same one again. What the SMU shows of a path is never twice the same."""
    at = None if quantity == "paths.current" else expected
    return (quantity, at, *sorted((name, str(entry)) for name, entry in conditions.items()))


_UNITS = {"load": "Ω", "shunt": "Ω", "range": ""}


def _words(change: _Change) -> str:
    """Return what changed, in words: ``zero (smu, range 0.001)``."""
    found = {name: entry for name, entry in change.conditions.items() if entry is not None}
    parts = [
        f"{name} {show(entry, _UNITS[name]) if _UNITS.get(name) and isinstance(entry, float) else entry}"
        for name, entry in found.items()
    ]
    return f"{change.quantity} ({', '.join(parts)})" if parts else change.quantity
