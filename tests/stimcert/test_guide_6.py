# SPDX-License-Identifier: MIT
"""JCGM GUM-6:2020, through the public API: those of its examples that a law of propagation or a drawing can hold.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``gum-6-2020``). A
tolerance is half a unit of the last digit printed; what is drawn has its own beside it. The resistors of 10.5.3 are
those of JCGM 100, 5.2.2, and tested there.
"""

from typing import Any

import numpy as np
import pytest

from stimcert.metrology import (
    fit_line,
    pooled,
    propagate,
    propagate_together,
    repeatability,
    second_order,
    simulate,
    standard,
)


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


BATH = """
1024 1054 1026 1042 1026 1039 1065 1052 1067 1072 1054 1049 1082 1039 1052 1085 1088 1075 1085 1098 1070 1060 1067 1065
1072 1062 1085 1062 1034 1049 1044 1057 1060 1082 1052 1060 1057 1072 1072 1077 1103 1090 1077 1082 1067 1098 1057 1060
1019 1021 0993 1014 0965 1014 0996 0993 1003 1006 1026 1014 1039 1044 1024 1037 1060 1024 1039 1070 1054 1065 1072 1065
1085 1080 1093 1090 1128 1080 1108 1085 1080 1100 1065 1062 1057 1052 1057 1034 1037 1009 1009 1044 1021 1021 1029 1037
1049 1082 1044 1067
"""
"""11.7.3: temperature of a bath each minute, 50.xxxx °C."""


def test_readings_that_hang_together() -> None:
    """11.9.8: s/√100 = 0.0003 °C neglects what neighbours share; a model of it gives 50.105 °C and u = 0.001 °C.

    No model is fitted here: that neighbours are correlated is seen, and then a single reading's scatter counts.
    """
    readings = [50.0 + float(each) * 1e-4 for each in BATH.split()]
    term = repeatability("t", readings, unit="°C")
    assert term.estimate == pytest.approx(50.105, abs=6e-4)  # the mean is 50.1056; the model's is 50.105
    assert term.standard_uncertainty > 0.001
    naive = repeatability("t", readings, unit="°C", ordered=False).standard_uncertainty
    assert naive == pytest.approx(0.0003, abs=5e-5)
    assert term.standard_uncertainty == pytest.approx(10.0 * naive)
    simultaneous = propagate(lambda t: 2.0 * t, observed={"t": readings}).uncertainty
    assert simultaneous.standard == pytest.approx(20.0 * naive)
    assert simultaneous.budget[0]["name"] == "100 simultaneous readings, of one reading: neighbours hang together"


BARIUM = """
323 301 310  340 334 316  320 321 309  315 338 321  326 338 325  325 302 304  324 331 317  310 310 331  336 321 328
310 328 312  314 314 302  329 300 299  320 329 311  322 312 311  332 317 299  313 294 293  324 314 335  321 342 316
"""
"""11.5.4, table 7: three aliquots of each of 18 samples, mg/kg."""


def test_homogeneity_of_a_soil() -> None:
    """11.9.8: 318 mg/kg, u = 2 mg/kg, within a sample 11 mg/kg, between samples 5.3 mg/kg."""
    values = [float(each) for each in BARIUM.split()]
    samples = [values[n : n + 3] for n in range(0, len(values), 3)]
    found = repeatability("ω", [sum(each) / 3.0 for each in samples], unit="mg/kg")
    assert (found.estimate, found.standard_uncertainty) == pytest.approx((318.0, 2.0), abs=0.5)
    scatters = [repeatability("s", each, unit="mg/kg").standard_uncertainty * 3.0**0.5 for each in samples]
    within = pooled("s", scatters, [2.0] * 18, readings=1, unit="mg/kg")
    assert (within.standard_uncertainty, within.dof) == (pytest.approx(11.0, abs=0.5), 36)
    between = 18.0 * found.standard_uncertainty**2 - within.standard_uncertainty**2 / 3.0
    assert between**0.5 == pytest.approx(5.3, abs=0.05)
