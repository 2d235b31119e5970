# SPDX-License-Identifier: MIT
"""Attacks on the proof of output, and on the correction of a peak for noise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stimcert.decision import decide
from stimcert.measured import Measured
from stimcert.proof import Declared, prove_output
from stimcert.reading import Accuracy, Certified, CurrentRecord, Waveform, Zero
from stimcert.record_peak import peak_current
from stimcert.uncertainty import evaluate, rectangular


def _measured(value: float) -> Measured:
    return Measured(value=value, unit="A", uncertainty=evaluate([rectangular("δI", half_width=5e-7, unit="A")]))


@pytest.mark.parametrize("share", [0.99, 0.9999, 0.99999])
def test_noise_is_no_output_however_wide_the_declared_tolerance(share: float) -> None:
    declared = Declared.relative(480e-6, share)
    dead = _measured(5e-7)
    assert not prove_output(dead, declared=declared).proven
    assert prove_output(_measured(100e-6), declared=declared).proven


def _record(volts: NDArray[np.float64], *, noise: float) -> CurrentRecord:
    waveform = Waveform(
        role="digitizer",
        samples=volts.astype(np.float32),
        clipped=False,
        range=0.1,
        sample_rate=1e6,
        accuracy=Accuracy(gain=1e-3, offset=5e-5, resolution=3.7e-6, source="x"),
        bench_time=0.0,
    )
    zero = Zero(range=0.1, mean=0.0, noise=noise, count=100_000)
    return CurrentRecord(waveform=waveform, shunt=Certified(value=100.0, expanded_uncertainty=0.01), zero=zero)


@pytest.mark.parametrize("noise", [0.0, 2e-5, 2e-4, 2e-3, 1e-2])
@pytest.mark.parametrize("shape", ["direct", "pulses", "one event", "negative event"])
def test_no_noise_of_the_zero_talks_a_real_peak_below_its_limit(noise: float, shape: str) -> None:
    # The zero was noisy (hum, an open lead), the record is not: whatever is taken off a real peak of 605 µA,
    # the uncertainty must keep it from passing 600 µA.
    volts = np.zeros(50_000)
    count = np.arange(len(volts))
    event = (count >= 20_000) & (count < 20_010)
    shapes = {"direct": count >= 0, "pulses": count % 10_000 < 5_000, "one event": event, "negative event": event}
    volts[shapes[shape]] = -0.0605 if shape == "negative event" else 0.0605
    found = peak_current(_record(volts, noise=noise))
    decision = decide(found.value, found.uncertainty.expanded, upper=600e-6, bound=found.bound)
    assert decision.verdict.value != "PASS"
