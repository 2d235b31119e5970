# SPDX-License-Identifier: MIT
"""Devices that violate one bench test each, and where: what ``test_procedures_end_to_end.py`` runs."""

from dataclasses import dataclass

from tests.bench.runs import Edited

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
        device=changed((RISING, '"90 µA", "110 µA", "140 µA", "170 µA"')),
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
