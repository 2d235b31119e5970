# SPDX-License-Identifier: MIT
"""Every bench test is proven: a device that violates what it tests, and nothing else, makes it fail, and only it.

The plan in ``procedures/`` holds a case of each procedure. A new ``bench/test_<procedure>.py`` belongs into that plan
and needs a device here that violates it.
"""

from dataclasses import dataclass

import pytest

from stimcert.events import EVENTS
from tests.bench.command import CHECKOUT
from tests.bench.runs import SHORT, SHORT_GALVANIC, Ask, Edited, Result

CASES = {
    "output_current": "OC-01",
    "polarity": "PO-01",
    "intensity_control": "IC-01",
    "load_regulation": "LR-01",
    "pulse_timing": "PT-01",
    "charge": "CH-01",
    "energy": "EN-01",
    "idle_output": "IO-01",
    "modality": "MO-01",
    "output_specification": "OS-01",
    "transients": "TR-01",
    "open_circuit": "OV-01",
    "abuse": "AB-01",
    "treatment": "WT-01",
}
PLAN, GOOD = "tests/bench/procedures/plan.toml", "tests/bench/procedures/device.toml"
GALVANIC = "instruments/sim/devices/galvanic_good.toml"
BOTH = frozenset({"desincrustation", "iontophoresis"})
LIFT = frozenset({"lift"})
TOP, TOP_OF_LIFT = 5, 4
RISING = '"50 µA", "100 µA", "150 µA", "200 µA"'
"""Levels of lift."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A device that violates one procedure, and where: in these modes, levels and loads (Ω), and in no others."""

    procedure: str
    device: Edited
    code: str = "limit_exceeded"
    metrics: frozenset[str]
    modes: frozenset[str] = LIFT
    levels: frozenset[int] = frozenset({TOP_OF_LIFT})
    loads: frozenset[float] = frozenset({2e3})


def changed(*changes: tuple[str, str]) -> Edited:
    """Return the good device with some of its texts replaced."""
    return Edited(GOOD, changes)


def in_treatment(what: str, *, lasts: str = "10 s") -> Edited:
    """Return the good device, broken in iontophoresis 11.5 s after its start: no other case lasts as long."""
    fault = f'late_fault = {{ after = "11.5 s", lasts = "{lasts}", {what}, modes = ["iontophoresis"] }}'
    return changed(('settling = "20 ms"', f'settling = "20 ms"\n{fault}'))


def only_in(mode: str, old: str, new: str) -> Edited:
    """Return the good device, changed in one of its modes."""
    text = Edited(GOOD).text
    start = text.index(f'name = "{mode}"')
    before = text[start:].partition("[[mode]]")[0]
    return changed((before, before.replace(old, new)))


def with_surge(event: str) -> Edited:
    """Return the good device with 900 µA for 20 µs after an event."""
    surge = f'surge = [{{ on = ["{event}"], amplitude = "900 µA", width = "20 µs" }}]'
    return changed(('settling = "20 ms"', f'settling = "20 ms"\n{surge}'))


