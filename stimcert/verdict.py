# SPDX-License-Identifier: MIT
"""Verdicts, and how they add up.

The scale is ordered by severity: a case is the worst of its measurements, a run the worst of its cases.
The conditional verdicts are those of ILAC-G8:09/2019, 4.2.3, for values inside the guard band.
"""

from collections.abc import Iterable
from enum import Enum
from functools import total_ordering


@total_ordering
class Verdict(Enum):
    """What was concluded, from best to worst."""

    PASS = "PASS"
    CONDITIONAL_PASS = "CONDITIONAL_PASS"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_RUN = "NOT_RUN"
    CONDITIONAL_FAIL = "CONDITIONAL_FAIL"
    ABORTED = "ABORTED"
    FAIL = "FAIL"
    ERROR = "ERROR"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def severity(self) -> int:
        """Rank on the scale; NOT_APPLICABLE has none and is never compared."""
        if self is Verdict.NOT_APPLICABLE:
            raise ValueError("NOT_APPLICABLE is no verdict about anything: leave it out before comparing")
        return _SCALE.index(self)

    def __lt__(self, other: object) -> bool:
        """Order by severity."""
        if not isinstance(other, Verdict):
            return NotImplemented
        return self.severity < other.severity

    @property
    def words(self) -> str:
        """The verdict as people say it: ``CONDITIONAL PASS``."""
        return self.value.replace("_", " ")


_SCALE = [verdict for verdict in Verdict if verdict.value != "NOT_APPLICABLE"]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; NOT_RUN when nothing was judged, so that an absence can never pass."""
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_APPLICABLE]
    return max(judged, default=Verdict.NOT_RUN)
