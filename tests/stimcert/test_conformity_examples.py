# SPDX-License-Identifier: MIT
"""JCGM 106:2012, clauses 7 to 9 and annexes A and B, through the public API, with the numbers printed there.

Read in the AsciiDoc edition of the JCGM member documents (github.com/metanorma/mn-samples-jcgm, ``106-2012-en``). A
tolerance is half a unit of the last digit printed; where it is another, the test says why.
"""

import math
from statistics import NormalDist

import pytest

from stimcert.metrology import (
    Verdict,
    conformance_probability,
    decide,
    evaluate,
    global_risk,
    guard_band,
    guard_band_of_risk,
    nonconformance_probability,
    rule_named,
    standard,
    updated,
)

# --- clause 7: conformance probability


@pytest.mark.parametrize(("p_c", "z"), [(0.80, 0.84), (0.90, 1.28), (0.95, 1.64), (0.99, 2.33), (0.999, 3.09)])
def test_one_sided_tolerance(p_c: float, z: float) -> None:
    """Table 1: z = (T_U − y)/u; p_c, its complement, and z as the guard band that leaves that risk."""
    # z as printed, rounded to 0.005, moves p_c by no more than that times the density.
    room = 0.0051 * NormalDist().pdf(z)
    assert conformance_probability(-z, 1.0, upper=0.0) == pytest.approx(p_c, abs=room)
    assert conformance_probability(z, 1.0, lower=0.0) == pytest.approx(p_c, abs=room)
    assert nonconformance_probability(-z, 1.0, upper=0.0) == pytest.approx(1.0 - p_c, abs=room)
    assert rule_named(f"pfa:{1.0 - p_c:.4g}").band(1.0) == pytest.approx(z, abs=0.005)


@pytest.mark.parametrize(
    ("what", "value", "u", "lower", "upper", "p_c"),
    [
        ("7.3.3, example 1: breakdown voltage of a Zener diode, V", -5.47, 0.05, None, -5.40, 0.92),
        ("7.3.3, example 2: bursting strength of a container, kPa", 509.7, 8.6, 490.0, None, 0.99),
        ("7.4, example: kinematic viscosity of a motor oil, mm²/s", 13.6, 1.8, 12.5, 16.3, 0.66),
    ],
)
def test_three_products(
    what: str, value: float, u: float, lower: float | None, upper: float | None, p_c: float
) -> None:
    assert conformance_probability(value, u, lower, upper) == pytest.approx(p_c, abs=0.005), what


def test_both_sides_of_the_motor_oil() -> None:
    """7.4, example: Φ(1.5) = 0.93 and Φ(−0.6) = 0.27."""
    assert conformance_probability(13.6, 1.8, upper=16.3) == pytest.approx(0.93, abs=0.005)
    assert nonconformance_probability(13.6, 1.8, lower=12.5) == pytest.approx(0.27, abs=0.005)


def test_measurement_capability_of_one() -> None:
    """7.7.5: with C_m = T/(4u) = 1, p_c is 95 % only for 0.45 ≤ (y − T_L)/T ≤ 0.55, the middle 10 %."""

    def p_c(place: float) -> float:
        return conformance_probability(place, 0.25, 0.0, 1.0)

    assert p_c(0.45) > 0.95
    assert p_c(0.55) == pytest.approx(p_c(0.45))
    # The two figures are rounded to a twentieth of the tolerance's length; the line itself is crossed at 0.4487.
    low, high = 0.40, 0.45
    for _ in range(40):
        low, high = (low, 0.5 * (low + high)) if p_c(0.5 * (low + high)) > 0.95 else (0.5 * (low + high), high)
    assert high == pytest.approx(0.45, abs=0.005)


def test_a_rule_by_risk_between_two_limits() -> None:
    """7.7.5: what leaves 95 % between T_L and T_U is accepted by pfa:0.05, from 0.45 to 0.55, and nothing else."""
    result = evaluate([standard("y", uncertainty=0.25, unit="1")])
    found = decide(0.5, result, lower=0.0, upper=1.0, rule="pfa:0.05")
    assert (found.acceptance_lower, found.acceptance_upper) == pytest.approx((0.45, 0.55), abs=0.005)
    assert found.verdict is Verdict.PASS
    # One side alone would let it pass, from 0.411 on.
    assert decide(0.43, result, lower=0.0, upper=1.0, rule="pfa:0.05").verdict is Verdict.CONDITIONAL_PASS


