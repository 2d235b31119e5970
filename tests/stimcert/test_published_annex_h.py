# SPDX-License-Identifier: MIT
"""JCGM 100:2008 (GUM), H.3 to H.6, through the public API: a line, correlated counts, several days, hardness.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``100-2008-en``). A
tolerance is half a unit of the last digit printed; where it is another, the test says why.
"""

import math
from typing import Any

import pytest

from stimcert.metrology import (
    fit_line,
    pooled,
    propagate,
    propagate_together,
    rectangular,
    repeatability,
    standard,
    triangular,
)

# --- H.3: calibration of a thermometer

READ = (21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511)
CORRECTION = (-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160)
PREDICTED = (-0.1679, -0.1668, -0.1657, -0.1646, -0.1635, -0.1625, -0.1614, -0.1603, -0.1592, -0.1581, -0.1570)
LEFT = (-0.0031, -0.0022, -0.0003, 0.0056, -0.0005, -0.0025, 0.0054, 0.0033, 0.0002, -0.0029, -0.0030)


def test_calibration_of_a_thermometer() -> None:
    """H.3.3 and table H.6."""
    line = fit_line([t - 20.0 for t in READ], CORRECTION, unit="K")
    assert line.intercept.estimate == pytest.approx(-0.1712, abs=5e-5)
    assert line.intercept.standard_uncertainty == pytest.approx(0.0029, abs=5e-5)
    assert line.slope.estimate == pytest.approx(0.00218, abs=5e-6)
    assert line.slope.standard_uncertainty == pytest.approx(0.00067, abs=5e-6)
    assert line.correlation == pytest.approx(-0.930, abs=5e-4)
    assert line.residual == pytest.approx(0.0035, abs=5e-5)
    found = [line.intercept.estimate + (t - 20.0) * line.slope.estimate for t in READ]
    assert found == pytest.approx(PREDICTED, abs=5e-5)
    assert [b - each for b, each in zip(CORRECTION, found, strict=True)] == pytest.approx(LEFT, abs=5e-5)


@pytest.mark.parametrize(
    ("reference", "intercept", "deviation", "r"), [(20.0, -0.1712, 0.0029, -0.930), (24.0085, -0.1625, 0.0011, 0.0)]
)
def test_predicted_correction(reference: float, intercept: float, deviation: float, r: float) -> None:
    """H.3.4 and H.3.5: at 30 °C −0.1494 °C with u = 0.0041 °C and ν = 9, from whatever reference temperature."""
    line = fit_line([t - reference for t in READ], CORRECTION, unit="K")
    assert (line.intercept.estimate, line.correlation) == pytest.approx((intercept, r), abs=5e-4)
    assert line.intercept.standard_uncertainty == pytest.approx(deviation, abs=5e-5)
    at_30 = propagate(
        lambda intercept, slope: intercept + (30.0 - reference) * slope,
        [line.intercept, line.slope],
        correlations=line.correlations,
        unit="K",
    )
    assert at_30.value == pytest.approx(-0.1494, abs=5e-5)
    assert at_30.uncertainty.standard == pytest.approx(0.0041, abs=5e-5)
    # Printed is 17.1·10⁻⁶ K², of the rounded u; of those not rounded it is 17.2·10⁻⁶.
    assert at_30.uncertainty.standard**2 == pytest.approx(17.1e-6, abs=0.2e-6)
    assert at_30.uncertainty.dof == 9


# --- H.4: activity of radon in water

LAMBDA = 1.25894e-4  # 1/min
CYCLES = (
    (243.74, 15380, 4054, 367.37, 41432),
    (984.53, 14978, 3922, 1107.66, 38706),
    (1723.87, 14394, 4200, 1846.99, 35860),
    (2463.17, 13254, 3830, 2586.28, 32238),
    (3217.56, 12516, 3956, 3340.68, 29640),
    (3956.83, 11058, 3980, 4079.94, 26356),
)
"""Table H.7: tS, CS, CB, tx, Cx."""

