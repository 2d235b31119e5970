# SPDX-License-Identifier: MIT
"""What a measurement looks like in the journal: numbers, and the conditions under which they were taken."""

from typing import Any

from bench.session.attempt import Attempt, Reading
from bench.session.point import Capture, Derived, MeanCurrent, OpenVoltage, Point
from stimcert.metrics import unit_of
from stimcert.models import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord
from stimcert.reason import Reason
from stimcert.record import STATION


def numbers(metric: str, measured: Measured | NotMeasurable) -> dict[str, Any]:
    """Return value, uncertainty and budget; nothing in their places where there is no result."""
    keys = ("standard_uncertainty", "expanded_uncertainty", "coverage_factor", "dof", "effective_dof")
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
        "effective_dof": uncertainty.effective_dof if uncertainty.dof is not None else None,
        "budget": list(uncertainty.budget),
    }


def finding_body(
    quantity: str,
    value: float,
    unit: str,
    *,
    expected: float,
    allowed: float,
    false_alarm: float,
    **conditions: object,
) -> dict[str, Any]:
    """Return one finding of the station check; it is ERROR outside its allowance, never FAIL.

    :param allowed: largest deviation from ``expected`` of a bench that is in order, > 0, both in ``unit``.
    :param false_alarm: probability that a bench in order exceeds it.
    """
    lower, upper = expected - allowed, expected + allowed
    return {
        "case": STATION,
        "quantity": quantity,
        "limit": None,
        "kind": "check",
        "value": value,
        "bound": None,
        "unit": unit,
        "standard_uncertainty": None,
        "expanded_uncertainty": None,
        "coverage_factor": None,
        "dof": None,
        "budget": [],
        "lower_limit": lower,
        "upper_limit": upper,
        "acceptance_limits": [lower, upper],
        "verdict": "PASS" if abs(value - expected) <= allowed else "ERROR",
        "reason": None,
        "exceeded": False,
        "false_alarm": false_alarm,
        "conditions": conditions,
        "waveform": None,
    }


def visit_facts(point: Point, part: Reading) -> dict[str, Any]:
    """Return around which event, or in which state, something was measured; nothing where neither matters."""
    if point.state is not None:
        return {"state": point.state}
    if point.event is None:
        return {} if point.repetition is None else {"repetition": point.repetition}
    moment = part.moments[-1] if isinstance(part, Capture) and part.moments else None
    return {
        "event": point.event,
        "repetition": point.repetition,
        "event_time": moment.start if moment is not None else None,
        "own_contacts": moment.own if moment is not None else None,
        "phase": moment.phase if moment is not None else None,
    }


def own_contacts(metric: str, measured: Measured, attempt: Attempt) -> Reason:
    """Return why a value is not charged to the device."""
    part = attempt.part
    moved = part.moments[-1].own if isinstance(part, Capture) and part.moments else 0.0
    value = show(measured.value, measured.unit)
    return Reason("own_contacts", {"quantity": metric, "value": value, "duration": show(moved, "s")})


def _record(part: Reading) -> CurrentRecord | None:
    if isinstance(part, Derived | OpenVoltage):
        return None
    if isinstance(part, Capture):
        return part.records[-1] if part.records else None
    return part.record if part.reading is None else None


def instrument(part: Reading) -> dict[str, Any]:
    """Return what measured, on which range, and when in bench time."""
    if isinstance(part, OpenVoltage):
        return _open_output(part)
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


def _open_output(part: OpenVoltage) -> dict[str, Any]:
    """Return what loaded an open output: the digitizer's input, which is part of the circuit."""
    opened = part.opened
    return {
        "instrument": opened.waveform.role,
        "range": opened.waveform.range,
        "bench_time": opened.waveform.bench_time,
        "input_resistance": opened.input_resistance,
        "input_capacitance": opened.input_capacitance,
        "compared_with": part.loaded.resistance if part.loaded is not None else None,
    }
