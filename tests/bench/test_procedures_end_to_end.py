# SPDX-License-Identifier: MIT
"""Every bench test is proven: a device that violates what it tests, and nothing else, makes it fail, and only it.

The plan in ``procedures/`` holds a case of each procedure. A new ``bench/test_<procedure>.py`` belongs into that plan
and needs a device in ``violations.py`` that violates it.
"""

import pytest

from stimcert.events import EVENTS
from tests.bench.command import CHECKOUT
from tests.bench.runs import SHORT, SHORT_GALVANIC, Ask, Edited, Result
from tests.bench.violations import CASES, GALVANIC, GOOD, PLAN, VIOLATIONS, changed

FOLDER = "tests/bench/procedures"
HIDDEN = {
    text: Ask(
        name=f"a ninth level of {text}",
        device=Edited("instruments/sim/devices/microcurrent_good.toml", (('"450 µA"', f'"450 µA", "{text}"'),)),
        plan=SHORT,
    )
    for text in ("500 µA", "700 µA")
}
ASKS = [Ask(name=name, device=entry.device, plan=PLAN) for name, entry in VIOLATIONS.items()]
STANDARD = Ask(name="no violation", device=GOOD, plan=PLAN)
ALTERNATING = Ask(
    name="no direct current",
    device=Edited(
        GALVANIC,
        (('waveform = "dc"\npolarity = "positive"', 'waveform = "biphasic"\nfrequency = "100 Hz"\nwidth = "5 ms"'),),
    ),
    plan=SHORT_GALVANIC,
)
SWAPS = Ask(
    name="swaps of the polarity",
    device=f"{FOLDER}/swap_device.toml",
    plan=f"{FOLDER}/swap_plan.toml",
)
LIMITED = Ask(
    name="a port without pause and charger",
    device=changed(('settling = "20 ms"', 'settling = "20 ms"\npauses = false\ncharging = "none"')),
    plan=PLAN,
)
every_violation = pytest.mark.parametrize("run", ASKS, indirect=True, ids=str)


def test_every_procedure_on_disk_is_proven() -> None:
    procedures = {path.stem.removeprefix("test_") for path in (CHECKOUT / "bench").glob("test_*.py")}
    assert procedures == CASES.keys() == {entry.procedure for entry in VIOLATIONS.values()}


@pytest.mark.parametrize("run", [STANDARD], indirect=True, ids=str)
def test_nothing_fails_without_a_violation(run: Result) -> None:
    assert {name: (case["procedure"], case["verdict"]) for name, case in run.cases.items()} == {
        case: (procedure, "PASS") for procedure, case in CASES.items()
    }
    assert run.code == 0


@every_violation
def test_a_violation_fails_its_own_procedure_and_no_other(run: Result) -> None:
    violated = CASES[VIOLATIONS[run.ask.name].procedure]
    assert run.case_verdicts == {case: "FAIL" if case == violated else "PASS" for case in CASES.values()}
    assert (run.verdict, run.record["device_finding"], run.code) == ("FAIL", "FAIL", 1)


@every_violation
def test_a_violation_fails_where_it_is_and_nowhere_else(run: Result) -> None:
    violation = VIOLATIONS[run.ask.name]
    failed = run.measurements(verdict="FAIL")
    assert {m["quantity"] for m in failed} == violation.metrics
    # A record that was clipped is kept beside the one on the next range.
    assert {m["reason"]["code"] for m in failed} - {"censored_above_limit"} == {violation.code}
    places = {(m["conditions"]["mode"], m["conditions"]["level"], m["conditions"]["load"]) for m in failed}
    assert places == {
        (mode, level, load) for mode in violation.modes for level in violation.levels for load in violation.loads
    }


@pytest.mark.parametrize("run", [ALTERNATING], indirect=True, ids=str)
def test_a_mode_without_direct_current_has_no_polarity(run: Result) -> None:
    undetermined = run.measurements("PO-01", mode="iontophoresis", quantity="current.polarity")
    # A first reading that only tells how many are needed decides nothing.
    judged = {(m["verdict"], m["reason"]["code"]) for m in undetermined if m["verdict"] is not None}
    assert judged == {("INCONCLUSIVE", "polarity_undetermined")}
    assert {m["verdict"] for m in run.measurements("PO-01", mode="desincrustation")} == {"PASS", None}
    # The mean has no sign, and half of the current flows the other way: that is found.
    failed = run.measurements("PO-01", verdict="FAIL")
    assert {(m["conditions"]["mode"], m["quantity"]) for m in failed} == {("iontophoresis", "current.reversal")}
    assert run.case_verdicts["PO-01"] == "FAIL"
    assert run.code == 1


@pytest.mark.parametrize("run", [HIDDEN["500 µA"]], indirect=True, ids=str)
def test_a_level_that_the_plan_does_not_know_leaves_the_top_unproven(run: Result) -> None:
    assert (run.verdict, run.code) == ("INCONCLUSIVE", 1)
    assert run.case_verdicts == {"OC-01": "INCONCLUSIVE", "OC-02": "PASS"}
    (unproven,) = run.measurements(verdict="INCONCLUSIVE")
    assert unproven["conditions"]["one_more_up"]
    assert unproven["reason"]["code"] == "top_level_not_proven"


