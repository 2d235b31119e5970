# SPDX-License-Identifier: MIT
"""What the plan says about a case, as the record keeps it: its limits with their sources, and what must be judged."""

from typing import Any

from bench.session.foresight import foreseen
from bench.session.inputs import Inputs
from bench.session.planner import limit_rows
from bench.session.row import Row
from bench.session.rows import declared_row, judges_nothing, modality_row, required_points
from bench.session.sign_rows import sign_rows
from bench.session.treatment_rows import TREATMENT_METRICS, treatment_rows
from stimcert.limits import LimitRow
from stimcert.metrics import unit_of
from stimcert.plan import Case, Mode
from stimcert.procedures import discloses, facts_of, judged_by_mode, measures


def planned_case(inputs: Inputs, case: Case, seed: int) -> dict[str, Any]:
    """Return what a case must have judged in the end, beside what the plan says about it.

    :param seed: decides at which moments events are made.
    """
    return {
        **case_facts(inputs, case),
        **({"random_seed": seed} if facts_of(case.procedure).visits == "events" else {}),
        "foreseen": [
            {"mode": mode.name, "limit": row.id, "reason": reason.as_dict()}
            for mode, row, reason in foreseen(inputs, case)
        ],
        "points": list(required_points(inputs, case)),
    }


def case_facts(inputs: Inputs, case: Case) -> dict[str, Any]:
    """Return what the plan says about one case."""
    facts: dict[str, Any] = {
        "id": case.id,
        "procedure": case.procedure,
        "title": case.title,
        "mode": ", ".join(case.modes),
        "modes": list(case.modes),
        "dwell": case.dwell.si,
        "limits": [
            *(_limit(row) for row in limit_rows(inputs, case)),
            *_declared(inputs, case),
            *_by_modes(inputs, case),
            *_modality(inputs, case),
        ],
    }
    facts |= {"not_applicable": case.not_applicable} if case.not_applicable else {}
    return facts | (_disclosed(inputs, case) if discloses(case.procedure) else {})


def _disclosed(inputs: Inputs, case: Case) -> dict[str, Any]:
    """Return what a disclosing case needs of the plan: the modes, and whether it judges nothing at all."""
    nothing = judges_nothing(inputs, case)
    return {"discloses": nothing, "output": [_output(case, inputs.plan.mode_named(name)) for name in case.modes]}


def _output(case: Case, mode: Mode) -> dict[str, Any]:
    """Return what the plan says of one column of the output table."""
    return {
        "mode": mode.name,
        "loads": [load.si for load in case.loads],
        "features": mode.features,
        "balanced_by": mode.balanced_by,
        "symmetry": mode.symmetry.si if mode.symmetry is not None else None,
        "declared": [
            {
                "metric": entry.metric,
                "level": entry.level,
                "value": entry.value.si,
                "tolerance": entry.tolerance.si,
                "load_min": entry.load_min.si,
                "load_max": entry.load_max.si,
            }
            for entry in mode.declared
        ],
    }


def _limit(row: LimitRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "metric": row.metric,
        "lower": row.lower.si if row.lower is not None else None,
        "upper": row.upper.si if row.upper is not None else None,
        "unit": row.unit,
        "magnitude": False,
        "event": row.event.si,
        "loads": [load.si for load in row.loads],
        "kind": row.kind,
        "regime": row.regime,
        "source": row.source,
        "clause": row.clause,
        "edition": row.edition,
        "status": row.status,
    }


def _declared(inputs: Inputs, case: Case) -> list[dict[str, Any]]:
    """Return the declared values of a case's modes as rows, where the case is judged against them."""
    if "declared" not in case.limits:
        return []
    plan = inputs.plan
    source = f"{plan.device.manufacturer} {plan.device.model}, label"
    return [
        _from_maker(declared_row(mode, entry), source)
        for mode in map(plan.mode_named, case.modes)
        for entry in mode.declared
        if measures(case.procedure, entry.metric)
        and entry.level in case.levels_of(mode)
        and any(entry.holds_at(load.si) for load in case.loads)
    ]


def _by_modes(inputs: Inputs, case: Case) -> list[dict[str, Any]]:
    """Return what the modes of a case declare of their signs and timers, each row once with the modes it holds for."""
    judged = judged_by_mode(case.procedure)
    if judged not in ("sign", "timer"):
        return []
    found: dict[str, tuple[Row, list[str]]] = {}
    for mode in map(inputs.plan.mode_named, case.modes):
        rows = sign_rows(mode, digitizer=inputs.station.digitizer is not None)
        wanted = rows if judged == "sign" else [row for row in rows if row.metric in TREATMENT_METRICS]
        for row in [*wanted, *(treatment_rows(mode) if judged == "timer" else [])]:
            found.setdefault(row.id, (row, []))[1].append(mode.name)
    plan = f"plan {inputs.plan.id}, revision {inputs.plan.revision}"
    words = "polarity or ion" if judged == "sign" else "sign and timer"
    return [_from_maker(row, f"{plan}: {words} of {', '.join(modes)}") for row, modes in found.values()]


def _modality(inputs: Inputs, case: Case) -> list[dict[str, Any]]:
    """Return what the modes of a modality case are sold as, a row for each mode."""
    if judged_by_mode(case.procedure) != "modality":
        return []
    plan = inputs.plan
    label = f"{plan.device.manufacturer} {plan.device.model}, label"
    modes = [plan.mode_named(name) for name in case.modes]
    return [
        _from_maker(modality_row(mode), f"{label}: {mode.name} is {mode.modality}") | {"claim": mode.modality}
        for mode in modes
    ]


def _from_maker(row: Row, source: str) -> dict[str, Any]:
    """Return a row that no file of limits holds, but the maker or the plan itself states."""
    return {
        "id": row.id,
        "metric": row.metric,
        "lower": row.lower,
        "upper": row.upper,
        "unit": unit_of(row.metric),
        "magnitude": row.magnitude,
        "event": None,
        "kind": row.kind,
        "regime": "manufacturer",
        "source": source,
        "clause": "",
        "edition": "",
        "status": "verified",
    }
