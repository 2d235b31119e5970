# SPDX-License-Identifier: MIT
"""Every shipped device, on the plan of its kind, ends as its file says: written before it was ever run.

These are the two plans of output current and polarity; ``test_shipped_plans.py`` has the others.
"""

import re
from html import unescape

import pytest

from instruments.sim.device_file import DeviceFile, read_device, shipped_devices
from tests.bench.runs import GALVANIC, MICROCURRENT, SHORT, Ask, Edited, Result, Runner

PLANS = {"microcurrent-facial": MICROCURRENT, "galvanic-facial": GALVANIC}
ASKS = {
    name: Ask(name=name, device=name, plan=PLANS[plan])
    for name in shipped_devices()
    for plan in PLANS.keys() & read_device(name).expected.keys()
}
FORCED = [
    Ask(
        name=f"spiky with the SMU on {text}",
        device="microcurrent_spiky",
        plan=SHORT,
        station=Edited("instruments/stations/sim.toml", (('# current_range = "1 mA" ', f'current_range = "{text}" '),)),
    )
    for text in ("10 µA", "100 µA", "1 mA", "10 mA", "100 mA")
]
TOP = 8
PEAK_OF_SPIKY, MEAN_OF_SPIKY = 5e-3, 25e-6


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on shipped devices."""
    return pytest.mark.parametrize("run", [ASKS[name] for name in names], indirect=True, ids=str)


def file_of(run: Result) -> DeviceFile:
    assert isinstance(run.ask.device, str)
    return read_device(run.ask.device)


def test_every_shipped_device_that_expects_something_of_these_plans_takes_part() -> None:
    assert ASKS.keys() == {name for name in shipped_devices() if PLANS.keys() & read_device(name).expected.keys()}
    assert {ask.plan for ask in ASKS.values()} == set(PLANS.values())


@on(*ASKS)
def test_a_device_ends_as_its_file_says(run: Result) -> None:
    expected, cases = file_of(run).expected, file_of(run).expected_cases
    plan = run.record["plan"]["id"]
    assert run.verdict in expected[plan]
    assert run.case_verdicts.keys() == cases[plan].keys()
    assert {name: v for name, v in run.case_verdicts.items() if v not in cases[plan][name]} == {}


@on(*ASKS)
def test_the_bench_itself_was_well(run: Result) -> None:
    assert run.case("STATION")["verdict"] == "PASS"
    assert run.record["device_finding"] == run.verdict
    assert run.record["complete"]
    assert run.record["safe_state"]["confirmed"]


@on(*ASKS)
def test_only_a_pass_ends_in_zero(run: Result) -> None:
    assert run.code == (0 if run.verdict == "PASS" else 1)


@on(*ASKS)
def test_terminal_and_report_say_what_the_record_says(run: Result) -> None:
    words = run.verdict.replace("_", " ")
    assert (run.closing("verdict"), run.closing("device finding")) == (words, words)
    assert (run.said("verdict"), run.said("finding"), run.said("document")) == (words, words, "Test report")
    for name, verdict in run.case_verdicts.items():
        assert run.said(f"case {name}") == verdict.replace("_", " ")


@on(*ASKS)
def test_the_bench_ends_safe(run: Result) -> None:
    last = [event for event in run.simulator_log if event["event"] == "state"][-1]
    assert (last["port"], last["smu_output"], last["dut_output"]) == ("open", False, False)


@on("microcurrent_hot")
def test_a_hot_device_fails_at_its_top_level_only(run: Result) -> None:
    failed = run.measurements(verdict="FAIL")
    assert {m["conditions"]["level"] for m in failed} == {TOP}
    assert {m["conditions"]["load"] for m in failed} == {500.0, 2000.0, 10000.0}
    assert all(m["value"] == pytest.approx(650e-6, abs=m["expanded_uncertainty"]) for m in failed)
    below = [m for m in run.measurements("OC-01") if m["conditions"]["level"] < TOP and m["verdict"] is not None]
    assert len(below) == 3 * (TOP - 1)
    assert {m["verdict"] for m in [*below, *run.measurements("OC-02")]} == {"PASS", None}


@on("microcurrent_edge")
def test_a_device_within_the_uncertainty_of_the_limit_is_neither_pass_nor_fail(run: Result) -> None:
    assert run.verdict not in ("PASS", "FAIL")
    undecided = [m for m in run.measurements("OC-01") if m["verdict"] not in ("PASS", None)]
    assert {(m["conditions"]["level"], m["reason"]["code"]) for m in undecided} == {(TOP, "guard_band")}
    for m in undecided:
        assert abs(m["value"] - m["upper_limit"]) <= m["expanded_uncertainty"]


@on("microcurrent_550")
def test_an_advisory_is_shown_and_changes_nothing(run: Result) -> None:
    assert (run.verdict, run.code) == ("PASS", 0)
    (advisory,) = run.record["advisories"]
    assert (advisory["case"], advisory["limit"]) == ("OC-01", "microcurrent.advisory")
    assert advisory["value"] == pytest.approx(550e-6, rel=5e-3)
    assert {m["verdict"] for m in run.measurements(limit="microcurrent.advisory")} == {None}
    line = run.closing("advisory") or ""
    assert re.match(r"microcurrent\.advisory exceeded: OC-01 55\d(\.\d+)? µA ± .* µA, limit 500 µA$", line), line
    # In the result on the first page, not only among the rows.
    _, heading, after = unescape(run.report).partition("Advisory limits exceeded (no influence on the verdict)")
    assert heading
    assert re.match(r" *OC-01: 55\d(\.\d+)? ± \S+ µA at .* microcurrent\.advisory \(≤ 500 µA\)", after), after[:200]


@on("microcurrent_good", "galvanic_good")
def test_a_good_device_exceeds_no_advisory(run: Result) -> None:
    assert run.record["advisories"] == []
    assert {m["verdict"] for m in run.measurements()} == {"PASS", None}


@on("microcurrent_dead", "microcurrent_stuck")
def test_absence_of_current_is_no_conformity(run: Result) -> None:
    assert run.verdict == "INCONCLUSIVE"
    for name, case in run.cases.items():
        assert (name, case["reason"]["code"]) == (name, "no_output_proven")
    assert "no output proven" in run.words
    assert "no output proven" in run.report


@on("microcurrent_dead")
def test_a_dead_device_passes_nowhere(run: Result) -> None:
    assert run.measurements(verdict="PASS") == []


@on("microcurrent_stuck")
def test_a_stuck_device_passes_at_no_level_but_the_lowest(run: Result) -> None:
    assert {m["conditions"]["level"] for m in run.measurements(verdict="PASS")} == {1}


@on("mislabelled_ems")
def test_an_ems_device_sold_as_microcurrent_fails_at_every_level(run: Result) -> None:
    failed = run.measurements(verdict="FAIL")
    assert {(m["conditions"]["mode"], m["conditions"]["level"]) for m in failed} == {
        (mode, level) for mode in ("lift", "tone") for level in range(1, TOP + 1)
    }


@on("galvanic_reversed")
def test_a_reversed_device_fails_in_the_polarity_case_and_nowhere_else(run: Result) -> None:
    assert run.case_verdicts == {"OC-01": "PASS", "PO-01": "FAIL"}
    failed = run.measurements(verdict="FAIL")
    assert len(failed) == len(run.measurements("PO-01", quantity="current.polarity"))
    assert {m["reason"]["code"] for m in failed} == {"polarity_reversed"}
    assert {m["conditions"]["mode"] for m in failed} == {"desincrustation", "iontophoresis"}
    for place in (run.case("PO-01")["reason"]["text"], run.words, run.report):
        assert "device or its leads" in place


@on("galvanic_good", "galvanic_reversed")
def test_the_sign_of_a_galvanic_mode_is_that_of_the_device(run: Result) -> None:
    direction = {mode.name: -1 if mode.polarity == "negative" else 1 for mode in file_of(run).modes}
    for m in run.measurements(quantity="current.polarity"):
        assert m["value"] * direction[m["conditions"]["mode"]] > m["expanded_uncertainty"]


@pytest.mark.parametrize("run", FORCED, indirect=True, ids=str)
def test_spikes_fail_whatever_range_the_smu_is_on(run: Result) -> None:
    assert (run.verdict, run.code) == ("FAIL", 1)
    assert set(run.case_verdicts.values()) == {"FAIL"}
    peaks = run.measurements(level=TOP, quantity="current.peak", limit="microcurrent.ceiling", verdict="FAIL")
    assert peaks
    for m in peaks:
        assert m["bound"] == ">=" or m["value"] == pytest.approx(PEAK_OF_SPIKY, rel=5e-3)


@pytest.mark.parametrize("run", FORCED, indirect=True, ids=str)
def test_the_smu_reads_the_mean_of_spikes_only_where_they_fit_its_range(run: Result) -> None:
    forced = float(run.ask.name.split()[-2]) * (1e-6 if run.ask.name.endswith("µA") else 1e-3)
    means = run.measurements(level=TOP, quantity="current.mean")
    assert len(means) == 4  # two modes, and one more "up" in each
    for m in means:
        assert m["conditions"]["instrument"] == ("smu" if forced > PEAK_OF_SPIKY else "digitizer")
        assert m["value"] == pytest.approx(MEAN_OF_SPIKY, abs=m["expanded_uncertainty"])
    assert {m["conditions"]["range"] for m in means if m["conditions"]["instrument"] == "smu"} <= {forced}


def test_a_run_happens_once_for_all_who_ask_for_it(runner: Runner) -> None:
    assert runner.result(ASKS["microcurrent_good"]) is runner.result(
        Ask(name="microcurrent_good", device="microcurrent_good", plan=MICROCURRENT)
    )
