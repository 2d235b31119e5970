# SPDX-License-Identifier: MIT
"""JCGM 102:2011, 9.2 to 9.5, through the public API: several results of the same inputs, as printed there.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``102-2011-en``). A
tolerance is half a unit of the last digit printed; what is drawn has beside it four standard errors, ours and theirs.
Not expressed here: coverage regions (k_p, k_q), and the multivariate t of 9.4.2.4, whose ν is n − N and not n − 1.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stimcert.metrology import (
    Term,
    Together,
    propagate,
    propagate_together,
    rectangular,
    simulate_together,
    standard,
)

# --- 9.2: additive model

COMMON = {
    "table 3": (standard("X3", uncertainty=1.0, unit="1"), 1.414, 0.500),
    "table 4": (rectangular("X3", half_width=math.sqrt(3.0), unit="1"), 1.414, 0.500),
    "table 5": (rectangular("X3", half_width=3.0 * math.sqrt(3.0), unit="1"), 3.162, 0.900),
}


@pytest.mark.parametrize("table", COMMON)
def test_two_sums_with_a_common_part(table: str) -> None:
    """Tables 3 to 5: y = 0.000, u(y) = 1.414 or 3.162, r = 0.500 or 0.900, by both methods."""
    common, u, r = COMMON[table]
    own = [standard(symbol, uncertainty=1.0, unit="1") for symbol in ("X1", "X2")]
    found = propagate_together({"Y1": lambda X1, X2, X3: X1 + X3, "Y2": lambda X1, X2, X3: X2 + X3}, [*own, common])
    drawn = simulate_together(found, seed=92)
    assert found.correlation("Y1", "Y2") == pytest.approx(r, abs=5e-4)
    assert drawn.correlation("Y1", "Y2") == pytest.approx(r, abs=0.008)
    for name, result in found.results.items():
        assert (result.value, result.uncertainty.standard) == pytest.approx((0.0, u), abs=5e-4)
        assert drawn.results[name].mean == pytest.approx(0.0, abs=0.01 * u)
        assert drawn.results[name].standard == pytest.approx(u, rel=0.007)


# --- 9.3: magnitude and phase of a small complex number

CASES = [
    pytest.param(0.001, 0.0, (0.001, 0.010, 10.000), (0.013, 0.007, 0.000, 1.744, 0.000), id="table 6, 0.001"),
    pytest.param(0.010, 0.0, (0.010, 0.010, 1.000), (0.015, 0.008, 0.000, 1.117, 0.000), id="table 6, 0.010"),
    pytest.param(0.100, 0.0, (0.100, 0.010, 0.100), (0.101, 0.010, 0.000, 0.101, 0.000), id="table 6, 0.100"),
    pytest.param(0.001, 0.9, (0.001, 0.010, 10.000), (0.012, 0.008, -0.556, 1.599, -0.070), id="table 7, 0.001"),
    pytest.param(0.010, 0.9, (0.010, 0.010, 1.000), (0.015, 0.008, -0.343, 0.903, 0.352), id="table 7, 0.010"),
    pytest.param(0.100, 0.9, (0.100, 0.010, 0.100), (0.101, 0.010, -0.009, 0.102, 0.882), id="table 7, 0.100"),
]


@pytest.mark.parametrize(("real", "r", "framework", "monte_carlo"), CASES)
def test_magnitude_and_phase(
    real: float, r: float, framework: tuple[float, ...], monte_carlo: tuple[float, ...]
) -> None:
    """Tables 6 and 7: correlated inputs are drawn through the model as it is, far from any straight line."""
    parts = [standard("re", uncertainty=0.01, unit="1", estimate=real), standard("im", uncertainty=0.01, unit="1")]
    found = propagate_together(
        {"magnitude": lambda re, im: np.hypot(re, im), "phase": lambda re, im: np.arctan2(im, re)},
        parts,
        correlations={("re", "im"): r} if r else None,
    )
    magnitude, phase = found.results["magnitude"], found.results["phase"]
    assert (magnitude.value, magnitude.uncertainty.standard) == pytest.approx(framework[:2], abs=5e-4)
    assert (phase.value, phase.uncertainty.standard) == pytest.approx((0.0, framework[2]), abs=5e-4)
    assert found.correlation("magnitude", "phase") == pytest.approx(r, abs=5e-4)
    drawn = simulate_together(found, seed=93)
    one, other = drawn.results["magnitude"], drawn.results["phase"]
    assert (one.mean, one.standard) == pytest.approx(monte_carlo[:2], abs=6e-4)
    assert (other.mean, other.standard) == pytest.approx(monte_carlo[2:4], abs=5e-4 + 0.01 * monte_carlo[3])
    assert drawn.correlation("magnitude", "phase") == pytest.approx(monte_carlo[4], abs=0.01)


# --- 9.4: resistance and reactance, with a sixth set that is the mean of the five of JCGM 100, H.2

READINGS = {
    "V": [5.007, 4.994, 5.005, 4.990, 4.999, 4.999],
    "I": [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3, 19.661e-3],
    "φ": [1.0456, 1.0438, 1.0468, 1.0428, 1.0433, 1.04446],
}
"""Table 8; the sixth set is printed rounded, φ = 1.0445, and meant to be the mean of the others."""


def test_inputs_of_the_resistance() -> None:
    """Tables 9 and 10."""
    found = propagate_together({s: lambda s=s, **x: x[s] for s in READINGS}, observed=READINGS)
    means = {"V": (4.9990, 0.0026), "I": (19.6610e-3, 0.0077e-3), "φ": (1.04446, 0.00061)}
    for symbol, (mean, u) in means.items():
        assert found.results[symbol].value == pytest.approx(mean, rel=1e-6)
        # Half a unit of the second digit.
        assert found.results[symbol].uncertainty.standard == pytest.approx(u, rel=0.02)
    printed = {("V", "I"): -0.355, ("V", "φ"): 0.858, ("I", "φ"): -0.645}
    assert {pair: round(found.correlation(*pair), 3) for pair in printed} == printed


def test_resistance_and_reactance() -> None:
    """Table 11, first row, and the third by 9.4.2.6: V(X) = (n − 1)/(n − N − 2) of U(X), here five times."""
    functions: dict[str, Callable[..., Any]] = {
        "R": lambda V, I, φ: V / I * math.cos(φ),  # noqa: E741
        "X": lambda V, I, φ: V / I * math.sin(φ),  # noqa: E741
        "Z": lambda V, I, φ: V / I,  # noqa: E741
    }
    found = propagate_together(functions, observed=READINGS)
    printed = {"R": (127.732, 0.058, 0.130), "X": (219.847, 0.241, 0.540), "Z": (254.260, 0.193, 0.431)}
    for name, (value, u, alternative) in printed.items():
        assert found.results[name].value == pytest.approx(value, abs=5e-4)
        assert found.results[name].uncertainty.standard == pytest.approx(u, abs=5e-4)
        assert found.results[name].uncertainty.standard * math.sqrt(5.0) == pytest.approx(alternative, abs=1e-3)
        assert found.results[name].uncertainty.dof == 5
    assert found.correlation("R", "X") == pytest.approx(-0.588, abs=5e-4)
    assert found.correlation("R", "Z") == pytest.approx(-0.485, abs=5e-4)
    assert 1.0 - found.correlation("X", "Z") == pytest.approx(0.749e-2, abs=0.0005e-2)


# --- 9.5: ten Celsius temperatures by one resistance thermometer

CALIBRATION = {"R0": (99.99610, 0.00050), "A": (0.0039096, 0.0000027), "B": (-6.0e-7, 1.1e-7), "RS": (99.99947, 1e-4)}
COEFFICIENTS = {("R0", "A"): -0.155, ("R0", "B"): 0.092, ("A", "B"): -0.959}
RATIOS = (53, 150054, 300055, 450056, 600056, 780057, 900058, 1050059, 1200060, 780057)
TEMPERATURES = (0.0100, 3.8491, 7.6928, 11.5410, 15.3938, 20.0232, 23.1131, 26.9797, 30.8509, 20.0232)
UNCERTAINTIES = (0.0018, 0.0027, 0.0040, 0.0046, 0.0047, 0.0045, 0.0046, 0.0060, 0.0089, 0.0045)
TABLE_16 = """
0.252 0.127 0.079 0.059 0.054 0.056 0.054 0.050 0.054
0.815 0.800 0.755 0.580 0.312 -0.092 -0.358 0.580
0.902 0.868 0.691 0.400 -0.057 -0.365 0.691
0.909 0.766 0.495 0.040 -0.281 0.766
0.847 0.629 0.208 -0.115 0.847
0.841 0.549 0.264 0.918
0.812 0.613 0.841
0.909 0.549
0.264
"""


def temperature(ratio: str) -> Callable[..., Any]:
    """Return the root of (1 + Aθ + Bθ²)·R₀ − r·R_S = 0 (eq. 31), in the form that loses no digits."""

    def of(R0: Any, A: Any, B: Any, RS: Any, **r: Any) -> Any:
        excess = r[ratio] * RS / R0 - 1.0
        return 2.0 * excess / (A + np.sqrt(A * A + 4.0 * B * excess))

    return of


def thermometer() -> Together:
    inputs: list[Term] = [
        *(standard(symbol, uncertainty=u, unit="1", estimate=x) for symbol, (x, u) in CALIBRATION.items()),
        *(standard(f"r{n}", uncertainty=50e-7, unit="1", estimate=1.0 + r * 1e-7) for n, r in enumerate(RATIOS)),
    ]
    return propagate_together({f"θ{n}": temperature(f"r{n}") for n in range(10)}, inputs, correlations=COEFFICIENTS)


def test_one_temperature() -> None:
    """9.5.2: θ = 20.0232 °C, u = 0.0045 °C."""
    inputs = [
        *(standard(symbol, uncertainty=u, unit="1", estimate=x) for symbol, (x, u) in CALIBRATION.items()),
        standard("r", uncertainty=0.0000050, unit="1", estimate=1.0780057),
    ]
    found = propagate(temperature("r"), inputs, correlations=COEFFICIENTS, unit="°C")
    assert (found.value, found.uncertainty.standard) == pytest.approx((20.0232, 0.0045), abs=5e-5)


def test_ten_temperatures() -> None:
    """Tables 15 and 16."""
    found = thermometer()
    assert [found.results[f"θ{n}"].value for n in range(10)] == pytest.approx(TEMPERATURES, abs=5e-5)
    assert [found.results[f"θ{n}"].uncertainty.standard for n in range(10)] == pytest.approx(UNCERTAINTIES, abs=5e-5)
    for n, row in enumerate(TABLE_16.split("\n")[1:-1]):
        printed = [float(each) for each in row.split()]
        assert [found.correlation(f"θ{n}", f"θ{m}") for m in range(n + 1, 10)] == pytest.approx(printed, abs=6e-4), n
