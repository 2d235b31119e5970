# SPDX-License-Identifier: MIT
"""Test plans: what a device claims, and what is measured to see whether it holds.

Declared values are magnitudes; the sign of a galvanic mode is declared by ``polarity`` (desincrustation: negative,
the active electrode is the cathode) or ``ion`` (iontophoresis: the active electrode has the sign of the ion).
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from stimcert.case import Case
from stimcert.metrics import Metric, PositiveBound
from stimcert.quantity import (
    Celsius,
    Dimension,
    Ohms,
    PositiveAmperes,
    PositiveSeconds,
    PositiveShare,
    PositiveVolts,
    SquareMetres,
    parse,
)
from stimcert.reading import Convention
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import (
    Identifier,
    Line,
    Modality,
    ModeName,
    Regime,
    RuleId,
    Sign,
)

__all__ = ["SIGNS", "BasicUnit", "Case", "Declared", "Device", "Mode", "Plan"]

SIGNS = {"negative": -1, "positive": +1}

SPECIFIED = (18.0, 28.0)
"""°C between which the accuracy of data sheets holds: 23 ± 5 °C."""


class BasicUnit(StrictModel):
    """What the maker states about the unit as a whole. It is printed as declared; nothing of it is measured here.

    Source: rows of the basic-unit table in FDA 510(k) summaries of powered muscle stimulators (from memory,
    unverified).
    """

    power_source: Line | None = None
    line_isolation: Line | None = None
    output_modes: Line | None = None
    channels: Line | None = None
    channel_isolation: Line | None = None
    regulation: Line | None = None
    software_control: Line | None = None
    overload_trip: Line | None = None
    no_load_trip: Line | None = None
    shut_off: Line | None = None
    patient_override: Line | None = None
    indicators: Line | None = None
    timer: Line | None = None
    standards: Line | None = None
    lead_wires: Line | None = None
    weight: Line | None = None
    size: Line | None = None
    housing: Line | None = None


class Device(StrictModel):
    """The device as its label names it, and what it is sold as."""

    manufacturer: Line
    model: Line
    claims: tuple[Modality, ...] = Field(min_length=1)
    basic: BasicUnit | None = None


class Declared(StrictModel):
    """A value the manufacturer declares for one level: a magnitude with a tolerance, over a range of loads."""

    level: int = Field(ge=1)
    metric: Metric
    value: PositiveBound
    tolerance: PositiveShare
    load_min: Ohms
    load_max: Ohms

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest magnitude that keep the declaration, A."""
        width = self.value.si * self.tolerance.si
        return self.value.si - width, self.value.si + width

    def holds_at(self, load: float) -> bool:
        """Whether a load (Ω, total) lies inside the declared range."""
        return self.load_min.si <= load <= self.load_max.si

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check that loads are in order, and that a dead device would not meet the tolerance."""
        return self._loads_in_order(), self._tolerance_means_something()

    def _loads_in_order(self) -> Iterator[Misfit]:
        if self.load_min.si > self.load_max.si:
            text = f'found load_min "{self.load_min}" above load_max "{self.load_max}"; load_min must not be greater'
            yield Misfit(("load_min",), text)

    def _tolerance_means_something(self) -> Iterator[Misfit]:
        if self.tolerance.si >= 1.0:
            yield Misfit(
                ("tolerance",), f'found "{self.tolerance}"; less than 100 % is allowed: at 100 %, no output is enough'
            )


class Mode(StrictModel):
    """One output mode of the device.

    :param levels: number of intensity levels; 1 is the lowest.
    :param cycle: declared period after which the waveform repeats.
    :param program: declared period of what is above the waveform: ON and OFF, a polarity that alternates, rates that
        change. It cannot be known from a record alone.
    :param polarity: sign of the active electrode; declared for desincrustation.
    :param ion: sign of the ion that iontophoresis drives; the active electrode has the same.
    :param alternates: declared time after which the current changes its sign, for a mode that must.
    :param alternates_tolerance: by what share each such time may be longer or shorter.
    :param treatment_time: how long one treatment lasts.
    :param auto_off: time after which the device ends its output by itself, from its start.
    :param auto_off_tolerance: by what share that may be earlier or later.
    :param treatments_per_week: of the course of treatments that the maker recommends.
    :param weeks: how long that course lasts.
    :param electrode_area: smallest contacting area of the electrodes.
    :param electrode_area_tolerance: by what share it may be larger or smaller; without one it counts as exact.
    :param active_terminal: how the operator knows the active terminal.
    :param worst_case: largest current to be ready for; ranges and shunt are chosen from it.
    :param max_voltage: largest voltage that the device can put out, its rail; without one it could reach any that the
        worst case needs at a load.
    :param symmetry: imbalance up to which the maker calls the two phases of a pulse symmetrical.
    :param balanced_by: how the maker makes the net charge zero: a transformer, a series capacitor, a symmetrical drive.
    :param features: additional features of the mode, for its output table.
    """

    name: ModeName
    modality: Modality
    levels: int = Field(ge=1, le=1000)
    cycle: PositiveSeconds | None = None
    program: PositiveSeconds | None = None
    polarity: Sign | None = None
    ion: Sign | None = None
    alternates: PositiveSeconds | None = None
    alternates_tolerance: PositiveShare | None = None
    treatment: Literal["desincrustation", "iontophoresis"] | None = None
    treatment_time: PositiveSeconds | None = None
    auto_off: PositiveSeconds | None = None
    auto_off_tolerance: PositiveShare | None = None
    treatments_per_week: int | None = Field(default=None, ge=1, le=100)
    weeks: int | None = Field(default=None, ge=1, le=1000)
    electrode_area: SquareMetres | None = None
    electrode_area_tolerance: PositiveShare | None = None
    active_terminal: Line | None = None
    worst_case: PositiveAmperes | None = None
    max_voltage: PositiveVolts | None = None
    symmetry: PositiveShare | None = None
    balanced_by: Line | None = None
    features: Line | None = None
    declared: tuple[Declared, ...] = ()

    @property
    def expected_sign(self) -> int | None:
        """Return +1 or -1 where the plan declares a sign of the mean current, else None."""
        sign = self.ion or self.polarity
        return SIGNS[sign] if sign else None

    @property
    def ends_between(self) -> tuple[float, float] | None:
        """Return between which times (s) after its start the output ends by itself; None where it does not."""
        if self.auto_off is None or self.auto_off_tolerance is None:
            return None
        width = self.auto_off.si * self.auto_off_tolerance.si
        return self.auto_off.si - width, self.auto_off.si + width

    @property
    def program_period(self) -> float | None:
        """Return the declared period of what is above the waveform, s: as such, or as ON and OFF; None without any."""
        if self.program is not None:
            return self.program.si
        times = {entry.metric: entry.value.si for entry in self.declared}
        return times["program.on"] + times["program.off"] if {"program.on", "program.off"} <= times.keys() else None

    @property
    def treatments(self) -> int | None:
        """Return how many treatments the recommended course has; None where the maker recommends none."""
        if self.treatments_per_week is None or self.weeks is None:
            return None
        return self.treatments_per_week * self.weeks

    @cached_property
    def in_bursts(self) -> bool:
        """Whether the maker declares that pulses come in bursts."""
        return any(entry.metric.startswith("burst.") for entry in self.declared)

    def declared_for(self, level: int, metric: str, load: float | None = None) -> Declared | None:
        """Return what is declared for a level and metric, if anything is.

        :param load: total, Ω, for which it must hold; None for whatever load stands first.
        """
        entries = self._declared_at.get((level, metric), ())
        return next((entry for entry in entries if load is None or entry.holds_at(load)), None)

    @cached_property
    def _declared_at(self) -> dict[tuple[int, str], list[Declared]]:
        found: dict[tuple[int, str], list[Declared]] = {}
        for entry in self.declared:
            found.setdefault((entry.level, entry.metric), []).append(entry)
        return found

    def is_declared_once(self, entry: Declared) -> bool:
        """Whether a metric is declared once for its level, whatever the load."""
        return len(self._declared_at[entry.level, entry.metric]) == 1

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Signs that are declared and do not contradict; declared levels that exist, once each."""
        return (
            self._galvanic_has_a_sign(),
            self._signs_agree(),
            self._desincrustation_is_negative(),
            self._iontophoresis_names_its_ion(),
            self._only_galvanic_treats(),
            self._declared_levels_exist(),
            self._declared_once(),
            self._program_holds_a_cycle(),
            self._area_for_its_tolerance(),
            self._together("alternates", "alternates_tolerance"),
            self._together("auto_off", "auto_off_tolerance"),
            self._together("treatments_per_week", "weeks"),
            self._tolerances_mean_something(),
            self._alternates_or_keeps_its_sign(),
        )

    def _galvanic_has_a_sign(self) -> Iterator[Misfit]:
        if self.modality == "galvanic" and self.polarity is None and self.ion is None and self.alternates is None:
            text = 'missing; a galvanic mode declares polarity ("negative" or "positive") or ion (for iontophoresis)'
            yield Misfit(("polarity",), text)

    def _signs_agree(self) -> Iterator[Misfit]:
        if self.polarity is not None and self.ion is not None and self.polarity != self.ion:
            text = (
                f'found "{self.polarity}", but ion is "{self.ion}"; the active electrode must have the sign of the ion'
            )
            yield Misfit(("polarity",), text)

    def _desincrustation_is_negative(self) -> Iterator[Misfit]:
        if not self._treats("desincrustation"):
            return
        text = 'found "positive"; desincrustation is done with the cathode: only "negative" is allowed'
        if self.polarity == "positive":
            yield Misfit(("polarity",), text)
        if self.ion is not None:
            yield Misfit(("ion",), f'found "{self.ion}"; desincrustation drives no ion: declare polarity = "negative"')

    def _iontophoresis_names_its_ion(self) -> Iterator[Misfit]:
        if self._treats("iontophoresis") and self.ion is None and self.modality == "galvanic":
            text = 'missing; iontophoresis declares the sign of its ion: "negative" or "positive"'
            yield Misfit(("ion",), text)

    def _treats(self, treatment: str) -> bool:
        """Whether the mode is that treatment, by its own word or by its name."""
        return self.treatment == treatment or (self.treatment is None and treatment in self.name.lower())

    def _only_galvanic_treats(self) -> Iterator[Misfit]:
        for key, found in (("ion", self.ion), ("treatment", self.treatment)):
            if found is not None and self.modality != "galvanic":
                text = f'found "{found}" in a mode of modality "{self.modality}"; only galvanic modes have this key'
                yield Misfit((key,), text)

    def _together(self, one: str, other: str) -> Iterator[Misfit]:
        """Check that of two keys that mean nothing alone both are there, or none."""
        if (getattr(self, one) is None) != (getattr(self, other) is None):
            missing = other if getattr(self, other) is None else one
            yield Misfit((missing,), f"missing; {one} and {other} belong together")

    def _tolerances_mean_something(self) -> Iterator[Misfit]:
        for key in ("alternates_tolerance", "auto_off_tolerance", "electrode_area_tolerance"):
            found = getattr(self, key)
            if found is not None and found.si >= 1.0:
                yield Misfit((key,), f'found "{found}"; less than 100 % is allowed')

    def _alternates_or_keeps_its_sign(self) -> Iterator[Misfit]:
        if self.alternates is not None and self.expected_sign is not None:
            text = f'found "{self.alternates}", but the mode declares a sign (polarity or ion), which it has to keep'
            yield Misfit(("alternates",), text)

    def _area_for_its_tolerance(self) -> Iterator[Misfit]:
        if self.electrode_area_tolerance is not None and self.electrode_area is None:
            text = f'found "{self.electrode_area_tolerance}", but no electrode_area that it could belong to'
            yield Misfit(("electrode_area_tolerance",), text)

    def _declared_levels_exist(self) -> Iterator[Misfit]:
        for index, declared in enumerate(self.declared):
            if getattr(declared, "level", 1) > self.levels:
                text = f"found {declared.level}; the mode has levels 1 to {self.levels}"
                yield Misfit(("declared", index, "level"), text)

    def _program_holds_a_cycle(self) -> Iterator[Misfit]:
        if self.program is not None and self.cycle is not None and self.program.si <= self.cycle.si:
            text = f'found "{self.program}", but a cycle lasts {self.cycle}; a program is longer than its waveform'
            yield Misfit(("program",), text)

    def _declared_once(self) -> Iterator[Misfit]:
        """Check that no load has two values of a metric at a level: which one held would be anybody's guess."""
        seen: dict[tuple[int, str], list[Declared]] = {}
        for index, entry in enumerate(self.declared):
            before = seen.setdefault((entry.level, entry.metric), [])
            if any(d.load_min.si <= entry.load_max.si and entry.load_min.si <= d.load_max.si for d in before):
                text = f"found a second declaration of {entry.metric} for level {entry.level} at the same load"
                yield Misfit(("declared", index, "level"), f"{text}; one is allowed for each load")
            before.append(entry)


