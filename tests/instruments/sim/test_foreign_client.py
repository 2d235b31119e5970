# SPDX-License-Identifier: MIT
"""Somebody else's driver on the simulated bench: pymeasure's own Keithley2450, unpatched, over PyVISA-py."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2450

CHECKOUT = Path(__file__).parents[3]
TERMINATION = {"read_termination": "\n", "write_termination": "\n"}


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "instruments.sim", "--device", "galvanic_good", "--until-idle", "30"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    with process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["ports"]
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def manager() -> Iterator[pyvisa.ResourceManager]:
    opened = pyvisa.ResourceManager("@py")
    yield opened
    opened.close()


@pytest.fixture
def ask(ports, manager):
    """Return a function that sends one message to one instrument and returns the answer."""
    sessions = {}

    def query(role: str, message: str) -> str:
        if role not in sessions:
            sessions[role] = manager.open_resource(resource(ports, role), **TERMINATION)
        return sessions[role].query(message)

    yield query
    for session in sessions.values():
        session.close()


@pytest.fixture
def smu(ports) -> Iterator[Keithley2450]:
    driver = Keithley2450(resource(ports, "smu"), visa_library="@py", **TERMINATION)
    yield driver
    driver.adapter.close()


@pytest.fixture
def loop(ask):
    """Return a function that runs a mode of the device, in a loop of 1 kΩ."""

    def run(mode: str, level: int) -> None:
        assert ask("switch", ":ROUT:OPEN:ALL;:ROUT:CLOS (@101,131);:SYST:ERR?") == '0,"No error"'
        assert ask("load_box", "SOUR:DATA 0000009000;*OPC?") == "1"
        assert ask("dut", f':MODE "{mode}";:LEV {level};:OUTP:STAR;:SYST:ERR?') == '0,"No error"'
        ask("control", ":WAIT 0.5;*OPC?")

    return run


def resource(ports: dict[str, int], role: str) -> str:
    return f"TCPIP::127.0.0.1::{ports[role]}::SOCKET"


def ammeter(smu: Keithley2450) -> None:
    """Configure pymeasure's driver as an ammeter, in the words of its own documentation."""
    smu.reset()
    smu.apply_voltage(voltage_range=None, compliance_current=1e-2)
    smu.source_voltage = 0
    smu.measure_current(nplc=1, current=1e-3, auto_range=False)
    smu.enable_source()


@pytest.mark.parametrize(
    ("mode", "level", "expected"),
    [("iontophoresis", 5, 400e-6), ("desincrustation", 5, -400e-6), ("iontophoresis", 1, 80e-6)],
)
def test_it_reads_the_circuits_current_with_its_sign(smu, loop, ask, mode: str, level: int, expected: float) -> None:
    ammeter(smu)
    loop(mode, level)
    assert smu.current == pytest.approx(expected, rel=2e-3)
    assert smu.check_errors() == []
    assert smu.source_enabled is True
    assert json.loads(ask("control", ":STAT?"))["smu_output"] is True


def test_its_own_settings_read_back_as_set(smu) -> None:
    ammeter(smu)
    assert (smu.source_mode, smu.source_voltage) == ("voltage", 0)
    assert (smu.compliance_current, smu.current_range, smu.current_nplc) == (1e-2, 1e-3, 1)
    smu.current_filter_count, smu.current_filter_state, smu.wires = 5, "OFF", 2
    smu.voltage_output_off_state = "HIMP"
    assert (smu.current_filter_count, smu.wires, smu.voltage_output_off_state) == (5, 2, "HIMP")
    assert smu.check_errors() == []


def test_its_buffer_for_another_model_is_refused_and_the_bench_goes_on(smu, loop, ports) -> None:
    """Its buffer methods speak the 2400's language: headers and indices a 2450 does not have."""
    ammeter(smu)
    loop("iontophoresis", 5)
    smu.config_buffer(points=10)
    smu.start_buffer()
    assert smu.is_buffer_full() is False
    smu.adapter.connection.timeout = 200
    with pytest.raises(pyvisa.errors.VisaIOError):
        _ = smu.buffer_data
    fresh = Keithley2450(resource(ports, "smu"), visa_library="@py", **TERMINATION)
    assert any(code == -109 for code, _ in fresh.check_errors())
    fresh.reset_buffer()
    assert fresh.current == pytest.approx(400e-6, rel=2e-3)
    fresh.adapter.close()


def test_its_shutdown_switches_off(smu, loop, ask, monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # it ramps from 0 V to 0 V in 30 steps of 20 ms
    ammeter(smu)
    smu.shutdown()
    assert json.loads(ask("control", ":STAT?"))["smu_output"] is False