@pytest.mark.parametrize(("k", "covered"), [(1.0, 0.683), (2.0, 0.955), (3.0, 0.997)])
def test_coverage_of_fixed_factors(k: float, covered: float) -> None:
    """A.3.1; for k = 2 it is 0.954 500."""
    assert evaluate([standard("y", uncertainty=1.0, unit="1")], k=k).probability == pytest.approx(covered, abs=5.1e-4)


# --- clause 8: acceptance limits


def test_guarded_acceptance() -> None:
    """8.3.2.3: w = U = 2u leaves at most 2.3 %, which is reached at the acceptance limit, and less inside it."""
    result = evaluate([standard("y", uncertainty=1.0, unit="1")], k=2.0)
    decision = decide(7.999, result, lower=0.0, upper=10.0, rule="guard-U")
    assert (decision.guard_band, decision.acceptance_lower, decision.acceptance_upper) == (2.0, 2.0, 8.0)
    assert decision.verdict is Verdict.PASS
    assert nonconformance_probability(8.0, 1.0, 0.0, 10.0) == pytest.approx(0.023, abs=5e-4)
    assert decision.nonconformance_probability == pytest.approx(0.023, abs=5e-4)
    assert nonconformance_probability(7.5, 1.0, 0.0, 10.0) < 0.023


def test_simple_acceptance() -> None:
    """8.3.1.2: a value on the limit leaves 50 %."""
    assert nonconformance_probability(10.0, 1.0, upper=10.0) == pytest.approx(0.5, abs=1e-12)
    assert rule_named("simple").band(1.0) == 0.0


def test_speed_limit() -> None:
    """8.3.3, example 1: u(v) = 2 % of v, 99.9 % to be exceeded: 100 km/h are fined from 107 km/h on, z = 3.09."""
    rule = rule_named("pfa:0.001")
    assert rule.band(1.0) == pytest.approx(3.09, abs=0.005)
    assert 100.0 / (1.0 - 0.02 * rule.band(1.0)) == pytest.approx(107.0, abs=0.5)
    fined, not_yet = (
        decide(v, evaluate([standard("v", uncertainty=0.02 * v, unit="km/h")]), upper=100.0, rule=rule)
        for v in (107.0, 106.0)
    )
    assert (fined.verdict, not_yet.verdict) == (Verdict.FAIL, Verdict.CONDITIONAL_FAIL)
    assert fined.nonconformance_probability is not None
    assert fined.nonconformance_probability >= 0.999


def test_guarded_rejection() -> None:
    """8.3.3.2: w = T_U − A_U < 0; at the acceptance limit, 2u beyond, no more than 2.3 % conform."""
    result = evaluate([standard("y", uncertainty=1.0, unit="1")], k=2.0)
    decision = decide(11.999, result, upper=10.0, rule=guard_band(-1.0))
    assert (decision.guard_band, decision.acceptance_upper, decision.verdict) == (-2.0, 12.0, Verdict.PASS)
    assert decide(12.0, result, upper=10.0, rule=guard_band(-1.0)).verdict is Verdict.FAIL
    assert conformance_probability(12.0, 1.0, upper=10.0) == pytest.approx(0.023, abs=5e-4)


def test_nandrolone() -> None:
    """8.3.3, example 2: t = 1.83 with ν = 9, g = 0.37 µg/L, suspect from 2.37 µg/L on."""
    rule = rule_named("pfa:0.05")
    assert rule.band(1.0, 9) == pytest.approx(1.83, abs=0.005)
    assert rule.band(0.20, 9) == pytest.approx(0.37, abs=0.005)
    result = evaluate([standard("y", uncertainty=0.20, unit="µg/L", dof=9)])
    verdicts = [decide(y, result, upper=2.00, rule=rule).verdict for y in (2.36, 2.37)]
    assert verdicts == [Verdict.CONDITIONAL_FAIL, Verdict.FAIL]
    assert nonconformance_probability(2.00 + 0.367, 0.20, upper=2.00, dof=9) == pytest.approx(0.95, abs=5e-4)


# --- clause 9: risks of a production


