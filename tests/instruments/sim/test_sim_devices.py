# SPDX-License-Identifier: MIT
"""Every shipped device is valid and delivers what its file claims; a file with mistakes names them all."""

from pathlib import Path

import numpy as np
import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import DEVICES, DeviceFile, ModeEntry, find_device, read_device, shipped_devices
from stimcert.strict_toml import InvalidFile, load

MICROCURRENT = [
    "microcurrent_550",
    "microcurrent_dead",
    "microcurrent_edge",
    "microcurrent_good",
    "microcurrent_hot",
    "microcurrent_spiky",
    "microcurrent_stuck",
    "mislabelled_ems",
]
GALVANIC = ["galvanic_good", "galvanic_reversed"]
WATCHED = 0.2
"""Whole periods of every shipped waveform, s."""

GOOD = """schema = 1
name = "mine"
manufacturer = "Maker"
model = "M1"
firmware = "1.0"
description = "Mine."
rail = "30 V"
settling = "20 ms"

[[mode]]
name = "lift"
waveform = "monophasic"
frequency = "100 Hz"
width = "5 ms"
amplitudes = ["100 µA", "200 µA"]
"""


def delivered(file: DeviceFile, mode: str, level: int) -> tuple[float, float, float]:
    """Return the largest, the smallest and the mean current through 1 kΩ, A, as the circuit has it."""
    bench = SimulatedBench(file.device(), seed=5)
    bench.circuit.port, bench.circuit.bypass = "device", True
    bench.circuit.box, bench.circuit.shunts = 900.0, frozenset({100.0})
    bench.stimulator.select_mode(mode)
    bench.stimulator.set_level(level)
    bench.stimulator.start()
    bench.advance(0.05)
    volts = bench.circuit.tap_voltage(bench.time, bench.time + WATCHED, 1e10)
    amperes = volts.map(lambda values: np.asarray(values / bench.circuit.shunt(100.0)))
    return amperes.values.max(), amperes.values.min(), amperes.integral(amperes.start, amperes.stop) / WATCHED


def claimed(file: DeviceFile, mode: ModeEntry, level: int) -> tuple[float, float, float]:
    """Return the same three from the file alone."""
    obeyed = file.stuck_level or level
    peak = mode.amplitudes[obeyed - 1].si * (-1 if mode.polarity == "negative" else 1)
    if mode.waveform == "dc" or mode.width is None or mode.frequency is None:
        return peak, peak, peak
    if mode.waveform == "biphasic":
        return abs(peak), -abs(peak), 0.0
    return max(peak, 0.0), min(peak, 0.0), peak * mode.width.si * mode.frequency.si


def test_the_devices_of_the_first_plans_are_there() -> None:
    assert set(MICROCURRENT + GALVANIC) <= set(shipped_devices())


@pytest.mark.parametrize("name", MICROCURRENT + GALVANIC)
def test_a_shipped_device_delivers_what_its_file_claims(name: str) -> None:
    file = read_device(name)
    assert file.name == name
    for mode in file.modes:
        for level in range(1, len(mode.amplitudes) + 1):
            assert delivered(file, mode.name, level) == pytest.approx(claimed(file, mode, level), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", MICROCURRENT)
def test_microcurrent_devices_fit_the_microcurrent_plan(name: str) -> None:
    file = read_device(name)
    assert [(mode.name, len(mode.amplitudes)) for mode in file.modes] == [("lift", 8), ("tone", 8)]
    assert next(iter(file.expected)) == "microcurrent-facial"
    assert sorted(file.expected_cases["microcurrent-facial"]) == ["OC-01", "OC-02"]


@pytest.mark.parametrize("name", GALVANIC)
def test_galvanic_devices_fit_the_galvanic_plan(name: str) -> None:
    file = read_device(name)
    assert [(mode.name, len(mode.amplitudes)) for mode in file.modes] == [("desincrustation", 5), ("iontophoresis", 5)]
    assert sorted(file.expected_cases["galvanic-facial"]) == ["OC-01", "PO-01"]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("microcurrent_good", "PASS"),
        ("microcurrent_hot", "FAIL"),
        ("microcurrent_edge", "CONDITIONAL_PASS or CONDITIONAL_FAIL"),
        ("microcurrent_550", "PASS"),
        ("microcurrent_spiky", "FAIL"),
        ("microcurrent_dead", "INCONCLUSIVE"),
        ("microcurrent_stuck", "INCONCLUSIVE"),
        ("mislabelled_ems", "FAIL"),
        ("galvanic_good", "PASS"),
        ("galvanic_reversed", "FAIL"),
        ("microcurrent_aliased", "FAIL"),
        ("microcurrent_direct", "FAIL"),
        ("microcurrent_over_range", "FAIL"),
    ],
)
def test_each_device_says_what_it_must_get_from_the_plan_of_output_current(name: str, verdict: str) -> None:
    assert " or ".join(next(iter(read_device(name).expected.values()))) == verdict


