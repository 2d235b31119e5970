# SPDX-License-Identifier: MIT
"""Where something was measured, in words: the load, and the event or state beside it."""

from collections.abc import Mapping
from typing import Any

from stimcert.events import EVENT_WORDS
from stimcert.quantity import show

SHORT = "short"
"""The load that is nothing but the shunt."""


def load_words(load: float, *, shunt: float | None = None, digits: int = 4) -> str:
    """Return a resistance in words; up to the value of the shunt it is the shunt alone, and printed as that.

    :param load: total, Ω; 0 for a short.
    :param shunt: Ω, where it is known.
    """
    words = show(load, "Ω", digits) if load else SHORT
    if shunt is None or load > shunt:
        return words
    return f"{words} (shunt of {show(shunt, 'Ω', digits)} alone)" if load < shunt else f"{words} (shunt alone)"


def visit_words(conditions: Mapping[str, Any]) -> list[str]:
    """Return event and repetition, state, or repeat, of a measurement's conditions; nothing without one."""
    event, state = conditions.get("event"), conditions.get("state")
    if event is not None:
        return [f"{EVENT_WORDS.get(str(event), str(event))} {conditions.get('repetition')}"]
    if state is not None:
        return [str(state)]
    repeat = conditions.get("repetition")
    return [f"repeat {repeat}"] if repeat is not None else []
