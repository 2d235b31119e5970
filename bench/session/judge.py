# SPDX-License-Identifier: MIT
"""From a measurement result and a row to a verdict with its reason."""

from dataclasses import dataclass, replace
from typing import Any

from bench.session.history import History
from bench.session.point import Point
from bench.session.row import Row
from stimcert.decision import Decision, decide
from stimcert.models import Measured, NotMeasurable
from stimcert.polarity import Sign, judge_polarity
from stimcert.proof import Declared, Proof, prove_output, top_level_proven
from stimcert.quantity import show
from stimcert.reason import Reason
from stimcert.verdict import Verdict

_FAVOURABLE = (Verdict.PASS, Verdict.CONDITIONAL_PASS)

PROVING = "current.peak"
"""The metric by which output is proven where the one that is judged is no current."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was concluded of one measurement against one row; no verdict for information and advisories.

    :param guard_band: w, in the unit of the value.
    :param nonconformance: probability that the true value lies beyond the limits, given this reading.
    """

    verdict: Verdict | None
    reason: Reason | None = None
    acceptance: tuple[float | None, float | None] = (None, None)
    exceeded: bool = False
    guard_band: float | None = None
    nonconformance: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the form that journal and record keep."""
        return {
            "acceptance_limits": list(self.acceptance),
            "guard_band": self.guard_band,
            "nonconformance_probability": self.nonconformance,
            "verdict": self.verdict.value if self.verdict is not None else None,
            "reason": self.reason.as_dict() if self.reason is not None else None,
            "exceeded": self.exceeded,
        }

    def as_unproven(self, unproven: Reason | None) -> "Judgement":
        """Return the judgement where the plan already tells that no output may be proven: with that reason."""
        if unproven is None or self.reason is None or self.reason.code != "no_output_proven":
            return self
        return replace(self, reason=unproven)

    def as_foreseen(self, missing: Reason | None) -> "Judgement":
        """Return the judgement where the plan already tells that the station lacks something: only a FAIL stays."""
        if missing is None or self.verdict in (None, Verdict.FAIL, Verdict.ERROR):
            return self
        return replace(self, verdict=Verdict.INCONCLUSIVE, reason=missing)

    def beside(self, code: str) -> "Judgement":
        """Return the judgement of what was read beside the measurement: nothing but a FAIL is decided by it.

        :param code: of the reason: a record that shows how a program runs, or a pilot.
        """
        return self if self.verdict is Verdict.FAIL else replace(self, verdict=None, reason=Reason(code))

    def repeated(self, measured: Measured | NotMeasurable) -> "Judgement":
        """Return the judgement of a clipped record that was repeated one range up: kept, deciding nothing."""
        value = show(measured.value, measured.unit) if isinstance(measured, Measured) else "the range"
        return replace(self, verdict=None, reason=Reason("repeated_one_range_up", {"value": value}))


def judge(
    measured: Measured | NotMeasurable,
    row: Row | None,
    point: Point,
    history: History,
    *,
    rule: str,
    observed: float | None = None,
    rectified: Measured | None = None,
    sign_proven: bool = True,
    current: tuple[str, Measured | NotMeasurable] | None = None,
    proven: bool = False,
) -> Judgement:
    """Judge one measurement.

    :param row: the bounds; None for information.
    :param history: earlier measurements of the case, for the proof of output.
    :param observed: share of the dwell seen at full bandwidth; None where that has no meaning.
    :param rectified: mean of the magnitude of the same current, for a sign; None where only means are seen.
    :param sign_proven: whether a reference has shown which way the bench's leads are connected.
    :param current: the current that proves the output, and its metric, where the metric itself is none that does; None
        where it is one.
    :param proven: whether another record of the same point is what must prove the output.
    """
    if isinstance(measured, NotMeasurable):
        verdict = Verdict.INCONCLUSIVE if row is not None and row.kind == "limit" else None
        return Judgement(verdict=verdict, reason=Reason(measured.code, measured.params))
    if row is None:
        return Judgement(verdict=None)
    if row.required_sign is not None:
        judgement = _judge_sign(measured, rectified, row.required_sign, point)
        return judgement if sign_proven else _without_sign(judgement)
    decision = _decide(measured, row, rule)
    judged = Judgement(
        verdict=None,
        acceptance=(decision.acceptance_lower, decision.acceptance_upper),
        guard_band=decision.guard_band,
        nonconformance=decision.nonconformance_probability,
    )
    if row.kind == "advisory":
        return replace(judged, exceeded=_exceeds(measured, row))
    verdict, reason = decision.verdict, _reason(decision, measured, row, point)
    if verdict in _FAVOURABLE:
        doubt = _doubt(measured, row, observed)
        if doubt is None and not proven:
            doubt = _proof(measured, row, point, history, current)
        if doubt is not None:
            verdict, reason = Verdict.INCONCLUSIVE, doubt
    return replace(judged, verdict=verdict, reason=reason)


def judge_again(measured: Measured, row: Row, point: Point, before: Judgement, *, rule: str) -> Judgement:
    """Judge what was judged before with a wider uncertainty; the verdict never becomes more favourable.

    :param measured: with the wider uncertainty.
    :param before: what was concluded with that of the budget.
    """
    decision = _decide(measured, row, rule)
    doubt = _doubt(measured, row, None) if decision.verdict in _FAVOURABLE else None
    verdict = decision.verdict if doubt is None else Verdict.INCONCLUSIVE
    judged = replace(
        before,
        acceptance=(decision.acceptance_lower, decision.acceptance_upper),
        guard_band=decision.guard_band,
        nonconformance=decision.nonconformance_probability,
    )
    if before.verdict is not None and not before.verdict < verdict:
        return judged
    return replace(judged, verdict=verdict, reason=doubt or _reason(decision, measured, row, point))


def _exceeds(measured: Measured, row: Row) -> bool:
    """Whether a value lies outside the bounds of an advisory row; the least that it is says nothing about a lower."""
    value = abs(measured.value) if row.magnitude else measured.value
    above = row.upper is not None and not value <= row.upper
    return above or (row.lower is not None and measured.bound is None and not value >= row.lower)


def _decide(measured: Measured, row: Row, rule: str) -> Decision:
    value = abs(measured.value) if row.magnitude else measured.value
    return decide(value, measured.uncertainty, lower=row.lower, upper=row.upper, rule=rule, bound=measured.bound)


def _judge_sign(measured: Measured, rectified: Measured | None, sign: int, point: Point) -> Judgement:
    required: Sign = "positive" if sign > 0 else "negative"
    decision = judge_polarity(measured, rectified, required=required, mode=point.mode.name)
    reason = Reason(decision.code, decision.params) if decision.code is not None else None
    return Judgement(verdict=decision.verdict, reason=reason)


def _without_sign(judgement: Judgement) -> Judgement:
    """Return what is left of a sign that swapped leads of the bench would turn round: neither PASS nor FAIL."""
    if judgement.verdict not in (Verdict.PASS, Verdict.FAIL):
        return judgement
    return replace(judgement, verdict=Verdict.INCONCLUSIVE, reason=Reason("sign_not_proven"))


def _reason(decision: Decision, measured: Measured, row: Row, point: Point) -> Reason | None:
    """Return the decision's reason in words: for a censored value that decides nothing, what censored it."""
    if decision.code is None:
        return None
    unit = measured.unit
    params = {key: show(value, unit) for key, value in decision.params.items() if isinstance(value, float)}
    params |= {"quantity": row.metric, "mode": point.mode.name}
    if decision.verdict is Verdict.FAIL and row.failure is not None:
        least = {"value": f"at least {show(measured.value, unit)}"} if measured.bound is not None else {}
        return Reason(row.failure, params | least)
    undecided = decision.verdict is Verdict.INCONCLUSIVE and measured.cause is not None
    return Reason(measured.cause if undecided and measured.cause else decision.code, params)


