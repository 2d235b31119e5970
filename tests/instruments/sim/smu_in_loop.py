# SPDX-License-Identifier: MIT
"""A simulated 2450 in a closed loop, and how to talk to it without a wire."""

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.keithley2450 import Keithley2450


def make(
    device: str = "galvanic_good", *, seed: int = 0, mode: str = "iontophoresis", faults: tuple[str, ...] = ()
) -> tuple[SimulatedBench, Keithley2450]:
    """Return an SMU as ammeter, in a closed loop with a running device at its top level (+400 µA for galvanic_good)."""
    bench = SimulatedBench(read_device(device).device(), seed=seed, faults=frozenset(faults))
    bench.circuit.port, bench.circuit.shunts, bench.circuit.box = "device", frozenset({100.0}), 900.0
    bench.stimulator.select_mode(mode)
    bench.stimulator.set_level(len(bench.stimulator.mode.amplitudes))
    bench.stimulator.start()
    smu = Keithley2450(bench)
    smu.handle(b"SOUR:FUNC VOLT;:SOUR:VOLT 0;:SENS:CURR:RANG 1E-3;:SOUR:VOLT:ILIM 1E-2;:OUTP ON")
    bench.advance(1.0)
    assert errors(smu) == []
    return bench, smu


def errors(smu: Keithley2450) -> list[int]:
    """Return the codes in the error queue, and empty it."""
    codes = []
    while code := int(smu.handle(b"SYST:ERR?").split(b",")[0]):
        codes.append(code)
    return codes


def ask(smu: Keithley2450, message: str) -> str:
    return smu.handle(message.encode()).decode().rstrip("\n")


def read(smu: Keithley2450) -> float:
    return float(ask(smu, ":READ?"))
