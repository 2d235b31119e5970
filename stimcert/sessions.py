# SPDX-License-Identifier: MIT
"""A run in several sessions: each was stopped or died, and the next went on in the same folder.

What a case had measured when it was torn stays in the record, marked, and counts: a finding against the device is not
undone by pulling the plug. The case is complete only by what was measured anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stimcert.verdict import Verdict, worst

Body = Mapping[str, Any]


@dataclass
class Session:
    """One process that worked on a run.

    :param number: from 1.
    :param ended: UTC; None when nobody noted an end.
    :param signal: what stopped it; None when it was not stopped by a signal.
    """

    number: int
    started: str
    operator: str
    ended: str | None = None
    signal: str | None = None
    safe_state: Body | None = None
    clock_steps: list[float] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the form that the record keeps."""
        safe = None if self.safe_state is None else bool(self.safe_state["confirmed"])
        return {
            "number": self.number,
            "started": self.started,
            "ended": self.ended,
            "operator": self.operator,
            "stopped_by": self.signal,
            "safe_state_confirmed": safe,
            "clock_steps": list(self.clock_steps),
        }


def is_torn(measurement: Body) -> bool:
    """Tell whether a measurement belongs to an attempt at its case that was torn."""
    return bool(measurement.get("torn"))


def tear(measurements: Sequence[dict[str, Any]], started: str | None) -> dict[str, Any] | None:
    """Mark what a case measured before it was torn, and return the attempt as the record keeps it.

    :param measurements: of the case so far; changed in place.
    :return: None when nothing new was measured.
    """
    fresh = [m for m in measurements if not is_torn(m)]
    for measurement in fresh:
        measurement["torn"] = True
    if not fresh:
        return None
    verdicts = [Verdict(m["verdict"]) for m in fresh if m["verdict"] is not None]
    return {"started": started, "measurements": len(fresh), "verdict": worst(verdicts).value if verdicts else None}


def counts(measurement: Body) -> bool:
    """Tell whether a judged measurement counts for its case: what a torn attempt could not judge was measured anew."""
    return not is_torn(measurement) or measurement["verdict"] != Verdict.ERROR.value
