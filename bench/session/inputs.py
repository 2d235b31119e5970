# SPDX-License-Identifier: MIT
"""Everything a run is told by files: read, validated and held against each other before anything is opened."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bench.session.cross_checks import Documents, cross_problems
from bench.session.input_files import InputFile, InputReader
from bench.session.simulated_device import SimulatedDevice, simulated_device
from instruments.station_file import StationFile
from stimcert.limits import LimitFile, LimitRow
from stimcert.plan import Case, Mode, Plan
from stimcert.profile import Profile
from stimcert.strict_toml import Document, Problem

if TYPE_CHECKING:
    from bench.session.row import Row
    from instruments.data_sheets import AccuracyTable

__all__ = ["InputFile", "Inputs", "InvalidInputs", "load_inputs"]


class InvalidInputs(Exception):
    """Files with mistakes.

    :param problems: all of them, file by file, in the order of each file.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(dict.fromkeys(problems))
        order = {name: index for index, name in enumerate(dict.fromkeys(problem.file for problem in found))}
        self.problems = tuple(sorted(found, key=lambda p: (order[p.file], p.line, p.column, p.key, p.message)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What the files say.

    :param limits: every limit row of the plan's files, by id.
    :param device: on the simulated bench only.
    :param files: every file behind this, verbatim.
    """

    plan: Plan
    limits: Mapping[str, LimitRow]
    profile: Profile
    station: StationFile
    device: SimulatedDevice | None
    files: tuple[InputFile, ...]

    @cached_property
    def rows(self) -> "dict[tuple[str, ...], list[tuple[LimitRow, Row]]]":
        """Bounds that were made from limit rows already, by the names of a case's rows and a metric."""
        return {}

    @cached_property
    def judged(self) -> "dict[int, tuple[Case, list[tuple[Mode, Row]]]]":
        """The rows by which a case can be judged, by the case's identity, where all of its points were gone through."""
        return {}

    @cached_property
    def counted(self) -> "dict[int, tuple[Case, int]]":
        """The number of points of a case, by the case's identity, where they were counted."""
        return {}


def load_inputs(*, plan: Path, station: Path, device: Path | None, checkout: Path, today: datetime.date) -> Inputs:
    """Read and check everything.

    :param device: the simulated device; by default the good one of the model that the plan names, or of its first
        modality. Not used elsewhere.
    :param checkout: where ``bench/test_<procedure>.py`` are.
    :param today: decides which calibration is dated in the future; one that is due is the station check's matter.
    :raises InvalidInputs: with every mistake of every file.
    """
    reader = InputReader()
    plan_file = reader.read("plan", plan, Plan)
    limit_files = _limits(reader, plan_file, plan.parent)
    profile = _profile(reader, plan_file, plan.parent)
    station_file = reader.read("station", station, StationFile)
    tables = _accuracy(reader, station_file)
    embedded = station_file is not None and getattr(station_file.value, "simulator", None) is not None
    simulated = simulated_device(reader, device, plan_file) if embedded else None
    documents = Documents(
        plan=plan_file,
        limits=limit_files,
        profile=profile,
        station=station_file,
        tables=tables,
        device=simulated.document if simulated is not None else None,
        bench=checkout / "bench",
        today=today,
    )
    reader.add(cross_problems(documents))
    if reader.problems or plan_file is None or profile is None or station_file is None:
        raise InvalidInputs(reader.problems)
    return Inputs(
        plan=plan_file.value,
        limits={row.id: row for document in limit_files if document for row in document.value.rows},
        profile=profile.value,
        station=station_file.value,
        device=simulated,
        files=tuple(reader.files),
    )


def _limits(reader: InputReader, plan: Document[Plan] | None, folder: Path) -> list[Document[LimitFile] | None]:
    names = getattr(plan.value, "limits", ()) if plan is not None else ()
    return [
        reader.read("limits", folder / name, LimitFile, named_by=(plan, ("limits", index)) if plan else None)
        for index, name in enumerate(names)
    ]


def _profile(reader: InputReader, plan: Document[Plan] | None, folder: Path) -> Document[Profile] | None:
    name = getattr(plan.value, "profile", None) if plan is not None else None
    if plan is None or name is None:
        return None
    return reader.read("profile", folder / name, Profile, named_by=(plan, ("profile",)))


def _accuracy(reader: InputReader, station: Document[StationFile] | None) -> "dict[str, Document[AccuracyTable]]":
    """Read the accuracy tables of the measuring roles, by role."""
    from instruments.data_sheets import AccuracyTable, accuracy_file

    found = {}
    roles = getattr(station.value, "roles", None) if station is not None else None
    for role in ("smu", "digitizer"):
        driver = getattr(getattr(roles, role, None), "driver", None)
        if station is not None and driver is not None:
            at = (station, ("instruments", role, "driver"))
            document = reader.read("accuracy", accuracy_file(driver), AccuracyTable, named_by=at)
            found.update({role: document} if document is not None else {})
    return found
