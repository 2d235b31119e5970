# SPDX-License-Identifier: MIT
"""The proof of zero sees d.c., short pulses and a record that proves nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from instruments.safety.zero import zero_current
from stimcert.reading import Accuracy, Waveform

ACCURACY = Accuracy(gain=1e-3, offset=10e-6, resolution=3e-6, source="worked by hand")


def record(samples: NDArray[np.float32], *, clipped: bool = False) -> Waveform:
    return Waveform(
        role="digitizer",
        samples=samples,
        clipped=clipped,
        range=0.1,
        sample_rate=100e3,
        accuracy=ACCURACY,
        bench_time=0.0,
    )


def test_noise_around_nothing_is_zero() -> None:
    noise = np.random.default_rng(1).normal(10e-6, 20e-6, 10_000).astype(np.float32)
    found = zero_current(record(noise), 100.0)
    assert found.is_zero
    # offset + resolution + 5 · 20 µV / √100 = 23 µV over 100 Ω
    assert found.allowance == pytest.approx(23e-6 / 100, rel=0.05)


@pytest.mark.parametrize("current", [5e-6, -5e-6])
def test_a_direct_current_is_not_zero_and_keeps_its_sign(current: float) -> None:
    found = zero_current(record(np.full(10_000, current * 100.0, dtype=np.float32)), 100.0)
    assert not found.is_zero
    assert found.value == pytest.approx(current)


def test_one_short_pulse_is_not_zero() -> None:
    samples = np.zeros(10_000, dtype=np.float32)
    samples[4321:4326] = 5e-3 * 100.0
    found = zero_current(record(samples), 100.0)
    assert not found.is_zero
    # 50 µs in a window of 1 ms
    assert found.value == pytest.approx(5e-3 * 0.05)


def test_a_pulse_in_noise_does_not_raise_its_own_allowance() -> None:
    quiet = np.random.default_rng(2).normal(0.0, 20e-6, 10_000).astype(np.float32)
    pulsed = quiet.copy()
    pulsed[::1000] += 5e-3 * 100.0
    found = zero_current(record(pulsed), 100.0)
    assert found.allowance == pytest.approx(zero_current(record(quiet), 100.0).allowance, rel=0.02)
    assert not found.is_zero


def test_a_clipped_or_empty_record_proves_nothing() -> None:
    assert not zero_current(record(np.zeros(10_000, dtype=np.float32), clipped=True), 100.0).is_zero
    assert not zero_current(record(np.zeros(0, dtype=np.float32)), 100.0).is_zero
