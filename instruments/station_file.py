# SPDX-License-Identifier: MIT
"""Station files: which instruments stand on a bench, how to reach them, and what their certificates say."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import Field

from instruments.calibration import Calibration, read_day
from instruments.reference_entries import ReferenceCurrent, ReferencePulse
from instruments.skin_entries import Network, SkinEntry
from instruments.station_entries import (
    EMBEDDED,
    Channels,
    ClockEntry,
    DigitizerEntry,
    DutEntry,
    EnvironmentEntry,
    Instrument,
    LoadBoxEntry,
    ReferenceEntry,
    SmuEntry,
    SwitchEntry,
)
from stimcert.quantity import (
    Dimension,
    Hertz,
    PositiveOhms,
    PositiveSeconds,
    PositiveWatts,
    parse,
)
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Identifier, Line, duplicates

__all__ = [
    "Calibration",
    "Channels",
    "Instrument",
    "Network",
    "ReferenceCurrent",
    "ReferencePulse",
    "Shunt",
    "StationFile",
]


_RAN_OUT = {"calibrated": read_day("-366 d"), "due": read_day("-1 d")}


class Shunt(Calibration):
    """A series resistor across which the digitizer measures.

    :param expanded_uncertainty: of its certificate, at ``coverage_factor``.
    :param channel: relay that puts it into the loop.
    """

    value: PositiveOhms
    expanded_uncertainty: PositiveOhms
    coverage_factor: float = Field(default=2.0, ge=1.0, le=5.0)
    max_power: PositiveWatts
    channel: int | None = Field(default=None, ge=1, le=9999)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the uncertainty, and the certificate's days."""
        return *super().checks(), self._uncertainty_is_small()

    def _uncertainty_is_small(self) -> Iterator[Misfit]:
        if self.expanded_uncertainty.si >= self.value.si:
            text = f'found "{self.expanded_uncertainty}"; it must be less than the value, "{self.value}"'
            yield Misfit(("expanded_uncertainty",), text)


class Simulator(StrictModel):
    """The embedded simulated bench, started with the run."""

    embedded: Literal[True]


