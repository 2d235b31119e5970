# SPDX-License-Identifier: MIT
"""The proof of zero: no current through the shunt, seen by an instrument that is still on.

A source-measure unit whose output is off reads zero whatever flows past it; the shunt's voltage does not lie.
"""

import math

import numpy as np
from numpy.typing import NDArray

from instruments.roles import Digitizer, Switch
from instruments.safety.safe_off import ZeroCurrent
from stimcert.reading import Waveform

SAMPLE_RATE = 100e3
"""1/s; the digitizer integrates over the whole sample period, so that no pulse falls between two samples."""
DURATION = 0.1
"""s; ten periods of a stimulation at 100 Hz, five of mains at 50 Hz."""
WINDOW = 1e-3
"""s over which the current is averaged: long against noise, short enough to see a pulse of 50 µs."""


def measure_zero(digitizer: Digitizer, switch: Switch, shunt: float) -> ZeroCurrent:
    """Measure what flows through the shunt with the port open.

    :param shunt: nominal value of the largest shunt of the station, Ω: it sees the smallest current.
    :raises instruments.errors.BenchError: when digitizer or switch do not do what they are told.
    """
    switch.select_shunt(shunt)
    switch.set_tap("shunt")
    rate = min(SAMPLE_RATE, digitizer.max_sample_rate)
    digitizer.configure(voltage_range=digitizer.voltage_ranges[0], sample_rate=rate, count=round(DURATION * rate))
    return zero_current(digitizer.capture(), shunt)


def zero_current(record: Waveform, shunt: float) -> ZeroCurrent:
    """Return the largest mean current over any :data:`WINDOW` of a record, and what is indistinguishable from none.

    :param shunt: Ω, nominal.
    """
    length = max(1, round(WINDOW * record.sample_rate))
    whole = record.samples.size // length * length
    if record.clipped or whole == 0:
        return ZeroCurrent(value=float("nan"), allowance=0.0)
    means = record.samples[:whole].astype(np.float64).reshape(-1, length).mean(axis=1)
    largest = float(means[np.argmax(np.abs(means))])
    allowance = record.accuracy.half_width(0.0) + record.accuracy.resolution + _noise(record.samples, length)
    return ZeroCurrent(value=largest / shunt, allowance=allowance / shunt)


def _noise(samples: NDArray[np.float32], length: int) -> float:
    """Return five standard deviations of a mean over ``length`` samples, V.

    Estimated from the median step between neighbours, which pulses do not raise: 1.4826 times the median of the
    magnitude is the standard deviation of a normal distribution, and a step has √2 times that of a sample.
    """
    step = float(np.median(np.abs(np.diff(samples.astype(np.float64)))))
    return 5.0 * 1.4826 * step / math.sqrt(2.0 * length)
