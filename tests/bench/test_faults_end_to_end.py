# SPDX-License-Identifier: MIT
"""Every named fault of the bench, with a good device: ERROR with its cause, the device untouched and unjudged."""

from html import unescape

import pytest

from instruments.sim.faults import FAULTS
from tests.bench.runs import MICROCURRENT, SHORT, Ask, Result, shortened

CAUSES = {
    "load_stuck": "load_stuck",
    "load_wrong_decade": "load_wrong_decade",
    "bench_leads_swapped": "leads_swapped",
    "smu_compliance": "smu_limited",
    "smu_overrange": "smu_overrange",
    "smu_silent": "instrument_silent",
    "wrong_identity": "wrong_identity",
    "calibration_expired": "calibration_expired",
    "reference_expired": "calibration_expired",
    "load_off": "load_wrong",
    "smu_gain": "reference_wrong",
    "digitizer_reversed": "digitizer_reversed",
    "paths_disagree": "paths_disagree",
    "temperature_outside": "temperature_outside",
    "temperature_missing": "temperature_missing",
    "reference_weak": "reference_weak",
    "relay_map_wrong": "relay_map_wrong",
    "capacitor_wrong": "time_constant_wrong",
}
"""The reason code of the station check for each fault."""

MID_RUN = {"smu_power_cycled": "power_cycled"}
"""The reason code of the case in which a fault comes about, for those that the station check cannot see."""
every_mid_run_fault = pytest.mark.parametrize(
    "run", [Ask(name=fault, plan=SHORT, options=(f"--sim-fault={fault}",)) for fault in MID_RUN], indirect=True, ids=str
)

LATER = {"contact_rises": "drifted", "zero_drifts": "drifted"}
"""The same for the faults that only a second check can see."""

ELSEWHERE = {"device_paths_disagree"}
"""What only the device's points can see: tests/bench/test_device_paths.py."""

WITH_SKIN = shortened(MICROCURRENT, "[8]", '["2 kΩ"]\nskin = ["N1"]')
ASKS = [
    Ask(name=fault, options=(f"--sim-fault={fault}",), plan=WITH_SKIN if fault == "capacitor_wrong" else SHORT)
    for fault in CAUSES
]
LATE_ASKS = [Ask(name=fault, options=(f"--sim-fault={fault}",), plan=SHORT) for fault in LATER]
LATE_ASKS += [
    Ask(name=f"{fault}, hot device", options=(f"--sim-fault={fault}",), plan=SHORT, device="microcurrent_hot")
    for fault in ("zero_drifts",)
]
every_fault = pytest.mark.parametrize("run", ASKS, indirect=True, ids=str)


def test_every_fault_of_the_simulator_is_here() -> None:
    assert CAUSES.keys() | MID_RUN.keys() | LATER.keys() | ELSEWHERE == FAULTS.keys()


@every_fault
def test_a_fault_is_an_error_with_its_cause(run: Result) -> None:
    assert (run.verdict, run.code) == ("ERROR", 1)
    reason = run.case("STATION")["reason"]
    assert (run.case("STATION")["verdict"], reason["code"]) == ("ERROR", CAUSES[run.ask.name])
    assert reason["text"] in run.words
    assert "<" not in reason["text"], "a fact is missing in the sentence"


@every_fault
def test_a_fault_says_nothing_about_the_device(run: Result) -> None:
    assert run.record["device_finding"] == "NOT_RUN"
    assert set(run.case_verdicts.values()) == {"ERROR"}
    assert {case["reason"]["code"] for case in run.cases.values()} == {"station_check_failed"}
    assert run.measurements() == []


@every_fault
def test_the_device_was_never_connected(run: Result) -> None:
    assert [event for event in run.simulator_log if event["event"] == "port" and event["port"] == "device"] == []
    assert [event for event in run.simulator_log if event["event"] == "dut_output" and event["on"]] == []


@every_fault
def test_the_bench_ends_safe(run: Result) -> None:
    last = [event for event in run.simulator_log if event["event"] == "state"][-1]
    state = {key: last[key] for key in ("port", "smu_output", "dut_output", "reference_output")}
    assert state == {"port": "open", "smu_output": False, "dut_output": False, "reference_output": False}


@every_fault
def test_the_report_says_error(run: Result) -> None:
    assert run.said("verdict") == "ERROR"
    assert run.said("finding") == "NOT RUN"
    assert run.said("document") != "Certificate"
    assert run.case("STATION")["reason"]["text"] in unescape(run.report)


@every_mid_run_fault
def test_a_fault_in_mid_run_is_named_by_the_case_in_which_it_comes(run: Result) -> None:
    first, *others = run.cases.values()
    assert run.case("STATION")["verdict"] == "PASS"
    assert (run.verdict, run.code) == ("ERROR", 1)
    assert {case["reason"]["code"] for case in run.cases.values() if case["verdict"] == "ERROR"} == {
        MID_RUN[run.ask.name]
    }
    assert run.cases["OC-02"]["verdict"] == "ERROR", "what comes after it is not measured on a bench that changed"
    assert "PASS" not in {case["verdict"] for case in others}, first


@every_mid_run_fault
def test_a_fault_in_mid_run_ends_safe(run: Result) -> None:
    last = [event for event in run.simulator_log if event["event"] == "state"][-1]
    assert (last["port"], last["smu_output"], last["dut_output"]) == ("open", False, False)
    assert run.record["safe_state"]["confirmed"]


@pytest.mark.parametrize("run", LATE_ASKS, indirect=True, ids=str)
def test_what_breaks_while_the_device_is_measured_voids_what_was_measured(run: Result) -> None:
    assert (run.verdict, run.code) == ("ERROR", 1)
    assert run.record["reason"]["code"] == LATER[run.ask.name.split(",")[0]]
    assert run.record["reason"]["text"] in run.words
    assert run.case("STATION")["verdict"] == "PASS", "every finding alone is inside its allowance"
    assert all(measurement["void"]["code"] == "voided" for measurement in run.measurements())
    assert "PASS" not in {measurement["verdict"] for measurement in run.measurements()}
    hot = run.ask.device == "microcurrent_hot"
    assert run.record["device_finding"] == ("FAIL" if hot else "NOT_RUN")
    assert run.said("finding") == ("FAIL" if hot else "NOT RUN")
    assert "void: the bench did not pass its check" in unescape(run.report)


@pytest.mark.parametrize("run", LATE_ASKS[:1], indirect=True, ids=str)
def test_the_record_says_how_often_a_good_bench_is_refused(run: Result) -> None:
    checks = run.record["self_checks"]
    assert checks["count"] > 30
    assert 0.0 < checks["false_alarm"] <= checks["allowed"] == 1e-3
