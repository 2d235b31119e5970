# SPDX-License-Identifier: MIT
"""Decisions: from a measured value, its uncertainty and a tolerance to a verdict, by a named rule.

With the guard band w a tolerance limit TL has an acceptance limit AL = TL ± w on its safe side. For an upper limit
the zones are, from safe to unsafe: below AL, up to TL, up to TL + w, above. A value exactly on a border belongs to the
less favourable zone. Nothing is rounded before it is compared.

    >>> from stimcert.uncertainty import evaluate, rectangular
    >>> result = evaluate([rectangular("I", half_width=180e-9, unit="A")])
    >>> decision = decide(599.9e-6, result, upper=600e-6)
    >>> decision.verdict.words, f"w = {decision.guard_band * 1e9:.0f} nA", f"{decision.nonconformance_probability:.1%}"
    ('CONDITIONAL PASS', 'w = 204 nA', '16.8%')

Source: ILAC-G8:09/2019, 4.2.1 (simple acceptance), 4.2.3 (non-binary statement with guard band); JCGM 106:2012, 8.3.2
and 8.3.3 (guarded acceptance, and from TL + w on guarded rejection), 7 (probabilities).
"""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from stimcert.risk import nonconformance_probability
from stimcert.rules import NAMES, Rule, rule_named
from stimcert.student import quantile
from stimcert.uncertainty import Uncertainty
from stimcert.verdict import Verdict

__all__ = ["NAMES", "Bound", "Decision", "decide"]