def _doubt(measured: Measured, row: Row, observed: float | None) -> Reason | None:
    """Return why a value inside its limits still shows nothing, None when it does."""
    if row.max_uncertainty is not None and not measured.uncertainty.expanded <= row.max_uncertainty:
        values = {"uncertainty": measured.uncertainty.expanded, "allowed": row.max_uncertainty}
        return Reason("uncertainty_too_large", {key: show(value, measured.unit) for key, value in values.items()})
    if row.min_observed is not None and observed is not None and not observed >= row.min_observed:
        return Reason("not_observed", {"observed": f"{observed:.1%}", "required": f"{row.min_observed:.1%}"})
    return None


def _proof(
    measured: Measured,
    row: Row,
    point: Point,
    history: History,
    current: tuple[str, Measured | NotMeasurable] | None,
) -> Reason | None:
    """Return why output is not proven at this point, None when it is."""
    metric, found = (row.metric, measured) if current is None else current
    if isinstance(found, NotMeasurable):
        return Reason(found.code, found.params)
    proof = _proof_at(found, metric, point, history)
    return None if proof.proven or proof.code is None else Reason(proof.code, proof.params)


def _proof_at(measured: Measured, metric: str, point: Point, history: History) -> Proof:
    if point.one_more_up:
        before, below = history.at(point, metric), history.below(point, metric)
        if before is not None:
            return top_level_proven(before, measured, below=below)
        params = {"before": "nothing measured", "after": show(measured.value, measured.unit)}
        return Proof(proven=False, code="top_level_not_proven", params=params)
    entry = point.mode.declared_for(point.level, metric, point.load)
    if entry is None or point.network is not None:
        return prove_output(measured, below=history.below(point, metric))
    return prove_output(measured, declared=Declared.relative(entry.value.si, entry.tolerance.si))
