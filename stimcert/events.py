# SPDX-License-Identifier: MIT
"""The events at which a device may do what it never does in the quiet middle of a setting.

What is charged to the device is what flows through the skin around the event. An event that is made by the bench's own
contacts (``OWN_CONTACTS``) opens the loop for moments while they bounce, and what the device makes of that is no answer
to the event: such a moment clears a device, but does not condemn it. At ``contact`` the closing is the event itself.
"""

from typing import Literal, get_args

EventName = Literal[
    "switch_on",
    "mode_change",
    "level_change",
    "lift_off",
    "contact",
    "load_step",
    "polarity_swap",
    "switch_off",
    "charger",
]

EVENTS: tuple[EventName, ...] = get_args(EventName)
"""Every event, in the order in which a bench goes through them."""

EVENT_WORDS: dict[str, str] = {
    "switch_on": "switch-on",
    "mode_change": "change of mode",
    "level_change": "change of level",
    "lift_off": "lift-off",
    "contact": "contact made again",
    "load_step": "step of the load",
    "polarity_swap": "swap of the polarity",
    "switch_off": "switch-off",
    "charger": "charger plugged in or out",
}

OWN_CONTACTS: frozenset[EventName] = frozenset({"lift_off", "load_step"})
"""Events during which the bench's own contacts may interrupt a current that the device means to flow on."""

StateName = Literal["stopped", "paused", "charging"]
STATES: tuple[StateName, ...] = get_args(StateName)
"""States without treatment."""
