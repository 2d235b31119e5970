# SPDX-License-Identifier: MIT
"""Whether everything that the plan asks for was judged: row by row, at every mode, level and load."""

from collections.abc import Iterable, Mapping
from typing import Any

from stimcert.quantity import show

Body = Mapping[str, Any]

# What makes a place, beside the row that is held against it there.
_PLACE = ("mode", "level", "load", "one_more_up", "network", "event", "repetition", "state")

# How many of those that are missing are named; the others are counted.
_NAMED = 3


def not_judged(planned: Body, measurements: Iterable[Body]) -> list[str]:
    """Return, in words, what nothing was held against.

    :param planned: a case of ``run_begun``: its ``limits``, and its ``points`` with the ids of the rows for each.
    :param measurements: of that case.
    """
    judged = [m for m in measurements if m["verdict"] is not None]
    rows = {m["limit"] for m in judged}
    missing = [row["id"] for row in planned["limits"] if row["kind"] == "limit" and row["id"] not in rows]
    if missing:
        return missing
    places = {_place(m) for m in judged}
    return _named([_words(*need) for need in _needed(planned) if need not in places])


def _needed(planned: Body) -> list[tuple[Any, ...]]:
    return [(row, *(point.get(key) for key in _PLACE)) for point in planned.get("points", ()) for row in point["rows"]]


def _place(measurement: Body) -> tuple[Any, ...]:
    """Return what was judged, and where."""
    where = measurement["conditions"]
    return (measurement["limit"], *(where.get(key) for key in _PLACE))


def _words(
    row: str,
    mode: str,
    level: int,
    load: float,
    one_more_up: bool,
    network: str | None,
    event: str | None,
    repetition: int | None,
    state: str | None,
) -> str:
    above = " after one more step up" if one_more_up else ""
    again = f", repeat {repetition}" if repetition else ""
    at = f", {event} {repetition}" if event else f", {state}" if state else again
    return f"{row} at {mode}, level {level}{above}, {network or show(load, 'Ω')}{at}"


def _named(missing: list[str]) -> list[str]:
    more = len(missing) - _NAMED
    return [*missing[:_NAMED], f"{more} more"] if more > 0 else missing
