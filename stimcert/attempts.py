# SPDX-License-Identifier: MIT
"""How often a serial number was run, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

_NAMED = 5
"""Earlier runs whose verdicts are named; those before them are counted."""


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``11th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def attempt_words(earlier: Sequence[Mapping[str, Any]]) -> str:
    """Return how often a serial number was run: ``3rd run of this serial; 2 earlier: FAIL, ABORTED``.

    :param earlier: the runs before, oldest first, each with its ``verdict``; None for a run without an end.
    """
    count = f"{ordinal(len(earlier) + 1)} run of this serial"
    if not earlier:
        return count
    named = [str(entry["verdict"] or "no end on record").replace("_", " ") for entry in earlier[-_NAMED:]]
    more = ["…"] if len(earlier) > _NAMED else []
    return f"{count}; {len(earlier)} earlier: {', '.join(more + named)}"


def gap_words(ledger: Mapping[str, Any]) -> list[str]:
    """Return what is missing of what was done before, line by line.

    :param ledger: as the record has it.
    """
    gone = [entry["run"] for entry in ledger["earlier"] if entry["gone"]]
    named = ", ".join(gone[-_NAMED:]) + (f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else "")
    folders = [f"the folder of an earlier run of this serial is gone: {named}"] if gone else []
    return [*(f"ledger of the station: {problem}" for problem in ledger["problems"]), *folders]
