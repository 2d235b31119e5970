# SPDX-License-Identifier: MIT
"""JCGM GUM-6:2020, through the public API: those of its examples that a law of propagation or a drawing can hold.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``gum-6-2020``). A
tolerance is half a unit of the last digit printed; what is drawn has its own beside it. The resistors of 10.5.3 are
those of JCGM 100, 5.2.2, and tested there.
"""

from typing import Any

import numpy as np
import pytest

from stimcert.metrology import fit_line, propagate, propagate_together, second_order, simulate, standard


def test_release_of_cadmium() -> None:
    """10.4.3, table 4: relative u = 0.097; annex F: sensitivity to the area −0.002629."""
    given = {
        "γ0": (0.26, 0.069), "VL": (0.332, 0.0054), "aV": (5.73, 0.033), "acid": (1.0, 0.0008), "time": (1.0, 0.001),
        "temp": (1.0, 0.06),
    }  # fmt: skip
    inputs = [standard(symbol, uncertainty=x * u, unit="1", estimate=x) for symbol, (x, u) in given.items()]

    def released(γ0: Any, VL: Any, aV: Any, acid: Any, time: Any, temp: Any) -> Any:
        return γ0 * VL / aV * acid * time * temp

    found = propagate(released, inputs, unit="mg/dm²")
    assert found.uncertainty.standard / found.value == pytest.approx(0.097, abs=5e-4)
    by = {row["symbol"]: row["sensitivity"] for row in found.uncertainty.budget}
    assert by["aV"] == pytest.approx(-0.002629, abs=5e-7)


@pytest.mark.parametrize(
    ("u", "linear", "drawn"),
    [
        (0.010, (0.0100, 0.0100, 40.0, 8.7), (0.0155, 0.0078, 37.6, 5.4)),
        (0.005, (0.0100, 0.0050, 40.0, 4.3), (0.0114, 0.0046, 39.8, 4.4)),
    ],
)
def test_logarithm_of_a_reflection(u: float, linear: tuple[float, ...], drawn: tuple[float, ...]) -> None:
    """8.3.4, table 2: |S| and −20 lg |S| of a small complex number by both methods."""
    inputs = [standard(symbol, uncertainty=u, unit="1", estimate=x) for symbol, x in (("x", 0.0060), ("y", 0.0080))]
    found = propagate_together(
        {"S": lambda x, y: np.hypot(x, y), "α": lambda x, y: -20.0 * np.log10(np.hypot(x, y))}, inputs
    )
    modulus, loss = found.results["S"], found.results["α"]
    assert (modulus.value, modulus.uncertainty.standard) == pytest.approx(linear[:2], abs=5e-5)
    assert (loss.value, loss.uncertainty.standard) == pytest.approx(linear[2:], abs=0.05)
    one, other = simulate(modulus, seed=6), simulate(loss, seed=6)
    assert (one.mean, one.standard) == pytest.approx(drawn[:2], abs=1e-4)
    assert (other.mean, other.standard) == pytest.approx(drawn[2:], abs=0.07)


def test_where_the_slope_is_nought() -> None:
    """13.1.4: 2x(1 − x) at x = 0.500 ± 0.005: u = 0 by the first order, 0.499 95 ± 0.000 07 by drawing."""
    found = propagate(lambda x: 2.0 * x * (1.0 - x), [standard("x", uncertainty=0.005, unit="1", estimate=0.5)])
    drawn = simulate(found, seed=13)
    assert found.uncertainty.standard == pytest.approx(0.0, abs=1e-9)
    assert (drawn.mean, drawn.standard) == pytest.approx((0.49995, 0.00007), abs=5e-6)
    assert second_order(found) == pytest.approx(0.00007, abs=5e-6)


DRIFT = """
3588 17.9093 3731 17.9008 3916 17.9493 4089 17.9539 4325 18.0032 4520 18.0220 4686 18.0659 4843 18.0821 5143 18.1384
5381 18.1719 5982 18.2294 6157 18.2655 6445 18.2959 6817 18.3348 7219 18.4009 7533 18.4205 7966 18.4498 8149 18.5580
8683 18.6470 9059 18.6916
"""


def test_drifting_resistance() -> None:
    """10.6.4, table 5 (10⁻⁶): s = 0.023 about the line; at 9242 d 18.6917, u = 0.0123, U = 0.0258."""
    points = [float(each) for each in DRIFT.split()]
    line = fit_line(points[::2], points[1::2], unit="1", deviation=0.025, dof=18)
    found = propagate(
        lambda intercept, slope: intercept + 9242.0 * slope,
        [line.intercept, line.slope],
        correlations=line.correlations,
    )
    assert line.residual == pytest.approx(0.023, abs=5e-4)
    assert found.value == pytest.approx(18.6917, abs=5e-5)
    assert found.uncertainty.standard == pytest.approx(0.0123, abs=5e-5)
    assert found.uncertainty.expanded == pytest.approx(0.0258, abs=5e-5)
