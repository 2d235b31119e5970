# SPDX-License-Identifier: MIT
"""What the self-checks of a run were worth: how many there were, and how often together they alarm for nothing."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from stimcert.allowance import MOST_FALSE_ALARMS


def self_checks(measurements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return number of checks and the bound of their false alarms, with what is allowed.

    The bound is the sum over all checks, whatever hangs together among them (Boole's inequality): the largest
    probability with which a bench inside its specifications and certificates is refused in one run.

    :param measurements: of the case STATION; each says in ``false_alarm`` what it adds, nothing where it cannot.
    """
    found = [measurement.get("false_alarm") or 0.0 for measurement in measurements]
    return {"count": len(found), "false_alarm": math.fsum(found), "allowed": MOST_FALSE_ALARMS}
