# SPDX-License-Identifier: MIT
"""The keys and tables of device files for programs and habits: what they become, and the mistakes that are refused."""

import re
from pathlib import Path

import pytest

from instruments.sim.behaviours import (
    AutoLevel,
    Battery,
    Behaviours,
    LateFault,
    Leakage,
    LiftOff,
    NoLoadTrip,
    Surge,
)
from instruments.sim.device_file import DeviceFile, ModeEntry
from instruments.sim.mode_tables import BurstEntry, CarrierEntry, PartEntry, ProgramEntry, RingingEntry, RippleEntry
from instruments.sim.programs import Program, Ripple
from stimcert.strict_toml import InvalidFile, load

HEAD = """schema = 1
name = "mine"
manufacturer = "Maker"
model = "M1"
firmware = "1.0"
description = "Mine."
rail = "30 V"
settling = "20 ms"
"""
HABITS = """output_capacitance = "100 nF"
auto_off = "1200 s"
wraps = true
charging = "blocked"
[no_load_trip]
above = "100 kΩ"
after = "500 ms"
[lift_off]
above = "200 kΩ"
within = "2 ms"
ramp = "1 s"
[auto_level]
below = ["2 kΩ", "6 kΩ"]
shares = ["100 %", "60 %", "20 %"]
[battery]
full_for = "300 s"
empty_after = "600 s"
share = "50 %"
[late_fault]
after = "180 s"
gain = "200 %"
direct = "-10 µA"
[leakage]
idle = "1 µA"
charging = "-2 µA"
[[surge]]
on = ["start", "contact"]
amplitude = "-5 mA"
width = "100 µs"
delay = "1 ms"
"""
MODE = """[[mode]]
name = "lift"
waveform = "biphasic"
frequency = "100 Hz"
width = "1 ms"
amplitudes = ["100 µA", "200 µA"]
"""
EXTRAS = """direct = "-30 µA"
jitter = "10 µs"
[mode.program]
on = "4 s"
off = "2 s"
rise = "1 s"
fall = "500 ms"
alternates = true
[mode.ripple]
share = "5 %"
frequency = "100 Hz"
"""


def read(text: str) -> DeviceFile:
    return load(text.encode(), DeviceFile, "mine.toml").value


def test_habits_become_behaviours() -> None:
    device = read(HEAD + HABITS + MODE).device()
    assert device.output_capacitance == pytest.approx(100e-9)
    assert device.behaviours == Behaviours(
        no_load_trip=NoLoadTrip(above=1e5, after=0.5),
        lift_off=LiftOff(above=2e5, within=2e-3, ramp=1.0),
        auto_level=AutoLevel(below=(2e3, 6e3), shares=(1.0, 0.6, 0.2)),
        battery=Battery(full_for=300.0, empty_after=600.0, share=0.5),
        late_fault=LateFault(after=180.0, gain=2.0, direct=-1e-5),
        leakage=Leakage(idle=1e-6, charging=-2e-6),
        surges=(Surge(on=frozenset({"start", "contact"}), amplitude=-5e-3, width=1e-4, delay=1e-3),),
        auto_off=1200.0,
        wraps=True,
        blocked_while_charging=True,
    )


def test_what_is_left_out_is_not_done() -> None:
    device = read(HEAD + MODE).device()
    assert (device.behaviours, device.output_capacitance) == (Behaviours(), 0.0)


def test_a_mode_has_what_its_tables_say() -> None:
    (mode,) = read(HEAD + MODE + EXTRAS).device().modes
    assert (mode.direct, mode.jitter, mode.regulates) == (pytest.approx(-3e-5), pytest.approx(1e-5), "current")
    assert mode.program == Program(on=4.0, off=2.0, rise=1.0, fall=0.5, alternates=True)
    assert mode.ripple == Ripple(share=0.05, frequency=100.0)


def test_a_mode_may_regulate_a_voltage() -> None:
    (mode,) = read(HEAD + MODE.replace('amplitudes = ["100 µA", "200 µA"]', 'voltages = ["1 V", "4 V"]')).device().modes
    assert (mode.regulates, mode.amplitudes) == ("voltage", (1.0, 4.0))


