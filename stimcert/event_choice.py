# SPDX-License-Identifier: MIT
"""Which events a case makes in a mode, and why it cannot make the others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stimcert.events import EVENTS, EventName

if TYPE_CHECKING:
    from stimcert.plan import Case, Mode, Plan


def obstacle(plan: "Plan", case: "Case", mode: "Mode", event: EventName) -> str | None:
    """Return why an event can be made at no point of a case in a mode, in words; None when it can."""
    if event == "mode_change" and len(plan.modes) < 2:
        return "the plan has one mode only, so that there is no other to change to"
    if event == "level_change" and max(case.levels_of(mode)) < 2:
        return f"the case goes to level 1 of {mode.name} only, below which there is no other"
    if event == "load_step" and len(case.loads) < 2:
        return "the case has one load only; a step needs two resistances"
    return None


def _unasked(mode: "Mode", event: EventName) -> bool:
    """Whether an event is left out unless it is named: a mode that does not alternate has no swap of its polarity."""
    return event == "polarity_swap" and mode.alternates is None


def events_at(plan: "Plan", case: "Case", mode: "Mode", *, level: int, network: str | None) -> Iterator[EventName]:
    """Yield the events of a case at a point, in the order in which a bench makes them.

    Without ``events`` those are all that can be made; a swap of the polarity is the device's own, and waited for in a
    mode that alternates.
    """
    for event in EVENTS:
        named = event in case.events if case.events is not None else not _unasked(mode, event)
        here = not (event == "level_change" and level < 2) and not (event == "load_step" and network is not None)
        if named and here and obstacle(plan, case, mode, event) is None:
            yield event


def left_out(plan: "Plan", case: "Case") -> list[str]:
    """Return which events a case leaves out that names none, each with the reason, in words."""
    if case.events is not None:
        return []
    modes = [plan.mode_named(name) for name in case.modes]
    return [f"{event} ({why})" for event in EVENTS if (why := _hindrance(plan, case, modes, event)) is not None]


def _hindrance(plan: "Plan", case: "Case", modes: "list[Mode]", event: EventName) -> str | None:
    """Return why an event is made in none of some modes; None when it is made in one."""
    reasons = [
        "no mode of it alternates" if _unasked(mode, event) else obstacle(plan, case, mode, event) for mode in modes
    ]
    return None if None in reasons else "; ".join(dict.fromkeys(filter(None, reasons)))
