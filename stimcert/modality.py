# SPDX-License-Identifier: MIT
"""Modality: which kind of device a mode is by what it puts out, and the verdict about its claim.

Every question (does anything flow, is it constant, is its peak above 1 mA) is answered with yes, no, or not at all.
What the answers leave possible is the result; one kind alone is determined, several are "undetermined". More doubt only
ever adds kinds, so that nothing is claimed by not looking. The rule and its sources: docs/explanations/modality.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stimcert.interval import Interval, largest
from stimcert.modality_form import RIPPLE, Observed, constant, first
from stimcert.quantity import show
from stimcert.verdict import Verdict

Kind = Literal["none", "galvanic", "microcurrent", "ems", "undetermined"]
KINDS: tuple[Kind, ...] = ("none", "galvanic", "microcurrent", "ems")
CLAIMS: tuple[Kind, ...] = KINDS[1:]

NO_OUTPUT = 10e-6
"""A: a mode that stays below it everywhere puts nothing out.

Source: largest d.c. patient auxiliary current in normal condition, IEC 60601-1 (unverified); no class has less."""

MICROCURRENT = 1e-3
"""A: absolute peak up to which pulsed or alternating current is microcurrent.

Source: usual definition, "less than 1 mA" (Mosby's dictionary of complementary medicine, microcurrent); no standard."""

_WORDS = {"none": "no output", "galvanic": "galvanic", "microcurrent": "microcurrent", "ems": "EMS"}


@dataclass(frozen=True, kw_only=True)
class Modality:
    """What a mode is.

    :param kind: ``undetermined`` when more than one kind is possible.
    :param possible: every kind that the observations leave, in the order of ``KINDS``; never empty.
    :param reasons: sentences with numbers; what decided, or what kept it from being decided.
    :param remarks: what a reader should know beside the class; they decide nothing.
    :param worst: where the largest peak was seen, None without observations.
    """

    kind: Kind
    possible: tuple[Kind, ...]
    reasons: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    worst: str | None = None

    @property
    def words(self) -> str:
        """The kinds that are possible, for people: ``galvanic or EMS``."""
        return " or ".join(_WORDS[kind] for kind in self.possible)


@dataclass(frozen=True, kw_only=True)
class ModalityDecision:
    """A verdict about a claim, with reason code and the facts that fill its sentence."""

    verdict: Verdict
    modality: Modality
    code: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Answers:
    """What all observations together say; None where it cannot be told."""

    flows: bool | None
    constant: bool | None
    small: bool | None
    peak: Interval


def classify(observations: Sequence[Observed]) -> Modality:
    """Return what a mode is, from observations at all its levels and loads up to 10 kΩ.

    Nothing above 10 µA anywhere: none. Else galvanic, when all that flows is direct current, of any amplitude. Else by
    the largest absolute peak of all: up to 1 mA microcurrent, above it EMS.

    :param observations: one for each point; of several records of one point make one with ``joined``.
    """
    if not observations:
        return Modality(kind="undetermined", possible=KINDS, reasons=("nothing was observed",))
    answers = _answers(observations)
    possible = _possible(answers)
    return Modality(
        kind=possible[0] if len(possible) == 1 else "undetermined",
        possible=possible,
        reasons=_reasons(observations, answers),
        remarks=_remarks(observations, possible),
        worst=_worst(observations).where,
    )


def judge(result: Modality, claim: str) -> ModalityDecision:
    """Judge a claim: PASS when nothing but the claim is possible, FAIL when the claim is not, else INCONCLUSIVE.

    :param claim: ``galvanic``, ``microcurrent`` or ``ems``.
    :raises ValueError: for any other claim, ``none`` and ``undetermined`` included.
    """
    if claim not in CLAIMS:
        raise ValueError(f"claim {claim!r} is unknown; {', '.join(CLAIMS)} are allowed")
    if result.possible == (claim,):
        return ModalityDecision(verdict=Verdict.PASS, modality=result)
    differs = claim not in result.possible
    return ModalityDecision(
        verdict=Verdict.FAIL if differs else Verdict.INCONCLUSIVE,
        modality=result,
        code="modality_differs" if differs else "modality_undetermined",
        params={"found": result.words, "claim": _WORDS[claim], "text": "; ".join(result.reasons)},
    )


def _answers(observations: Sequence[Observed]) -> _Answers:
    peak = largest([_peak(each) for each in observations])
    flows = [_flows(each) for each in observations]
    return _Answers(
        flows=True if True in flows else (None if None in flows else False),
        constant=_all_constant(observations, peak.low),
        small=peak.below(MICROCURRENT),
        peak=peak,
    )


def _possible(answers: _Answers) -> tuple[Kind, ...]:
    """Return every kind that no answer excludes."""
    pulses = answers.flows is not False and answers.constant is not True
    left = {
        "none": answers.flows is not True,
        "galvanic": answers.flows is not False and answers.constant is not False,
        "microcurrent": pulses and answers.small is not False,
        "ems": pulses and answers.small is not True,
    }
    return tuple(kind for kind in KINDS if left[kind])


def _peak(observed: Observed) -> Interval:
    """Return where the peak may lie; one that was not watched long enough may be any amount higher."""
    if observed.is_watched:
        return observed.peak
    return Interval(low=observed.peak.low, high=math.inf)


def _flows(observed: Observed) -> bool | None:
    """Whether an output was seen; its absence needs a full look, and a tie is neither."""
    below = _peak(observed).below(NO_OUTPUT)
    return None if below is None else not below


def _all_constant(observations: Sequence[Observed], top: float) -> bool | None:
    """Whether all that flows is direct current.

    One record with pulses is enough for no. A record too weak to show its form is left out when its peak is below 10 %
    of the mode's: what hides there is less than the ripple that direct current may have.
    """
    forms = []
    for each in observations:
        flows, form = _flows(each), constant(each).answer
        if flows is False or (form is None and _peak(each).high < RIPPLE * top):
            continue
        forms.append(None if form is False and flows is None else form)
    if False in forms:
        return False
    return None if None in forms or not forms else True


def _worst(observations: Sequence[Observed]) -> Observed:
    return max(observations, key=lambda each: (each.peak.low, each.peak.high))


def _reasons(observations: Sequence[Observed], answers: _Answers) -> tuple[str, ...]:
    """Return the sentences behind the answers, the deciding one first."""
    if answers.flows is False:
        return (f"no record shows more than {answers.peak.words('A')}; an output is more than {show(NO_OUTPUT, 'A')}",)
    said = [_why_constant(observations, answers), _why_small(observations, answers)]
    if answers.flows is None:
        said.insert(0, f"whether more than {show(NO_OUTPUT, 'A')} flows cannot be told")
    if unseen := first(each for each in observations if not each.is_watched):
        said.append(
            f"{unseen.where}: watched for {show(unseen.watched, 's')} of the {show(unseen.needed, 's')} needed; "
            f"a higher peak may be missed"
        )
    return tuple(said)


def _why_constant(observations: Sequence[Observed], answers: _Answers) -> str:
    """Return the sentence of the first record that has the form of the whole."""
    flowing = [each for each in observations if _flows(each) is not False]
    decided = first(each for each in flowing if constant(each).answer is answers.constant) or flowing[0]
    return f"{decided.where}: {constant(decided).words}"


def _why_small(observations: Sequence[Observed], answers: _Answers) -> str:
    where = {True: "below", False: "above", None: "not to be told from"}[answers.small]
    peak = _worst(observations)
    return f"{peak.where}: largest absolute peak {peak.peak.words('A')}, {where} {show(MICROCURRENT, 'A')}"


def _remarks(observations: Sequence[Observed], possible: tuple[Kind, ...]) -> tuple[str, ...]:
    """Return what the class alone would hide."""
    said = []
    flowing = [each for each in observations if _flows(each) is not False]
    peak = largest([_peak(each) for each in observations])
    if possible == ("galvanic",) and peak.below(MICROCURRENT):
        said.append(f"galvanic by form, microcurrent by level: direct current below {show(MICROCURRENT, 'A')}")
    pulsed = [each for each in flowing if constant(each).answer is False]
    if one_way := first(each for each in pulsed if each.has_direct_part):
        said.append(
            f"{one_way.where}: pulsed by form, but its mean of {one_way.mean.words('A')} acts as galvanic current does "
            f"(interrupted or biased direct current)"
        )
    if pulsed and any(constant(each).answer for each in flowing):
        said.append("direct current in some records, pulsed in others")
    if flowing and (silent := first(each for each in observations if _flows(each) is False)):
        said.append(f"{silent.where}: no output")
    return tuple(said)