@pytest.mark.parametrize(
    ("keys", "stretches"),
    [
        ("", [(1e-3, 1.0), (1e-3, -1.0)]),
        ('gap = "500 µs"', [(1e-3, 1.0), (0.5e-3, 0.0), (1e-3, -1.0)]),
        ('second_width = "4 ms"', [(1e-3, 1.0), (4e-3, -0.25)]),
        ('second_width = "2 ms"\nbalance = "90 %"', [(1e-3, 1.0), (2e-3, -0.45)]),
        ('[mode.carrier]\nfrequency = "1 kHz"\nform = "interrupted"', [(5e-4, 1.0), (5e-4, 0.0), (5e-4, -1.0)]),
    ],
)
def test_a_pulse_has_the_phases_that_its_keys_say(keys: str, stretches: list[tuple[float, float]]) -> None:
    (mode,) = read(HEAD + MODE + keys).device().modes
    train = mode.train.between(0.0, mode.train.period, 0.0)
    assert train.values[: len(stretches)] == pytest.approx([value for _, value in stretches])
    lengths = [stop - start for start, stop in zip(train.edges[:-1], train.edges[1:], strict=True)]
    assert lengths[: len(stretches)] == pytest.approx([length for length, _ in stretches])
    assert not train.values[len(stretches) :].any() or "carrier" in keys


BAD_HABITS = [
    ('auto_off = "1200 s"', 'auto_off = "20 kΩ"', "auto_off", "time"),
    ('charging = "blocked"', 'charging = "forbidden"', "charging", "delivers"),
    ('above = "100 kΩ"', 'above = "0 Ω"', "no_load_trip.above", "greater"),
    ('ramp = "1 s"', 'ramp = "-1 s"', "lift_off.ramp", "at least"),
    ('shares = ["100 %", "60 %", "20 %"]', 'shares = ["100 %", "60 %"]', "auto_level.shares", "found 2"),
    ('below = ["2 kΩ", "6 kΩ"]', 'below = ["6 kΩ", "2 kΩ"]', "auto_level.below", "ascend"),
    ('full_for = "300 s"', 'full_for = "600 s"', "battery.empty_after", "after full_for"),
    ('gain = "200 %"\ndirect = "-10 µA"', "", "late_fault", "neither"),
    ('idle = "1 µA"', 'idel = "1 µA"', "leakage.idel", "idel"),
    ('on = ["start", "contact"]', "on = []", "surge[1].on", "no events"),
    ('on = ["start", "contact"]', 'on = ["start", "lunch"]', "surge[1].on", "charger"),
    ('width = "100 µs"', 'width = "0 s"', "surge[1].width", "greater"),
    ("[lift_off]", "[lift_of]", "lift_of", "lift_of"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), BAD_HABITS)
def test_a_mistake_in_a_habit_is_refused_with_its_key(old: str, new: str, key: str, words: str) -> None:
    good = HEAD + HABITS + MODE
    assert old in good
    with pytest.raises(InvalidFile) as caught:
        read(good.replace(old, new, 1))
    assert any(problem.key.startswith(key) and words in str(problem) for problem in caught.value.problems), caught.value


def test_a_surge_upon_contact_needs_a_way_to_notice_it() -> None:
    surge = '[[surge]]\non = ["contact"]\namplitude = "1 mA"\nwidth = "1 ms"\n'
    with pytest.raises(InvalidFile, match="lift_off"):
        read(HEAD + surge + MODE)


@pytest.mark.parametrize(
    "table",
    [
        '[[surge]]\non = ["start"]\namplitude = "1 mA"\nwidth = "1 ms"\n',
        '[late_fault]\nafter = "1 s"\ndirect = "1 mA"\n',
        '[leakage]\nidle = "1 µA"\n',
    ],
)
def test_a_device_with_voltages_has_no_currents_beside_them(table: str) -> None:
    with pytest.raises(InvalidFile, match="voltages"):
        read(HEAD + table + MODE.replace('amplitudes = ["100 µA", "200 µA"]', 'voltages = ["1 V"]'))