@pytest.mark.parametrize("run", [HIDDEN["700 µA"]], indirect=True, ids=str)
def test_a_hot_level_that_the_plan_does_not_know_is_found(run: Result) -> None:
    assert run.case_verdicts == {"OC-01": "FAIL", "OC-02": "PASS"}
    (failed,) = run.measurements(verdict="FAIL")
    assert failed["conditions"]["one_more_up"]
    assert failed["value"] == pytest.approx(700e-6, abs=failed["expanded_uncertainty"])


@pytest.mark.parametrize("run", [STANDARD], indirect=True, ids=str)
def test_the_output_specification_says_what_the_device_does(run: Result) -> None:
    """200 µA, 2 × 1 ms, 100 Hz at 5 kΩ: 1 V; what was not measured, and what a label would say, is not there."""
    (column,) = run.record["output_specification"]
    table = {row["name"]: row for row in column["rows"]}
    for name, truth in {
        "Maximum output voltage at 5 kΩ": 1.0,
        "Maximum output current at 5 kΩ": 200e-6,
        "Pulse width (whole pulse, gap included)": 2e-3,
        "Phase duration (first phase)": 1e-3,
        "Frequency": 100.0,
    }.items():
        assert table[name]["value"] == pytest.approx(truth, abs=2.5 * table[name]["expanded_uncertainty"])
    assert table["Waveform"]["text"] == "pulsed biphasic"
    assert table["Shape"]["text"].startswith("rectangular")
    assert table["Maximum output voltage at 500 Ω"]["text"] == "the case has no load of 500 Ω"
    assert table["Net charge per pulse at 500 Ω"]["state"] == "not measured"
    csv = (run.folder / "output_specification.csv").read_text(encoding="utf-8").splitlines()
    assert len(csv) == 1 + len(column["rows"])


@pytest.mark.parametrize("run", [LIMITED], indirect=True, ids=str)
def test_what_a_port_cannot_do_is_not_measurable_and_no_pass(run: Result) -> None:
    undecided = {"IO-01", "TR-01"}
    assert run.case_verdicts == {case: "INCONCLUSIVE" if case in undecided else "PASS" for case in CASES.values()}
    missing = run.measurements(verdict="INCONCLUSIVE")
    assert {m["reason"]["code"] for m in missing} == {"dut_cannot"}
    assert {(m["conditions"].get("state"), m["conditions"].get("event")) for m in missing} == {
        ("paused", None),
        ("charging", None),
        (None, "charger"),
    }
    assert {m["verdict"] for m in run.measurements("IO-01", state="stopped")} == {"PASS", None}


@pytest.mark.parametrize("run", [STANDARD], indirect=True, ids=str)
def test_events_are_recorded_with_what_was_before_them_at_moments_that_can_be_had_again(run: Result) -> None:
    events = [m for m in run.measurements("TR-01") if m["conditions"].get("event")]
    assert {m["conditions"]["event"] for m in events} == {*EVENTS} - {"polarity_swap"}
    assert all(m["conditions"]["event_time"] >= 5e-3 for m in events)
    assert all(0 <= m["conditions"]["phase"] <= 10e-3 for m in events)
    assert run.case("TR-01")["random_seed"] == 0
    assert "events   at random moments, seed 0" in run.text


@pytest.mark.parametrize("run", [STANDARD], indirect=True, ids=str)
def test_an_open_output_is_said_with_what_the_digitizer_puts_across_it(run: Result) -> None:
    (opened,) = run.measurements("OV-01", quantity="voltage.peak")
    assert opened["value"] == pytest.approx(30.0, abs=opened["expanded_uncertainty"])
    assert (opened["conditions"]["input_resistance"], opened["conditions"]["range"]) == (10e6, 100.0)
    assert opened["conditions"]["compared_with"] == pytest.approx(1 / (1 / 900e3 + 1 / 10e6))


@pytest.mark.parametrize("run", [SWAPS], indirect=True, ids=str)
def test_a_swap_of_the_polarity_is_waited_for_and_recorded_from_before_it(run: Result) -> None:
    assert run.case_verdicts == {"TR-01": "PASS", "TR-02": "FAIL"}
    for case, peak in (("TR-01", 200e-6), ("TR-02", 800e-6)):
        steady, *swaps = run.measurements(case, limit="proof.ceiling")
        assert steady["value"] == pytest.approx(200e-6, rel=0.01)
        assert [m["value"] for m in swaps] == [pytest.approx(peak, rel=0.01)] * 3
        assert {m["conditions"]["event"] for m in swaps} == {"polarity_swap"}
        assert all(m["conditions"]["event_time"] >= 5e-3 for m in swaps)
    beyond = {case: run.measurements(case, quantity="event.charge") for case in run.cases}
    assert {m["value"] for m in beyond["TR-01"]} == {0.0}
    for m in beyond["TR-02"]:
        assert m["value"] == pytest.approx(800e-6 * 100e-6, abs=m["expanded_uncertainty"])