@pytest.mark.parametrize(
    ("name", "microamperes"),
    [
        ("microcurrent_good", 450.0),
        ("microcurrent_hot", 650.0),
        ("microcurrent_edge", 599.9),
        ("microcurrent_550", 550.0),
        ("microcurrent_spiky", 5000.0),
        ("microcurrent_dead", 0.0),
        ("microcurrent_stuck", 168.75),
        ("mislabelled_ems", 8000.0),
    ],
)
def test_the_peak_at_the_top_level_is_what_the_device_is_known_for(name: str, microamperes: float) -> None:
    assert delivered(read_device(name), "lift", 8)[0] == pytest.approx(microamperes * 1e-6, rel=1e-6)


def test_a_spiky_device_has_a_small_mean() -> None:
    peak, _, mean = delivered(read_device("microcurrent_spiky"), "lift", 8)
    assert mean == pytest.approx(25e-6, rel=1e-6)
    assert peak > 100 * mean


@pytest.mark.parametrize(("name", "sign"), [("galvanic_good", 1), ("galvanic_reversed", -1)])
def test_galvanic_signs(name: str, sign: int) -> None:
    file = read_device(name)
    assert delivered(file, "desincrustation", 5)[2] == pytest.approx(-sign * 4e-4, rel=1e-6)
    assert delivered(file, "iontophoresis", 5)[2] == pytest.approx(sign * 4e-4, rel=1e-6)


def test_a_device_is_found_by_name_and_by_path(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(GOOD, encoding="utf-8")
    assert find_device("galvanic_good") == DEVICES / "galvanic_good.toml"
    assert read_device(str(mine)).device().modes[0].amplitudes == (1e-4, 2e-4)
    for name in ("galvanic_best", str(tmp_path), "../devices/galvanic_good"):
        with pytest.raises(FileNotFoundError, match="microcurrent_good"):
            find_device(name)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('rail = "30 V"', 'rail = "0 V"', ":7:", "greater"),
        ('rail = "30 V"', 'rail = "30 mA"', ":7:", "voltage"),
        ('"100 µA"', '"1,5 mA"', ":15:", "decimal"),
        ('"100 µA"', '"-100 µA"', ":15:", "at least"),
        ('amplitudes = ["100 µA", "200 µA"]', "amplitudes = []", ":15:", "amplitudes"),
        ('width = "5 ms"', 'width = "11 ms"', ":14:", "period"),
        ('width = "5 ms"', 'gap = "1 ms"', ":10:", "no width"),
        ('width = "5 ms"', 'width = "5 ms"\ngap = "1 ms"', ":15:", "gap"),
        ('"monophasic"', '"dc"', ":13:", "frequency"),
        ('"monophasic"', '"sine"', ":12:", "waveform"),
        ('"lift"', '"li\\"ft"', ":11:", "name"),
        ('"Maker"', '"Maker, Inc"', ":3:", "manufacturer"),
        ('settling = "20 ms"', 'settling = "20 ms"\nstuck_level = 3', ":9:", "2 levels"),
        ('settling = "20 ms"', 'settling = "20 ms"\nexpected.some-plan = "GOOD"', ":9:", "PASS"),
        ('settling = "20 ms"', 'settling = "20 ms"\nexpected.some-plan = ["PASS", "GOOD"]', ":9:", "PASS"),
        ('settling = "20 ms"', 'settling = "20 ms"\nexpected.some-plan = []', ":9:", "no verdict"),
        ('settling = "20 ms"', 'settling = "20 ms"\nexpected_cases.some-plan.OC-01 = "PASS"', ":9:", "some-plan"),
        ('settling = "20 ms"', 'settling = "20 ms"\ncolour = "red"', ":9:", "colour"),
        ("schema = 1", "schema = 2", ":1:", "schema"),
    ],
)
def test_a_mistake_is_refused_with_its_place(old: str, new: str, place: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidFile) as caught:
        load(GOOD.replace(old, new, 1).encode(), DeviceFile, "mine.toml")
    assert any(place in str(problem) and words in str(problem) for problem in caught.value.problems), caught.value


def test_one_verdict_or_several_may_be_expected() -> None:
    tables = 'expected = { some-plan = ["FAIL", "ERROR"] }\nexpected_cases = { some-plan = { OC-01 = "FAIL" } }'
    file = load(GOOD.replace('settling = "20 ms"', f'settling = "20 ms"\n{tables}').encode(), DeviceFile, "mine").value
    assert file.expected == {"some-plan": ("FAIL", "ERROR")}
    assert file.expected_cases == {"some-plan": {"OC-01": ("FAIL",)}}


def test_two_modes_of_one_name_are_refused() -> None:
    twice = GOOD + GOOD[GOOD.index("[[mode]]") :]
    with pytest.raises(InvalidFile, match="unique"):
        load(twice.encode(), DeviceFile, "mine.toml")


def test_a_device_needs_a_mode() -> None:
    without = GOOD[: GOOD.index("[[mode]]")] + "mode = []\n"
    with pytest.raises(InvalidFile, match=":10:.*at least one"):
        load(without.encode(), DeviceFile, "mine.toml")


def test_all_mistakes_are_named_at_once() -> None:
    broken = GOOD.replace("30 V", "30").replace("100 Hz", "100 kg").replace('"lift"', '"li;ft\'"')
    with pytest.raises(InvalidFile) as caught:
        load(broken.encode(), DeviceFile, "mine.toml")
    assert [problem.line for problem in caught.value.problems] == [7, 11, 13]