BAD_MODES = [
    ('voltages = ["1 V"]', "mode[1].voltages", "one or the other"),
    ('tail = "1 ms"', "mode[1].tail", "has none"),
    ('second_width = "20 ms"', "mode[1].width", "exceed the period"),
    ('edge = "2 ms"', "mode[1].edge", "at most as long"),
    ('jitter = "5 ms"', "mode[1].jitter", "pause"),
    ('[mode.carrier]\nfrequency = "4 kHz"\nduty = "100 %"', "mode[1].carrier.duty", "between"),
    ('edge = "10 µs"\n[mode.ringing]\nshare = "9 %"\nfrequency = "1 MHz"\ndecay = "1 µs"', "mode[1].edge", "beside"),
    ('[mode.ringing]\nshare = "9 %"\nfrequency = "1 MHz"\ndecay = "1 ms"', "mode[1].ringing.decay", "periods"),
    ('[mode.carrier]\nfrequency = "100 MHz"', "mode[1].carrier", "periods"),
    ('[mode.burst]\npulses = 20\nfrequency = "10 Hz"', "mode[1].burst", "exceed the period"),
    ('[mode.burst]\npulses = 0\nfrequency = "1 Hz"', "mode[1].burst.pulses", "1"),
    ('[[mode.sequence]]\nfrequency = "10 Hz"\nduration = "1 s"', "mode[1].frequency", "beside"),
    ('[mode.program]\non = "1 s"\noff = "1 s"\nrise = "2 s"', "mode[1].program.on", "longer"),
    ('[mode.program]\non = "1 s"', "mode[1].program", "off"),
    ('[mode.ripple]\nshare = "5"\nfrequency = "100 Hz"', "mode[1].ripple.share", "share"),
]


@pytest.mark.parametrize(("keys", "key", "words"), BAD_MODES)
def test_a_mistake_in_a_mode_is_refused_with_its_key(keys: str, key: str, words: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(HEAD + MODE + keys)
    assert any(problem.key.startswith(key) and words in str(problem) for problem in caught.value.problems), caught.value


def test_a_part_of_a_sequence_holds_at_least_one_pulse() -> None:
    parts = '[[mode.sequence]]\nfrequency = "10 Hz"\nduration = "1 s"\n[[mode.sequence]]\nfrequency = "1 Hz"\n'
    with pytest.raises(InvalidFile, match=r"sequence\[2\].*less than 1"):
        read(HEAD + MODE.replace('frequency = "100 Hz"\n', "") + parts + 'duration = "500 ms"\n')


def test_direct_current_has_no_pulses() -> None:
    text = HEAD + MODE.replace("biphasic", "dc").replace('frequency = "100 Hz"\nwidth = "1 ms"\n', "")
    for keys in ('gap = "1 ms"', 'jitter = "1 ms"', 'direct = "1 µA"', '[mode.carrier]\nfrequency = "4 kHz"'):
        with pytest.raises(InvalidFile, match='a "dc" mode has none'):
            read(text + keys)
    assert read(text + '[mode.program]\non = "1 s"\noff = "1 s"').device().modes[0].waveform().continuous


def test_mistakes_in_habits_and_modes_are_named_at_once() -> None:
    broken = HEAD.replace("30 V", "30") + "wraps = 1\n" + '[battery]\nfull_for = "2 s"\nempty_after = "1 s"\n'
    with pytest.raises(InvalidFile) as caught:
        read(
            broken + 'share = "50 %"\n' + MODE + 'tail = "1 ms"\n[mode.program]\non = "1 s"\noff = "1 s"\nrise = "2 s"'
        )
    assert [problem.key for problem in caught.value.problems] == [
        "rail",
        "wraps",
        "battery.empty_after",
        "mode[1].tail",
        "mode[1].program.on",
    ]


def test_the_example_of_the_manual_is_a_device_and_no_key_is_missing_in_it() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "how-to" / "describe_a_device.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", manual, re.DOTALL)
    assert example is not None
    assert read(example[1]).device().behaviours.lift_off is not None
    models = (DeviceFile, ModeEntry, BurstEntry, CarrierEntry, PartEntry, ProgramEntry, RingingEntry, RippleEntry)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert {key for key in keys if not re.search(rf"\b{key}\b", manual)} == set()
