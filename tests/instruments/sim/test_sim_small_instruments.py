# SPDX-License-Identifier: MIT
"""Load box, relay card, reference, thermometer, stimulator and control port, message by message."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.control import Control
from instruments.sim.device_file import read_device
from instruments.sim.prs200 import LoadBox
from instruments.sim.reference import CurrentReference
from instruments.sim.relay_card import RelayCard
from instruments.sim.scpi import ScpiInstrument
from instruments.sim.stimulator_port import StimulatorPort
from instruments.sim.thermometer import Thermometer

GOOD = read_device("microcurrent_good").device()
NO_ERROR = '0,"No error"'


@pytest.fixture
def bench() -> SimulatedBench:
    return SimulatedBench(GOOD)


def asker(instrument: ScpiInstrument) -> Callable[[str], str]:
    """Return what sends one message and gives the answer without its end mark."""
    return lambda message: instrument.handle(message.encode()).decode().removesuffix("\n")


def code(reply: str) -> int:
    return int(reply.split(",")[0])


@pytest.mark.parametrize(
    ("instrument", "role", "identity"),
    [
        (LoadBox, "load_box", "IET LABS,PRS-200,SIM-PRS-01,1.0"),
        (RelayCard, "switch", "STIMCERT,SCPI-RELAY,SIM-RLY-01,1.0"),
        (CurrentReference, "reference", "STIMCERT,CURRENT-REFERENCE,SIM-REF-01,1.0"),
        (Thermometer, "environment", "STIMCERT,THERMOMETER,SIM-TMP-01,1.0"),
        (StimulatorPort, "dut", "Example Aesthetics,MC-8,SIM-0001,1.0.3"),
        (Control, "control", "STIMCERT,SIMULATOR,SIM-CTL-01,1.0"),
    ],
)
def test_each_says_who_it_is(bench: SimulatedBench, instrument: type[ScpiInstrument], role: str, identity: str) -> None:
    assert instrument.role == role
    assert asker(instrument(bench))("*IDN?") == identity


@pytest.mark.parametrize(
    ("digits", "ohms"),
    [
        ("0000009000", 900.0),
        ("9", 0.9),
        ("0000000000", 0.0),
        ("9999999", 999999.9),
        ("0006005679", 600567.9),
        ("0106005679", 600567.9),  # the digits of decades that it does not have are ignored, without a word
        ("9000000000", 0.0),
    ],
)
def test_the_box_sets_one_digit_per_decade(bench: SimulatedBench, digits: str, ohms: float) -> None:
    box = asker(LoadBox(bench))
    assert box(f"SOURce:DATA {digits};*OPC?") == "1"
    assert bench.circuit.box == ohms
    assert bench.time == pytest.approx(0.01)


@pytest.mark.parametrize("digits", ["", "12345678901", "12.5", "-5", "'900'", "0x10"])
def test_the_box_takes_digits_only(bench: SimulatedBench, digits: str) -> None:
    box = asker(LoadBox(bench))
    box("*ESR?")
    box(f"SOUR:DATA {digits}")
    assert bench.circuit.box == 0.0
    assert box("*ESR?") == "32"


def test_the_box_cannot_be_read_back(bench: SimulatedBench) -> None:
    box = asker(LoadBox(bench))
    box("SOUR:DATA 9000")
    for message in ("SOUR:DATA?", "SYST:ERR?", "SYST:ERR:COUN?", "SYST:VERS?"):
        assert box(message) == ""
    box("*RST;*CLS")
    assert bench.circuit.box == 0.0
    assert box("*ESR?") == "0"


@pytest.mark.parametrize(
    ("channel", "setting", "value"),
    [
        (101, "port", "device"),
        (102, "port", "short"),
        (103, "port", "reference"),
        (111, "bypass", True),
        (121, "tap", "output"),
        (131, "shunts", frozenset({100.0})),
        (132, "shunts", frozenset({10.0})),
    ],
)
def test_each_relay_does_its_work(bench: SimulatedBench, channel: int, setting: str, value: object) -> None:
    card = asker(RelayCard(bench))
    before = getattr(bench.circuit, setting)
    assert card(f":ROUT:CLOS (@{channel});:ROUT:CLOS? (@{channel})") == "1"
    assert getattr(bench.circuit, setting) == value != before
    assert bench.time == pytest.approx(0.005)
    assert card(f":ROUT:OPEN (@{channel});:ROUT:CLOS? (@{channel});:ROUT:OPEN? (@{channel})") == "0;1"
    assert getattr(bench.circuit, setting) == before


def test_relays_change_together_and_take_time_only_when_they_move(bench: SimulatedBench) -> None:
    card = asker(RelayCard(bench))
    assert card(":ROUTe:CLOSe (@101,111,131:132);CLOSe? (@101,102,111,121,131,132)") == "1,0,1,0,1,1"
    assert bench.circuit.shunts == frozenset({100.0, 10.0})
    card(":ROUT:CLOS (@101)")
    assert bench.time == pytest.approx(0.005)
    card(":ROUT:OPEN:ALL")
    assert bench.circuit.port == "open"
    assert bench.circuit.shunts == frozenset()


def test_port_relays_are_interlocked(bench: SimulatedBench) -> None:
    card = asker(RelayCard(bench))
    card(":ROUT:CLOS (@103)")
    assert code(card(":ROUT:CLOS (@101);:SYST:ERR?")) == -221
    assert bench.circuit.port == "reference"
    assert card(":ROUT:OPEN (@101,102,103);:ROUT:CLOS (@101);:SYST:ERR?") == NO_ERROR
    assert bench.circuit.port == "device"


def test_a_channel_that_is_not_there_changes_nothing(bench: SimulatedBench) -> None:
    card = asker(RelayCard(bench))
    assert code(card(":ROUT:CLOS (@101,104);:SYST:ERR?")) == -222
    assert code(card(":ROUT:CLOS 101;:SYST:ERR?")) == -104
    assert bench.circuit.port == "open"
    assert card(":ROUT:CLOS (@102);*RST;:ROUT:CLOS? (@102)") == "0"


@pytest.mark.parametrize("amperes", ["5E-4", "-5e-4", "0.005", "-0.005"])
def test_the_reference_has_its_certified_currents(bench: SimulatedBench, amperes: str) -> None:
    reference = asker(CurrentReference(bench))
    assert float(reference(f":SOUR:CURR {amperes};:SOUR:CURR?")) == float(amperes)
    assert bench.circuit.reference_current() == 0.0
    assert reference(":OUTP ON;:OUTP?") == "1"
    assert bench.circuit.reference_current() == pytest.approx(float(amperes), rel=2e-4)
    assert reference(":OUTP 0;:OUTP?") == "0"
    assert bench.circuit.reference_current() == 0.0


def test_the_reference_has_no_other_current(bench: SimulatedBench) -> None:
    reference = asker(CurrentReference(bench))
    reference(":OUTP ON")
    assert code(reference(":SOUR:CURR 1E-3;:SYST:ERR?")) == -222
    assert bench.circuit.reference == 5e-4
    reference(":SOUR:CURR -5E-3")
    assert bench.circuit.reference == -5e-3
    reference("*RST")
    assert bench.circuit.reference is None


def test_the_thermometer_reads_the_room(bench: SimulatedBench) -> None:
    assert asker(Thermometer(bench))(":MEAS:TEMP?") == "+2.300000E+01"


def test_the_stimulator_obeys(bench: SimulatedBench) -> None:
    dut = asker(StimulatorPort(bench))
    assert dut(':MODE "tone";:MODE?;:LEV?;:OUTP?') == '"tone";1;0'
    assert dut(":LEV 7;:LEV?;:SYST:ERR?") == f"7;{NO_ERROR}"
    assert dut(":OUTP:STAR;:OUTP?") == "1"
    assert dut(":LEV:UP;:LEV?;:LEV:UP;:LEV?;:SYST:ERR?") == f"8;8;{NO_ERROR}"
    assert dut(":OUTP:STOP;:OUTP?") == "0"
    dut(":OUTP:STAR")
    assert dut(':MODE "lift";:OUTP?;:LEV?') == "0;1"
    assert dut(":LEV 4;:OUTP:STAR;*RST;:OUTP?;:LEV?;:MODE?") == '0;1;"lift"'


@pytest.mark.parametrize(
    ("message", "error"), [(":LEV 9", -222), (":LEV 0", -222), (':MODE "sleep"', -224), (":MODE lift", -104)]
)
def test_the_stimulator_refuses_what_it_does_not_have(bench: SimulatedBench, message: str, error: int) -> None:
    dut = asker(StimulatorPort(bench))
    dut(":LEV 2;:OUTP:STAR")
    assert code(dut(f"{message};:SYST:ERR?")) == error
    assert dut(":LEV?;:OUTP?") == "2;1"


def test_the_control_port_moves_time(bench: SimulatedBench) -> None:
    control = asker(Control(bench))
    assert control(":WAIT 0.5;*OPC?") == "1"
    assert float(control(":TIME?")) == 0.5
    assert code(control(":WAIT -1;:SYST:ERR?")) == -222
    assert float(control(":TIME?")) == 0.5


def test_the_control_port_knows_the_state(bench: SimulatedBench) -> None:
    RelayCard(bench).handle(b":ROUT:CLOS (@101,131)")
    StimulatorPort(bench).handle(b":OUTP:STAR")
    state = json.loads(asker(Control(bench))(":STAT?"))
    assert (state["port"], state["dut_output"], state["smu_output"], state["bypass"]) == ("device", True, False, False)
    assert (state["shunt"], state["mode"], state["level"]) == ([100.0], "lift", 1)


def test_the_control_port_draws_anew_and_ends(bench: SimulatedBench) -> None:
    control = asker(Control(bench))
    before = bench.circuit.shunt(100.0)
    control(":SEED 7")
    assert bench.seed == 7
    assert bench.circuit.shunt(100.0) != before
    ended: list[bool] = []
    bench.on_quit = lambda: ended.append(True)
    assert control(":QUIT") == ""
    assert ended == [True]


def test_every_change_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "simulator.log"
    bench = SimulatedBench(GOOD, log=log)
    RelayCard(bench).handle(b":ROUT:CLOS (@101,111,121,131);:ROUT:CLOS (@101);:ROUT:OPEN:ALL")
    LoadBox(bench).handle(b"SOUR:DATA 9000")
    CurrentReference(bench).handle(b":OUTP ON;:OUTP ON;:OUTP OFF")
    StimulatorPort(bench).handle(b':MODE "lift";:LEV 3;:OUTP:STAR;:OUTP:STOP;:OUTP:STOP')
    bench.log.close()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    found = [(event["event"], event.get(event["event"], event.get("on", event.get("ohms")))) for event in events]
    assert [entry for entry in found if entry[0] in ("port", "bypass", "tap", "shunt")] == [
        ("port", "device"),
        ("bypass", True),
        ("tap", "output"),
        ("shunt", [100.0]),
        ("port", "open"),
        ("bypass", False),
        ("tap", "shunt"),
        ("shunt", []),
    ]
    assert [entry for entry in found if entry[0] in ("load", "reference", "dut_output")] == [
        ("load", 900.0),
        ("reference", True),
        ("reference", False),
        ("dut_output", True),
        ("dut_output", False),
    ]
    assert [event["level"] for event in events if event["event"] == "dut_level"] == [3]
