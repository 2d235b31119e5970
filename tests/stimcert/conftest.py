# SPDX-License-Identifier: MIT
"""Readings, records and results to judge, built without a bench."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from stimcert.measured import Measured
from stimcert.reading import Accuracy, Certified, CurrentRecord, MeanReading, Status, Waveform, Zero
from stimcert.uncertainty import evaluate, standard

# Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013, 1 mA range.
SMU_1_MA = Accuracy(gain=0.0002, offset=60e-9, resolution=1e-9, source="SPEC-2450 Rev. A")


@pytest.fixture(scope="session")
def reading() -> Callable[..., MeanReading]:
    def build(
        *values: float,
        status: Status = Status.VALID,
        accuracy: Accuracy = SMU_1_MA,
        bound: float = 1.05e-3,
        full_scale: float = 1e-3,
        unit: str = "A",
    ) -> MeanReading:
        return MeanReading(
            role="smu",
            unit=unit,
            status=status,
            values=values,
            bound=bound,
            range=full_scale,
            aperture=0.02,
            limit=0.01,
            accuracy=accuracy,
            bench_time=0.0,
        )

    return build


@pytest.fixture(scope="session")
def record() -> Callable[..., CurrentRecord]:
    """Build the record of a current in A across 100 Ω, at 1 MS/s on a 1 V range unless said otherwise."""

    def build(
        current: NDArray[np.float64],
        *,
        noise: float = 0.0,
        seed: int = 0,
        zero: float = 0.0,
        accuracy: Accuracy | None = None,
        full_scale: float = 1.0,
        rate: float = 1e6,
        clipped: bool = False,
        dtype: type = np.float64,
        shunt: float = 100.0,
    ) -> CurrentRecord:
        volts = current * shunt + zero + noise * np.random.default_rng(seed).standard_normal(len(current))
        waveform = Waveform(
            role="digitizer",
            samples=volts.astype(dtype),
            clipped=clipped,
            range=full_scale,
            sample_rate=rate,
            accuracy=accuracy or Accuracy(gain=0.0, offset=0.0, resolution=0.0, source="ideal"),
            bench_time=0.0,
        )
        return CurrentRecord(
            waveform=waveform,
            shunt=Certified(value=shunt, expanded_uncertainty=0.0),
            zero=Zero(range=full_scale, mean=zero, noise=noise, count=100_000),
        )

    return build


@pytest.fixture(scope="session")
def measured() -> Callable[..., Measured]:
    def build(value: float, u: float = 0.0, *, bound: str | None = None) -> Measured:
        uncertainty = evaluate([standard("x", uncertainty=u, unit="A", estimate=value)])
        return Measured(value=value, unit="A", uncertainty=uncertainty, bound=">=" if bound else None)

    return build
