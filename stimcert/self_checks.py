# SPDX-License-Identifier: MIT
"""What the self-checks of a run were worth: how many there were, and how often together they alarm for nothing."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from stimcert.allowance import MOST_FALSE_ALARMS

Body = Mapping[str, Any]


def self_checks(measurements: Iterable[Body], at_device: Iterable[Body] = ()) -> dict[str, Any]:
    """Return number of checks and the bound of their false alarms, with what is allowed, and how both paths compared.

    The bound is the sum over all checks, whatever hangs together among them (Boole's inequality): the largest
    probability with which a bench inside its specifications and certificates is refused in one run.

    :param measurements: of the case STATION; each says in ``false_alarm`` what it adds, nothing where it cannot.
    :param at_device: of all other cases; those of a mean say in ``paths`` of their conditions what became of the
        comparison of both paths.
    """
    found = [measurement.get("false_alarm") or 0.0 for measurement in measurements]
    paths = [each for each in (entry["conditions"].get("paths") for entry in at_device) if each]
    found += [entry["false_alarm"] for entry in paths if entry["compared"]]
    return {
        "count": len(found),
        "false_alarm": math.fsum(found),
        "allowed": MOST_FALSE_ALARMS,
        "paths": path_counts(paths),
    }


def path_counts(paths: Iterable[Body]) -> dict[str, Any]:
    """Return at how many points both paths were compared, at how many they disagreed, and why not at the others."""
    paths = list(paths)
    compared = [entry for entry in paths if entry["compared"]]
    return {
        "compared": len(compared),
        "disagreed": sum(not entry["agree"] for entry in compared),
        "not_comparable": dict(Counter(entry["because"] for entry in paths if not entry["compared"])),
    }