RATES = {
    "Rx": [(cx - cb) / 60.0 * math.exp(LAMBDA * tx) for _, _, cb, tx, cx in CYCLES],
    "RS": [(cs - cb) / 60.0 * math.exp(LAMBDA * ts) for ts, cs, cb, _, _ in CYCLES],
}
RATIO = [x / s for x, s in zip(RATES["Rx"], RATES["RS"], strict=True)]
KNOWN = [
    standard("AS", uncertainty=0.0018, unit="Bq/g", estimate=0.1368),
    standard("mS", uncertainty=0.0050, unit="g", estimate=5.0192),
    standard("mx", uncertainty=0.0010, unit="g", estimate=5.0571),
]


def test_counting_rates() -> None:
    """Table H.8."""
    assert RATES["Rx"] == pytest.approx([652.46, 666.48, 665.80, 655.68, 651.87, 623.31], abs=0.005)
    assert RATES["RS"] == pytest.approx([194.65, 208.58, 211.08, 214.17, 213.92, 194.13], abs=0.005)
    assert RATIO == pytest.approx([3.3520, 3.1953, 3.1543, 3.0615, 3.0473, 3.2107], abs=5e-5)
    sample, known, ratio = (
        repeatability(symbol, values, unit="1")
        for symbol, values in (("Rx", RATES["Rx"]), ("RS", RATES["RS"]), ("R", RATIO))
    )
    assert (sample.estimate, known.estimate) == pytest.approx((652.60, 206.09), abs=0.005)
    assert (sample.standard_uncertainty, known.standard_uncertainty) == pytest.approx((6.42, 3.79), abs=0.005)
    assert ratio.estimate == pytest.approx(3.170, abs=5e-4)
    assert ratio.standard_uncertainty == pytest.approx(0.046, abs=5e-4)
    shares = [term.standard_uncertainty / term.estimate for term in (sample, known, ratio)]
    assert shares == pytest.approx([0.98e-2, 1.84e-2, 1.44e-2], abs=0.005e-2)


def test_ratio_of_the_rates() -> None:
    """Table H.8: r = 0.646; ratio of the means 3.167 with u = 0.045, 1.42 %."""
    found = propagate_together({"Rx": lambda Rx, RS: Rx, "RS": lambda Rx, RS: RS}, observed=RATES)
    assert found.correlation("Rx", "RS") == pytest.approx(0.646, abs=5e-4)
    ratio = propagate(lambda Rx, RS: Rx / RS, observed=RATES)
    assert ratio.value == pytest.approx(3.167, abs=5e-4)
    assert ratio.uncertainty.standard == pytest.approx(0.045, abs=5e-4)
    assert ratio.uncertainty.standard / ratio.value == pytest.approx(1.42e-2, abs=0.005e-2)
    assert ratio.uncertainty.dof == 5


def activity(AS: Any, mS: Any, mx: Any, Rx: Any, RS: Any) -> Any:
    return AS * mS / mx * Rx / RS


def test_activity_by_the_means() -> None:
    """H.4.3.1: 0.4300 Bq/g, u = 0.0083 Bq/g, 1.93 %; certificate and scale beside the simultaneous counts."""
    observed = propagate(activity, KNOWN, observed=RATES, unit="Bq/g")
    rates = [repeatability(symbol, values, unit="1/min") for symbol, values in RATES.items()]
    coefficient = propagate(activity, [*KNOWN, *rates], correlations={("Rx", "RS"): 0.646}, unit="Bq/g")
    for found in (observed, coefficient):
        u = found.uncertainty
        # Printed is 0.4300, of the ratio rounded to 3.167; of the ratio itself it is 0.42995.
        assert found.value == pytest.approx(0.4300, abs=6e-5)
        assert u.standard == pytest.approx(0.0083, abs=5e-5)
        # Printed is 1.93 %, cut and not rounded: with the numbers of eq. (H.22b) it is 1.94 %.
        assert u.standard / found.value == pytest.approx(1.93e-2, abs=0.01e-2)
        # Welch and Satterthwaite, which H.4.3.2 names and does not carry out: ν = 5 of a share of (1.42/1.93)².
        assert u.effective_dof == pytest.approx(5.0 * (1.93 / 1.42) ** 4, rel=0.02)


