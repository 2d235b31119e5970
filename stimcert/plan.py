# SPDX-License-Identifier: MIT
"""Test plans: what a device claims, and what is measured to see whether it holds."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from stimcert.case import Case
from stimcert.mode import Declared, Mode
from stimcert.quantity import Celsius, Dimension, parse
from stimcert.reading import Convention
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Identifier, Line, Modality, Regime, RuleId

__all__ = ["BasicUnit", "Case", "Declared", "Device", "Mode", "Plan"]

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
