# SPDX-License-Identifier: MIT
"""The bounds that one metric is held against at a point."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """Bounds for one metric, SI.

    :param failure: reason code of a FAIL where another one says more than that a limit is exceeded.
    :param magnitude: whether the bounds hold for the magnitude; the sign is judged by the polarity case alone.
    :param event: minimum duration of an event, s.
    """

    id: str
    metric: str
    lower: float | None
    upper: float | None
    event: float | None = None
    kind: str = "limit"
    magnitude: bool = False
    max_uncertainty: float | None = None
    min_observed: float | None = None
    required_sign: int | None = None
    failure: str | None = None
