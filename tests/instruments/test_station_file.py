# SPDX-License-Identifier: MIT
"""Station files: the shipped ones, what each role needs, and what certificates and load box say."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.calibration import read_day
from instruments.station_file import StationFile
from stimcert.strict_toml import InvalidFile, json_schema, load

STATIONS = Path(__file__).parents[2] / "instruments" / "stations"
SIM = (STATIONS / "sim.toml").read_text(encoding="utf-8")
LAB = (STATIONS / "example_lab.toml").read_text(encoding="utf-8")
TODAY = datetime.date(2026, 11, 22)
REFERENCES = [90e-6, 500e-6, 900e-6, 5e-3, 9e-3, 90e-3]


def _station(text: str) -> StationFile:
    return load(text.encode(), StationFile, "station.toml").value


SIM_BOX = _station(SIM).load_box


def test_the_simulated_station() -> None:
    station = _station(SIM)
    assert station.embedded
    assert set(station.instruments) == {
        "smu", "load_box", "switch", "dut", "environment", "clock", "digitizer", "reference", "skin",
    }  # fmt: skip
    assert station.smu.resource == "embedded:smu"
    assert (station.smu.manufacturer, station.smu.model, station.smu.serial) == (
        "KEITHLEY INSTRUMENTS", "MODEL 2450", "SIM-2450-01",
    )  # fmt: skip
    assert station.switch.channels is not None
    assert station.switch.channels.numbers() == {
        "device": 101, "short": 102, "reference": 103, "bypass": 111, "tap_output": 121,
    }  # fmt: skip
    assert {shunt.value.si: shunt.channel for shunt in station.shunts} == {100.0: 131, 10.0: 132}
    assert sorted(entry.value.si for entry in station.references if entry.value.si > 0) == REFERENCES
    assert len(station.references) == 2 * len(REFERENCES)
    assert [entry.charge.si for entry in station.reference_pulses] == pytest.approx([180e-9, 1.8e-6, 18e-6])
    assert station.manual_roles == ()
    assert station.line_frequency.si == 50.0


def test_calibrations_of_the_simulated_station_follow_the_run() -> None:
    calibrations = _station(SIM).calibrations()
    assert {"smu", "digitizer", "environment", "shunt 100 Ω", "reference -5 mA"} <= set(calibrations)
    for calibration in calibrations.values():
        assert calibration.holds_on(TODAY)
        assert calibration.due.on(TODAY) == TODAY + datetime.timedelta(days=335)


def test_an_expired_certificate_does_not_hold() -> None:
    expired = _station(SIM).with_expired_calibration()
    assert [name for name, entry in expired.calibrations().items() if not entry.holds_on(TODAY)] == ["smu"]
    expired = _station(SIM).with_expired_reference()
    owners = {name.split()[0] for name, entry in expired.calibrations().items() if not entry.holds_on(TODAY)}
    assert owners == {"reference"}


def test_the_example_laboratory() -> None:
    station = _station(LAB)
    assert not station.embedded
    assert station.manual_roles == ("switch", "dut")
    assert station.clock.driver == "real"
    smu = station.smu.calibration
    assert smu is not None
    assert smu.holds_on(datetime.date(2027, 3, 2))
    assert not smu.holds_on(datetime.date(2027, 3, 3))
    assert not smu.holds_on(datetime.date(2026, 3, 1))


@pytest.mark.parametrize(
    ("text", "old", "new", "key", "said"),
    [
        (SIM, '"embedded:digitizer"', '"embedded:smu"', "instruments.digitizer.resource", "also the resource of smu"),
        (SIM, '"embedded:digitizer"', '"embedded:dmm"', "instruments.digitizer.resource", '"embedded:digitizer"'),
        (LAB, "192.0.2.11", "192.0.2.10", "instruments.digitizer.resource", "one of its own"),
        (LAB, '"TCPIP::192.0.2.11::5025::SOCKET"', '"192.0.2.11"', "instruments.digitizer.resource", "a VISA resource"),
        (LAB, '"TCPIP::192.0.2.11::5025::SOCKET"', '"embedded:digitizer"', "instruments.digitizer.resource",
         "[simulator]"),
        (LAB, "due = 2027-03-02", "due = 2025-03-02", "instruments.smu.calibration.due", "after it was calibrated"),
        (LAB, "due = 2027-03-02", "due = 2026-03-02", "instruments.smu.calibration.due", "after it was calibrated"),
        (LAB, "due = 2027-03-02", 'due = "+90 d"', "instruments.smu.calibration.due", "both must be dates"),
        (LAB, "due = 2027-03-02", 'due = "2. 3. 2027"', "instruments.smu.calibration.due", "a date is needed"),
        (LAB, "due = 2027-03-02", "due = 2027-03-02T10:00:00", "instruments.smu.calibration.due", "a date is needed"),
        (SIM, 'driver = "keithley2450"', 'driver = "keithley2400"', "instruments.smu.driver", "'keithley2450'"),
        (SIM, 'driver = "keithley2450"', 'driver = "manual"', "instruments.smu.driver", "'keithley2450'"),
        (SIM, 'serial = "SIM-2450-01"', "", "instruments.smu.serial", "the right instrument"),
        (SIM, "channel = 132", "channel = 131", "shunt[2].channel", "found 131 twice"),
        (SIM, "channel = 132", "channel = 101", "shunt[2].channel", "found 101 twice"),
        (SIM, "channel = 132", "", "shunt[2].channel", "relay that puts this shunt"),
        (SIM, "bypass = 111", "", "instruments.switch.channels.bypass", "bypasses the SMU"),
        (SIM, "reference = 103", "", "instruments.switch.channels.reference", "relay of its port"),
        (SIM, 'value = "10 Ω"', 'value = "100 Ω"', "shunt[2].value", "twice"),
        (SIM, 'value = "10 Ω"', 'value = "10 mA"', "shunt[2].value", "which is a current"),
        (SIM, '"0.01 Ω"', '"200 Ω"', "shunt[1].expanded_uncertainty", "less than the value"),
        (SIM, '"0.1 µA"', '"1 mA"', "reference[1].expanded_uncertainty", "less than the magnitude"),
        (SIM, '"180 nC"', '"18 nC"', "reference_pulse[1].charge", "has within 5 % of 1.8e-07 C"),
        (SIM, '"40 pC"', '"200 nC"', "reference_pulse[1].expanded_uncertainty", "less than the charge"),
        (SIM, '"30 pC"', '"200 nC"', "reference_pulse[1].net_expanded_uncertainty", "less than the charge"),
        (SIM, '"30 pC"', '"-30 pC"', "reference_pulse[1].net_expanded_uncertainty", "greater than"),
        (SIM, 'period = "10 ms"', 'period = "700 µs"', "reference_pulse[1].period", "at least half of it"),
        (SIM, 'current = "9 mA"', 'current = "900 µA"', "reference_pulse[2].current", "twice"),
        (SIM, '"1 kΩ", "10 kΩ"', '"2 kΩ", "10 kΩ"', "instruments.load_box.decades[5]", "power of ten"),
        (SIM, 'driver = "simulated"', 'driver = "real"', "instruments.clock.driver", "keeps its own time"),
        (SIM, "embedded = true", "embedded = false", "simulator.embedded", "allowed: True"),
        (SIM, "line_frequency", "mains_frequency", "line_frequency", "missing"),
        (SIM, 'name = "N4"', 'name = "N3"', "network[5].name", "found \"N3\" twice"),
        (SIM, 'name = "N4"', 'name = "BOX"', "network[5].name", "no networks"),
        (SIM, 'name = "N4"', 'name = "n4"', "network[5].name", "n4"),
        (SIM, '"22 kΩ"', '"0 Ω"', "network[2].parallel", "greater"),
        (SIM, '"22 kΩ"', '"22 nF"', "network[2].parallel", "which is a capacitance"),
        (SIM, '"10 nF"', '"0 nF"', "network[2].capacitance", "greater"),
        (SIM, 'expanded_uncertainty = "1 %"', 'expanded_uncertainty = "100 %"', "network[1].expanded_uncertainty",
         "less than the value"),
        (SIM, 'max_voltage = "200 V"\nmax_power = "1 W"\nsettle = "5 ms"', "", "instruments.skin.max_voltage",
         "missing"),
        (SIM, "coverage_factor = 2", "coverage_factor = 0.5", "shunt[1].coverage_factor", "at least 1"),
        (LAB, '[instruments.dut]', '[instruments.dut]\nresource = "GPIB0::4::INSTR"', "instruments.dut.resource",
         "no connection"),
    ],
)  # fmt: skip
def test_one_mistake_each(text: str, old: str, new: str, key: str, said: str) -> None:
    assert old in text
    with pytest.raises(InvalidFile) as invalid:
        _station(text.replace(old, new, 1))
    found = [str(problem) for problem in invalid.value.problems if problem.key == key]
    assert found, invalid.value
    assert said in "\n".join(found)


def test_a_missing_role_is_named() -> None:
    start, end = SIM.index("[instruments.dut]"), SIM.index("[instruments.clock]")
    with pytest.raises(InvalidFile, match=r"instruments\.dut: missing; required here: smu, load_box, switch, dut"):
        _station(SIM[:start] + SIM[end:])


def test_the_networks_of_the_simulated_station() -> None:
    networks = {network.name: network for network in _station(SIM).networks}
    assert list(networks) == ["N0", "N1", "N2", "N3", "N4"]
    assert networks["N1"].direct == pytest.approx(22560.0)
    assert networks["N3"].time_constant == pytest.approx(484e-6)
    assert "network N0" in _station(SIM).calibrations()


def test_a_skin_module_and_its_networks_belong_together() -> None:
    module = SIM[SIM.index("[instruments.skin]") : SIM.index("[instruments.switch]")]
    networks = SIM[SIM.index("[[network]]") :]
    assert _station(SIM.replace(module, "").replace(networks, "")).skin is None
    with pytest.raises(InvalidFile, match=r"\[instruments.skin\] is needed"):
        _station(SIM.replace(module, ""))
    with pytest.raises(InvalidFile, match=r"certified values of its networks"):
        _station(SIM.replace(networks, ""))


@pytest.mark.parametrize(
    ("load", "shunt", "can", "setting"),
    [
        (500.0, 100.0, True, 400.0),
        (500.0, 10.0, True, 490.0),
        (10e3, 100.0, True, 9900.0),
        (500.05, 100.0, False, None),
        (1_000_099.9, 100.0, True, 999_999.9),
        (1_000_100.0, 100.0, False, None),
        (100.0, 100.0, True, 0.0),
        (33.333, 100.0, True, 0.0),
        (500.0, 100.0032, True, 400.0),
    ],
)
def test_what_the_box_can_make(load: float, shunt: float, can: bool, setting: float | None) -> None:
    box = _station(SIM).load_box
    assert box.can_make(load, shunt) == can
    if setting is not None:
        assert box.setting(load, shunt) == pytest.approx(setting, abs=1e-9)


def test_an_absent_decade_cannot_be_set() -> None:
    box = _station(SIM.replace('"100 Ω", "1 kΩ"', '"1 kΩ"', 1)).load_box
    assert box.can_make(5100.0, 100.0)
    assert not box.can_make(5500.0, 100.0)


@given(tenths=st.integers(1, 9_999_999), shunt=st.sampled_from([10.0, 100.0]))
def test_what_the_box_can_make_adds_up(tenths: int, shunt: float) -> None:
    box = SIM_BOX
    load = tenths / 10 + shunt
    assert box.can_make(load, shunt)
    assert box.setting(load, shunt) + shunt == pytest.approx(load, abs=1e-6)


@given(days=st.integers(-99999, 99999))
def test_relative_days_add_up(days: int) -> None:
    day = read_day(f"{days:+d} d")
    assert day.relative
    assert (day.on(TODAY) - TODAY).days == days


@given(cut=st.integers(0, len(SIM)), length=st.integers(0, 30), filler=st.text(max_size=6))
def test_any_damage_to_a_station_gives_an_object_or_problems(cut: int, length: int, filler: str) -> None:
    try:
        _station((SIM[:cut] + filler + SIM[cut + length :]).encode("utf-8", "replace").decode())
    except InvalidFile as invalid:
        assert invalid.problems


def test_the_schema_can_be_exported() -> None:
    assert json_schema(StationFile)["properties"]["instruments"]
