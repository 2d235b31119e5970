# SPDX-License-Identifier: MIT
"""The charge that a step brings beyond its end tells the capacitor, wherever in a sample the step lies."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.skin import SKIN_MODELS
from stimcert.step_response import excess, time_constant

RATE, SHUNT, VOLTAGE = 1e6, 100.0, 0.66


def record(name: str, *, offset: float = 0.4, size: float = 1.0, noise: float = 0.0) -> tuple[np.ndarray, float, float]:
    """Return the current that a network takes of a step, A, each sample a mean; with R1 and R in Ω.

    :param offset: where in its sample the step lies, 0 … 1.
    """
    model = SKIN_MODELS[name]
    series = model.series + SHUNT
    total = series + model.parallel
    tau = series * model.parallel / total * model.capacitance * RATE
    edges = np.clip(np.arange(-50, 40 * math.ceil(tau) + 200) + 1 - offset, 0.0, None)
    final, first = VOLTAGE / total, VOLTAGE / series
    charge = final * edges + (first - final) * tau * (1 - np.exp(-edges / tau))
    rng = np.random.default_rng(1)
    return size * (np.diff(charge) + noise * rng.standard_normal(len(edges) - 1)), series, total


@given(st.sampled_from(sorted(SKIN_MODELS)), st.floats(0.0, 0.999), st.sampled_from([1.0, -1.0, 1e3]))
def test_the_time_constant_is_that_of_the_network(name: str, offset: float, size: float) -> None:
    samples, series, total = record(name, offset=offset, size=size)
    found = excess(samples, sample_rate=RATE)
    measured = time_constant(found.area / size, voltage=VOLTAGE, series=series, total=total)
    model = SKIN_MODELS[name]
    allowed = found.moment / abs(found.area) + 1e-3
    assert measured == pytest.approx(model.parallel * model.capacitance, rel=allowed)
    assert found.tail / size == pytest.approx(VOLTAGE / total, rel=1e-6)


def test_noise_is_in_the_standard_error() -> None:
    clean = excess(record("N1")[0], sample_rate=RATE)
    noisy = excess(record("N1", noise=1e-6)[0], sample_rate=RATE)
    assert 0.0 < abs(noisy.area - clean.area) < 4 * noisy.error
    assert noisy.error < 5e-3 * clean.area


@pytest.mark.parametrize(
    "samples",
    [np.zeros(1000), np.ones(1000), np.r_[np.zeros(900), np.ones(100)], np.full(1000, np.nan)],
    ids=["nothing", "no zero before", "no end", "no number"],
)
def test_a_record_without_a_step_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="step from zero"):
        excess(samples, sample_rate=RATE)


def test_without_anything_parallel_there_is_no_time_constant() -> None:
    for total in (600.0, 599.0, math.nan):
        with pytest.raises(ValueError, match="nothing parallel"):
            time_constant(1e-9, voltage=1.0, series=600.0, total=total)
