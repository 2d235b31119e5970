# SPDX-License-Identifier: MIT
"""Quantities: what the grammar takes, what it refuses, and how values are written for people."""

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.quantity import Amperes, Dimension, Hertz, Ohms, Quantity, QuantityError, Seconds, parse, pattern, show
from stimcert.strict_toml import StrictModel, json_schema


@pytest.mark.parametrize(
    ("text", "dimension", "si"),
    [
        ("600 µA", Dimension.CURRENT, 600e-6),
        ("600 \u03bcA", Dimension.CURRENT, 600e-6),
        ("600uA", Dimension.CURRENT, 600e-6),
        ("-5 mA", Dimension.CURRENT, -5e-3),
        ("+1.5e-3 A", Dimension.CURRENT, 1.5e-3),
        ("2 kΩ", Dimension.RESISTANCE, 2000.0),
        ("2 k\u2126", Dimension.RESISTANCE, 2000.0),
        ("10 kohm", Dimension.RESISTANCE, 10e3),
        ("0.1 Ohm", Dimension.RESISTANCE, 0.1),
        ("150 us", Dimension.TIME, 150e-6),
        ("30 %", Dimension.SHARE, 0.3),
        ("1 cm²", Dimension.AREA, 1e-4),
        ("1 cm2", Dimension.AREA, 1e-4),
        ("23 °C", Dimension.TEMPERATURE, 23.0),
        ("23 degC", Dimension.TEMPERATURE, 23.0),
        ("220 nF", Dimension.CAPACITANCE, 220e-9),
        ("300 mJ", Dimension.ENERGY, 0.3),
        ("20 µC", Dimension.CHARGE, 20e-6),
        ("1 kHz", Dimension.FREQUENCY, 1e3),
        ("0.25 W", Dimension.POWER, 0.25),
        ("200 mV", Dimension.VOLTAGE, 0.2),
    ],
)
def test_texts_in_the_grammar(text: str, dimension: Dimension, si: float) -> None:
    assert parse(text, dimension) == Quantity(text=text, si=si, dimension=dimension)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,5 mA", "decimal sign is a point"),
        ("600", "unit is missing"),
        ("600 MA", "did you mean mA?"),
        ("600 ma", "did you mean mA?"),
        ("nan A", "finite"),
        ("inf A", "finite"),
        ("2*300 uA", "600 µA"),
        ("10k", '"k" is no unit'),
        ("600 µA ", "no blanks"),
        (" 600 µA", "no blanks"),
        ("600  µA", "no unit"),
        ("10 kΩ", "which is a resistance"),
        ("", "one plain number"),
        ("mA", "one plain number"),
        (".5 mA", "one plain number"),
        ("1_000 mA", "no unit"),
        ("\u2212 3 mA", "one plain number"),
        ("\u0663 mA", "one plain number"),
        ("1e400 A", "no unit"),
        ("1" * 50 + " A", "one plain number"),
        ("600 µA\n", "no blanks"),
        ("600\u00a0µA", "no unit"),
        ("0x10 A", "no unit"),
        ("1 A A", "no unit"),
    ],
)
def test_texts_outside_the_grammar_say_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(QuantityError, match=re.escape(hint)) as refused:
        parse(text, Dimension.CURRENT)
    assert str(refused.value).startswith("found ")
    assert str(refused.value).isprintable()


@given(text=st.text(max_size=60), dimension=st.sampled_from(Dimension))
def test_any_text_is_a_finite_quantity_or_refused(text: str, dimension: Dimension) -> None:
    try:
        quantity = parse(text, dimension)
    except QuantityError as refused:
        assert str(refused).isprintable()
        return
    assert math.isfinite(quantity.si)
    assert quantity.text == text


@given(
    number=st.decimals(-9999, 9999, allow_nan=False, allow_infinity=False, places=6),
    dimension=st.sampled_from(Dimension),
    data=st.data(),
)
def test_the_schema_takes_what_the_grammar_takes(number: object, dimension: Dimension, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(dimension.units)))
    blank = data.draw(st.sampled_from(["", " "]))
    text = f"{number:f}{blank}{unit}"
    assert parse(text, dimension).si == pytest.approx(float(f"{number:f}") * float(dimension.units[unit]))
    assert re.fullmatch(pattern(dimension), text)


