# SPDX-License-Identifier: MIT
"""How far a finding of the bench about itself may be from what is expected, and how often it alarms for nothing.

An allowance has a part that holds with certainty (half-widths of specifications and tolerances, added up: a bench
inside its specifications is never refused for them) and parts that are known by their spread only (certificates, the
scatter of readings). For the latter a probability is given away per check, so that the false alarms of a whole run can
be added up: Boole's inequality, whatever the dependence between checks.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from stimcert.student import quantile
from stimcert.term import Term

MOST_FALSE_ALARMS = 1e-3
"""Of all self-checks of one run together."""
EACH_CHECK = 2e-6
"""What one check may use of it: 500 of them fit."""
DRIFT_SHARE = 0.2
"""The share of a data-sheet interval, which is meant for a year and 10 K, by which an instrument may move in a run."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What may lie between a finding and what is expected, in the finding's unit.

    :param limit: sum of the half-widths that hold with certainty.
    :param drift: what of it may change within a run, half-width; None for :data:`DRIFT_SHARE` of it.
    :param normal: standard uncertainty of what is known from certificates, combined.
    :param scatter: standard error and degrees of freedom of each mean of readings.
    """

    limit: float = 0.0
    drift: float | None = None
    normal: float = 0.0
    scatter: tuple[tuple[float, int], ...] = ()

    @property
    def false_alarm(self) -> float:
        """The largest probability with which a good bench lies outside :attr:`half_width`."""
        return EACH_CHECK if self.normal > 0.0 or self.scatter else 0.0

    @property
    def half_width(self) -> float:
        """How far a finding may be off. NaN and infinity stay what they are, and nothing lies inside of NaN."""
        return self.room(EACH_CHECK)

    def room(self, false_alarm: float) -> float:
        """Return how far a finding may be off where a check may alarm for nothing with another probability."""
        return self.limit + self._random(self.normal, self.scatter, false_alarm)

    def change(self, earlier: "Allowance") -> float:
        """Return by how much a finding may differ from the same one earlier: drift and scatter, no certificate."""
        return max(self._drift, earlier._drift) + self._random(0.0, (*self.scatter, *earlier.scatter), EACH_CHECK)

    @property
    def _drift(self) -> float:
        return DRIFT_SHARE * self.limit if self.drift is None else self.drift

    @staticmethod
    def _random(normal: float, scatter: tuple[tuple[float, int], ...], false_alarm: float) -> float:
        each = false_alarm / max(len(scatter) + (normal > 0.0), 1)
        found = math.fsum(error * student_quantile(each, dof) for error, dof in scatter)
        return found + (normal_quantile(each) * normal if normal > 0.0 else 0.0)

    def __add__(self, other: "Allowance") -> "Allowance":
        """Return the allowance of a sum or difference of two findings that share no term."""
        return Allowance(
            limit=self.limit + other.limit,
            drift=self._drift + other._drift,
            normal=math.hypot(self.normal, other.normal),
            scatter=self.scatter + other.scatter,
        )

    def scaled(self, factor: float) -> "Allowance":
        """Return the allowance of a finding that is multiplied by a factor, of any sign."""
        size = abs(factor)
        return Allowance(
            limit=self.limit * size,
            drift=self._drift * size,
            normal=self.normal * size,
            scatter=tuple((error * size, dof) for error, dof in self.scatter),
        )


def allowance_of(terms: Iterable[Term], sensitivities: Iterable[float]) -> Allowance:
    """Return what the inputs of a result allow it: those with ends add up, the others are known by their spread.

    :param terms: independent, but for those with ends, which add up whatever hangs together among them.
    :param sensitivities: of the result to each of them, of any sign.
    """
    limit, normal, scatter = 0.0, 0.0, []
    for term, sensitivity in zip(terms, sensitivities, strict=True):
        size = abs(sensitivity)
        if term.half_width is not None and term.distribution not in ("normal", "t"):
            limit += size * term.half_width
        elif math.isinf(term.dof):
            normal = math.hypot(normal, size * term.standard_uncertainty)
        elif size * term.standard_uncertainty > 0.0:
            scatter.append((size * term.standard_uncertainty, math.floor(term.dof)))
    return Allowance(limit=limit, normal=normal, scatter=tuple(scatter))


def normal_quantile(outside: float) -> float:
    """Return how many standard deviations leave a probability outside, on both sides together."""
    return quantile(1.0 - outside / 2.0)


def student_quantile(outside: float, dof: int) -> float:
    """Return the same for Student's t, whose deviation is estimated with whole degrees of freedom.

    :raises ValueError: for less than one degree of freedom.
    """
    return quantile(1.0 - outside / 2.0, dof)
