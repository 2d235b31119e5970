# SPDX-License-Identifier: MIT
"""From an exception in a bench test to the reason in the record."""

from bench.session.run import reason_of
from instruments.errors import BenchError
from stimcert.reason import Reason


def reason_of_exception(cause: BaseException | None, *, phase: str, station: Reason | None) -> Reason:
    """Return why a case is ERROR.

    :param cause: what was raised; None for an item that pytest calls skipped, xfailed or xpassed.
    :param phase: ``setup``, ``call`` or ``teardown``.
    :param station: why the station check failed, when it did.
    """
    if station is not None:
        return Reason("station_check_failed", {"cause": station.text})
    if isinstance(cause, BenchError):
        return reason_of(cause)
    if cause is None:
        return Reason("test_crashed", {"text": "the bench test was skipped or expected to fail: neither measures"})
    return Reason("test_crashed", {"text": f"{type(cause).__name__} in {phase}: {cause}"})
