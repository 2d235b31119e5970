# SPDX-License-Identifier: MIT
"""Every shipped plan passes with its good device, and the shorter ones find in a bad one exactly what its file says.

What a device file expects of the plan of its kind was written before the run. The two plans of output current alone are
run with every device in ``test_devices_end_to_end.py``.
"""

import tomllib
from dataclasses import dataclass
from typing import Any

import pytest

from instruments.sim.device_file import DeviceFile, read_device, shipped_devices
from tests.bench.command import CHECKOUT
from tests.bench.runs import GALVANIC, MICROCURRENT, Ask, Edited, Result


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A shipped plan with its good device and some bad ones."""

    good: str
    bad: tuple[str, ...]


KINDS = {
    "test_plans/microcurrent_type.toml": Kind(good="microcurrent_good", bad=()),
    "test_plans/microcurrent_mens.toml": Kind(good="microcurrent_mens", bad=()),
    "test_plans/galvanic_type.toml": Kind(good="galvanic_good", bad=("galvanic_pulsed",)),
    "test_plans/ems_type.toml": Kind(good="ems_consumer", bad=()),
    "test_plans/salon_unit.toml": Kind(good="salon_unit", bad=("salon_reversed",)),
    "test_plans/smoke.toml": Kind(good="microcurrent_good", bad=("microcurrent_dead",)),
}
SHIPPED: dict[str, dict[str, Any]] = {
    path.relative_to(CHECKOUT).as_posix(): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((CHECKOUT / "test_plans").glob("*.toml"))
}
BY_ID = {plan["id"]: plan for plan in SHIPPED.values()}


EVENTS = 'procedure = "transients"'


def _ask(plan: str, device: str) -> Ask:
    """Return a run of a shipped plan, with each event made once instead of ten times: the other nine tell no more."""
    eventful = EVENTS in (CHECKOUT / plan).read_text(encoding="utf-8")
    given = Edited(plan, ((EVENTS, f"{EVENTS}\nrepetitions = 1"),)) if eventful else plan
    return Ask(name=f"{device} on {SHIPPED[plan]['id']}", device=device, plan=given)


GOOD = [_ask(plan, kind.good) for plan, kind in KINDS.items()]
BAD = [_ask(plan, device) for plan, kind in KINDS.items() for device in kind.bad]
SMOKE = next(ask for ask in GOOD if ask.plan == "test_plans/smoke.toml")
TWO_MINUTES = 120.0
EXPECTED = [(name, plan) for name in shipped_devices() for plan in read_device(name).expected_cases]


def file_of(run: Result) -> DeviceFile:
    assert isinstance(run.ask.device, str)
    return read_device(run.ask.device)


def test_every_shipped_plan_is_run() -> None:
    assert SHIPPED.keys() == {*KINDS, MICROCURRENT, GALVANIC}


@pytest.mark.parametrize(("name", "plan"), EXPECTED)
def test_a_device_expects_something_of_every_case_of_a_plan_that_fits_it(name: str, plan: str) -> None:
    device = read_device(name)
    assert device.expected_cases[plan].keys() == {case["id"] for case in BY_ID[plan]["case"]}
    levels = {mode.name: mode.top_level for mode in device.modes}
    assert {mode["name"]: mode["levels"] for mode in BY_ID[plan]["mode"]}.items() <= levels.items()


@pytest.mark.parametrize("run", GOOD, indirect=True, ids=str)
def test_a_good_device_passes_every_case(run: Result) -> None:
    left = {name: case for name, case in run.cases.items() if case["verdict"] != "PASS"}
    # What only discloses judges nothing, and says so.
    assert {(case["verdict"], case["reason"]["code"]) for case in left.values()} <= {("NOT_APPLICABLE", "disclosed")}
    assert {case["procedure"] for case in left.values()} <= {"output_specification"}
    assert run.case_verdicts.keys() == {case["id"] for case in BY_ID[run.record["plan"]["id"]]["case"]}
    assert (run.verdict, run.code) == ("PASS", 0)


@pytest.mark.parametrize("run", GOOD, indirect=True, ids=str)
def test_a_good_device_exceeds_no_advisory(run: Result) -> None:
    assert run.record["advisories"] == []


@pytest.mark.parametrize("run", [*GOOD, *BAD], indirect=True, ids=str)
def test_a_device_ends_as_its_file_says(run: Result) -> None:
    plan, device = run.record["plan"]["id"], file_of(run)
    assert {name: v for name, v in run.case_verdicts.items() if v not in device.expected_cases[plan][name]} == {}
    assert run.verdict in device.expected[plan]


@pytest.mark.parametrize("run", [*GOOD, *BAD], indirect=True, ids=str)
def test_the_bench_itself_was_well(run: Result) -> None:
    assert run.case("STATION")["verdict"] == "PASS"
    assert run.record["device_finding"] == run.verdict
    assert run.record["safe_state"]["confirmed"]


@pytest.mark.parametrize("run", BAD, indirect=True, ids=str)
def test_a_bad_device_does_not_end_in_zero(run: Result) -> None:
    assert run.code == 1


@pytest.mark.parametrize("run", [SMOKE], indirect=True, ids=str)
def test_smoke_takes_two_minutes_of_bench_time_at_most(run: Result) -> None:
    assert 10.0 < run.simulator_log[-1]["bench"] <= TWO_MINUTES
