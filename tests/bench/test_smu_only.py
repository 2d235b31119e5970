# SPDX-License-Identifier: MIT
"""A station without a digitizer: every shipped plan, with exactly those rows undecided that were foretold."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench.__main__ import main
from bench.session.backlog import Backlog
from bench.session.bench import Bench
from bench.session.check_context import BenchState
from bench.session.device_paths import DevicePaths
from bench.session.foresight import foreseen, foreseen_lines, no_whole_period, unproven_lines
from bench.session.inputs import Inputs
from bench.session.measure import CaseNotPassed, Measure
from bench.session.run import Run
from stimcert.plan import Case
from stimcert.reading import Status
from stimcert.reason import CATALOGUE
from tests.bench.command import CHECKOUT
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import inputs
from tests.bench.runs import Ask, Result

STATION = "instruments/stations/sim_smu_only.toml"
PLANS = sorted(path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "test_plans").glob("*.toml"))
REASON = CATALOGUE["no_mean_to_prove"].sentence
LACKING = {"bandwidth", "no_digitizer", "no_whole_period", "no_whole_record", "sign_not_proven"}
"""Codes of what a station lacks: none of them may come as a surprise."""


def bodies(given: Inputs, case: Case, loop: Loop) -> list[dict[str, Any]]:
    """Run the bench test of a case on a station without a digitizer; return what its journal would hold."""
    stored: list[dict[str, Any]] = []
    run = SimpleNamespace(
        id="made up",
        log=lambda kind, body, durable=True: stored.append(body),
        backlog=Backlog(),
        state=BenchState(),
        paths=DevicePaths(),
        keep_waveform=None,
    )
    bench = Bench(fake_station(loop, digitizer=False), given, {}, lambda point: None)
    measure = Measure(case, given, cast(Run, run), bench, lambda body: None)
    module = import_module(f"bench.test_{case.procedure}")
    test: Callable[..., None] = getattr(module, f"test_{case.procedure}")
    test(case=case, bench=bench, measure=measure)
    try:
        measure.conclude()
    except CaseNotPassed:
        pass
    return [body for body in stored if body.get("verdict") is not None]


@pytest.mark.parametrize("plan", PLANS)
def test_what_was_foretold_is_what_comes_and_nothing_else_is_lacking(plan: str) -> None:
    given = inputs(plan, STATION)
    for case in given.plan.cases:
        foretold = {(mode.name, row.id): reason.text for mode, row, reason in foreseen(given, case)}
        judged = bodies(given, case, Loop())
        places = {(body["conditions"]["mode"], body["limit"]) for body in judged}
        assert foretold.keys() <= places, case.id
        for body in judged:
            place, reason = (body["conditions"]["mode"], body["limit"]), body["reason"]
            if body["verdict"] == "FAIL":
                # The made-up device delivers the same at every level: that is found, and no station's lack.
                assert body["bound"] == ">=" or place not in foretold, (case.id, body)
            elif place in foretold:
                assert (body["verdict"], reason["text"]) == ("INCONCLUSIVE", foretold[place]), (case.id, body)
            else:
                assert reason is None or reason["code"] not in LACKING, (case.id, body)
                if reason is not None and reason["code"] == "no_mean_to_prove":
                    assert any(line.endswith(reason["text"]) for line in unproven_lines(given, case))


def test_an_output_without_a_mean_is_said_to_be_unprovable() -> None:
    """What was off before is not shown to have been on: a made-up device whose pulses cancel out."""
    given = inputs("test_plans/microcurrent_type.toml", STATION)
    idle = next(case for case in given.plan.cases if case.procedure == "idle_output")
    assert unproven_lines(given, idle) == [
        f"off_state.dc in lift, tone: INCONCLUSIVE where the output has no mean, {REASON}"
    ]
    judged = bodies(given, idle, Loop(device=(1e-4, -1e-4)))
    assert {(body["verdict"], body["reason"]["text"]) for body in judged} == {("INCONCLUSIVE", REASON)}


def test_every_row_but_those_of_means_and_signs_is_foretold() -> None:
    for plan in PLANS:
        given = inputs(plan, STATION)
        for case in given.plan.cases:
            metrics = {row.metric for _, row, _ in foreseen(given, case)}
            # Bursts of the EMS plan, slow pulses of the MENS plan: no reading of the SMU is as long as their period.
            whole = all(no_whole_period(given, given.plan.mode_named(name)) is None for name in case.modes)
            assert not whole or not metrics & {"current.mean", "current.polarity"}
            if case.procedure in ("output_current", "pulse_timing", "modality"):
                means = all(given.limits[name].metric == "current.mean" for name in case.limits if name != "declared")
                declared = {d.metric for name in case.modes for d in given.plan.mode_named(name).declared}
                only_means = means and ("declared" not in case.limits or declared == {"current.mean"})
                assert metrics or (only_means and case.procedure == "output_current"), (plan, case.id)


def hot(full_scale_needed: float, amperes: float) -> Loop:
    """Return a loop with a direct current that only the higher ranges of the SMU bear."""
    return Loop(
        device=(amperes, amperes),
        status=lambda current, full_scale: Status.VALID if full_scale >= full_scale_needed else Status.LIMITED,
    )


@pytest.mark.parametrize("loop", [hot(1e-2, 5e-3), hot(1e-2, -5e-3), hot(1e-3, 700e-6)])
def test_a_mean_beyond_a_ceiling_is_a_fail_whatever_is_not_seen(loop: Loop) -> None:
    given = inputs(station=STATION)
    judged = bodies(given, given.plan.cases[0], loop)
    assert {body["verdict"] for body in judged} == {"FAIL"}
    assert {(body["bound"], body["reason"]["code"]) for body in judged} == {(">=", "censored_above_limit")}


def test_a_mean_near_a_ceiling_decides_nothing() -> None:
    given = inputs(station=STATION)
    for amperes in (599e-6, 600.1e-6):
        judged = bodies(given, given.plan.cases[0], Loop(device=(amperes, amperes)))
        assert {body["verdict"] for body in judged} == {"INCONCLUSIVE"}


SMOKE = "test_plans/smoke.toml"
RUN = Ask(name="smoke without a digitizer", plan=SMOKE, station="sim_smu_only")


@pytest.mark.parametrize("run", [RUN], indirect=True, ids=str)
def test_check_plan_says_line_for_line_what_the_record_says(
    run: Result, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(["check-plan", SMOKE, "--station", "sim_smu_only"]) == 0
    said = capsys.readouterr().out
    assert set(run.case_verdicts.values()) == {"PASS", "INCONCLUSIVE"}
    for name, case in run.cases.items():
        lines = [f"{e['limit']} in {e['mode']}: INCONCLUSIVE at best, {e['reason']['text']}" for e in case["foreseen"]]
        found = {
            f"{m['limit']} in {m['conditions']['mode']}: INCONCLUSIVE at best, {m['reason']['text']}"
            for m in run.measurements(name)
            if m["verdict"] == "INCONCLUSIVE"
        }
        assert found == set(lines)
        assert bool(lines) == (case["verdict"] == "INCONCLUSIVE")
        for line in foreseen_lines(inputs(SMOKE, STATION), _case(name)):
            assert line in " ".join(said.split())
            row, _, text = line.partition(": INCONCLUSIVE at best, ")
            assert f"{row}: {text}" in run.report


def _case(name: str) -> Case:
    return next(case for case in inputs(SMOKE, STATION).plan.cases if case.id == name)


def test_the_station_is_the_simulated_one_without_its_digitizer() -> None:
    own, whole = (
        Path(CHECKOUT, "instruments/stations", f"{name}.toml").read_text() for name in ("sim_smu_only", "sim")
    )
    begin, end = whole.index("[instruments.digitizer]"), whole.index("[instruments.load_box]")
    ours, theirs = (text[text.index("[simulator]") :] for text in (own, whole[:begin] + whole[end:]))
    assert ours == theirs
