# SPDX-License-Identifier: MIT
"""A station on the simulated bench: who answers, what is refused, and how it ends."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.calibration import read_day
from instruments.errors import BenchError
from instruments.opening import SimOptions, open_station
from instruments.station import Station
from instruments.station_file import StationFile
from stimcert.quantity import Dimension, parse
from stimcert.strict_toml import load

STATIONS = Path(__file__).resolve().parents[2] / "instruments" / "stations"
TODAY = datetime.date(2026, 11, 22)


def station_file(name: str = "sim") -> StationFile:
    path = STATIONS / f"{name}.toml"
    return load(path.read_bytes(), StationFile, path.name).value


def changed(file: StationFile, role: str, **what: object) -> StationFile:
    """Return a station file with one role changed."""
    entry = file.instruments[role].model_copy(update=what)
    return file.model_copy(update={"roles": file.roles.model_copy(update={role: entry})})


def events(folder: Path, kind: str) -> list[dict[str, object]]:
    """Return the simulator's events of one kind."""
    lines = (folder / "simulator.log").read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["event"] == kind]


@pytest.fixture(scope="module")
def station() -> Iterator[Station]:
    """Return an open station for tests that leave it as it was."""
    with open_station(station_file(), today=TODAY) as opened:
        yield opened


def test_every_connected_role_says_who_it_is(station: Station) -> None:
    found = {one.role: one for one in station.identify()}
    assert set(found) == {"smu", "digitizer", "load_box", "switch", "reference", "environment", "dut", "clock", "skin"}
    assert all(one.simulated and one.serial.startswith("SIM-") for one in found.values())
    smu = found["smu"]
    assert (smu.manufacturer, smu.model, smu.serial) == ("KEITHLEY INSTRUMENTS", "MODEL 2450", "SIM-2450-01")
    assert smu.calibration == {"certificate": "SIM-CAL-2450", "calibrated": "2026-10-23", "due": "2027-10-23"}
    assert smu.accuracy_status == "verified" and smu.accuracy_source
    assert json.loads(json.dumps(smu.as_dict()))["role"] == "smu"


def test_a_sound_station_passes(station: Station) -> None:
    station.check_identities(TODAY)
    station.arm_guard()
    station.arm_guard()


def test_all_mismatches_are_said_at_once(station: Station) -> None:
    sound = station.file
    wrong = changed(changed(sound, "smu", serial="04400001"), "load_box", model="PRS-300")
    station.file = changed(wrong, "digitizer", calibration=_expired(wrong))
    try:
        with pytest.raises(BenchError) as caught:
            station.check_identities(TODAY)
    finally:
        station.file = sound
    text = str(caught.value)
    assert caught.value.code == "wrong_identity"
    assert "smu: expected KEITHLEY INSTRUMENTS,MODEL 2450,04400001, found " in text
    assert "load_box: expected IET LABS,PRS-300,SIM-PRS-01, found IET LABS,PRS-200,SIM-PRS-01,1.0" in text
    assert "digitizer: expected a certificate that holds on 2026-11-22" in text
    assert caught.value.params["roles"] == "smu, load_box, digitizer"


def _expired(file: StationFile) -> object:
    assert file.digitizer is not None and file.digitizer.calibration is not None
    return file.digitizer.calibration.model_copy(update={"due": read_day("-1 d")})


@pytest.mark.parametrize(("shift", "holds"), [(0, True), (1, False)])
def test_a_certificate_holds_on_its_last_day(station: Station, shift: int, holds: bool) -> None:
    sound = station.file
    assert sound.smu.calibration is not None
    dates = {"calibrated": read_day("2026-01-01"), "due": read_day("2026-11-22")}
    station.file = changed(sound, "smu", calibration=sound.smu.calibration.model_copy(update=dates))
    day = TODAY + datetime.timedelta(days=shift)
    try:
        if holds:
            station.check_identities(day)
            return
        with pytest.raises(BenchError, match="smu: expected a certificate") as caught:
            station.check_identities(day)
        assert caught.value.code == "calibration_expired"
    finally:
        station.file = sound


def test_shunts_and_references_expire_too(station: Station) -> None:
    sound = station.file
    old = sound.shunts[0].model_copy(update={"due": read_day("-1 d")})
    station.file = sound.model_copy(update={"shunts": (old, *sound.shunts[1:])})
    try:
        with pytest.raises(BenchError, match="shunt 100 Ω: expected a certificate"):
            station.check_identities(TODAY)
    finally:
        station.file = sound


