# SPDX-License-Identifier: MIT
"""From an exception to the reason in the record."""

from instruments.errors import BenchError
from stimcert.reason import CATALOGUE, Reason


def reason_of_exception(cause: BaseException | None, *, phase: str, station: Reason | None = None) -> Reason:
    """Return why a case is ERROR.

    :param cause: what was raised; None for an item that pytest calls skipped, xfailed or xpassed.
    :param phase: when it was raised, in words: ``setup``, ``call``, ``teardown``, ``the station check``.
    :param station: why the station check failed, when it did.
    """
    if station is not None:
        return Reason("station_check_failed", {"cause": station.text})
    if isinstance(cause, BenchError):
        return _reason_of(cause)
    if cause is None:
        return Reason("test_crashed", {"text": "the bench test was skipped or expected to fail: neither measures"})
    return Reason("test_crashed", {"text": f"{type(cause).__name__} in {phase}: {cause}"})


def _reason_of(error: BenchError) -> Reason:
    """Return the reason for a bench error: its code where the catalogue knows it, its text always."""
    code = error.code if error.code in CATALOGUE else "bench_error"
    return Reason(code, {"text": str(error), **{key: _plain(value) for key, value in error.params.items()}})


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
