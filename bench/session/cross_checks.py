# SPDX-License-Identifier: MIT
"""What must hold between the files of a run. Files with mistakes of their own take part with what can be read."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.session.point import Point, points_of
from instruments.station_file import StationFile
from stimcert.limits import LimitFile, LimitRow, no_pass_zone
from stimcert.plan import SPECIFIED, Case, Plan
from stimcert.procedures import discloses, judged_by_mode, measures
from stimcert.profile import Profile
from stimcert.strict_toml import Document, Problem

if TYPE_CHECKING:
    from bench.session.simulated_device import ShippedDevice
    from instruments.data_sheets import AccuracyTable
    from instruments.sim.device_file import DeviceFile


_BUDGETED = ("smu", "digitizer")
"""Roles whose accuracy stands in budgets."""


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Every file of a run; None for one of which nothing could be read.

    :param tables: accuracy tables by role.
    :param bench: the folder of the procedures.
    """

    plan: Document[Plan] | None
    limits: Sequence[Document[LimitFile] | None]
    profile: Document[Profile] | None
    station: Document[StationFile] | None
    tables: "dict[str, Document[AccuracyTable]]"
    device: "Document[DeviceFile] | Document[ShippedDevice] | None"
    bench: Path
    today: datetime.date

    @property
    def partial(self) -> bool:
        """Whether any file has mistakes, so that values may be absent."""
        known: list[Document[Any] | None] = [self.plan, self.profile, self.station, self.device, *self.limits]
        return any(document is None or document.partial for document in (*known, *self.tables.values()))

    def rows(self) -> dict[str, LimitRow]:
        """Return the limit rows that could be read, by id."""
        found = [row for document in self.limits if document for row in getattr(document.value, "rows", ())]
        return {row.id: row for row in found if hasattr(row, "id")}


def cross_problems(documents: Documents) -> Iterator[Problem]:
    """Yield every problem between the files."""
    for check in _checks(documents):
        if not documents.partial:
            yield from check
            continue
        # A check that needs a value which could not be read is left out: that value has a problem of its own.
        with suppress(AttributeError):
            yield from check


def _checks(documents: Documents) -> Iterable[Iterable[Problem]]:
    from bench.session.electrical_checks import electrical_checks

    plan, station = documents.plan, documents.station
    yield _row_ids_once(documents.limits)
    if plan is not None:
        yield _rows_exist(documents, plan)
        yield _rows_are_measured(documents, plan)
        yield _rows_have_a_load(documents, plan)
        yield _procedures_exist(plan, documents.bench)
        yield _room_to_pass(documents, plan)
        yield _temperature_is_specified(documents, plan)
        yield _every_point_is_judged(documents, plan)
        yield _needed_cases_apply(documents, plan)
    if station is not None:
        yield _no_future_calibration(station, documents.today)
        yield _forced_range_exists(documents, station)
    if plan is not None and documents.device is not None:
        yield _device_has_modes(plan, documents.device)
    if plan is not None and station is not None:
        yield from electrical_checks(documents, plan, station)