class Roles(StrictModel):
    """The table ``[instruments]``: one entry per role."""

    smu: SmuEntry
    load_box: LoadBoxEntry
    switch: SwitchEntry
    dut: DutEntry
    environment: EnvironmentEntry
    clock: ClockEntry
    digitizer: DigitizerEntry | None = None
    reference: ReferenceEntry | None = None
    skin: SkinEntry | None = None

    def by_role(self) -> dict[str, Instrument]:
        """Return the roles that are there (and readable)."""
        named = ((role, getattr(self, role, None)) for role in type(self).model_fields)
        return {role: entry for role, entry in named if entry is not None}

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check that no two roles share one connection."""
        return (self._one_role_per_resource(),)

    def _one_role_per_resource(self) -> Iterator[Misfit]:
        entries = [(role, getattr(entry, "resource", None)) for role, entry in self.by_role().items()]
        known = [resource.upper() if resource else None for _, resource in entries]
        for index in duplicates([*known]):
            role, resource = entries[index]
            first = entries[known.index(known[index])][0]
            text = f'found "{resource}", which is also the resource of {first}; each role needs one of its own'
            yield Misfit((role, "resource"), text)


class StationFile(StrictModel):
    """One station.

    :param bench_check_valid: how long a bench check counts for certificates; a day by default.
    :param ledger: file in which every run of this station has a line, relative to the station file; without it, one
        in the user's state directory.
    :param hang_after: silence of the harness after which the guard switches the bench off and ends it, beyond the time
        that a measurement announced.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: Identifier
    title: Line
    laboratory: Line | None = None
    ledger: Line | None = None
    bench_check_valid: PositiveSeconds = parse("86400 s", Dimension.TIME)
    line_frequency: Hertz
    hang_after: PositiveSeconds = parse("30 s", Dimension.TIME)
    simulator: Simulator | None = None
    roles: Roles = Field(alias="instruments")
    shunts: tuple[Shunt, ...] = Field(alias="shunt", min_length=1)
    references: tuple[ReferenceCurrent, ...] = Field(alias="reference", default=())
    reference_pulses: tuple[ReferencePulse, ...] = Field(alias="reference_pulse", default=())
    networks: tuple[Network, ...] = Field(alias="network", default=())

    @property
    def embedded(self) -> bool:
        """Whether the simulated bench is started with the run."""
        return self.simulator is not None

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Return the entries by role, those that are there."""
        return self.roles.by_role()

    @property
    def manual_roles(self) -> tuple[str, ...]:
        """Return the roles that a person does by hand."""
        return tuple(role for role, entry in self.instruments.items() if entry.driver == "manual")

    @property
    def smu(self) -> SmuEntry:
        """Return the source-measure unit."""
        return self.roles.smu

    @property
    def load_box(self) -> LoadBoxEntry:
        """Return the resistance decade."""
        return self.roles.load_box

    @property
    def switch(self) -> SwitchEntry:
        """Return the relays."""
        return self.roles.switch

    @property
    def dut(self) -> DutEntry:
        """Return how the device under test is driven."""
        return self.roles.dut

    @property
    def environment(self) -> EnvironmentEntry:
        """Return the thermometer."""
        return self.roles.environment

    @property
    def clock(self) -> ClockEntry:
        """Return where bench time comes from."""
        return self.roles.clock

    @property
    def digitizer(self) -> DigitizerEntry | None:
        """Return the digitizer, where there is one."""
        return self.roles.digitizer

    @property
    def reference(self) -> ReferenceEntry | None:
        """Return the reference source, where there is one."""
        return self.roles.reference

    @property
    def skin(self) -> SkinEntry | None:
        """Return the skin module, where there is one."""
        return self.roles.skin

    def calibrations(self) -> dict[str, Calibration]:
        """Return every certificate by what it belongs to, e.g. ``smu`` or ``shunt 100 Ω``."""
        found = {role: entry.calibration for role, entry in self.instruments.items() if entry.calibration}
        shunts = {f"shunt {shunt.value}": shunt for shunt in self.shunts}
        references = {f"reference {entry.value}": entry for entry in self.references}
        pulses = {f"reference pulse {entry.current}": entry for entry in self.reference_pulses}
        networks = {f"network {entry.name}": entry for entry in self.networks}
        return {**found, **shunts, **references, **pulses, **networks}

    def with_expired_calibration(self) -> "StationFile":
        """Return the same station with an SMU whose certificate ran out yesterday (fault ``calibration_expired``)."""
        certificate = self.smu.calibration.certificate if self.smu.calibration else "none"
        calibration = Calibration(certificate=certificate, **_RAN_OUT)
        smu = self.smu.model_copy(update={"calibration": calibration})
        return self.model_copy(update={"roles": self.roles.model_copy(update={"smu": smu})})

    def with_expired_reference(self) -> "StationFile":
        """Return the same station with a reference whose certificates ran out yesterday (``reference_expired``)."""
        return self.model_copy(
            update={
                "references": tuple(entry.model_copy(update=_RAN_OUT) for entry in self.references),
                "reference_pulses": tuple(entry.model_copy(update=_RAN_OUT) for entry in self.reference_pulses),
            }
        )

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check what must hold between the tables of a station."""
        from instruments.station_checks import station_checks

        return station_checks(self)

    def dated_later(self, today: datetime.date) -> Iterator[Misfit]:
        """Yield the calibrations that are dated after ``today``."""
        from instruments.station_checks import future_days

        return future_days(self, today)


def is_embedded(resource: str) -> bool:
    """Whether a resource belongs to the embedded simulated bench."""
    return resource.startswith(EMBEDDED)