@given(text=st.text(alphabet="0123456789.eE+- ,µumkMGpnAVΩs%", max_size=12), dimension=st.sampled_from(Dimension))
def test_schema_and_grammar_agree(text: str, dimension: Dimension) -> None:
    try:
        parse(text, dimension)
        taken = True
    except QuantityError:
        taken = False
    assert taken == bool(re.fullmatch(pattern(dimension), text))


@pytest.mark.parametrize(
    ("value", "unit", "text", "ascii_text"),
    [
        (450.2e-6, "A", "450.2 µA", "450.2 uA"),
        (600e-6, "A", "600 µA", "600 uA"),
        (999.96e-6, "A", "1 mA", "1 mA"),
        (-0.0051234, "A", "-5.123 mA", "-5.123 mA"),
        (0.0, "A", "0 A", "0 A"),
        (2000.0, "Ω", "2 kΩ", "2 kohm"),
        (0.3, "%", "30 %", "30 %"),
        (23.04, "°C", "23.04 °C", "23.04 degC"),
        (1e-4, "m²", "1 cm²", "1 cm2"),
        (50e-6, "s", "50 µs", "50 us"),
        (math.nan, "A", "no number", "no number"),
        (-math.inf, "A", "-infinite A", "-infinite A"),
        (12.5, "", "12.5", "12.5"),
        (3.0, "pulses", "3 pulses", "3 pulses"),
    ],
)
def test_values_for_people(value: float, unit: str, text: str, ascii_text: str) -> None:
    assert show(value, unit) == text
    assert show(value, unit, ascii=True) == ascii_text


@given(value=st.floats(1e-12, 1e3), sign=st.sampled_from([1, -1]))
def test_what_is_shown_can_be_read_again(value: float, sign: int) -> None:
    assert parse(show(sign * value, "A", digits=6), Dimension.CURRENT).si == pytest.approx(sign * value, rel=1e-5)


@given(value=st.floats(allow_nan=True, allow_infinity=True), unit=st.sampled_from([d.unit for d in Dimension]))
def test_any_float_can_be_shown(value: float, unit: str) -> None:
    assert show(value, unit)
    assert show(value, unit, ascii=True).isascii()


class _Sample(StrictModel):
    current: Amperes
    rate: Hertz = parse("1 Hz", Dimension.FREQUENCY)
    loads: tuple[Ohms, ...] = ()
    settle: Seconds = parse("50 ms", Dimension.TIME)


def test_fields_read_texts_only() -> None:
    sample = _Sample.model_validate_json('{"current": "-1 mA", "loads": ["2 kΩ"]}')
    assert (sample.current.si, [load.si for load in sample.loads], sample.settle.si) == (-1e-3, [2000.0], 0.05)
    for wrong in ("600", '"600"', "null", "true", '["1 mA"]', '"2 kΩ"'):
        with pytest.raises(ValueError, match="found"):
            _Sample.model_validate_json(f'{{"current": {wrong}}}')
    for wrong in ("0 Hz", "-1 Hz"):
        with pytest.raises(ValueError, match=f'found "{wrong}"; it must be greater than 0 Hz'):
            _Sample.model_validate_json(f'{{"current": "1 A", "rate": "{wrong}"}}')
    with pytest.raises(ValueError, match="at least 0"):
        _Sample.model_validate_json('{"current": "1 A", "settle": "-1 s"}')


def test_schema_says_string_with_pattern() -> None:
    schema: dict[str, Any] = json_schema(_Sample)
    assert schema["properties"]["current"]["type"] == "string"
    assert re.fullmatch(schema["properties"]["current"]["pattern"], "600 µA")
    assert schema["properties"]["settle"]["default"] == "50 ms"
    assert json.loads(json.dumps(schema)) == schema
