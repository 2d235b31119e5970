# SPDX-License-Identifier: MIT
"""What a bench test compares: the current at one point with that at another."""

from collections.abc import Callable, Iterator

from bench.session.evaluate import outcome
from bench.session.judge import PROVING
from bench.session.point import Capture, Derived, Point
from stimcert.derived import deviation, drop, rise, share
from stimcert.measured import Measured, NotMeasurable
from stimcert.metrics import METRICS

_Result = Measured | NotMeasurable


class Levels:
    """Compares each level of a mode at a load with its neighbours, going up and coming down."""

    def __init__(self) -> None:
        self._last: tuple[Point, _Result] | None = None
        self._top: _Result | None = None

    def compared(self, point: Point, capture: Capture) -> Iterator[tuple[str, Derived]]:
        """Yield each metric of the intensity control that a point allows, with its result.

        The step is the difference to the level just left, which must be the higher one when coming down. At the
        lowest level on the way up nothing was left: its step is the current itself. A single "up" more at the top
        must be no step at all.
        """
        here = outcome(PROVING, capture, point)
        left = self._last[1] if self._last is not None and _same_sweep(self._last[0], point) else None
        lower, upper = (here, left) if point.descending else (left, here)
        yield "intensity.step", _derived(rise, upper, lower) if left is not None else Derived(result=here)
        yield "intensity.drop", _derived(drop, upper, lower) if left is not None else _derived(drop, here, here)
        if point.is_top and not point.one_more_up:
            self._top = here
        if point.is_lowest and (point.descending or point.is_top):
            yield "intensity.minimum", _derived(share, here, self._top)
        self._last = (point, here)


class Loads:
    """Compares the current at each load with that at the first one of the case."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, int, bool], _Result] = {}

    def deviation(self, point: Point, capture: Capture) -> Derived:
        """Return how far the current is from that at the first load, same mode and level."""
        here = outcome(PROVING, capture, point)
        return _derived(
            deviation, here, self._first.setdefault((point.mode.name, point.level, point.one_more_up), here)
        )


def changed(before: Capture, after: Capture) -> Derived:
    """Return how far the output of a point has changed between two captures."""
    # Few cases ask for it.
    from stimcert.record_change import output_change

    if not before.records or not after.records:
        words = METRICS["output.change"].words
        return Derived(result=NotMeasurable("no_digitizer", f"the {words} needs a digitizer", quantity=words))
    try:
        return Derived(result=output_change(before.records[-1], after.records[-1]))
    except NotMeasurable as refusal:
        return Derived(result=refusal)


def _same_sweep(before: Point, point: Point) -> bool:
    return (before.mode.name, before.load_words) == (point.mode.name, point.load_words)


def _derived(
    function: Callable[[Measured, Measured], Measured], value: _Result | None, other: _Result | None
) -> Derived:
    """Return what a function makes of two results; what one of them lacks, the outcome lacks as well."""
    for part in (value, other):
        if isinstance(part, NotMeasurable):
            return Derived(result=part)
    if value is None or other is None:
        return Derived(result=NotMeasurable("not_observed", "the level to compare with was not measured"))
    try:
        return Derived(result=function(value, other))  # type: ignore[arg-type]
    except NotMeasurable as refusal:
        return Derived(result=refusal)
