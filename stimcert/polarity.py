# SPDX-License-Identifier: MIT
"""The sign of a direct current, and the verdict about it.

A mean has a sign when it exceeds five times its standard uncertainty and 2 % of the rectified mean; below that the
current is absent, balanced or alternating, and no sign is guessed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stimcert.measured import Measured
from stimcert.quantity import show
from stimcert.verdict import Verdict

Sign = Literal["positive", "negative"]

ABOVE_NOISE = 5.0
"""Standard uncertainties that a mean must exceed to have a sign."""

ONE_WAY = 0.98
"""Least |mean| of a galvanic mode, as a share of the rectified mean: what flows back is hardly anything."""

ABOVE_BALANCE = 0.02
"""Share of the rectified mean that a mean must exceed to have a sign."""


@dataclass(frozen=True, kw_only=True)
class Polarity:
    """The sign of a current.

    :param sign: None when it is undetermined.
    :param threshold: what the magnitude of the mean had to exceed, A.
    :param flows: whether any current flows, by mean or rectified mean.
    """

    sign: Sign | None
    threshold: float
    flows: bool


@dataclass(frozen=True, kw_only=True)
class PolarityDecision:
    """A verdict about a sign, with reason code and the facts that fill its sentence."""

    verdict: Verdict
    polarity: Polarity
    code: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


def polarity_of(mean: Measured, rectified: Measured | None = None) -> Polarity:
    """Return the sign of a mean current, where it has one.

    :param mean: with its sign, positive out of the active terminal; a censored mean has no sign.
    :param rectified: mean of |i| of the same current; None where only means are seen.
    """
    threshold = ABOVE_NOISE * mean.uncertainty.standard
    flows = abs(mean.value) > threshold
    if rectified is not None:
        threshold = max(threshold, ABOVE_BALANCE * rectified.value)
        flows = flows or rectified.value > ABOVE_NOISE * rectified.uncertainty.standard
    if mean.bound is not None or not abs(mean.value) > threshold:
        return Polarity(sign=None, threshold=threshold, flows=flows)
    return Polarity(sign="positive" if mean.value > 0.0 else "negative", threshold=threshold, flows=flows)


def judge_polarity(
    mean: Measured, rectified: Measured | None = None, *, required: Sign, mode: str = ""
) -> PolarityDecision:
    """Judge the sign of a mean current against the required one; without a sign the verdict is INCONCLUSIVE.

    A current of the right sign must hardly ever flow the other way; of means alone nothing else than the sign is known.

    :param required: of the current out of the active terminal.
    :param mode: the mode's name, for the sentence of the reason.
    :raises ValueError: when ``required`` is neither ``positive`` nor ``negative``.
    """
    if required not in ("positive", "negative"):
        raise ValueError(f"required sign is {required!r}; 'positive' or 'negative' is allowed")
    polarity = polarity_of(mean, rectified)
    if polarity.sign is None:
        code, params = _undetermined(mean, polarity)
        return PolarityDecision(verdict=Verdict.INCONCLUSIVE, polarity=polarity, code=code, params=params)
    if polarity.sign == required:
        return _one_way(mean, rectified, polarity, mode)
    params = {"value": show(mean.value, mean.unit), "required": required, "mode": mode}
    return PolarityDecision(verdict=Verdict.FAIL, polarity=polarity, code="polarity_reversed", params=params)


def _one_way(mean: Measured, rectified: Measured | None, polarity: Polarity, mode: str) -> PolarityDecision:
    """Judge whether a current of the right sign keeps it: :data:`ONE_WAY` of the rectified mean at least.

    Both means come from the same output, mostly from the same record, so that most of their errors cancel: the values
    themselves decide about PASS, and FAIL needs a difference beyond both uncertainties.
    """
    if rectified is None:
        return PolarityDecision(verdict=Verdict.PASS, polarity=polarity)
    missing = ONE_WAY * rectified.value - abs(mean.value)
    doubt = math.hypot(mean.uncertainty.expanded, ONE_WAY * rectified.uncertainty.expanded)
    if missing <= 0.0:
        return PolarityDecision(verdict=Verdict.PASS, polarity=polarity)
    share, required = f"{abs(mean.value) / rectified.value:.1%}", f"{ONE_WAY:.0%}"
    params = {"share": share, "required": required, "mode": mode}
    verdict = Verdict.FAIL if missing > doubt else Verdict.INCONCLUSIVE
    return PolarityDecision(verdict=verdict, polarity=polarity, code="polarity_mixed", params=params)


def _undetermined(mean: Measured, polarity: Polarity) -> tuple[str, dict[str, object]]:
    """Return why there is no sign: a censored mean, no current at all, or one that goes both ways."""
    value, threshold = show(mean.value, mean.unit), show(polarity.threshold, mean.unit)
    if mean.bound is not None:
        return "polarity_undetermined", {"value": f"at least {value}", "threshold": threshold}
    if not polarity.flows:
        return "no_output_proven", {"found": value, "expected": f"a mean of more than {threshold}"}
    return "polarity_undetermined", {"value": value, "threshold": threshold}