Bound = Literal[">="]
_K = quantile(0.975)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A verdict about one value, and what it was decided by.

    :param code: reason code of everything that is not PASS; None for PASS.
    :param params: the facts behind the code, SI floats.
    :param acceptance_lower: smallest value that could PASS (not itself), None without a lower limit.
    :param acceptance_upper: largest value that could PASS (not itself), None without an upper limit.
    :param guard_band: w, in the unit of the value.
    :param nonconformance_probability: that the true value lies beyond the limits, given this reading and nothing
        else: of a PASS the specific risk of a false accept. None where nothing was decided, or only a bound is known.
    """

    verdict: Verdict
    rule: str
    code: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    acceptance_lower: float | None = None
    acceptance_upper: float | None = None
    guard_band: float | None = None
    nonconformance_probability: float | None = None

    @property
    def binary(self) -> Verdict:
        """PASS or FAIL and nothing between: what is not accepted is rejected, as ILAC-G8:09/2019, 4.2.2 has it.

        A value that could not be judged stays what it is.
        """
        judged = self.verdict in (Verdict.CONDITIONAL_PASS, Verdict.CONDITIONAL_FAIL)
        return Verdict.FAIL if judged else self.verdict


def decide(
    value: float | None,
    uncertainty: Uncertainty | float | None,
    *,
    lower: float | None = None,
    upper: float | None = None,
    rule: str | Rule = "guard-U",
    bound: Bound | None = None,
) -> Decision:
    """Judge a value against a lower limit, an upper limit, or both.

    What is no number (missing, NaN, infinite, a negative uncertainty) is ERROR under every rule: it says nothing about
    the device.

    :param value: the estimate; with ``bound`` the least magnitude that the quantity has.
    :param uncertainty: as :func:`stimcert.uncertainty.evaluate` returns it; a bare number is U ≥ 0 for 95 % of a
        normal distribution, in the unit of the value.
    :param rule: one of :data:`stimcert.rules.NAMES`, or a rule of one's own (:func:`stimcert.rules.guard_band`).
    :param bound: ``>=`` for a censored value, which can FAIL an upper limit and never PASS.
    :raises ValueError: for no limit at all, a limit that is not finite, lower ≥ upper, an unknown rule or bound.
    """
    _check(lower, upper, bound)
    chosen = rule if isinstance(rule, Rule) else rule_named(rule)
    expanded, u, dof = _parts(uncertainty)
    if value is None or expanded is None or not math.isfinite(value) or not (0.0 <= expanded + u < math.inf):
        params = {"value": value, "uncertainty": expanded}
        return Decision(verdict=Verdict.ERROR, rule=chosen.id, code="not_a_number", params=params)
    w = chosen.band(u, dof, expanded, None if lower is None or upper is None else upper - lower)
    verdict, limit = _censored(value, expanded, lower, upper) if bound else _worst_side(value, w, lower, upper)
    return Decision(
        verdict=verdict,
        rule=chosen.id,
        code=_code(verdict, censored=bound is not None),
        params={} if verdict is Verdict.PASS else {"value": value, "uncertainty": expanded, "limit": limit},
        acceptance_lower=None if lower is None else lower + w,
        acceptance_upper=None if upper is None else upper - w,
        guard_band=w,
        nonconformance_probability=None if bound else nonconformance_probability(value, u, lower, upper, dof=dof),
    )


def _parts(uncertainty: Uncertainty | float | None) -> tuple[float | None, float, int | None]:
    """Return U, u and the degrees of freedom."""
    if isinstance(uncertainty, Uncertainty):
        return uncertainty.expanded, uncertainty.standard, uncertainty.dof
    return uncertainty, (math.nan if uncertainty is None else uncertainty / _K), None


def _check(lower: float | None, upper: float | None, bound: str | None) -> None:
    """Refuse what no value could be judged by: these are mistakes of a plan or of a caller."""
    if lower is None and upper is None:
        raise ValueError("no limit: without a tolerance there is nothing to decide")
    if not all(math.isfinite(limit) for limit in (lower, upper) if limit is not None):
        raise ValueError(f"limits {lower!r} … {upper!r}: a limit must be finite")
    if lower is not None and upper is not None and not lower < upper:
        raise ValueError(f"limits {lower!r} … {upper!r}: lower must be less than upper")
    if bound not in (None, ">="):
        raise ValueError(f"bound {bound!r} is unknown; None and '>=' are allowed")


def _zone(value: float, upper: float, w: float) -> Verdict:
    """Return the zone of a value against an upper limit.

    Each comparison is strict towards the safe side, so that a tie falls into the less favourable zone; each is made
    against the very number that is printed as acceptance limit.
    """
    if value < upper - w:
        return Verdict.PASS
    if value < upper:
        return Verdict.CONDITIONAL_PASS
    if value < upper + w:
        return Verdict.CONDITIONAL_FAIL
    return Verdict.FAIL


def _worst_side(value: float, w: float, lower: float | None, upper: float | None) -> tuple[Verdict, float | None]:
    """Return the worse of the two sides' zones, and the limit of that side; a lower limit is mirrored at zero."""
    above = Verdict.PASS if upper is None else _zone(value, upper, w)
    below = Verdict.PASS if lower is None else _zone(-value, -lower, w)
    if upper is None or (lower is not None and below.severity > above.severity):
        return below, lower
    return above, upper


def _censored(least: float, expanded: float, lower: float | None, upper: float | None) -> tuple[Verdict, float | None]:
    """Judge a magnitude of which only a lower bound is known.

    It is beyond the limits for certain when ``least`` exceeds the upper limit by more than U and −``least`` lies
    equally far below the lower one: where that is not negative (no signed quantity), the first says the second.
    """
    if upper is None:
        return Verdict.INCONCLUSIVE, lower
    below = lower is None or -least < lower - expanded
    if least > upper + expanded and below:
        return Verdict.FAIL, upper
    return Verdict.INCONCLUSIVE, upper


def _code(verdict: Verdict, *, censored: bool) -> str | None:
    """Return the reason code of a verdict."""
    if censored:
        return "censored_above_limit" if verdict is Verdict.FAIL else "censored_below_limit"
    return {
        Verdict.PASS: None,
        Verdict.FAIL: "limit_exceeded",
    }.get(verdict, "guard_band")
