# SPDX-License-Identifier: MIT
"""The first event of a run: everything that is known before anything is opened."""

from dataclasses import asdict, dataclass
from typing import Any

from bench.session.announcement import backing_of
from bench.session.case_facts import planned_case
from bench.session.inputs import Inputs
from bench.session.software import software
from stimcert.plan import Plan
from stimcert.record import STATION
from stimcert.rules import rule_named
from stimcert.uncertainty import COVERAGE_PROBABILITY

_CONVENTIONS = {
    "one-rectangle": "one rectangle for gain and offset of a data sheet together",
    "two-rectangles": "a rectangle each for gain and offset of a data sheet",
}


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What is known of a run beside its inputs.

    :param started: UTC, ISO 8601.
    :param seed: decides at which moments events are made.
    :param selected: ids of the cases that will run.
    :param plugins: names of the loaded pytest plugins.
    :param copies: the copies of the inputs in the run's folder.
    :param ledger: what the record quotes of the station's ledger.
    :param options: how the bench was called.
    """

    id: str
    started: str
    serial: str
    operator: str
    seed: int
    selected: list[str]
    plugins: list[str]
    copies: list[dict[str, str]]
    ledger: dict[str, Any]
    options: dict[str, object]


def header(inputs: Inputs, run: RunFacts) -> dict[str, Any]:
    """Return the body of ``run_begun``."""
    plan = inputs.plan
    by_role = {copy["role"]: copy for copy in run.copies}
    return {
        "run_id": run.id,
        "started": run.started,
        "embedded": inputs.station.embedded,
        "selected": run.selected,
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
            "basic": plan.device.basic.model_dump(exclude_none=True) if plan.device.basic is not None else {},
            "active_terminals": {mode.name: mode.active_terminal for mode in plan.modes},
        },
        "station": _station(inputs),
        "operator": run.operator,
        "software": {**software(), "pytest_plugins": run.plugins},
        "ledger": run.ledger,
        "options": run.options,
        "backing": asdict(backing_of(inputs)),
        "decision_rule": _decision_rule(plan),
        "inputs": run.copies,
        "cases": [_station_case(), *(planned_case(inputs, case, run.seed) for case in plan.cases)],
    }


def _decision_rule(plan: Plan) -> dict[str, Any]:
    rule = rule_named(plan.decision_rule)
    return {
        "id": rule.id,
        "coverage_probability": COVERAGE_PROBABILITY,
        "text": rule.text,
        "risk_at_limit": rule.risk_at_limit(),
        "convention": _CONVENTIONS[plan.accuracy_convention],
        "method": "GUM uncertainty framework (JCGM 100); Monte Carlo (JCGM 101) where a case names it",
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
    title = "The bench proves itself: environment, zero, relays, loads, both current paths, reference"
    return {"id": STATION, "procedure": "station_check", "title": title, "mode": None, "modes": [], "limits": []}
