# SPDX-License-Identifier: MIT
"""What a measurement looks like in the journal: numbers, and the conditions under which they were taken."""

from typing import Any

from bench.session.attempt import Reading
from bench.session.point import Capture, Derived, MeanCurrent
from stimcert.metrics import unit_of
from stimcert.models import Measured, NotMeasurable
from stimcert.reading import CurrentRecord


def numbers(metric: str, measured: Measured | NotMeasurable) -> dict[str, Any]:
    """Return value, uncertainty and budget; nothing in their places where there is no result."""
    keys = ("standard_uncertainty", "expanded_uncertainty", "coverage_factor", "dof")
    if isinstance(measured, NotMeasurable):
        return {"value": None, "bound": None, "unit": unit_of(metric), **dict.fromkeys(keys), "budget": []}
    uncertainty = measured.uncertainty
    return {
        "value": measured.value,
        "bound": measured.bound,
        "unit": measured.unit,
        "standard_uncertainty": uncertainty.standard,
        "expanded_uncertainty": uncertainty.expanded,
        "coverage_factor": uncertainty.coverage_factor,
        "dof": uncertainty.dof,
        "budget": list(uncertainty.budget),
    }


def _record(part: Reading) -> CurrentRecord | None:
    if isinstance(part, Derived):
        return None
    if isinstance(part, Capture):
        return part.records[-1] if part.records else None
    return part.record if part.reading is None else None


def instrument(part: Reading) -> dict[str, Any]:
    """Return what measured, on which range, and when in bench time."""
    record = _record(part)
    if record is not None:
        waveform = record.waveform
        shunt = record.shunt.value
        return {
            "instrument": waveform.role,
            "range": waveform.range,
            "shunt": shunt,
            "bench_time": waveform.bench_time,
        }
    means = part.means if isinstance(part, Capture) else ()
    reading = part.reading if isinstance(part, MeanCurrent) else next(iter(means), None)
    if reading is None:
        return {"instrument": None, "range": None, "bench_time": None}
    return {"instrument": reading.role, "range": reading.range, "bench_time": reading.bench_time}
