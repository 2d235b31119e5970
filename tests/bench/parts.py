# SPDX-License-Identifier: MIT
"""What the parts of the bench are given in their own tests: inputs from the shipped files, readings, measurements."""

import datetime
import math
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from bench.session.check_context import BenchState, CheckContext
from bench.session.inputs import Inputs, load_inputs
from bench.session.point import Point
from instruments.station import Station
from stimcert.measured import Measured
from stimcert.plan import Case, Mode
from stimcert.reading import Accuracy, Certified, CurrentRecord, MeanReading, Status, Waveform, Zero
from stimcert.uncertainty import Uncertainty
from tests.bench.command import CHECKOUT
from tests.bench.runs import GALVANIC, MICROCURRENT, Edited

TODAY = datetime.date(2026, 11, 22)
STATION = "instruments/stations/sim.toml"
ACCURACY = Accuracy(gain=1e-3, offset=1e-7, resolution=1e-9, source="made up")
SHUNT = Certified(value=100.0, expanded_uncertainty=0.01, certificate="made up")


@cache
def inputs(plan: str | Edited = MICROCURRENT, station: str | Edited = STATION) -> Inputs:
    """Return what shipped files say, or edited copies of them."""
    with tempfile.TemporaryDirectory() as folder:
        return load_inputs(
            plan=_file(plan, Path(folder)),
            station=_file(station, Path(folder)),
            device=None,
            checkout=CHECKOUT,
            today=TODAY,
        )


def _file(source: str | Edited, folder: Path) -> Path:
    """Return a shipped file, or the edited copy; what a plan names beside itself is linked there."""
    if isinstance(source, str):
        return CHECKOUT / source
    beside = (CHECKOUT / source.origin).parent
    path = folder / Path(source.origin).name
    path.write_text(source.text, encoding="utf-8")
    for name in ("limits", "profiles"):
        if (beside / name).is_dir():
            (folder / name).symlink_to(beside / name)
    return path


def without_digitizer() -> Edited:
    """Return the simulated station without its digitizer."""
    text = (CHECKOUT / STATION).read_text(encoding="utf-8")
    begin, end = text.index("[instruments.digitizer]"), text.index("[instruments.load_box]")
    return Edited(STATION, ((text[begin:end], ""),))


def without_reference() -> Edited:
    """Return the simulated station without its certified reference."""
    text = (CHECKOUT / STATION).read_text(encoding="utf-8")
    begin, end = text.index("[instruments.reference]"), text.index("[instruments.environment]")
    return Edited(STATION, ((text[begin:end], ""), (text[text.index("[[reference]]") : text.index("[[network]]")], "")))


def case(name: str = "OC-01", plan: str | Edited = MICROCURRENT) -> Case:
    """Return a case of a plan."""
    return next(case for case in inputs(plan).plan.cases if case.id == name)


def point(level: int = 8, load: float = 2000.0, *, mode: str = "lift", one_more_up: bool = False) -> Point:
    """Return a point of the shipped microcurrent plan, in the first case that has the mode."""
    found = inputs().plan
    first = next(case for case in found.cases if mode in case.modes)
    return Point(case=first, mode=found.mode_named(mode), level=level, load=load, one_more_up=one_more_up)


def galvanic_point(mode: str = "desincrustation", level: int = 5, load: float = 2000.0) -> Point:
    """Return a point of the shipped galvanic plan's polarity case."""
    found = inputs(GALVANIC).plan
    return Point(case=case("PO-01", GALVANIC), mode=found.mode_named(mode), level=level, load=load)


def mode(name: str = "lift", plan: str | Edited = MICROCURRENT) -> Mode:
    """Return a mode of a plan."""
    return inputs(plan).plan.mode_named(name)


def measured(
    value: float, expanded: float = 1e-6, *, bound: Literal[">="] | None = None, cause: str | None = None
) -> Measured:
    """Return a measurement result in A, with coverage factor 2."""
    uncertainty = Uncertainty(
        standard=expanded / 2, expanded=expanded, coverage_factor=2.0, dof=None, effective_dof=math.inf, budget=()
    )
    return Measured(value=value, unit="A", uncertainty=uncertainty, bound=bound, cause=cause)


def mean_reading(
    *values: float, status: Status = Status.VALID, full_scale: float = 1e-3, unit: str = "A"
) -> MeanReading:
    """Return readings of the SMU."""
    return MeanReading(
        role="smu",
        unit=unit,
        status=status,
        values=values if status is Status.VALID else (),
        bound=1.05 * full_scale,
        range=full_scale,
        aperture=0.02,
        limit=full_scale if unit == "A" else 1e-3,
        accuracy=ACCURACY,
        bench_time=1.0,
    )


def waveform(*volts: float, full_scale: float = 0.1, clipped: bool = False) -> Waveform:
    """Return a record of the digitizer."""
    return Waveform(
        role="digitizer",
        samples=np.array(volts, dtype=np.float32),
        clipped=clipped,
        range=full_scale,
        sample_rate=1e6,
        accuracy=ACCURACY,
        bench_time=2.0,
    )


def zero(full_scale: float = 0.1, mean: float = 0.0) -> Zero:
    """Return a digitizer's zero on one range."""
    return Zero(range=full_scale, mean=mean, noise=1e-6, count=100_000)


def record(*amperes: float, full_scale: float = 0.1, clipped: bool = False, offset: float = 0.0) -> CurrentRecord:
    """Return a record of a current through 100 Ω.

    :param offset: the digitizer's zero, V; part of every sample.
    """
    volts = (value * SHUNT.value + offset for value in amperes)
    return CurrentRecord(
        waveform=waveform(*volts, full_scale=full_scale, clipped=clipped), shunt=SHUNT, zero=zero(full_scale, offset)
    )


@dataclass(frozen=True, kw_only=True)
class Checked(CheckContext):
    """The bench under check, and what was reported of it."""

    reported: list[dict[str, object]]


def check_context(station: Station, plan: Inputs | None = None) -> Checked:
    """Return a station to be checked for a plan, by default the shipped one for microcurrents."""
    reported: list[dict[str, object]] = []

    def report(quantity: str, value: float, unit: str, **facts: object) -> None:
        reported.append({"quantity": quantity, "value": value, "unit": unit, **facts})

    return Checked(station=station, inputs=plan or inputs(), report=report, state=BenchState(), reported=reported)
