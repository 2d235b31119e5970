# SPDX-License-Identifier: MIT
"""Limit rows: bounds of a metric, with the source that says so and whether anybody has checked it there."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import Field

from stimcert.metrics import METRICS, Bound, Metric, PositiveBound
from stimcert.quantity import Dimension, PositiveOhms, PositiveSeconds, PositiveShare, parse
from stimcert.rules import band_of_expanded, rule_named
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Identifier, Line, Regime, duplicates


class LimitRow(StrictModel):
    """One limit.

    :param lower: smallest tolerated value; one of the two bounds at least.
    :param upper: largest tolerated value.
    :param event: minimum duration of an event that counts; a peak is the largest moving mean over it.
    :param max_uncertainty: largest expanded uncertainty with which the row may be judged.
    :param loads: the only total resistances that the row is about, Ω; without any it holds at every load.
    :param min_observed: share of the dwell that must be seen at full bandwidth.
    :param kind: an ``advisory`` row never changes a verdict.
    :param status: ``unverified`` when nobody could check the number in its source.
    """

    id: Identifier
    metric: Metric
    lower: Bound | None = None
    upper: Bound | None = None
    event: PositiveSeconds = parse("10 µs", Dimension.TIME)
    max_uncertainty: PositiveBound | None = None
    loads: tuple[PositiveOhms, ...] = ()
    min_observed: PositiveShare = parse("100 %", Dimension.SHARE)
    kind: Literal["limit", "advisory"]
    regime: Regime
    source: Line
    clause: Line | None = None
    edition: Line | None = None
    status: Literal["verified", "unverified"]

    @property
    def unit(self) -> str:
        """Return the SI unit of the bounds."""
        return METRICS[self.metric].unit

    def holds_at(self, load: float, network: str | None = None) -> bool:
        """Whether the row is about a load (Ω, total); one that is about resistances is not about a network."""
        return not self.loads or (network is None and any(load == only.si for only in self.loads))

    def pass_zone(self) -> float:
        """Return the width between the bounds, in ``unit``; a magnitude is never below zero."""
        upper = self.upper.si if self.upper is not None else float("inf")
        lowest = float("-inf") if METRICS[self.metric].signed else 0.0
        return upper - (self.lower.si if self.lower is not None else lowest)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the bounds: there, in order, above zero for magnitudes, both where there is a sign; and the share."""
        return (
            self._has_a_bound(),
            self._bounds_in_order(),
            self._magnitudes_are_positive(),
            self._signs_have_both_bounds(),
            self._share_of_dwell(),
            self._loads_once(),
        )

    def _has_a_bound(self) -> Iterator[Misfit]:
        if self.lower is None and self.upper is None:
            yield Misfit(("upper",), "missing; lower or upper or both are needed")

    def _bounds_in_order(self) -> Iterator[Misfit]:
        if self.lower is not None and self.upper is not None and not self.lower.si < self.upper.si:
            text = f'found lower "{self.lower}" and upper "{self.upper}"; lower must be less than upper'
            yield Misfit(("lower",), text)

    def _magnitudes_are_positive(self) -> Iterator[Misfit]:
        facts = METRICS[self.metric]
        if not facts.signed and self.upper is not None and self.upper.si <= 0:
            text = f'found "{self.upper}"; {facts.words} is a magnitude: it needs a bound greater than 0 {facts.unit}'
            yield Misfit(("upper",), text)

    def _signs_have_both_bounds(self) -> Iterator[Misfit]:
        """Check that what has a sign has both bounds: −5 mA lies below an upper one of 500 µA."""
        facts = METRICS[self.metric]
        if not facts.signed:
            return
        for key, other, sign in (("upper", "lower", 1.0), ("lower", "upper", -1.0)):
            bound = getattr(self, key)
            if bound is not None and bound.si * sign > 0 and getattr(self, other) is None:
                text = f'found "{bound}" and no {other}; a {facts.words} has a sign, so that any of the other is inside'
                yield Misfit((key,), f"{text}: give {other} too")

    def _loads_once(self) -> Iterator[Misfit]:
        for index in duplicates([load.si for load in self.loads]):
            yield Misfit(("loads", index), f'found "{self.loads[index]}" twice; once is allowed')

    def _share_of_dwell(self) -> Iterator[Misfit]:
        if self.min_observed.si > 1:
            yield Misfit(("min_observed",), f'found "{self.min_observed}"; at most 100 % of the dwell can be observed')


class LimitFile(StrictModel):
    """A file of limit rows that belong together."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Identifier
    title: Line
    rows: tuple[LimitRow, ...] = Field(alias="limit", min_length=1)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Ids once each, and none that has a meaning of its own in plans."""
        return self._ids_once(), self._ids_free()

    def _ids_once(self) -> Iterator[Misfit]:
        ids = [getattr(row, "id", None) for row in self.rows]
        for index in duplicates([*ids]):
            yield Misfit(("limit", index, "id"), f'found "{ids[index]}" twice; each row needs an id of its own')

    def _ids_free(self) -> Iterator[Misfit]:
        for index, row in enumerate(self.rows):
            if getattr(row, "id", None) == "declared":
                text = 'found "declared", which plans use for declared values; any other id is allowed'
                yield Misfit(("limit", index, "id"), text)


def no_pass_zone(row: LimitRow, rule: str) -> str | None:
    """Return why a row leaves nothing that could PASS under a decision rule, or None.

    With guard bands of up to w on both sides, the acceptance zone is as wide as the tolerance minus 2 w
    (JCGM 106:2012, 8.3.2.3). With the largest U allowed, w is 0 for simple acceptance, U for guard-U, and so on.

    :raises ValueError: for an unknown rule.
    """
    if row.max_uncertainty is None:
        return None
    both = row.lower is not None and row.upper is not None
    sides, tolerance = (2, row.pass_zone()) if both else (1, None)
    band = band_of_expanded(rule, row.max_uncertainty.si, tolerance)
    if sides * band < row.pass_zone():
        return None
    if both and rule_named(rule).risk is not None:
        return (
            f'found "{row.max_uncertainty}", with which even a value in the middle between lower and upper lies beyond '
            f"them more probably than rule {rule} allows; max_uncertainty must be smaller"
        )
    bands = "2 × max_uncertainty" if sides == 2 else "max_uncertainty"
    share = band / row.max_uncertainty.si
    times = "" if abs(share - 1.0) < 1e-9 else f" × {share:.3g}"
    return (
        f'found "{row.max_uncertainty}", so that the guard bands of rule {rule} leave nothing that can PASS; '
        f"{bands}{times} must be less than upper - lower"
    )
