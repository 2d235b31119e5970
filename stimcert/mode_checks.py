# SPDX-License-Identifier: MIT
"""What must hold between the keys of one mode of a plan."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from stimcert.strict_model import Misfit

if TYPE_CHECKING:
    from stimcert.mode import Declared, Mode


def mode_checks(mode: "Mode") -> Iterable[Iterable[Misfit]]:
    """Return every check of a mode as a generator of its own."""
    yield _galvanic_has_a_sign(mode)
    yield _signs_agree(mode)
    yield _desincrustation_is_negative(mode)
    yield _iontophoresis_names_its_ion(mode)
    yield _only_galvanic_treats(mode)
    yield _declared_levels_exist(mode)
    yield _declared_once(mode)
    yield _program_holds_a_cycle(mode)
    yield _area_for_its_tolerance(mode)
    yield _together(mode, "alternates", "alternates_tolerance")
    yield _together(mode, "auto_off", "auto_off_tolerance")
    yield _together(mode, "treatments_per_week", "weeks")
    yield _tolerances_mean_something(mode)
    yield _alternates_or_keeps_its_sign(mode)


def _galvanic_has_a_sign(mode: "Mode") -> Iterator[Misfit]:
    if mode.modality == "galvanic" and mode.polarity is None and mode.ion is None and mode.alternates is None:
        text = 'missing; a galvanic mode declares polarity ("negative" or "positive") or ion (for iontophoresis)'
        yield Misfit(("polarity",), text)


def _signs_agree(mode: "Mode") -> Iterator[Misfit]:
    if mode.polarity is not None and mode.ion is not None and mode.polarity != mode.ion:
        text = f'found "{mode.polarity}", but ion is "{mode.ion}"; the active electrode must have the sign of the ion'
        yield Misfit(("polarity",), text)


def _desincrustation_is_negative(mode: "Mode") -> Iterator[Misfit]:
    if not _treats(mode, "desincrustation"):
        return
    text = 'found "positive"; desincrustation is done with the cathode: only "negative" is allowed'
    if mode.polarity == "positive":
        yield Misfit(("polarity",), text)
    if mode.ion is not None:
        yield Misfit(("ion",), f'found "{mode.ion}"; desincrustation drives no ion: declare polarity = "negative"')


def _iontophoresis_names_its_ion(mode: "Mode") -> Iterator[Misfit]:
    if _treats(mode, "iontophoresis") and mode.ion is None and mode.modality == "galvanic":
        text = 'missing; iontophoresis declares the sign of its ion: "negative" or "positive"'
        yield Misfit(("ion",), text)


def _treats(mode: "Mode", treatment: str) -> bool:
    """Whether the mode is that treatment, by its own word or by its name."""
    return mode.treatment == treatment or (mode.treatment is None and treatment in mode.name.lower())


def _only_galvanic_treats(mode: "Mode") -> Iterator[Misfit]:
    for key, found in (("ion", mode.ion), ("treatment", mode.treatment)):
        if found is not None and mode.modality != "galvanic":
            text = f'found "{found}" in a mode of modality "{mode.modality}"; only galvanic modes have this key'
            yield Misfit((key,), text)


def _together(mode: "Mode", one: str, other: str) -> Iterator[Misfit]:
    """Check that of two keys that mean nothing alone both are there, or none."""
    if (getattr(mode, one) is None) != (getattr(mode, other) is None):
        missing = other if getattr(mode, other) is None else one
        yield Misfit((missing,), f"missing; {one} and {other} belong together")


def _tolerances_mean_something(mode: "Mode") -> Iterator[Misfit]:
    for key in ("alternates_tolerance", "auto_off_tolerance", "electrode_area_tolerance"):
        found = getattr(mode, key)
        if found is not None and found.si >= 1.0:
            yield Misfit((key,), f'found "{found}"; less than 100 % is allowed')


def _alternates_or_keeps_its_sign(mode: "Mode") -> Iterator[Misfit]:
    if mode.alternates is not None and mode.expected_sign is not None:
        text = f'found "{mode.alternates}", but the mode declares a sign (polarity or ion), which it has to keep'
        yield Misfit(("alternates",), text)


def _area_for_its_tolerance(mode: "Mode") -> Iterator[Misfit]:
    if mode.electrode_area_tolerance is not None and mode.electrode_area is None:
        text = f'found "{mode.electrode_area_tolerance}", but no electrode_area that it could belong to'
        yield Misfit(("electrode_area_tolerance",), text)


def _declared_levels_exist(mode: "Mode") -> Iterator[Misfit]:
    for index, declared in enumerate(mode.declared):
        if getattr(declared, "level", 1) > mode.levels:
            text = f"found {declared.level}; the mode has levels 1 to {mode.levels}"
            yield Misfit(("declared", index, "level"), text)


def _program_holds_a_cycle(mode: "Mode") -> Iterator[Misfit]:
    if mode.program is not None and mode.cycle is not None and mode.program.si <= mode.cycle.si:
        text = f'found "{mode.program}", but a cycle lasts {mode.cycle}; a program is longer than its waveform'
        yield Misfit(("program",), text)


def _declared_once(mode: "Mode") -> Iterator[Misfit]:
    """Check that no load has two values of a metric at a level: which one held would be anybody's guess."""
    seen: dict[tuple[int, str], list[Declared]] = {}
    for index, entry in enumerate(mode.declared):
        before = seen.setdefault((entry.level, entry.metric), [])
        if any(d.load_min.si <= entry.load_max.si and entry.load_min.si <= d.load_max.si for d in before):
            text = f"found a second declaration of {entry.metric} for level {entry.level} at the same load"
            yield Misfit(("declared", index, "level"), f"{text}; one is allowed for each load")
        before.append(entry)
