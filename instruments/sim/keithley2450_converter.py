# SPDX-License-Identifier: MIT
"""From a waveform at the 2450's terminals to the numbers it reports.

Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013, pp. 2–3 (overrange 105 %, 6½ digits).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instruments.sim.faults import GAIN_SPECIFICATIONS, SMU_SHORT
from instruments.sim.keithley2450_ranges import CURRENT, VOLTAGE, SenseSettings
from instruments.sim.keithley_buffers import OVERFLOW
from instruments.sim.piecewise import Signal
from instruments.sim.specifications import SMU_MODEL, SMU_OVERRANGE, figure

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SATURATION = 1.1
"""Where the front end clips, as a multiple of full scale: peaks beyond it are lost from the mean without any flag. The
data sheet promises 105 %; what lies above is the simulator's own figure."""

_RANGES = {"current": CURRENT, "voltage": VOLTAGE}


def converted(bench: "SimulatedBench", wave: Signal, function: str, sense: SenseSettings, edges: Floats) -> Floats:
    """Return one reading per interval: the mean of what the front end passes, as :func:`reported`.

    :param function: ``current`` or ``voltage``.
    :param sense: range and aperture; in autorange its range becomes the one that holds the waveform's peak.
    :param edges: bench times, s, shape (n + 1,); the intervals follow each other without a gap.
    """
    peak = wave.peak()
    choose_range(function, sense, peak)
    clip = _SATURATION * sense.range
    seen = wave if peak <= clip else wave.clipped(clip)
    means = seen.means(edges[:-1], float(edges[-1] - edges[0]) / (edges.size - 1))
    return reported(bench, means, function, sense)


def choose_range(function: str, sense: SenseSettings, peak: float) -> None:
    """Let autorange, when it is on, choose the range that holds ``peak``."""
    if sense.auto_range:
        sense.range = _RANGES[function].holding(peak)


def reported(bench: "SimulatedBench", means: Floats, function: str, sense: SenseSettings) -> Floats:
    """Return the readings for true means: with the range's errors, noise and resolution; or the overflow code."""
    gain, offset = bench.hidden(SMU_MODEL, function, sense.range)
    promised = figure(SMU_MODEL, function, sense.range)
    if function == "current" and "smu_gain" in bench.faults:
        gain = GAIN_SPECIFICATIONS * promised.gain
    if function == "current" and "device_paths_disagree" in bench.faults and bench.circuit.port == "device":
        gain = SMU_SHORT - 1
    noise = bench.noise[SMU_MODEL] * promised.noise / sense.nplc**0.5
    values = means * (1 + gain) + offset + noise * bench.rng.standard_normal(means.size)
    step = _RANGES[function].step * sense.range
    shown = np.round(values / step) * step
    beyond = np.abs(values) > SMU_OVERRANGE * sense.range
    readings: Floats = np.where(beyond, np.copysign(OVERFLOW, values), shown)
    return readings


def averaged(values: Floats, repeats: int) -> Floats:
    """Return the means of ``repeats`` readings each; one overflow among them makes an overflow."""
    if repeats == 1:
        return values
    groups = values.reshape(-1, repeats)
    overflow = np.abs(groups) >= OVERFLOW
    means = np.where(overflow, 0.0, groups).mean(axis=1)
    readings: Floats = np.where(overflow.any(axis=1), OVERFLOW, means)
    return readings
