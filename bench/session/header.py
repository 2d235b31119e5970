# SPDX-License-Identifier: MIT
"""The first event of a run: everything that is known before anything is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.session.inputs import Inputs
from bench.session.planner import limit_rows
from bench.session.rows import required_points
from bench.session.software import software
from stimcert.limits import LimitRow
from stimcert.plan import Case
from stimcert.record import STATION

if TYPE_CHECKING:
    from bench.session.run import Run

_RULES = {
    "guard-U": "PASS when the value lies inside the limit by more than its expanded uncertainty U (guard band w = U); "
    "FAIL when it lies beyond by more than U; conditional in between (ILAC-G8:09/2019, 4.2.3). "
    "False accepts stay below 2.5 % per decision.",
    "simple": "PASS when the value lies inside the limit (guard band w = 0). False accepts reach 50 % at the limit.",
}


def header(
    run: Run, selected: list[str], plugins: list[str], copies: list[dict[str, str]], started: str
) -> dict[str, Any]:
    """Return the body of ``run_begun``."""
    inputs = run.inputs
    plan = inputs.plan
    by_role = {copy["role"]: copy for copy in copies}
    return {
        "run_id": run.id,
        "started": started,
        "embedded": inputs.station.embedded,
        "selected": selected,
        "plan": {
            "id": plan.id,
            "revision": plan.revision,
            "title": plan.title,
            "regime": plan.regime,
            "profile": inputs.profile.id,
            "approved_by": plan.approved_by,
            "file": by_role["plan"]["name"],
            "sha256": by_role["plan"]["sha256"],
        },
        "dut": {
            "manufacturer": plan.device.manufacturer,
            "model": plan.device.model,
            "serial": run.serial,
            "firmware": None,
            "identity": None,
            "claims": list(plan.device.claims),
            "active_terminals": {mode.name: mode.active_terminal for mode in plan.modes},
        },
        "station": _station(inputs),
        "operator": run.operator,
        "software": {**software(), "pytest_plugins": plugins},
        "decision_rule": {
            "id": plan.decision_rule,
            "coverage_probability": 0.95,
            "text": _RULES[plan.decision_rule],
            "convention": "one rectangle for gain and offset of a data sheet together",
        },
        "inputs": copies,
        "cases": [_station_case(), *(_planned(inputs, case) for case in plan.cases)],
    }


def _station(inputs: Inputs) -> dict[str, Any]:
    station = inputs.station
    return {
        "name": station.name,
        "title": station.title,
        "laboratory": station.laboratory,
        "shunts": [
            {
                "value": shunt.value.si,
                "expanded_uncertainty": shunt.expanded_uncertainty.si,
                "coverage_factor": shunt.coverage_factor,
                "certificate": shunt.certificate,
            }
            for shunt in station.shunts
        ],
        "references": [
            {"value": entry.value.si, "expanded_uncertainty": entry.expanded_uncertainty.si}
            for entry in station.references
        ],
    }


def _station_case() -> dict[str, Any]:
    title = "The bench proves itself: environment, zero, loads, reference, both current paths"
    return {"id": STATION, "procedure": "station_check", "title": title, "mode": None, "modes": [], "limits": []}


def _planned(inputs: Inputs, case: Case) -> dict[str, Any]:
    """Return what a case must have judged in the end, beside what the plan says about it."""
    return {**case_facts(inputs, case), "points": list(required_points(inputs, case))}


def case_facts(inputs: Inputs, case: Case) -> dict[str, Any]:
    """Return what the plan says about one case."""
    facts: dict[str, Any] = {
        "id": case.id,
        "procedure": case.procedure,
        "title": case.title,
        "mode": ", ".join(case.modes),
        "modes": list(case.modes),
        "limits": [_limit(row) for row in limit_rows(inputs, case)] + _declared(inputs, case),
    }
    return facts | ({"not_applicable": case.not_applicable} if case.not_applicable else {})


def _limit(row: LimitRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "metric": row.metric,
        "lower": row.lower.si if row.lower is not None else None,
        "upper": row.upper.si if row.upper is not None else None,
        "unit": row.unit,
        "event": row.event.si,
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
    source = {"source": f"{plan.device.manufacturer} {plan.device.model}, label", "clause": "", "edition": ""}
    return [
        {
            "id": f"declared.{mode.name}.{entry.level}",
            "metric": entry.metric,
            "lower": entry.value.si * (1 - entry.tolerance.si),
            "upper": entry.value.si * (1 + entry.tolerance.si),
            "unit": "A",
            "event": None,
            "kind": "limit",
            "regime": "manufacturer",
            **source,
            "status": "verified",
        }
        for mode in map(plan.mode_named, case.modes)
        for entry in mode.declared
        if entry.level in case.levels_of(mode) and any(entry.holds_at(load.si) for load in case.loads)
    ]
