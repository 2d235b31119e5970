# SPDX-License-Identifier: MIT
"""ILAC-G8:09/2019, through the public API: its statements of conformity, and its guard bands as others quote them.

Read were its pages 8 to 10 and 15, with 4.1, 4.2 and part of 6 and 7 (fliphtml5.com, szbrq/ktfm, "ILAC_G8_09_2019").
Pages 11 to 14, with 5 and table 1, could not be read: the shares and risks of the table are those that Harper Metrology
(24/10/2024), for w = 0 and w = U SGS ("Decision Rule"), and, all but ISO 14253-1, the request form of LIEE (accredited
by ema, EE-1242-051/20, revision 04, "Tabla de reglas de decisión") reprint; they agree.
"""

import pytest

from stimcert.metrology import Verdict, decide, evaluate, guard_band, nonconformance_probability, rule_named, standard

U, TL = 2.0, 10.0
RESULT = evaluate([standard("y", uncertainty=1.0, unit="A")], k=2.0)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (TL - U - 0.01, Verdict.PASS),
        (TL - U + 0.01, Verdict.CONDITIONAL_PASS),
        (TL - 0.01, Verdict.CONDITIONAL_PASS),
        (TL + 0.01, Verdict.CONDITIONAL_FAIL),
        (TL + U - 0.01, Verdict.CONDITIONAL_FAIL),
        (TL + U + 0.01, Verdict.FAIL),
    ],
)
def test_statements_with_a_guard_band(value: float, verdict: Verdict) -> None:
    """4.2.3 and figure 5 (w = U): four statements; 4.2.2: below AL = TL − w pass, above it fail."""
    decision = decide(value, RESULT, upper=TL, rule="guard-U")
    assert decision.verdict is verdict
    assert decision.binary is (Verdict.PASS if value < TL - U else Verdict.FAIL)
    # 4.1: w = TL − AL.
    assert decision.acceptance_upper is not None
    assert decision.guard_band == pytest.approx(TL - decision.acceptance_upper) == pytest.approx(U)


@pytest.mark.parametrize(("value", "verdict"), [(TL - 0.01, Verdict.PASS), (TL + 0.01, Verdict.FAIL)])
def test_statements_with_simple_acceptance(value: float, verdict: Verdict) -> None:
    """4.1 and 4.2.1: w = 0, AL = TL."""
    decision = decide(value, RESULT, upper=TL, rule="simple")
    assert (decision.verdict, decision.acceptance_upper, decision.guard_band) == (verdict, TL, 0.0)


@pytest.mark.parametrize(
    ("name", "share", "less_than"),
    [
        ("6 sigma", 3.0, 1e-6),
        ("3 sigma", 1.5, 0.0016),
        ("ILAC G8:2009", 1.0, 0.025),
        ("ISO 14253-1:2017", 0.83, 0.05),
        ("simple acceptance", 0.0, 0.5 + 1e-12),
    ],
)
def test_guard_bands_of_the_table(name: str, share: float, less_than: float) -> None:
    """Table 1 as quoted: w as a share of U, and the risk it leaves; U is taken for 2u, as JCGM 106:2012, 8.3.2.3."""
    w = guard_band(share).band(1.0, expanded=U)
    assert w == pytest.approx(share * U)
    assert nonconformance_probability(TL - w, 1.0, upper=TL) < less_than, name


@pytest.mark.parametrize(("rule", "share"), [("guard-U", 1.0), ("guard-0.83U", 0.83), ("simple", 0.0)])
def test_rules_by_their_place_in_the_table(rule: str, share: float) -> None:
    decision = decide(0.0, RESULT, upper=TL, rule=rule)
    assert rule_named(rule).share == share
    assert decision.guard_band == pytest.approx(share * U)
    assert decision.verdict is Verdict.PASS