class Plan(StrictModel):
    """A test plan. ``limits`` and ``profile`` are paths beside the plan's file.

    :param accuracy_convention: how a data sheet's figure for gain and offset becomes distributions: ``one-rectangle``
        for both together, or ``two-rectangles``.
    :param temperature_min: coldest bench that the plan allows; outside 18 to 28 °C the accuracy of every instrument is
        widened by its temperature coefficient.
    :param temperature_max: warmest bench that the plan allows.
    """

    schema_version: Literal[1] = Field(alias="schema")
    id: Identifier
    revision: Line
    title: Line
    regime: Regime
    decision_rule: RuleId
    accuracy_convention: Convention = "one-rectangle"
    temperature_min: Celsius = parse("18 °C", Dimension.TEMPERATURE)
    temperature_max: Celsius = parse("28 °C", Dimension.TEMPERATURE)
    limits: tuple[Line, ...] = ()
    profile: Line
    approved_by: Line | None = None
    device: Device
    modes: tuple[Mode, ...] = Field(alias="mode", min_length=1)
    cases: tuple[Case, ...] = Field(alias="case", min_length=1)

    @property
    def kelvin_outside(self) -> float:
        """Return how far the plan lets the bench be outside 18 to 28 °C, where data sheets hold, K; 0 for inside."""
        return max(SPECIFIED[0] - self.temperature_min.si, self.temperature_max.si - SPECIFIED[1], 0.0)

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Return the ids of all cases, in the plan's order."""
        return tuple(case.id for case in self.cases)

    def mode_named(self, name: str) -> Mode:
        """Return a mode by its name.

        :raises KeyError: when the plan has none of that name.
        """
        for mode in self.modes:
            if getattr(mode, "name", None) == name:
                return mode
        raise KeyError(name)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Ids once each; modes and levels that exist; modes inside the claims; something to judge by."""
        from stimcert.plan_checks import plan_checks

        return plan_checks(self)
