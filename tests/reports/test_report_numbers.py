# SPDX-License-Identifier: MIT
"""Numbers are rounded to what their uncertainty supports, and never so that they say more."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import numbers
from reports.text import cell, moment, seconds_between, visible

MINUS = "\u2212"


def test_the_example_of_the_gum() -> None:
    # JCGM 100:2008, 7.2.4: m = (100.021 47 ± 0.000 79) g.
    assert numbers.with_uncertainty(100.02147, 0.00079, "g") == "100.02147 ± 0.00079 g"
    # 7.2.6: y = 10.057 62 Ω with u_c = 27 mΩ is rounded to 10.058 Ω; u = 28.05 kHz to 28 kHz.
    assert numbers.with_uncertainty(10.05762, 0.027, "Ω") == "10.058 ± 0.027 Ω"
    assert numbers.with_uncertainty(1e6, 28.05e3, "Hz") == "1.000 ± 0.028 MHz"


@pytest.mark.parametrize(
    ("value", "expanded", "unit", "bound", "expected"),
    [
        (6.501e-4, 3.8e-7, "A", None, "650.10 ± 0.38 µA"),
        (-4.0e-4, 1.2e-6, "A", None, f"{MINUS}400.0 ± 1.2 µA"),
        (8.0001e-3, 2.4e-6, "A", None, "8.0001 ± 0.0024 mA"),
        (2e-10, 1e-9, "A", None, "0.2 ± 1.0 nA"),
        (500.03, 0.05, "Ω", None, "500.030 ± 0.050 Ω"),
        (1.05e-2, None, "A", ">=", "≥ 10.5 mA"),
        (0.0, 0.0, "A", None, "0.000 ± 0.000 A"),
        (None, 1e-6, "A", None, "\u2014"),
        (1.5, 0.1, None, None, "1.50 ± 0.10"),
    ],
)
def test_value_and_uncertainty(
    value: float | None, expanded: float | None, unit: str | None, bound: str | None, expected: str
) -> None:
    assert numbers.with_uncertainty(value, expanded, unit, bound) == expected


@settings(max_examples=200)
@given(st.floats(1e-12, 1e6), st.floats(1e-6, 0.5))
def test_rounding_costs_less_than_a_twentieth_of_u(value: float, relative: float) -> None:
    expanded = value * relative
    text, unit = numbers.with_uncertainty(value, expanded, "A").split(" ± ")
    factor = {"p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3, "A": 1.0}[unit.split()[1][0]]
    assert math.isclose(float(text) * factor, value, abs_tol=expanded * 0.0501)
    assert math.isclose(float(unit.split()[0]) * factor, expanded, rel_tol=0.0501)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "margin", "share"),
    [
        (650e-6, None, 600e-6, -50e-6, -50 / 600),
        (550e-6, None, 600e-6, 50e-6, 50 / 600),
        (99.0, 98.0, 102.0, 1.0, 0.5),
        (97.0, 98.0, 102.0, -1.0, -0.5),
        (5.0, 4.0, None, 1.0, 0.25),
        (5.0, None, None, None, None),
        (None, None, 1.0, None, None),
        (1.0, None, 0.0, -1.0, None),
    ],
)
def test_the_margin_is_negative_beyond_the_limit(
    value: float | None, lower: float | None, upper: float | None, margin: float | None, share: float | None
) -> None:
    assert numbers.margin(value, lower, upper) == (None if margin is None else pytest.approx(margin))
    assert numbers.margin_share(value, lower, upper) == (None if share is None else pytest.approx(share))


def test_limits_in_words() -> None:
    assert numbers.limits(None, 6e-4, "A") == "≤ 600 µA"
    assert numbers.limits(1e-4, None, "A") == "≥ 100 µA"
    assert numbers.limits(-5e-9, 5e-9, "A") == f"{MINUS}5 nA … 5 nA"
    assert numbers.limits(60.0, 60.0, "s") == "60 s"
    assert numbers.limits(None, None, "A") == "\u2014"


def test_hidden_characters_become_visible() -> None:
    assert visible("a\x1b\x7f\x85\u202e\u2028\ufeff\ud800z") == "a␛␡[U+0085][U+202E][U+2028][U+FEFF][U+D800]z"
    assert visible("µA Ω 日本 עברית") == "µA Ω 日本 עברית"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() or not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert visible(shown) == shown
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@"))


def test_times_are_read_or_left_alone() -> None:
    assert moment("2026-11-22T10:15:00.123Z") == "2026-11-22 10:15:00 UTC"
    assert moment("yesterday") == "yesterday"
    assert seconds_between("2026-11-22T10:15:00.123Z", "2026-11-22T10:15:09.456Z") == pytest.approx(9.333)
    assert seconds_between("2026-11-22T10:15:00Z", None) is None
