# SPDX-License-Identifier: MIT
"""Everything that is asked of an instrument is told: before it is done where it energises, and after it in any case."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from instruments.event_record import EventRecord, Watch
from stimcert.reading import MeanReading, Waveform

TOLD: Mapping[str, frozenset[str]] = {
    "smu": frozenset({"reset", "configure_ammeter", "configure_source", "output", "read_current", "read_voltage"}),
    "digitizer": frozenset({"reset", "configure", "capture", "watch", "capture_around"}),
    "load_box": frozenset({"reset", "set_resistance"}),
    "skin": frozenset({"reset", "select"}),
    "switch": frozenset({"reset", "set_port", "set_bypass", "set_tap", "select_shunt"}),
    "dut": frozenset({"reset", "select_mode", "set_level", "level_up", "start", "stop"}),
    "reference": frozenset({"reset", "set_current", "off"}),
    "environment": frozenset({"temperature"}),
}
"""What is told of each role: whatever changes the bench or is read from it. What data sheets say is not."""

_ENERGISE: Mapping[str, frozenset[str]] = {
    "smu": frozenset({"configure_source", "output"}),
    "switch": frozenset({"set_port"}),
    "dut": frozenset({"set_level", "level_up", "start"}),
    "reference": frozenset({"set_current"}),
}
_TAKES_AWAY = (("output", False), ("set_port", "open"))


Account = Callable[[], dict[str, Any]]
"""Says what an instrument did."""


class Witness(Protocol):
    """Who is told."""

    def intend(self, body: dict[str, Any]) -> int:
        """Note what is about to energise the bench; on disk when this returns, or it raises and nothing is done.

        :return: a number by which the result can name it.
        """

    def foresee(self, body: dict[str, Any]) -> None:
        """Take notice of what will be intended next, unless something else is: it may be on disk by then.

        :param body: as :meth:`intend` will get it.
        """

    def done(self, account: Account) -> None:
        """Note what was done, and what came of it.

        :param account: makes the body of the event, at any later time: an instrument waits for its next order now.
        """


class Witnessed:
    """A driver whose actions are told; everything else of it is its own.

    :param role: of the station file.
    """

    def __init__(self, driver: object, role: str, witness: Witness) -> None:
        self._driver = driver
        self._role = role
        self._witness = witness

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._driver, name)
        if name in TOLD.get(self._role, ()):
            value = self.__dict__[name] = self._telling(name, value)
        return value

    def foresee(self, name: str, *arguments: object) -> None:
        """Say what this instrument will be asked next, so that the asking need not wait for the disk."""
        self._witness.foresee(_asked(self._role, name, arguments, {}))

    def _telling(self, name: str, action: Callable[..., object]) -> Callable[..., object]:
        may_energise = name in _ENERGISE.get(self._role, ())

        def told(*arguments: object, **named: object) -> object:
            asked = partial(_asked, self._role, name, arguments, named)
            if may_energise and not (arguments and (name, arguments[0]) in _TAKES_AWAY):
                asked = partial(asked, intent=self._witness.intend(asked()))
            try:
                answer = action(*arguments, **named)
            except BaseException as error:
                self._witness.done(partial(asked, error=f"{type(error).__name__}: {error}"))
                raise
            # In short at once: a record of millions of samples is not kept for it.
            self._witness.done(partial(asked, answer=None if answer is None else in_short(answer)))
            return answer

        return told


def _asked(
    role: str,
    name: str,
    arguments: tuple[object, ...],
    named: Mapping[str, object],
    *,
    intent: int | None = None,
    error: str | None = None,
    answer: object = None,
) -> dict[str, Any]:
    """Return what an action was asked with, and what came of it; what it is to call meanwhile is told by itself.

    :param answer: in short.
    """
    plain = [_plain(value) for value in arguments if not callable(value)]
    body: dict[str, Any] = {"role": role, "do": name, **({"with": plain} if plain else {})}
    body |= {key: _plain(value) for key, value in named.items() if not callable(value)}
    body |= {key: value for key, value in (("intent", intent), ("error", error)) if value is not None}
    return body if answer is None else {**body, "answer": answer}


def in_short(answer: object) -> object:
    """Return what the journal keeps of an answer; waveforms have an event of their own."""
    if isinstance(answer, MeanReading):
        values = [_plain(value) for value in answer.values]
        return {"status": answer.status.value, "values": values, "unit": answer.unit, "bench_time": answer.bench_time}
    if isinstance(answer, Waveform):
        count = int(answer.samples.size)
        return {"samples": count, "range": answer.range, "clipped": answer.clipped, "bench_time": answer.bench_time}
    if isinstance(answer, EventRecord):
        return {"event": _plain(answer.event), "record": in_short(answer.waveform)}
    if isinstance(answer, Watch):
        return {"watched": _plain(answer.watched), "record": in_short(answer.record)}
    return _plain(answer)


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    return value if isinstance(value, str | int | bool | None) else str(value)
