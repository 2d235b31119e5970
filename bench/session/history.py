# SPDX-License-Identifier: MIT
"""What was measured before in a case, for the proof that the selected level really is there."""

from dataclasses import replace

from bench.session.point import Point
from stimcert.models import Measured


class History:
    """The newest measurement of each metric at each mode, load and level."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], dict[int, Measured]] = {}

    def add(self, point: Point, metric: str, measured: Measured) -> None:
        """Remember a measurement without its budget; the check by one more "up" is no level of its own."""
        if not point.one_more_up:
            kept = replace(measured, uncertainty=replace(measured.uncertainty, budget=(), terms=()), details={})
            self._levels(point, metric)[point.level] = kept

    def at(self, point: Point, metric: str) -> Measured | None:
        """Return what was measured at this very level and load."""
        return self._levels(point, metric).get(point.level)

    def below(self, point: Point, metric: str) -> Measured | None:
        """Return what was measured at the next lower level of the case, same mode and load."""
        levels = self._levels(point, metric)
        return next((levels[lower] for lower in range(point.level - 1, 0, -1) if lower in levels), None)

    def _levels(self, point: Point, metric: str) -> dict[int, Measured]:
        return self._found.setdefault((point.mode.name, point.load_words, metric), {})
