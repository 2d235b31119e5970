# SPDX-License-Identifier: MIT
"""The worst measurement of a case by a second method: a simulation, once per case, after the device was stopped."""

import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.session.judge import Judgement, judge_again
from bench.session.point import Point
from bench.session.row import Row
from stimcert.findings import nearness
from stimcert.models import Measured, NotMeasurable
from stimcert.verdict import Verdict

NEAR = 3.0
"""Expanded uncertainties from a limit within which a verdict is simulated."""

CURVED = 0.01
"""Share of u_c that the second-order term may have before a budget is simulated."""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    body: dict[str, Any]
    number: int
    measured: Measured
    row: Row
    point: Point
    judgement: Judgement


class Validation:
    """Keeps what is worst of a case, and simulates it at its end where that may matter.

    :param case: id of the case.
    :param run: id of the run; seeds follow from both, so that nobody chooses them.
    """

    def __init__(self, case: str, run: str) -> None:
        self._case, self._run = case, run
        self._worst: _Candidate | None = None
        self._stored = 0

    def stored(self) -> None:
        """Count a measurement of the case."""
        self._stored += 1

    def note(
        self,
        body: dict[str, Any],
        measured: Measured | NotMeasurable,
        row: Row | None,
        point: Point,
        judgement: Judgement,
    ) -> None:
        """Take in the measurement that was stored last, unless it cannot be simulated or another one is worse."""
        if row is None or isinstance(measured, NotMeasurable) or judgement.guard_band is None:
            return
        if judgement.verdict is None or measured.bound is not None:
            return
        if self._worst is None or rank(body) > rank(self._worst.body):
            self._worst = _Candidate(
                body=body, number=self._stored, measured=measured, row=row, point=point, judgement=judgement
            )

    def simulated(self, *, rule: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Simulate the worst measurement, where its verdict is close or its model curved.

        :param rule: id of the decision rule.
        :return: the journal's event, and the measurement as it is judged now; None where nothing was simulated.
        """
        worst = self._worst
        if worst is None or not _worth_it(worst):
            return None
        # Few cases need it, and it takes its time to load.
        from stimcert.monte_carlo import simulate, widened

        seed = zlib.crc32(f"{self._run} {self._case} {worst.number}".encode())
        found = simulate(worst.measured, seed=seed)
        wide = replace(worst.measured, uncertainty=widened(worst.measured.uncertainty, found.half_width))
        judged = judge_again(wide, worst.row, worst.point, worst.judgement, rule=rule).as_dict()
        event = {"case": self._case, "back": self._stored - worst.number + 1, "simulation": asdict(found), **judged}
        return event, worst.body | judged


def _worth_it(worst: _Candidate) -> bool:
    """Tell whether the decision is close enough, or its model curved enough."""
    measured, limits = worst.measured, (worst.row.lower, worst.row.upper)
    held = abs(measured.value) if worst.row.magnitude else measured.value
    reach = NEAR * measured.uncertainty.expanded
    if any(limit is not None and abs(held - limit) <= reach for limit in limits):
        return True
    if measured.model is None:
        return False
    from stimcert.monte_carlo import second_order

    return second_order(measured) > CURVED * measured.uncertainty.standard


def rank(body: dict[str, Any]) -> tuple[int, float]:
    """Order by verdict, then by nearness to the limit."""
    return Verdict(body["verdict"]).severity, nearness(body)