def test_precision_resistors() -> None:
    """9.5.3.2: 90 % conform; w = 0.02 Ω = 0.25 U; R_C = 1 %, R_P = 7 %; of 100 resistors 84 are accepted."""
    made, u, limits = NormalDist(1500.0, 0.12), 0.04, {"lower": 1499.8, "upper": 1500.2}
    conforming = made.cdf(limits["upper"]) - made.cdf(limits["lower"])
    assert conformance_probability(1500.0, 0.12, **limits) == pytest.approx(0.90, abs=0.005)
    found = global_risk(made, u, guard_band=0.02, **limits)
    assert guard_band(0.25).band(u, expanded=2.0 * u) == pytest.approx(0.02)
    assert (found.consumer, found.producer) == (pytest.approx(0.01, abs=0.005), pytest.approx(0.07, abs=0.005))
    # Of 90 that conform 83 are accepted, of 10 that do not 1; the whole numbers of the text are rounded each by itself.
    assert conforming - found.producer == pytest.approx(0.83, abs=0.006)
    assert found.accepted == pytest.approx(0.84, abs=0.006)
    assert found.consumer_among_accepted == pytest.approx(0.01, abs=0.005)
    assert found.producer / (1.0 - found.accepted) == pytest.approx(7.0 / 16.0, abs=0.01)


def radial_error(x: float) -> float:
    """Return the density of the true radial error motion, µm (eq. 22): gamma with α = λ = 4."""
    return 0.0 if x <= 0.0 else 128.0 / 3.0 * x**3 * math.exp(-4.0 * x)


def test_ball_bearings_without_inspection() -> None:
    """9.5.4: 0.042, so 4.2 % of the bearings, exceed 2 µm."""
    everything = global_risk(radial_error, 1e-9, span=(0.0, 12.0), upper=2.0, guard_band=-100.0)
    assert everything.consumer == pytest.approx(0.042, abs=5e-4)


def test_acceptance_limit_of_the_ball_bearings() -> None:
    """9.5.4 and figure 15: r ≈ 0.65, A ≈ 1.7 µm keep R_C at 0.1 %; R_P is then about 7.5 %."""
    w = guard_band_of_risk(radial_error, 0.25, 0.001, span=(0.0, 12.0), upper=2.0)
    # Read off a graph by the authors: 0.656.
    assert w / (2.0 * 0.25) == pytest.approx(0.65, abs=0.01)
    assert 2.0 - w == pytest.approx(1.7, abs=0.05)
    found = global_risk(radial_error, 0.25, span=(0.0, 12.0), upper=2.0, guard_band=0.65 * 0.5)
    assert found.consumer == pytest.approx(0.001, abs=5e-5)
    assert found.producer == pytest.approx(0.075, abs=1e-3)


@pytest.mark.parametrize(("c_m", "consumer", "producer"), [(2.0, 0.001, 0.015), (10.0, 0.0004, 0.0007)])
def test_risks_by_measurement_capability(c_m: float, consumer: float, producer: float) -> None:
    """9.5.6 and figure 17: simple acceptance, u₀ = T/6: with C_m = 2 0.1 % and 1.5 %, with 10 0.04 % and 0.07 %."""
    found = global_risk(NormalDist(0.0, 1.0), 6.0 / (4.0 * c_m), lower=-3.0, upper=3.0)
    half = 5e-4 if c_m == 2.0 else 5e-5
    assert (found.consumer, found.producer) == (pytest.approx(consumer, abs=half), pytest.approx(producer, abs=half))


def test_knowledge_after_a_measurement() -> None:
    """Eq. (A.13) and (A.14), and the two cases of A.4.4.3; no numbers are printed there."""
    known = updated(NormalDist(10.0, 0.3), 10.4, 0.4)
    w0, wm = 1.0 / 0.3**2, 1.0 / 0.4**2
    assert known.mean == pytest.approx((w0 * 10.0 + wm * 10.4) / (w0 + wm))
    assert known.stdev == pytest.approx(0.3 * 0.4 / math.hypot(0.3, 0.4))
    meagre, calibrated = updated(NormalDist(10.0, 1e4), 10.4, 0.4), updated(NormalDist(10.0, 1e-6), 10.4, 0.4)
    assert (meagre.mean, meagre.stdev) == pytest.approx((10.4, 0.4))
    assert (calibrated.mean, calibrated.stdev) == pytest.approx((10.0, 1e-6))
