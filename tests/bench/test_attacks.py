# SPDX-License-Identifier: MIT
"""Attacks from outside: stations, plans and folders that once brought a PASS that the device did not deserve."""

import datetime
import re
import shutil
from pathlib import Path

import pytest

from bench.session.inputs import InvalidInputs, load_inputs
from bench.session.rows import required_points
from tests.bench.command import CHECKOUT
from tests.bench.forked import run_forked

SIM = (CHECKOUT / "instruments" / "stations" / "sim.toml").read_text(encoding="utf-8")
DEVICES = CHECKOUT / "instruments" / "sim" / "devices"
TODAY = datetime.date(2026, 11, 22)


def edited(path: Path, *changes: tuple[str, str]) -> Path:
    """Replace texts of a file everywhere, each at least once."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def short_plan(folder: Path, name: str = "microcurrent_facial.toml", *, level: int = 8) -> Path:
    """Copy the shipped plans and return one with one level, one load and a short dwell."""
    shutil.copytree(CHECKOUT / "test_plans", folder)
    return edited(
        folder / name,
        ('levels = "all"', f"levels = [{level}]"),
        ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["500 Ω"]'),
        ('dwell = "200 ms"', 'dwell = "40 ms"'),
    )


def station_without_reference(path: Path, *changes: tuple[str, str]) -> Path:
    """Write the simulated station without its reference source."""
    entry = SIM.index("[instruments.reference]")
    text = SIM[:entry] + SIM[SIM.index("[instruments.environment]") :]
    text = text[: text.index("[[reference]]")] + text[text.index("[[network]]") :]
    path.write_text(text, encoding="utf-8")
    return edited(path, *changes)


def test_a_wrong_shunt_cannot_hide_behind_a_large_load(tmp_path: Path) -> None:
    # The relays of both shunts exchanged: 90 Ω are within the tolerance of 200 kΩ, and 650 µA would read 65 µA.
    swapped = [
        ("channel = 131", "channel = 999"),
        ("channel = 132", "channel = 131"),
        ("channel = 999", "channel = 132"),
    ]
    station = station_without_reference(tmp_path / "station.toml", *swapped)
    plan = edited(short_plan(tmp_path / "plans"), ('loads = ["500 Ω"]', 'loads = ["200 kΩ"]'))
    plan.write_text(re.sub(r"\[\[mode\.declared\]\][^\[]*", "", plan.read_text(encoding="utf-8")), encoding="utf-8")
    device = tmp_path / "hot.toml"
    device.write_bytes((DEVICES / "microcurrent_hot.toml").read_bytes())
    edited(device, ('rail = "30 V"', 'rail = "190 V"'))
    ended = run_forked(tmp_path / "run", f"--plan={plan}", f"--station={station}", f"--sim-device={device}")
    assert (ended.code, ended.record["verdict"]) == (1, "ERROR"), ended.text
    assert ended.case("STATION")["reason"]["code"] == "relay_map_wrong"


def test_without_a_reference_swapped_leads_do_not_clear_a_reversed_device(tmp_path: Path) -> None:
    station = station_without_reference(tmp_path / "station.toml")
    plan = edited(short_plan(tmp_path / "plans", "galvanic_facial.toml", level=5), ("levels = [1, 5]", "levels = [5]"))
    asked = ["--sim-device=galvanic_reversed", "--sim-fault=bench_leads_swapped", "-k", "PO-01"]
    ended = run_forked(tmp_path / "run", f"--plan={plan}", f"--station={station}", *asked)
    assert (ended.code, ended.verdicts["PO-01"]) == (1, "INCONCLUSIVE"), ended.text
    assert ended.case("PO-01")["reason"]["code"] == "sign_not_proven"


def test_relays_of_bypass_and_tap_exchanged_condemn_nobody(tmp_path: Path) -> None:
    station = tmp_path / "station.toml"
    station.write_text(SIM, encoding="utf-8")
    edited(station, ("bypass = 111", "bypass = 999"), ("tap_output = 121", "tap_output = 111"))
    edited(station, ("bypass = 999", "bypass = 121"))
    ended = run_forked(tmp_path / "run", f"--plan={short_plan(tmp_path / 'plans')}", f"--station={station}")
    assert (ended.code, ended.record["verdict"]) == (1, "ERROR"), ended.text
    assert ended.record["device_finding"] == "NOT_RUN"
    assert ended.case("STATION")["reason"]["code"] == "bypass_wrong"


@pytest.mark.parametrize("file", ["conftest.py", "test_late.py"])
def test_what_collection_finds_outside_the_checkout_is_refused(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "elsewhere" / "below"
    folder.mkdir(parents=True)
    (folder / "test_late.py").write_text("def test_late(): pass\n", encoding="utf-8")
    (folder / file).write_text("def test_late(): pass\n", encoding="utf-8")
    ended = run_forked(tmp_path / "run", str(tmp_path / "elsewhere"))
    assert ended.code == 4, ended.text
    assert str(folder / file) in ended.err
    assert not ended.folder.exists()


def problems(plan: Path) -> list[str]:
    """Return what is wrong with a plan on the simulated station."""
    with pytest.raises(InvalidInputs) as invalid:
        load_inputs(
            plan=plan,
            station=CHECKOUT / "instruments" / "stations" / "sim.toml",
            device=None,
            checkout=CHECKOUT,
            today=TODAY,
        )
    return [str(problem) for problem in invalid.value.problems]


def test_a_level_of_which_nothing_is_declared_is_no_free_ride(tmp_path: Path) -> None:
    plan = short_plan(tmp_path / "plans", "galvanic_facial.toml", level=5)
    edited(
        plan,
        ("levels = [5]", "levels = [4, 5]"),
        ('level = 4\nmetric = "current.mean"', 'level = 3\nmetric = "current.mean"'),
    )
    found = [line for line in problems(plan) if "nothing is declared" in line]
    assert len(found) == 1
    assert "case[1].limits[1]" in found[0]
    assert "desincrustation level 4, 500 Ω" in found[0]


def test_a_load_outside_of_the_declared_range_is_no_free_ride(tmp_path: Path) -> None:
    plan = short_plan(tmp_path / "plans", "galvanic_facial.toml", level=5)
    edited(plan, ('load_min = "500 Ω"', 'load_min = "1 kΩ"'))
    assert any("nothing is declared for 4 of its points" in line for line in problems(plan))


def test_a_case_that_the_profile_needs_is_not_declared_away(tmp_path: Path) -> None:
    plan = edited(short_plan(tmp_path / "plans"), ('id = "OC-02"', 'id = "OC-02"\nnot_applicable = "no time"'))
    found = problems(plan)
    assert len(found) == 1
    assert "case[2].not_applicable" in found[0]
    assert "needs output_current of tone" in found[0]


def test_every_point_names_the_rows_that_must_be_held_against_it() -> None:
    plan = CHECKOUT / "test_plans" / "galvanic_facial.toml"
    station = CHECKOUT / "instruments" / "stations" / "sim.toml"
    inputs = load_inputs(plan=plan, station=station, device=None, checkout=CHECKOUT, today=TODAY)
    current, polarity = inputs.plan.cases
    found = list(required_points(inputs, current))
    assert len(found) == 2 * 3 * (5 + 1)
    assert all(point["rows"] == [f"declared.{point['mode']}.{point['level']}.current.mean"] for point in found)
    assert {point["rows"][0] for point in required_points(inputs, polarity)} == {
        "polarity.negative",
        "polarity.positive",
    }
