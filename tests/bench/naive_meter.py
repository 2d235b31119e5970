# SPDX-License-Identifier: MIT
"""An averaging meter in series with 2 kΩ: ten readings of one line cycle each, averaged, in the middle of a setting."""

import numpy as np

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device

SETTLED = 5.0
READINGS, APERTURE = 10, 20e-3
LOAD, SHUNT = 1900.0, 100.0


def mean_current(device: str, mode: str) -> float:
    """Return what the meter shows of the top level of a mode, A.

    :param device: shipped device.
    """
    bench = SimulatedBench(read_device(device).device(), seed=0)
    stimulator, circuit = bench.stimulator, bench.circuit
    circuit.box, circuit.shunts, circuit.bypass = LOAD, frozenset({SHUNT}), True
    circuit.port = "device"
    stimulator.select_mode(mode)
    stimulator.set_level(stimulator.top_level)
    stimulator.start()
    bench.advance(SETTLED)
    begin = bench.time
    volts = circuit.tap_voltage(begin, begin + READINGS * APERTURE, 1e10)
    means = volts.means(begin + APERTURE * np.arange(READINGS), APERTURE)
    return float(np.mean(means)) / circuit.shunt_resistance()