def test_activity_by_the_ratios() -> None:
    """H.4.3.2: 0.4304 Bq/g, u = 0.0084 Bq/g, 1.95 %."""
    inputs = [*KNOWN, repeatability("R", RATIO, unit="1")]
    found = propagate(lambda AS, mS, mx, R: AS * mS / mx * R, inputs, unit="Bq/g")
    assert found.value == pytest.approx(0.4304, abs=5e-5)
    assert found.uncertainty.standard == pytest.approx(0.0084, abs=5e-5)
    assert found.uncertainty.standard / found.value == pytest.approx(1.95e-2, abs=0.005e-2)


# --- H.5: a voltage standard on ten days

DAYS = (172e-6, 116e-6, 13e-6, 144e-6, 106e-6, 31e-6, 60e-6, 125e-6, 163e-6, 41e-6)
WITHIN = (60e-6, 77e-6, 111e-6, 101e-6, 67e-6, 93e-6, 80e-6, 73e-6, 88e-6, 86e-6)


def test_a_voltage_standard_with_an_effect_of_the_day() -> None:
    """H.5.2.6 and table H.9: 10.000 097 V, u = 18 µV with ν = 9."""
    found = repeatability("VS", [10.0 + each for each in DAYS], unit="V")
    assert found.estimate == pytest.approx(10.000097, abs=5e-7)
    assert found.standard_uncertainty == pytest.approx(18e-6, abs=0.5e-6)
    assert found.standard_uncertainty * math.sqrt(10.0) == pytest.approx(57e-6, abs=0.5e-6)
    assert found.dof == 9


def test_components_of_variance() -> None:
    """H.5.2.2 to H.5.2.6: s_a = 128 µV with ν = 9, s_b = 85 µV with ν = 40, F = 2.25, s_B = 43 µV."""
    within = pooled("sb", WITHIN, [4.0] * 10, readings=1, unit="V")
    days = repeatability("VS", DAYS, unit="V").standard_uncertainty * math.sqrt(10.0)
    between = math.sqrt(5.0) * days
    assert (within.standard_uncertainty, within.dof) == (pytest.approx(85e-6, abs=0.5e-6), 40)
    # Printed of s = 57 µV: 5·57² = (127.5 µV)² and 5·57²/85² = 2.25; not rounded they are (128.1 µV)² and 2.28.
    assert between == pytest.approx(128e-6, abs=0.5e-6)
    assert (between / within.standard_uncertainty) ** 2 == pytest.approx(2.25, abs=0.03)
    between_days = math.sqrt(days**2 - within.standard_uncertainty**2 / 5.0)
    assert between_days == pytest.approx(43e-6, abs=0.5e-6)


def test_a_voltage_standard_without_an_effect_of_the_day() -> None:
    """H.5.2.5, eq. (H.28a): 13 µV with ν = 49."""
    found = pooled("VS", [128e-6, 85e-6], [9, 40], readings=50, unit="V")
    assert (found.standard_uncertainty, found.dof) == (pytest.approx(13e-6, abs=0.5e-6), 49)


# --- H.6: Rockwell hardness


def test_hardness() -> None:
    """H.6.5 and table H.10, in Rockwell scale units of 2 µm: 64.0, u² = 0.307, u = 0.55."""
    inputs = [
        standard("d", uncertainty=0.45 / math.sqrt(5.0), unit="1", estimate=36.0),
        rectangular("δ", half_width=0.05, unit="1"),
        standard("ΔS", uncertainty=0.10 / math.sqrt(6.0), unit="1"),
        standard("Δc", uncertainty=0.11 / math.sqrt(6.0), unit="1"),
        triangular("Δb", half_width=0.015 * 36.0 / 2.0, unit="1"),
        standard("def", uncertainty=0.5, unit="1"),
    ]
    found = propagate(lambda **x: 100.0 - sum(x.values()), inputs)
    assert found.value == pytest.approx(64.0, abs=0.05)
    assert found.uncertainty.standard**2 == pytest.approx(0.307, abs=5e-4)
    assert found.uncertainty.standard == pytest.approx(0.55, abs=0.005)
    by = {row["symbol"]: row["contribution"] for row in found.uncertainty.budget}
    assert (by["d"], by["Δb"]) == pytest.approx((0.20, 0.11), abs=0.005)
