# SPDX-License-Identifier: MIT
"""Every bench test is proven: a device that violates what it tests, and nothing else, makes it fail, and only it.

The plan in ``procedures/`` holds a case of each procedure. A new ``bench/test_<procedure>.py`` belongs into that plan
and needs a device here that violates it.
"""

from dataclasses import dataclass

import pytest

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


def only_in(mode: str, old: str, new: str) -> Edited:
    """Return the good device, changed in one of its modes."""
    text = Edited(GOOD).text
    start = text.index(f'name = "{mode}"')
    before = text[start:].partition("[[mode]]")[0]
    return changed((before, before.replace(old, new)))


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
    assert {(m["quantity"], m["reason"]["code"]) for m in failed} == {
        (metric, violation.code) for metric in violation.metrics
    }
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