@pytest.mark.parametrize("fault", ["wrong_identity", "calibration_expired"])
def test_a_fault_of_identity_or_date_is_found_before_anything_is_energised(fault: str, tmp_path: Path) -> None:
    with open_station(station_file(), run_dir=tmp_path, sim=SimOptions(faults=(fault,))) as station:
        with pytest.raises(BenchError) as caught:
            station.check_identities()
    assert caught.value.code == fault
    assert caught.value.params["role"] == "smu"
    assert events(tmp_path, "smu_output") == events(tmp_path, "port") == events(tmp_path, "dut_output") == []


def test_a_silent_smu_is_named_and_not_believed(tmp_path: Path) -> None:
    file = changed(station_file(), "smu", timeout=parse("50 ms", Dimension.TIME))
    with open_station(file, run_dir=tmp_path, sim=SimOptions(faults=("smu_silent",))) as station:
        with pytest.raises(BenchError, match="smu: expected .* no answer") as caught:
            station.check_identities()
        state = station.safe_off()
    assert caught.value.code == "instrument_silent"
    assert state.unconfirmed == ("smu",)
    assert state.roles["switch"] == "confirmed by instrument"
    lines = (tmp_path / "guard.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["armed", "safe_off"]


def test_an_energised_bench_ends_safe_and_proves_it(tmp_path: Path) -> None:
    with open_station(station_file(), run_dir=tmp_path) as station:
        station.switch.select_shunt(10.0)
        station.smu.configure_ammeter(current_range=1e-3, limit=1e-3, nplc=1.0)
        station.smu.output(True)
        station.dut.select_mode("lift")
        station.switch.set_port("device")
        station.dut.start()
        state = station.safe_off()
        assert state.confirmed
        assert state.current_zero is not None and abs(state.current_zero) < 1e-6
    (final,) = events(tmp_path, "state")
    assert (final["port"], final["smu_output"], final["dut_output"]) == ("open", False, False)
    assert [one["on"] for one in events(tmp_path, "smu_output")] == [True, False]
    lines = (tmp_path / "guard.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["armed", "released"]


def test_a_relay_that_will_not_open_is_not_called_safe(station: Station) -> None:
    confirm = station.switch.confirm_safe
    station.switch.confirm_safe = lambda: False  # type: ignore[method-assign]
    try:
        assert station.safe_off().unconfirmed == ("switch",)
    finally:
        station.switch.confirm_safe = confirm  # type: ignore[method-assign]
        assert station.safe_off().confirmed


@pytest.mark.parametrize("role", ["digitizer", "switch", "clock", "dut", "smu"])
def test_an_interrupt_between_question_and_answer_costs_no_proof(station: Station, role: str) -> None:
    station._drivers[role].adapter.write("*OPC?")
    assert station._drivers[role].adapter.dirty
    state = station.safe_off()
    assert state.confirmed, state.errors
    assert state.current_zero is not None


def test_leaving_in_any_way_makes_safe_and_the_exception_gets_through(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        with open_station(station_file(), run_dir=tmp_path) as station:
            station.smu.configure_ammeter(current_range=1e-3, limit=1e-3, nplc=1.0)
            station.smu.output(True)
            raise ZeroDivisionError
    station.close()
    assert [one["on"] for one in events(tmp_path, "smu_output")] == [True, False]


def test_a_station_worked_by_hand_is_refused_before_anything_starts() -> None:
    with pytest.raises(BenchError, match="switch, dut"):
        open_station(station_file("example_lab"))


def test_a_device_that_is_not_there_ends_everything_that_was_started() -> None:
    with pytest.raises(BenchError, match="the simulated bench did not start") as caught:
        open_station(station_file(), sim=SimOptions(device="no_such_device"))
    assert "no_such_device" in str(caught.value)


def test_an_instrument_that_cannot_be_reached_is_named() -> None:
    file = changed(station_file(), "smu", resource="TCPIP::127.0.0.1::1::SOCKET")
    with pytest.raises(BenchError, match=r"smu \(TCPIP::127.0.0.1::1::SOCKET\)") as caught:
        open_station(file)
    assert caught.value.code == "instrument_lost"