VIOLATIONS = {
    "too little at the top level": Violation(
        procedure="output_current",
        device=changed(('"400 µA"', '"300 µA"')),
        metrics=frozenset({"current.mean"}),
        modes=BOTH,
        levels=frozenset({TOP}),
        loads=frozenset({500.0, 10e3}),
    ),
    "too much in one mode": Violation(
        procedure="output_current",
        device=only_in("iontophoresis", "400 µA", "520 µA"),
        metrics=frozenset({"current.mean"}),
        modes=frozenset({"iontophoresis"}),
        levels=frozenset({TOP}),
        loads=frozenset({500.0, 10e3}),
    ),
    "too little at the largest load": Violation(
        procedure="output_current",
        device=changed(('rail = "30 V"', 'rail = "2.5 V"')),
        metrics=frozenset({"current.mean"}),
        modes=BOTH,
        levels=frozenset({TOP}),
        loads=frozenset({10e3}),
    ),
    "one sign reversed": Violation(
        procedure="polarity",
        device=only_in("desincrustation", "negative", "positive"),
        code="polarity_reversed",
        metrics=frozenset({"current.polarity"}),
        modes=frozenset({"desincrustation"}),
        levels=frozenset({1, TOP}),
        loads=frozenset({500.0, 10e3}),
    ),
    "the other way for a moment": Violation(
        procedure="polarity",
        device=changed(
            (
                'settling = "20 ms"',
                'settling = "20 ms"\nlate_fault = { after = "850 ms", lasts = "5 ms", direct = "800 µA", '
                'modes = ["desincrustation"] }',
            )
        ),
        code="polarity_reverses",
        metrics=frozenset({"current.reversal"}),
        modes=frozenset({"desincrustation"}),
        levels=frozenset({TOP}),
        loads=frozenset({500.0, 10e3}),
    ),
    "signs that change too early": Violation(
        procedure="polarity",
        device=changed(('on = "50 ms"', 'on = "35 ms"')),
        code="schedule_differs",
        metrics=frozenset({"polarity.shortest", "polarity.longest"}),
        modes=frozenset({"swap"}),
        levels=frozenset({1, TOP}),
        loads=frozenset({500.0, 10e3}),
    ),
    "a step too large": Violation(
        procedure="intensity_control",
        device=changed((RISING, '"50 µA", "150 µA", "160 µA", "200 µA"')),
        metrics=frozenset({"intensity.step"}),
        levels=frozenset({1, 2}),  # up to level 2, and down from it
    ),
    "less where it should be more": Violation(
        procedure="intensity_control",
        device=changed((RISING, '"50 µA", "128 µA", "121 µA", "200 µA"')),
        metrics=frozenset({"intensity.drop"}),
        levels=frozenset({2, 3}),
    ),
    "a lowest level too high": Violation(
        procedure="intensity_control",
        device=changed((RISING, '"75 µA", "90 µA", "115 µA", "130 µA"')),
        metrics=frozenset({"intensity.minimum"}),
        levels=frozenset({1}),
    ),
    "less current into dry skin": Violation(
        procedure="load_regulation",
        device=changed(
            ('settling = "20 ms"', 'settling = "20 ms"\nauto_level = { below = ["11 kΩ"], shares = ["100 %", "70 %"] }')
        ),
        metrics=frozenset({"current.regulation"}),
        loads=frozenset({12e3}),
    ),
    "pulses too short": Violation(
        procedure="pulse_timing",
        device=changed(('width = "1 ms"', 'width = "0.7 ms"')),
        metrics=frozenset({"pulse.phase_duration"}),
    ),
    "pulses too rare": Violation(
        procedure="pulse_timing",
        device=changed(('"100 Hz"', '"80 Hz"')),
        metrics=frozenset({"pulse.frequency"}),
    ),
    "charge left in the skin": Violation(
        procedure="charge",
        device=changed(('width = "1 ms"', 'width = "1 ms"\nbalance = "85 %"')),
        metrics=frozenset({"charge.imbalance", "charge.net"}),
    ),
    "charge of long phases": Violation(
        procedure="charge",
        device=changed(('width = "1 ms"', 'width = "1.15 ms"')),
        metrics=frozenset({"charge.phase"}),
    ),
    "pulses of too much energy": Violation(
        procedure="energy",
        device=changed((RISING, '"50 µA", "100 µA", "172 µA", "200 µA"')),
        metrics=frozenset({"energy.pulse"}),
        levels=frozenset({3}),
    ),
    "less voltage than declared": Violation(
        procedure="output_specification",
        device=changed(
            (
                'settling = "20 ms"',
                'settling = "20 ms"\nauto_level = { below = ["4 kΩ", "6 kΩ"], shares = ["100 %", "70 %", "100 %"] }',
            )
        ),
        metrics=frozenset({"voltage.peak"}),
        loads=frozenset({5e3}),
    ),
    "current while it is stopped": Violation(
        procedure="idle_output",
        device=changed(('settling = "20 ms"', 'settling = "20 ms"\nleakage = { idle = "40 µA" }')),
        metrics=frozenset({"current.mean"}),
    ),
    "current while it is paused": Violation(
        procedure="idle_output",
        device=changed(('settling = "20 ms"', 'settling = "20 ms"\nleakage = { paused = "-40 µA" }')),
        metrics=frozenset({"current.mean"}),
    ),
    "a surge at switch-on": Violation(
        procedure="transients",
        device=with_surge("start"),
        metrics=frozenset({"current.peak"}),
        loads=frozenset({500.0, 2e3}),
    ),
    "a surge at every change of level": Violation(
        procedure="transients",
        device=with_surge("level"),
        metrics=frozenset({"current.peak"}),
        loads=frozenset({500.0, 2e3}),
    ),
    "a capacitor that nobody discharges": Violation(
        procedure="transients",
        device=changed(('rail = "30 V"', 'rail = "45 V"\noutput_capacitance = "3 nF"')),
        metrics=frozenset({"current.peak", "event.charge", "event.energy"}),
        loads=frozenset({500.0, 2e3}),
    ),
    "a voltage too high without skin": Violation(
        procedure="open_circuit",
        device=changed(('rail = "30 V"', 'rail = "60 V"')),
        metrics=frozenset({"voltage.peak"}),
    ),
    "half of it broken by a short circuit": Violation(
        procedure="abuse",
        device=changed(
            ('settling = "20 ms"', 'settling = "20 ms"\nbreaks = { below = "150 Ω", after = "20 s", gain = "50 %" }')
        ),
        metrics=frozenset({"output.change"}),
        loads=frozenset({500.0}),
    ),
    "less and less in the course of a treatment": Violation(
        procedure="treatment",
        device=in_treatment('gain = "70 %"'),
        metrics=frozenset({"treatment.drift"}),
        modes=frozenset({"iontophoresis"}),
        levels=frozenset({TOP}),
    ),
    "a moment of too much in the middle of a treatment": Violation(
        procedure="treatment",
        device=in_treatment('gain = "200 %"', lasts="5 ms"),
        metrics=frozenset({"current.peak"}),
        modes=frozenset({"iontophoresis"}),
        levels=frozenset({TOP}),
    ),
    "a moment of reversal in the middle of a treatment": Violation(
        procedure="treatment",
        device=in_treatment('direct = "-800 µA"', lasts="5 ms"),
        code="polarity_reverses",
        metrics=frozenset({"current.reversal"}),
        modes=frozenset({"iontophoresis"}),
        levels=frozenset({TOP}),
    ),
    "a timer that runs too long": Violation(
        procedure="treatment",
        device=changed(('auto_off = "14 s"', 'auto_off = "20 s"')),
        code="auto_off_differs",
        metrics=frozenset({"treatment.auto_off"}),
        modes=frozenset({"iontophoresis"}),
        levels=frozenset({TOP}),
    ),
    "direct current that is not": Violation(
        procedure="modality",
        device=only_in(
            "iontophoresis",
            'polarity = "positive"',
            'polarity = "positive"\nripple = { share = "15 %", frequency = "100 Hz" }',
        ),
        code="modality_differs",
        metrics=frozenset({"modality"}),
        modes=frozenset({"iontophoresis"}),
    ),
}

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
    assert {(m["verdict"], m["reason"]["code"]) for m in undetermined} == {("INCONCLUSIVE", "polarity_undetermined")}
    assert {m["verdict"] for m in run.measurements("PO-01", mode="desincrustation")} == {"PASS", None}
    assert run.case_verdicts["PO-01"] == "INCONCLUSIVE"
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
