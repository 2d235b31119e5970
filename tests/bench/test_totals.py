# SPDX-License-Identifier: MIT
"""Whatever happens in whatever order: a total is PASS only when everything was measured, judged, and PASS."""

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.backlog import Backlog
from bench.session.bench import Bench
from bench.session.device_paths import DevicePaths
from bench.session.measure import CaseNotPassed, Measure
from bench.session.point import MeanCurrent
from bench.session.run import Run
from stimcert.reason import Reason
from stimcert.record import STATION, derive
from stimcert.store.run_folder import utc_now
from stimcert.verdict import Verdict
from tests.bench.parts import case, inputs, mean_reading, point

WALL = "2026-11-22T10:15:00.123Z"
CASES = ("AA-01", "AA-02")
JUDGED = [verdict.value for verdict in Verdict if verdict is not Verdict.NOT_APPLICABLE]
Event = tuple[str, str, dict[str, Any]]


def begun(not_applicable: set[str]) -> Event:
    """Return the beginning of a run with two cases."""
    planned: list[dict[str, Any]] = [{"id": name, "limits": []} for name in (STATION, *CASES)]
    for entry in planned:
        entry |= {"not_applicable": "no such mode"} if entry["id"] in not_applicable else {}
    names = ("plan", "dut", "station", "software", "decision_rule")
    body = {"run_id": "1", "started": WALL, "embedded": False, "operator": "JV", "inputs": [], "cases": planned}
    return "run_begun", WALL, {**body, **{name: {} for name in names}}


def measurement(name: str, verdict: str | None) -> dict[str, Any]:
    """Return a measurement with a verdict; None for information."""
    return {
        "case": name,
        "quantity": "current.peak",
        "limit": None if verdict is None else "ceiling",
        "value": 1e-4,
        "unit": "A",
        "lower_limit": None,
        "upper_limit": None if verdict is None else 6e-4,
        "verdict": verdict,
        "reason": None if verdict in (None, "PASS") else Reason("guard_band").as_dict(),
        "exceeded": False,
        "conditions": {"mode": "lift", "level": 1, "load": 500.0},
    }


verdicts = st.lists(st.sampled_from([*JUDGED, None]), max_size=4) | st.lists(st.just("PASS"), min_size=1, max_size=3)
SOUND = {"begun": True, "error": False, "ended": True}
passed = st.lists(st.sampled_from(["PASS", "PASS", None]), max_size=3).map(lambda others: ["PASS", *others])
# Most cases are sound or have one flaw: only then does a total that overlooks a flaw show.
steps = st.one_of(
    st.builds(lambda verdicts: {**SOUND, "verdicts": verdicts}, passed),
    st.builds(lambda verdicts: {**SOUND, "verdicts": verdicts}, passed),
    st.builds(lambda verdicts: {**SOUND, "verdicts": verdicts}, verdicts),
    st.builds(
        lambda verdicts, flaw: {**SOUND, "verdicts": verdicts, flaw: not SOUND[flaw]}, passed, st.sampled_from([*SOUND])
    ),
)
endings = st.just(["safe"]) | st.lists(st.sampled_from(["safe", "unsafe", "interrupted", "run_error"]), max_size=2)


def events_of(name: str, step: dict[str, Any]) -> list[Event]:
    """Return what the journal says of a case."""
    if not step["begun"]:
        return []
    events: list[Event] = [("case_begun", WALL, {"case": name})]
    events += [("measurement", WALL, measurement(name, verdict)) for verdict in step["verdicts"]]
    if step["error"]:
        events.append(("case_error", WALL, {"case": name, "reason": Reason("nothing_measured").as_dict()}))
    return [*events, *([("case_ended", WALL, {"case": name})] if step["ended"] else [])]


ENDINGS: dict[str, Event] = {
    "safe": ("safe_state", WALL, {"confirmed": True, "unconfirmed": []}),
    "unsafe": ("safe_state", WALL, {"confirmed": False, "unconfirmed": ["smu"]}),
    "interrupted": ("interrupted", WALL, {"signal": "SIGINT"}),
    "run_error": ("run_error", WALL, {"reason": Reason("nothing_measured").as_dict()}),
}


def sound(step: dict[str, Any]) -> bool:
    """Tell whether a case was begun, measured, judged PASS throughout, and ended without an error."""
    judged = [verdict for verdict in step["verdicts"] if verdict is not None]
    return bool(step["begun"] and step["ended"] and not step["error"] and judged and set(judged) == {"PASS"})


