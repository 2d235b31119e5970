# SPDX-License-Identifier: MIT
"""What becomes of readings when the bench turns out not to be the bench that was checked.

Everything since the last good check is void. It stays in the record, marked and with the reason; nothing of it can
pass, but what it found against the device remains found.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from stimcert.reason import Reason
from stimcert.verdict import Verdict

AGAINST = frozenset({Verdict.FAIL.value, Verdict.CONDITIONAL_FAIL.value})
"""Verdicts that are findings against the device: nothing that happens later removes them."""


def make_void(measurements: Iterable[dict[str, Any]], cause: Mapping[str, Any]) -> None:
    """Mark measurements as void.

    What was judged, and not against the device, becomes ERROR; ``judged_before`` keeps what it was. One that is void
    already keeps its first cause.

    :param measurements: as the record has them; changed in place.
    :param cause: the reason of the check that failed, as a record keeps it.
    """
    reason = Reason("voided", {"cause": cause["text"]}).as_dict()
    for measurement in measurements:
        if "void" in measurement:
            continue
        verdict = measurement["verdict"]
        measurement["void"] = reason
        if verdict is not None and verdict not in AGAINST:
            measurement |= {"verdict": Verdict.ERROR.value, "reason": reason, "judged_before": verdict}
