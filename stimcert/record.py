# SPDX-License-Identifier: MIT
"""The record of a run, derived from its journal and from nothing else.

A case is the worst of its measurements, the run the worst of its cases. Whatever the journal does not show to have
been measured counts as not run: an absence can never pass.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stimcert.completeness import not_judged
from stimcert.findings import accepted_risk, advisories, device_finding, nearness, worst_point
from stimcert.output_table import columns
from stimcert.reason import Reason
from stimcert.self_checks import self_checks
from stimcert.sessions import Session, counts, is_torn, tear
from stimcert.verdict import Verdict
from stimcert.void import make_void

SCHEMA = 1
STATION = "STATION"
_NOTHING = "the journal has no run_begun event: nothing can be derived from it"

Body = Mapping[str, Any]


@dataclass
class _CaseState:
    """What the journal says about one case so far."""

    planned: dict[str, Any]
    begun: str | None = None
    ended: str | None = None
    errors: list[Body] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    described: list[Body] = field(default_factory=list)
    torn: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, wall: str) -> None:
        """Begin, for the first time or anew after the attempt before was torn."""
        if self.begun is not None and self.ended is None:
            attempt = tear(self.measurements, self.begun)
            self.torn += [attempt] if attempt else []
            self.errors, self.described = [], []
        self.begun, self.ended = wall, None


@dataclass
class _RunState:
    """What the journal says about the run so far."""

    begun: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, _CaseState] = field(default_factory=dict)
    instruments: list[Body] = field(default_factory=list)
    temperatures: list[float] = field(default_factory=list)
    dut: dict[str, Any] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    errors: list[Body] = field(default_factory=list)
    checked: bool = False
    unproven: list[dict[str, Any]] = field(default_factory=list)  # measured since the last good check of the bench

    @property
    def session(self) -> Session:
        """The newest session: it says how the run ended."""
        return self.sessions[-1]

    @property
    def interrupted(self) -> str | None:
        """What stopped the run, None where nothing did."""
        return self.session.signal

    @property
    def safe_state(self) -> Body | None:
        """How the bench ended."""
        return self.session.safe_state


class Derivation:
    """The record that a journal supports, taken from its events as they come, in any number of portions."""

    def __init__(self) -> None:
        self._state = _RunState()

    @property
    def begun(self) -> Body:
        """The facts with which the run began; empty before."""
        return self._state.begun

    def take(self, events: Iterable[tuple[str, str, Body]]) -> None:
        """Go on with the events that come next.

        :param events: (kind, wall time, body) in the order of the journal; the first of all is ``run_begun``.
        :raises ValueError: when that is another.
        """
        for kind, wall, body in events:
            if not self._state.begun and kind != "run_begun":
                raise ValueError(_NOTHING)
            _apply(self._state, kind, wall, body)

    def record(self) -> dict[str, Any]:
        """Return the record (the contents of ``record.json``) as far as it follows from events. To be asked once.

        :raises ValueError: when there was no ``run_begun``.
        """
        if not self._state.begun:
            raise ValueError(_NOTHING)
        return _record(self._state)


def derive(events: Iterable[tuple[str, str, Body]]) -> dict[str, Any]:
    """Return the record that a whole journal supports, as :class:`Derivation` does."""
    derivation = Derivation()
    derivation.take(events)
    return derivation.record()


def _apply(state: _RunState, kind: str, wall: str, body: Body) -> None:
    match kind:
        case "run_begun":
            state.begun = dict(body)
            state.cases = {case["id"]: _CaseState(planned=case) for case in body["cases"]}
            state.sessions = [Session(number=1, started=body["started"], operator=body["operator"])]
        case "run_resumed":
            state.sessions.append(Session(number=body["session"], started=wall, operator=body["operator"]))
        case "instruments_identified":
            state.instruments = list(body["instruments"])
        case "environment":
            state.temperatures.append(body["temperature"])
        case "dut_identified":
            state.dut = dict(body)
        case "case_begun":
            state.cases[body["case"]].begin(wall)
        case "measurement":
            _add_measurement(state, body)
        case "waveform_described":
            state.cases[body["case"]].described.append(body)
        case "monte_carlo":
            _add_simulation(state.cases[body["case"]], body)
        case "case_error":
            state.cases[body["case"]].errors.append(body["reason"])
        case "case_ended":
            state.cases[body["case"]].ended = wall
        case "run_error":
            state.errors.append(body["reason"])
        case "bench_checked":
            state.checked, state.unproven = True, []
        case "bench_check_failed":
            state.errors.append(body["reason"])
            make_void(state.unproven, body["reason"])
        case "interrupted":
            state.session.signal = str(body["signal"])
        case "clock_step":
            state.session.clock_steps.append(body["seconds"])
        case "safe_state":
            state.session.safe_state = body
        case "run_ended":
            state.session.ended = wall


def _add_measurement(state: _RunState, body: Body) -> None:
    case = state.cases[body["case"]]
    measurement = {"index": len(case.measurements), **{key: value for key, value in body.items() if key != "case"}}
    case.measurements.append(measurement)
    if body["case"] != STATION:
        state.unproven.append(measurement)


def _add_simulation(case: _CaseState, body: Body) -> None:
    """Set beside a measurement what a simulation made of it; its verdict is the less favourable one."""
    measurement = case.measurements[-body["back"]]
    measurement["monte_carlo"] = body["simulation"]
    for key in ("acceptance_limits", "guard_band", "nonconformance_probability"):
        measurement[key] = body[key]
    if Verdict(measurement["verdict"]) < Verdict(body["verdict"]):
        before = measurement["verdict"]
        measurement |= {"verdict": body["verdict"], "reason": body["reason"], "judged_before": before}


def _record(state: _RunState) -> dict[str, Any]:
    cases = [_case(case, state) for case in state.cases.values()]
    verdict, reason = _total(cases, state)
    begun, device_cases = state.begun, [case for case in cases if case["id"] != STATION]
    complete = not state.interrupted and all(_finished(case) for case in state.cases.values())
    return {
        "schema": SCHEMA,
        "run_id": begun["run_id"],
        "started": begun["started"],
        "ended": state.session.ended,
        "verdict": verdict.value,
        "device_finding": device_finding(device_cases).value,
        "reason": reason,
        "complete": complete,
        "simulated": any(instrument["simulated"] for instrument in state.instruments) or begun["embedded"],
        "counts": dict(Counter(case["verdict"] for case in cases)),
        "advisories": advisories(device_cases),
        "worst_point": worst_point(device_cases),
        "plan": begun["plan"],
        "dut": {**begun["dut"], **state.dut},
        "station": {**begun["station"], "instruments": list(state.instruments)},
        "operator": begun["operator"],
        "environment": _environment(state.temperatures),
        "software": begun["software"],
        "decision_rule": begun["decision_rule"],
        "self_checks": _self_checks(state),
        "risk": accepted_risk(device_cases),
        "safe_state": state.safe_state,
        "sessions": [session.as_dict() for session in state.sessions],
        "ledger": begun.get("ledger"),
        "inputs": begun["inputs"],
        "output_specification": _output_specification(state),
        "cases": cases,
    }


def _self_checks(state: _RunState) -> dict[str, Any]:
    station = state.cases[STATION].measurements if STATION in state.cases else ()
    return self_checks(station, (m for name, case in state.cases.items() if name != STATION for m in case.measurements))


def _output_specification(state: _RunState) -> list[dict[str, Any]]:
    """Return a column for each mode that a case discloses."""
    disclosing = [case for case in state.cases.values() if case.planned.get("output")]
    return [column for case in disclosing for column in columns(case.planned, case.measurements, case.described)]


def _finished(case: _CaseState) -> bool:
    return case.ended is not None or "not_applicable" in case.planned


def _case(case: _CaseState, state: _RunState) -> dict[str, Any]:
    verdict, reason = _case_verdict(case, state)
    planned = {key: value for key, value in case.planned.items() if key not in ("not_applicable", "points", "output")}
    return {
        **planned,
        "verdict": verdict.value,
        "reason": reason,
        "started": case.begun,
        "ended": case.ended,
        "torn": case.torn,
        "measurements": case.measurements,
    }


def _case_verdict(case: _CaseState, state: _RunState) -> tuple[Verdict, Body | None]:
    if "not_applicable" in case.planned:
        return Verdict.NOT_APPLICABLE, Reason("not_applicable", {"text": case.planned["not_applicable"]}).as_dict()
    if case.errors:
        return Verdict.ERROR, case.errors[0]
    if case.begun is None:
        return Verdict.NOT_RUN, Reason("not_run").as_dict()
    fresh = [m for m in case.measurements if not is_torn(m)]
    judged = [m for m in case.measurements if m["verdict"] is not None and counts(m)]
    if not any(m["verdict"] is not None for m in fresh) and case.ended is not None:
        if fresh and case.planned.get("discloses"):
            return Verdict.NOT_APPLICABLE, Reason("disclosed").as_dict()
        return Verdict.ERROR, Reason("nothing_measured").as_dict()
    forgotten = not_judged(case.planned, fresh)
    if forgotten and case.ended is not None:
        return Verdict.ERROR, Reason("row_not_judged", {"rows": ", ".join(forgotten)}).as_dict()
    candidates = [(Verdict(m["verdict"]), nearness(m), m["reason"]) for m in judged]
    if case.ended is None:
        torn = Reason("interrupted", {"signal": state.interrupted or "the end of the process"}).as_dict()
        candidates.append((Verdict.ABORTED, 0.0, torn))
    verdict, _, reason = max(candidates, key=lambda entry: (entry[0].severity, entry[1]))
    return verdict, reason


def _total(cases: list[dict[str, Any]], state: _RunState) -> tuple[Verdict, Body | None]:
    by_nearness = sorted(cases, key=lambda c: max(map(nearness, c["measurements"]), default=0.0), reverse=True)
    # What is wrong with the bench as a whole comes first: it explains the cases that it made void.
    candidates: list[tuple[Verdict, Body]] = [(Verdict.ERROR, error) for error in state.errors]
    candidates += [
        (Verdict(c["verdict"]), _because(c)) for c in by_nearness if c["verdict"] != Verdict.NOT_APPLICABLE.value
    ]
    if state.interrupted:
        candidates.append((Verdict.ABORTED, Reason("interrupted", {"signal": state.interrupted}).as_dict()))
    for unsafe in (s.safe_state for s in state.sessions if s.safe_state and not s.safe_state["confirmed"]):
        roles = ", ".join(unsafe["unconfirmed"])
        candidates.append((Verdict.ERROR, Reason("safe_state_unconfirmed", {"roles": roles}).as_dict()))
    verdict, reason = max(candidates, key=lambda pair: pair[0].severity)
    if verdict is not Verdict.PASS:
        return verdict, reason
    # STATION counts for the worst, never as a measured PASS.
    if not any(c["verdict"] == Verdict.PASS.value for c in cases if c["id"] != STATION):
        disclosed = any((c["reason"] or {}).get("code") == "disclosed" for c in cases)
        return Verdict.NOT_RUN, Reason("only_disclosed" if disclosed else "not_run").as_dict()
    if state.safe_state is None or (state.checked and state.unproven):
        # Everything was measured, and then nobody saw how the bench ended, or whether it still was the bench checked.
        return Verdict.ABORTED, Reason("interrupted", {"signal": "the end of the process"}).as_dict()
    return Verdict.PASS, None


def _because(case: Body) -> dict[str, object]:
    text = case["reason"]["text"] if case["reason"] else ""
    words = Verdict(case["verdict"]).words
    return Reason("worst_case", {"case": case["id"], "verdict": words, "text": text}).as_dict()


def _environment(temperatures: list[float]) -> dict[str, Any]:
    if not temperatures:
        return {"temperature": None}
    return {"temperature": {"start": temperatures[0], "end": temperatures[-1], "unit": "°C"}}
