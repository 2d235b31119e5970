# SPDX-License-Identifier: MIT
"""Models that no straight line replaces, of JCGM 101:2008, 9.3 and 9.4, by both methods.

The numbers are from memory, in no page read here; those of 9.4 without correlation also follow from x² + u² on paper.
"""

import math

import pytest

from stimcert.metrology import Measured, propagate, rectangular, second_order, shortest_interval, simulate, standard

DRAWS = 1_000_000


def calibrated_mass() -> Measured:
    """Return the deviation of a mass from 100 g, mg: R of unknown buoyancy (9.3, table 4)."""
    inputs = [
        standard("mR", uncertainty=0.050, unit="mg", estimate=100_000.0),
        standard("δm", uncertainty=0.020, unit="mg", estimate=1.234),
        rectangular("air", half_width=0.10, unit="kg/m³", estimate=1.20),
        rectangular("W", half_width=1000.0, unit="kg/m³", estimate=8000.0),
        rectangular("R", half_width=50.0, unit="kg/m³", estimate=8000.0),
    ]
    return propagate(
        lambda mR, δm, air, W, R: (mR + δm) * (1 + (air - 1.2) * (1 / W - 1 / R)) - 100_000.0, inputs, unit="mg"
    )


def test_mass_by_the_law_of_propagation() -> None:
    """First order 0.0539 mg, 1.1285 to 1.3395 mg; with the second 0.0750 mg."""
    found = calibrated_mass()
    u, expanded = found.uncertainty.standard, found.uncertainty.expanded
    assert (found.value, u) == (pytest.approx(1.2340, abs=5e-5), pytest.approx(0.0539, abs=5e-5))
    assert (found.value - expanded, found.value + expanded) == pytest.approx((1.1285, 1.3395), abs=1e-4)
    assert math.hypot(u, second_order(found)) == pytest.approx(0.0750, abs=2e-4)


def test_mass_by_monte_carlo() -> None:
    """0.0754 mg; shortest interval 1.0834 to 1.3825 mg: far wider than the first order has it."""
    found = calibrated_mass()
    drawn = simulate(found, seed=93, draws=DRAWS)
    assert (drawn.mean, drawn.standard) == (pytest.approx(1.2341, abs=3e-4), pytest.approx(0.0754, abs=2e-4))
    assert shortest_interval(found, seed=93, draws=DRAWS) == pytest.approx((1.0834, 1.3825), abs=2e-3)
    assert not drawn.validated
    assert drawn.half_width > 1.4 * found.uncertainty.expanded


@pytest.mark.parametrize(
    ("real", "r", "mean", "u", "shortest"),
    [
        (0.0, 0.0, 50e-6, 50e-6, (0.0, 150e-6)),
        (0.010, 0.0, 150e-6, 112e-6, (0.0, 367e-6)),
        (0.010, 0.9, 150e-6, 121e-6, (13e-6, 398e-6)),
        (0.050, 0.0, 2551e-6, 502e-6, (1590e-6, 3543e-6)),
    ],
)
def test_comparison_loss(real: float, r: float, mean: float, u: float, shortest: tuple[float, float]) -> None:
    """x₁² + x₂² with u = 0.005: at nought the law of propagation sees no uncertainty at all."""
    inputs = [standard("x1", uncertainty=0.005, unit="1", estimate=real), standard("x2", uncertainty=0.005, unit="1")]
    found = propagate(lambda x1, x2: x1 * x1 + x2 * x2, inputs, correlations={("x1", "x2"): r} if r else None)
    drawn = simulate(found, seed=94, draws=DRAWS)
    assert (found.value, found.uncertainty.standard) == pytest.approx((real**2, 2 * real * 0.005), abs=1e-9)
    assert (drawn.mean, drawn.standard) == (pytest.approx(mean, abs=1.5e-6), pytest.approx(u, rel=0.01))
    assert shortest_interval(found, seed=94, draws=DRAWS) == pytest.approx(shortest, abs=6e-6 if real < 0.05 else 15e-6)
    assert second_order(found) >= 50e-6 * (1.0 - 1e-6)