def _row_ids_once(files: Sequence[Document[LimitFile] | None]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for document in files:
        for index, row in enumerate(getattr(document.value, "rows", ()) if document else ()):
            name = getattr(row, "id", None)
            if document is not None and name in seen and seen[name] != document.name:
                text = f'found "{name}", which also stands in {seen[name]}; each row needs an id of its own'
                yield document.problem(("limit", index, "id"), text)
            elif document is not None and name is not None:
                seen[name] = document.name


def _rows_exist(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    if any(document is None for document in documents.limits):
        return
    known = documents.rows()
    for index, case in enumerate(plan.value.cases):
        for at, name in enumerate(getattr(case, "limits", ())):
            if name != "declared" and name not in known:
                text = f'found "{name}"; limit rows of this plan: {", ".join([*known, "declared"])}'
                yield plan.problem(("case", index, "limits", at), text)


def _rows_are_measured(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    """Yield the rows whose metric the procedure of the case never measures."""
    known = documents.rows()
    for index, case in enumerate(plan.value.cases):
        for at, name in enumerate(case.limits):
            if name in known and not measures(case.procedure, known[name].metric):
                text = f'found "{name}", a limit of {known[name].metric}, which {case.procedure} does not measure'
                yield plan.problem(("case", index, "limits", at), text)


def _procedures_exist(plan: Document[Plan], bench: Path) -> Iterator[Problem]:
    known = sorted(path.stem.removeprefix("test_") for path in bench.glob("test_*.py"))
    for index, case in enumerate(plan.value.cases):
        procedure = getattr(case, "procedure", None)
        if procedure is not None and procedure not in known:
            text = f'found "{procedure}", but there is no bench/test_{procedure}.py; procedures: {", ".join(known)}'
            yield plan.problem(("case", index, "procedure"), text)


def _every_point_is_judged(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    """Yield the cases that would go to points at which nothing is judged: whatever flowed there, they would pass."""
    rows = documents.rows()
    for index, case in enumerate(plan.value.cases):
        limits = [rows[name] for name in case.limits if name in rows and rows[name].kind == "limit"]
        if not case.limits or judged_by_mode(case.procedure) or discloses(case.procedure):
            continue
        if all(name in rows or name == "declared" for name in case.limits):
            yield from _unjudged(plan, index, case, limits)


def _unjudged(plan: Document[Plan], index: int, case: Case, limits: Sequence[LimitRow]) -> Iterator[Problem]:
    """Yield a problem where some points of a case have neither a declared value nor a row that is about their load."""
    declared = "declared" in case.limits
    partial = (declared or limits) and all(row.loads for row in limits)
    points = points_of(plan.value, case) if partial else ()
    bare = [p for p in points if not any(row.holds_at(p.load, p.network) for row in limits)]
    bare = [p for p in bare if not declared or _bare(p)]
    if not bare:
        return
    at = case.limits.index("declared") if declared else 0
    what = "nothing is declared for" if declared else "its row says nothing about"
    where = f"{bare[0].mode.name} level {bare[0].level}, {bare[0].load_words}"
    text = f'found "{case.limits[at]}", but {what} {len(bare)} of its points, such as {where}'
    yield plan.problem(("case", index, "limits", at), f"{text}: declare them, or leave them out")


def _rows_have_a_load(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    """Yield the rows that are about loads which the case does not have: they would never be judged."""
    rows = documents.rows()
    for index, case in enumerate(plan.value.cases):
        for at, name in enumerate(case.limits):
            if name in rows and not any(rows[name].holds_at(*place) for place in case.places()):
                only = ", ".join(str(load) for load in rows[name].loads)
                text = f'found "{name}", which is about {only}; the case has no such load'
                yield plan.problem(("case", index, "limits", at), text)


def _bare(point: Point) -> bool:
    """Whether nothing is declared for a point."""
    procedure = point.case.procedure
    declared = [d for d in point.mode.declared if d.level == point.level and measures(procedure, d.metric)]
    return point.network is not None or not any(entry.holds_at(point.load) for entry in declared)


def _needed_cases_apply(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    """Yield the cases that are said not to apply, but that the profile of the claim needs."""
    profile = documents.profile.value if documents.profile is not None else None
    for index, case in enumerate(plan.value.cases):
        if profile is None or case.not_applicable is None or case.procedure not in profile.procedures:
            continue
        covered = {name for other in plan.value.cases if _replaces(other, case) for name in other.modes}
        needed = [name for name in case.modes if name not in covered]
        if any(plan.value.mode_named(name).modality == profile.claim for name in needed):
            text = f"found a reason, but profile {profile.id} needs {case.procedure} of {', '.join(needed)}"
            yield plan.problem(("case", index, "not_applicable"), f"{text}: only what it does not need may be left out")


def _replaces(other: Case, case: Case) -> bool:
    return other.procedure == case.procedure and other.not_applicable is None


def _temperature_is_specified(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    """Refuse to widen the temperature where nobody knows what that does to an instrument."""
    if not plan.value.kelvin_outside:
        return
    for role, table in documents.tables.items():
        if role in _BUDGETED and table.value.temperature_coefficient is None:
            low, high = SPECIFIED
            wide = plan.value.temperature_min.si < low
            key, found = ("temperature_min", plan.value.temperature_min) if wide else (
                "temperature_max", plan.value.temperature_max
            )  # fmt: skip
            text = (
                f'found "{found}", outside {low:g} °C to {high:g} °C; the accuracy table of the {role} ({table.name}) '
                "gives no temperature_coefficient, so that its accuracy there is unknown"
            )
            yield plan.problem((key,), text)


def _room_to_pass(documents: Documents, plan: Document[Plan]) -> Iterator[Problem]:
    for document in documents.limits:
        for index, row in enumerate(getattr(document.value, "rows", ()) if document else ()):
            with suppress(AttributeError, ValueError):
                text = no_pass_zone(row, plan.value.decision_rule)
                if document is not None and text is not None:
                    yield document.problem(("limit", index, "max_uncertainty"), text)


def _no_future_calibration(station: Document[StationFile], today: datetime.date) -> Iterator[Problem]:
    for misfit in station.value.dated_later(today):
        yield station.problem(misfit.path, misfit.text)


def _forced_range_exists(documents: Documents, station: Document[StationFile]) -> Iterator[Problem]:
    forced = station.value.smu.current_range
    rows = documents.tables["smu"].value.current_rows if "smu" in documents.tables else ()
    if forced is not None and rows and not any(abs(row.range.si - forced.si) <= 1e-9 * forced.si for row in rows):
        text = f'found "{forced}"; current ranges of this instrument: {", ".join(str(row.range) for row in rows)}'
        yield station.problem(("instruments", "smu", "current_range"), text)


def _device_has_modes(
    plan: Document[Plan], device: "Document[DeviceFile] | Document[ShippedDevice]"
) -> Iterator[Problem]:
    known = [mode.name for mode in device.value.modes]
    for index, mode in enumerate(plan.value.modes):
        name = getattr(mode, "name", None)
        if name is not None and name not in known:
            text = f'found "{name}"; modes of the simulated device in {device.name}: {", ".join(known)}'
            yield plan.problem(("mode", index, "name"), text)
