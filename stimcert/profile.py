# SPDX-License-Identifier: MIT
"""Profiles: the least that a plan must measure before its report may be called a certificate for a claim."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field

from stimcert.case import REPETITIONS
from stimcert.event_choice import events_at
from stimcert.events import EVENT_WORDS, EventName
from stimcert.limits import LimitRow
from stimcert.metrics import METRICS, Metric, PositiveBound
from stimcert.plan import Case, Mode, Plan
from stimcert.procedures import facts_of
from stimcert.quantity import PositiveOhms, PositiveSeconds, show
from stimcert.rules import at_least_as_strict
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Identifier, Line, Modality, Procedure, RuleId, duplicates


class Ceiling(StrictModel):
    """The loosest upper limit that a plan may set on a metric, and the longest event it may overlook."""

    metric: Metric
    upper: PositiveBound
    event: PositiveSeconds

    def is_met_by(self, row: LimitRow) -> bool:
        """Whether a limit row is at least as strict."""
        return (
            row.kind == "limit"
            and row.metric == self.metric
            and row.upper is not None
            and row.upper.si <= self.upper.si
            and row.event.si <= self.event.si
            and row.min_observed.si >= 1
        )


class Profile(StrictModel):
    """What a certificate for a claim must at least show.

    :param kind: ``type`` for a type test, ``routine`` for a unit of a known type, ``smoke`` never certifies.
    :param procedures: each is applied to every mode of the claim.
    :param loads: total resistances that each of these cases must contain.
    :param levels: ``top`` for the highest level at least, or ``all``.
    :param rule: loosest decision rule.
    :param at_top: procedures that are applied to every mode of the claim at its highest level, at loads of the plan's
        own choice.
    :param once: procedures that are applied to one mode of the claim at least, at its highest level.
    :param events: each is made in every mode of the claim, :data:`stimcert.case.REPETITIONS` times.
    """

    schema_version: Literal[1] = Field(alias="schema")
    id: Identifier
    title: Line
    claim: Modality
    kind: Literal["type", "routine", "smoke"]
    procedures: tuple[Procedure, ...] = Field(min_length=1)
    loads: tuple[PositiveOhms, ...] = ()
    levels: Literal["top", "all"]
    rule: RuleId
    at_top: tuple[Procedure, ...] = ()
    once: tuple[Procedure, ...] = ()
    events: tuple[EventName, ...] = ()
    ceilings: tuple[Ceiling, ...] = Field(alias="ceiling", default=())

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Procedures once each."""
        return tuple(self._each_once(field) for field in ("procedures", "at_top", "once", "events"))

    def _each_once(self, field: str) -> Iterator[Misfit]:
        names = getattr(self, field)
        for index in duplicates([*names]):
            yield Misfit((field, index), f'found "{names[index]}" twice; once is allowed')


def gaps(profile: Profile, plan: Plan, limits: Mapping[str, LimitRow]) -> list[str]:
    """Return what the profile asks for and the plan does not have, in words.

    :param limits: rows by id; those that a case names and that are not here count as absent.
    """
    modes = [mode for mode in plan.modes if mode.modality == profile.claim]
    found = list(_general_gaps(profile, plan, modes))
    for mode in modes:
        found += _mode_gaps(profile, plan, mode, limits)
        found += _event_gaps(profile, plan, mode)
    for procedure in profile.once if modes else ():
        if not any(_at_top(plan, mode, procedure) for mode in modes):
            found.append(f"no mode is measured by {procedure} at its highest level")
    return found


def _at_top(plan: Plan, mode: Mode, procedure: str) -> bool:
    """Whether a procedure is applied to a mode at its highest level."""
    cases = (case for case in plan.cases if mode.name in case.modes and not case.not_applicable)
    return any(case.procedure == procedure and mode.levels in case.levels_of(mode) for case in cases)


def _event_gaps(profile: Profile, plan: Plan, mode: Mode) -> Iterator[str]:
    for procedure in profile.at_top:
        if not _at_top(plan, mode, procedure):
            yield f"mode {mode.name} is not measured by {procedure} at its highest level"
    made = {
        event
        for case in plan.cases
        if mode.name in case.modes and not case.not_applicable and facts_of(case.procedure).visits == "events"
        if mode.levels in case.levels_of(mode) and case.event_repetitions >= REPETITIONS
        for event in events_at(plan, case, mode, level=mode.levels, network=None)
    }
    if missing := [EVENT_WORDS[event] for event in profile.events if event not in made]:
        yield f"mode {mode.name} is not recorded {REPETITIONS} times around {', '.join(missing)}"


def _general_gaps(profile: Profile, plan: Plan, modes: list[Mode]) -> Iterator[str]:
    if profile.kind == "smoke":
        yield "a smoke profile never leads to a certificate"
    if profile.claim not in plan.device.claims or not modes:
        yield f"the plan claims and measures no {profile.claim} mode"
    if not at_least_as_strict(plan.decision_rule, profile.rule):
        yield f"decision rule {plan.decision_rule} is looser than {profile.rule}"
    unprofiled = [claim for claim in plan.device.claims if claim != profile.claim]
    if unprofiled:
        yield f"the profile covers {profile.claim} only, but the device also claims {', '.join(unprofiled)}"


def _mode_gaps(profile: Profile, plan: Plan, mode: Mode, limits: Mapping[str, LimitRow]) -> Iterator[str]:
    if mode.modality == "galvanic" and mode.active_terminal is None:
        yield f"mode {mode.name} does not say how its active terminal is known"
    cases = [case for case in plan.cases if mode.name in case.modes and not case.not_applicable]
    for procedure in profile.procedures:
        measured = [case for case in cases if case.procedure == procedure]
        yield from _coverage_gaps(profile, mode, f"measured by {procedure}", measured)
    for ceiling in profile.ceilings:
        held = [case for case in cases if any(ceiling.is_met_by(limits[i]) for i in case.limits if i in limits)]
        bound = f"{show(ceiling.upper.si, METRICS[ceiling.metric].unit)} with events of {show(ceiling.event.si, 's')}"
        yield from _coverage_gaps(profile, mode, f"held against {ceiling.metric} ≤ {bound} or stricter", held)


def _coverage_gaps(profile: Profile, mode: Mode, what: str, cases: list[Case]) -> Iterator[str]:
    """Yield the levels and loads of a mode that the cases leave out."""
    if not cases:
        yield f"mode {mode.name} is not {what}"
        return
    wanted = range(1, mode.levels + 1) if profile.levels == "all" else [mode.levels]
    levels = {level for case in cases for level in case.levels_of(mode)}
    if missing := [str(level) for level in wanted if level not in levels]:
        yield f"mode {mode.name} is not {what} at level {', '.join(missing)}"
    loads = {load.si for case in cases for load in case.loads}
    if absent := [show(load.si, "Ω") for load in profile.loads if load.si not in loads]:
        yield f"mode {mode.name} is not {what} at {', '.join(absent)}"
