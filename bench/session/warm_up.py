# SPDX-License-Identifier: MIT
"""Warm-up: the accuracy of an instrument holds some time after it was switched on, as its manual says."""

from typing import Any

from bench.session.check_context import CheckContext
from stimcert.allowance import Allowance

_ANY = Allowance(limit=0.0, drift=float("inf"))


def check_warm_up(context: CheckContext) -> None:
    """Wait until every instrument has been on for as long as the station file says.

    An instrument that tells since when it is on waits for the rest only; of one that does not, nobody knows more than
    that it is on now, so that the whole time is waited. All of them warm up at once.
    """
    needed = {role: entry.warm_up.si for role, entry in context.inputs.station.instruments.items()}
    told = {role: _powered_for(getattr(context.station, role, None)) for role, seconds in needed.items() if seconds > 0}
    wait = max((max(needed[role] - (known or 0.0), 0.0) for role, known in told.items()), default=0.0)
    if wait > 0.0:
        context.station.clock.wait(wait)
    for role, known in told.items():
        seconds = (known or 0.0) + wait
        where = {"role": role, "needed": needed[role], "told": known}
        context.report("warm_up", seconds, "s", expected=seconds, allowance=_ANY, **where)


def _powered_for(instrument: Any) -> float | None:
    """Return for how long an instrument says that it has been on, s; None when it does not tell."""
    ask = getattr(instrument, "powered_for", None)
    return None if ask is None else ask()