@given(
    happened=st.fixed_dictionaries({STATION: steps, CASES[0]: steps, CASES[1]: steps}),
    not_applicable=st.sets(st.sampled_from(CASES)),
    ending=endings,
)
def test_a_total_is_pass_exactly_when_everything_is(
    happened: dict[str, Any], not_applicable: set[str], ending: list[str]
) -> None:
    happened = {name: step for name, step in happened.items() if name not in not_applicable}
    events = [event for name, step in happened.items() for event in events_of(name, step)]
    record = derive([begun(not_applicable), *events, *(ENDINGS[name] for name in ending)])
    # The last word about the bench's safety counts.
    safe = [name for name in ending if name in ("safe", "unsafe")][-1:] == ["safe"]
    bad = {"interrupted", "run_error"} & set(ending)
    everything = all(map(sound, happened.values())) and safe and not bad and len(happened) > 1
    assert (record["verdict"] == "PASS") is everything
    if record["verdict"] == "PASS":
        assert record["complete"] is True
    else:
        assert record["reason"] is not None
    judged = [verdict for name, step in happened.items() if step["begun"] for verdict in step["verdicts"] if verdict]
    assert record["device_finding"] != "PASS" or "PASS" in judged


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (["safe"], "PASS"),
        (["unsafe", "safe"], "PASS"),
        ([], "ABORTED"),
        (["interrupted", "safe"], "ABORTED"),
        (["safe", "interrupted"], "ABORTED"),
        (["unsafe"], "ERROR"),
        (["safe", "unsafe"], "ERROR"),
        (["run_error", "safe"], "ERROR"),
    ],
)
def test_a_run_is_as_good_as_its_end(ending: list[str], verdict: str) -> None:
    events = [event for name in (STATION, *CASES) for event in events_of(name, {**SOUND, "verdicts": ["PASS"]})]
    record = derive([begun(set()), *events, *(ENDINGS[name] for name in ending)])
    assert (record["verdict"], record["device_finding"]) == (verdict, "PASS")


@given(before=verdicts, worse=st.sampled_from(JUDGED[1:]), after=verdicts)
def test_nothing_that_comes_before_or_after_mends_a_verdict(
    before: list[str | None], worse: str, after: list[str | None]
) -> None:
    step = {"begun": True, "verdicts": [*before, worse, *after], "error": False, "ended": True}
    good = {"begun": True, "verdicts": ["PASS"], "error": False, "ended": True}
    cases = {STATION: good, CASES[0]: step, CASES[1]: good}
    events = [event for name, one in cases.items() for event in events_of(name, one)]
    record = derive([begun(set()), *events, ENDINGS["safe"]])
    assert record["verdict"] != "PASS"
    assert Verdict(record["verdict"]) >= Verdict(worse)


# --- one case, as the bench test's own verb sees it


def measured(sequence: list[str | None]) -> Measure:
    """Return the verb of a case after measurements with these verdicts."""
    logged: list[str] = []
    verbs = {"log": lambda self, kind, body, **_: logged.append(kind), "backlog": Backlog(), "id": "1"}
    verbs |= {"paths": DevicePaths(), "keep_waveform": None}
    run = type("Logged", (), verbs)()
    measure = Measure(case(), inputs(), cast(Run, run), cast(Bench, None), lambda body: None)
    for verdict in sequence:
        measure._store(measurement("OC-01", verdict))
    assert logged == ["measurement"] * len(sequence)
    return measure


@given(verdicts)
def test_a_case_concludes_well_only_when_all_was_judged_pass(sequence: list[str | None]) -> None:
    judged = [verdict for verdict in sequence if verdict is not None]
    measure = measured(sequence)
    assert (measure.verdict is Verdict.PASS) is (bool(judged) and set(judged) == {"PASS"})
    if measure.verdict is Verdict.PASS:
        measure.conclude()
        return
    with pytest.raises(CaseNotPassed, match=f"^OC-01 {measure.verdict.words}: "):
        measure.conclude()


@given(verdicts)
def test_verb_and_record_say_the_same_of_a_case(sequence: list[str | None]) -> None:
    step = {"begun": True, "verdicts": sequence, "error": False, "ended": True}
    record = derive([begun(set()), *events_of(CASES[0], step)])
    assert record["cases"][1]["verdict"] == measured(sequence).verdict.value


def test_information_alone_is_said_to_be_no_measurement() -> None:
    with pytest.raises(CaseNotPassed, match="nothing was measured against a limit"):
        measured([None, None]).conclude()


def test_the_worst_of_two_equal_verdicts_is_the_one_nearer_to_its_limit() -> None:
    measure = measured([])
    for value in (3e-4, 5e-4, 4e-4):
        measure._store(measurement("OC-01", "PASS") | {"value": value})
    assert measure.worst is not None
    assert measure.worst["value"] == 5e-4


def test_a_pilot_is_kept_beside_the_mean_and_decides_nothing() -> None:
    """It is one more measurement with its own budget; its scatter fixed how many readings the mean is of."""
    measure = measured([])
    stored: list[dict[str, Any]] = []
    measure._store = stored.append  # type: ignore[method-assign]
    reading = MeanCurrent(reading=mean_reading(1e-4, 1e-4), pilot=mean_reading(1.1e-4, 1.2e-4))
    measure._judge(point(), "current.mean", reading, None, {}, utc_now())
    assert [(m["value"], m["conditions"]["record"]) for m in stored] == [(1.15e-4, "pilot"), (1e-4, "chosen")]
    assert stored[0]["verdict"] is None
    assert stored[0]["reason"]["code"] == "pilot_reading"
