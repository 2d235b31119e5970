# SPDX-License-Identifier: MIT
"""What must hold between the tables of a plan. Each check survives tables that could not be read in full."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from stimcert.event_choice import obstacle
from stimcert.procedures import discloses, facts_of, judged_by_mode, measures, sees_programs
from stimcert.strict_model import Misfit
from stimcert.text_fields import duplicates

PROGRAMS = 3
"""Periods of a program that a record must hold, so that it is not taken for what one part of it looks like."""

if TYPE_CHECKING:
    from stimcert.plan import Case, Mode, Plan

COLDEST, WARMEST = 0.0, 50.0
"""°C between which bench instruments are made to work."""

SIGNS_SEEN = 8
"""Times between two changes of sign that a record must hold: six whole ones, and one at each end that it may cut."""


def plan_checks(plan: "Plan") -> Iterable[Iterable[Misfit]]:
    """Return every check of a plan as a generator of its own."""
    yield _names_once(plan)
    yield _case_ids_once(plan)
    yield _files_once(plan)
    yield _temperatures_in_order(plan)
    yield _modes_within_claims(plan)
    yield _abuse_is_last(plan)
    for index, case in enumerate(getattr(plan, "cases", ())):
        yield _modes_exist(plan, case, index)
        yield _levels_exist(plan, case, index)
        yield _something_to_judge(plan, case, index)
        yield _sign_to_judge(plan, case, index)
        yield _dwell_holds_a_cycle(plan, case, index)
        yield _dwell_holds_a_schedule(plan, case, index)
        yield _dwell_holds_a_treatment(plan, case, index)
        yield _dwell_holds_programs(plan, case, index)
        yield _events_can_be_made(plan, case, index)


def _names_once(plan: "Plan") -> Iterator[Misfit]:
    names = [getattr(mode, "name", None) for mode in plan.modes]
    for index in duplicates([*names]):
        yield Misfit(("mode", index, "name"), f'found "{names[index]}" twice; each mode needs a name of its own')


def _case_ids_once(plan: "Plan") -> Iterator[Misfit]:
    ids = [getattr(case, "id", None) for case in plan.cases]
    for index in duplicates([*ids]):
        yield Misfit(("case", index, "id"), f'found "{ids[index]}" twice; each case needs an id of its own')


def _files_once(plan: "Plan") -> Iterator[Misfit]:
    for index in duplicates([*plan.limits]):
        yield Misfit(("limits", index), f'found "{plan.limits[index]}" twice; once is allowed')


def _temperatures_in_order(plan: "Plan") -> Iterator[Misfit]:
    """Check that there is a bench that is cold enough and warm enough, in a room where instruments work."""
    low, high = plan.temperature_min, plan.temperature_max
    if not low.si < high.si:
        text = f'found "{low}" and temperature_max "{high}"; temperature_min must be less than temperature_max'
        yield Misfit(("temperature_min",), text)
    for key, found in (("temperature_min", low), ("temperature_max", high)):
        if not COLDEST <= found.si <= WARMEST:
            yield Misfit(
                (key,), f'found "{found}"; {COLDEST:g} °C to {WARMEST:g} °C is allowed: instruments work there'
            )


def _modes_within_claims(plan: "Plan") -> Iterator[Misfit]:
    for index, mode in enumerate(plan.modes):
        modality = getattr(mode, "modality", None)
        if modality is not None and modality not in plan.device.claims:
            text = f'found "{modality}"; the device claims only {", ".join(plan.device.claims)} ([device] claims)'
            yield Misfit(("mode", index, "modality"), text)


def _abuse_is_last(plan: "Plan") -> Iterator[Misfit]:
    """Check that nothing is measured on a device that may have been broken by the bench."""
    last = [facts_of(getattr(case, "procedure", "")).comes_last for case in plan.cases]
    for index, case in enumerate(plan.cases):
        if last[index] and not all(last[index:]):
            text = f'found "{case.procedure}", which may break the device, before other cases; only last is allowed'
            yield Misfit(("case", index, "procedure"), text)


def _events_can_be_made(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    """Check that every event that a case names can be made at one of its points at least."""
    if facts_of(case.procedure).visits != "events":
        return
    for at, event in enumerate(case.events or ()):
        hindrances = [obstacle(plan, case, mode, event) for mode in _modes_of(plan, case)]
        if hindrances and None not in hindrances:
            yield Misfit(("case", index, "events", at), f'found "{event}", but {hindrances[0]}')


def _modes_exist(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    known = [name for mode in plan.modes if (name := getattr(mode, "name", None)) is not None]
    for at, name in enumerate(case.modes):
        if name not in known:
            text = f'found "{name}"; modes of this plan: {", ".join(known)}'
            yield Misfit(("case", index, "modes", at), text)


def _levels_exist(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    if case.levels == "all":
        return
    tops = {mode.name: mode.levels for mode in _modes_of(plan, case) if hasattr(mode, "levels")}
    for at, level in enumerate(case.levels):
        short = [f"{name} has levels 1 to {top}" for name, top in tops.items() if not 1 <= level <= top]
        if short or level < 1:
            text = f"found {level}; {'; '.join(short) or 'levels count from 1'}"
            yield Misfit(("case", index, "levels", at), text)


def _something_to_judge(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    if not case.limits and not judged_by_mode(case.procedure) and not discloses(case.procedure):
        yield Misfit(("case", index, "limits"), 'missing; ids of limit rows, or "declared", are needed to judge by')
    if "declared" not in case.limits:
        return
    silent = [mode.name for mode in _modes_of(plan, case) if not _declares(mode, case)]
    if silent:
        text = f'found "declared", but {", ".join(silent)} declares nothing for a level of this case'
        yield Misfit(("case", index, "limits", case.limits.index("declared")), text)


def _declares(mode: "Mode", case: "Case") -> bool:
    return any(
        declared.level in case.levels_of(mode) and measures(case.procedure, declared.metric)
        for declared in mode.declared
    )


def _sign_to_judge(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    if case.procedure != "polarity":
        return
    for mode in _modes_of(plan, case):
        if mode.expected_sign is None and mode.alternates is None and mode.modality != "galvanic":
            text = f'found "{mode.name}", which declares no polarity; procedure "polarity" needs modes that do'
            yield Misfit(("case", index, "modes", case.modes.index(mode.name)), text)


def _dwell_holds_a_cycle(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    """Check that a record is not shorter than the waveform's period: it could miss the pulse that exceeds the limit.

    Records around events come at random moments of the period, and a whole one is recorded before them.
    """
    if facts_of(case.procedure).visits == "events":
        return
    for mode in _modes_of(plan, case):
        if mode.cycle is not None and case.dwell.si < mode.cycle.si * (1 - 1e-9):
            text = f'found "{case.dwell}", but a cycle of {mode.name} lasts {mode.cycle}; a dwell holds one at least'
            yield Misfit(("case", index, "dwell"), text)


def _dwell_holds_a_schedule(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    """Check that a record holds three whole cycles of alternating sign, and what its ends may cut."""
    if case.procedure != "polarity":
        return
    for mode in _modes_of(plan, case):
        if mode.alternates is not None and case.dwell.si < SIGNS_SEEN * mode.alternates.si * (1 - 1e-9):
            text = f'found "{case.dwell}", but {mode.name} alternates every {mode.alternates}'
            yield Misfit(("case", index, "dwell"), f"{text}; a dwell of {SIGNS_SEEN} times that is needed")


def _dwell_holds_a_treatment(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    """Check that a whole treatment is seen, and that there is something to judge by where no row is named."""
    if case.procedure != "treatment":
        return
    for mode in _modes_of(plan, case):
        if mode.treatment_time is not None and case.dwell.si < mode.treatment_time.si * (1 - 1e-9):
            text = f'found "{case.dwell}", but a treatment with {mode.name} lasts {mode.treatment_time}'
            yield Misfit(("case", index, "dwell"), f"{text}; a whole one is to be seen")
        if not case.limits and mode.auto_off is None:
            text = f"missing; {mode.name} declares no auto_off: ids of limit rows are needed to judge by"
            yield Misfit(("case", index, "limits"), text)


def _dwell_holds_programs(plan: "Plan", case: "Case", index: int) -> Iterator[Misfit]:
    """Check that whole programs are seen by those procedures that judge what a mode puts out at any moment."""
    if not sees_programs(case.procedure):
        return
    for mode in _modes_of(plan, case):
        program = getattr(mode, "program", None)
        if program is not None and case.dwell.si < PROGRAMS * program.si * (1 - 1e-9):
            text = f'found "{case.dwell}", but the program of {mode.name} lasts {program}'
            yield Misfit(("case", index, "dwell"), f"{text}; {case.procedure} needs a dwell of three of them at least")


def _modes_of(plan: "Plan", case: "Case") -> "list[Mode]":
    return [mode for mode in plan.modes if getattr(mode, "name", None) in case.modes]
