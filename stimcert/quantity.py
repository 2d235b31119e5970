# SPDX-License-Identifier: MIT
"""Physical quantities as people write them, and nothing else: ``"600 µA"``, ``"2 kΩ"``, ``"150 us"``.

The grammar is closed: an ASCII decimal number with a point, at most one blank, a prefix that is usual for that
unit, and the unit. Whatever is not in it is refused with a hint, because general unit libraries read ``1,5 mA``
as 15 mA and ``600 MA`` as megaamperes. Numbers are kept as SI floats; shares are fractions (30 % is 0.3) and
temperatures stay in °C.
"""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_PREFIXES = {"p": -12, "n": -9, "µ": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9}
# Units with an area in them: every spelling with its power of ten, the one that people are shown last.
_OVER_AREA = {
    "m²": {"m²": 0, "mm²": -6, "cm²": -4},
    "A/m²": {"A/m²": 0, "A/cm²": 4, "µA/cm²": -2, "mA/cm²": 1},
    "W/m²": {"W/m²": 0, "mW/cm²": 1, "W/cm²": 4},
}
_SAME_SIGN = str.maketrans({"\u03bc": "µ", "\u2126": "Ω"})
_MAX_LENGTH = 40


def _spelled(unit: str, spellings: tuple[str, ...], prefixes: str) -> dict[str, Decimal]:
    """Return every accepted way to write the unit, with its factor to SI."""
    if unit == "%":
        return {"%": Decimal("0.01")}
    if unit in _OVER_AREA:
        signs = {other: sign for sign in _OVER_AREA[unit] for other in (sign, sign.replace("µ", "u"))}
        return {
            text: Decimal(1).scaleb(_OVER_AREA[unit][sign])
            for other, sign in signs.items()
            for text in (other, other.replace("²", "2"))
        }
    written = {}
    for prefix in ("", *prefixes):
        for sign in (prefix, "u") if prefix == "µ" else (prefix,):
            written.update({sign + name: Decimal(1).scaleb(_PREFIXES[prefix]) for name in (unit, *spellings)})
    return written


class Dimension(Enum):
    """What is measured: name, unit symbol, its other spellings, and the prefixes in use with it."""

    CURRENT = ("current", "A", (), "pnµm")
    VOLTAGE = ("voltage", "V", (), "nµmk")
    RESISTANCE = ("resistance", "Ω", ("ohm", "Ohm"), "mkMG")
    TIME = ("time", "s", (), "nµm")
    FREQUENCY = ("frequency", "Hz", (), "mkM")
    CHARGE = ("charge", "C", (), "pnµm")
    POWER = ("power", "W", (), "nµmk")
    ENERGY = ("energy", "J", (), "nµm")
    CAPACITANCE = ("capacitance", "F", (), "pnµm")
    SHARE = ("share", "%", (), "")
    TEMPERATURE = ("temperature", "°C", ("degC",), "")
    AREA = ("area", "m²", ("m2",), "")
    CURRENT_DENSITY = ("current density", "A/m²", (), "")
    POWER_DENSITY = ("power density", "W/m²", (), "")

    def __init__(self, noun: str, unit: str, spellings: tuple[str, ...], prefixes: str) -> None:
        self.noun = noun
        self.unit = unit
        self.units = _spelled(unit, spellings, prefixes)


class QuantityError(ValueError):
    """A text is no quantity of the dimension asked for; the message says what was found and what is allowed."""


@dataclass(frozen=True)
class Quantity:
    """One quantity.

    :param text: as it was written.
    :param si: value in the SI unit of ``dimension`` (a fraction for a share, °C for a temperature).
    """

    text: str
    si: float
    dimension: Dimension

    def __str__(self) -> str:
        """Return the text as it was written."""
        return self.text


_NUMBER = re.compile(
    r"(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)(?P<blank> ?)(?P<unit>.*)", re.DOTALL
)


def parse(text: str, dimension: Dimension) -> Quantity:
    """Read a quantity.

    :raises QuantityError: when the text is not in the grammar, or is of another dimension.
    """
    found = _NUMBER.fullmatch(text.translate(_SAME_SIGN)) if len(text) <= _MAX_LENGTH else None
    factor = dimension.units.get(found["unit"]) if found else None
    if found is None or factor is None:
        raise QuantityError(f"found {_quoted(text)}, {_hint(text, dimension)}")
    return Quantity(text=text, si=float(Decimal(found["number"]) * factor), dimension=dimension)


def _quoted(text: str) -> str:
    """Return the text in double quotes, escaped and cut so that it stays on one line."""
    short = text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH] + "…"
    return '"' + "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in short) + '"'


def _hint(text: str, dimension: Dimension) -> str:
    """Say what is wrong with a refused text, and what to write."""
    wanted = f"a {dimension.noun} is needed, e.g. {_example(dimension)}"
    if text != text.strip():
        return f"but no blanks are allowed around a quantity; {wanted}"
    if re.search(r"[0-9],[0-9]", text):
        return f"but the decimal sign is a point, and thousands are not separated; {wanted}"
    if re.match(r"[+-]?(nan|inf)", text, re.IGNORECASE):
        return f"but only finite numbers are allowed; {wanted}"
    found = _NUMBER.fullmatch(text.translate(_SAME_SIGN))
    if found is None or len(text) > _MAX_LENGTH:
        return f"which is not one plain number with a unit; {wanted}"
    if not found["unit"]:
        return f"but the unit is missing; {wanted}"
    return f"{_about_unit(found['unit'], dimension)}; {wanted}; units allowed: {', '.join(dimension.units)}"


def _about_unit(unit: str, dimension: Dimension) -> str:
    """Say why a unit is refused: another dimension, a prefix or a case slip, or unknown."""
    for other in Dimension:
        if unit in other.units:
            return f"which is a {other.noun}"
    alike = [known for known in dimension.units if known.lower() == unit.lower()]
    if alike:
        return f'but "{unit}" is no unit here (did you mean {" or ".join(alike)}?)'
    return f"but {_quoted(unit)} is no unit here"


def _example(dimension: Dimension) -> str:
    """Return one quantity of the dimension, as an example."""
    examples = {"A": "600 µA", "V": "20 V", "Ω": "2 kΩ", "s": "150 µs", "Hz": "100 Hz", "cm²": "1 cm²", "m²": "1 cm²"}
    return f'"{examples.get(dimension.unit, "10 " + dimension.unit)}"'


def pattern(dimension: Dimension) -> str:
    """Return a regular expression (ECMA 262) of the accepted texts, for a JSON schema."""
    units = sorted({*dimension.units, *(u.replace("µ", "\u03bc") for u in dimension.units)}, key=lambda u: (-len(u), u))
    units += [unit.replace("Ω", "\u2126") for unit in units if "Ω" in unit]
    return rf"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{{1,2}})? ?({'|'.join(units)})$"


@dataclass(frozen=True)
class QuantityField:
    """Annotation that makes a pydantic field read a quantity from its text.

    :param above: the value must be greater, SI.
    :param at_least: the value must be equal or greater, SI.
    """

    dimension: Dimension
    above: float | None = None
    at_least: float | None = None

    def read(self, found: Any) -> Quantity:
        """Read what a file holds; a quantity that is one already is only checked.

        :raises PydanticCustomError: with a text that says what was found and what is allowed.
        """
        if not isinstance(found, str | Quantity):
            wanted = f"a {self.dimension.noun} is text with its unit, e.g. {_example(self.dimension)}"
            raise PydanticCustomError("quantity", "{text}", {"text": f"found {found!r:.60}; {wanted}"})
        try:
            quantity = parse(str(found), self.dimension)
            self._check_range(quantity)
        except QuantityError as error:
            raise PydanticCustomError("quantity", "{text}", {"text": str(error)}) from None
        return quantity

    def _check_range(self, quantity: Quantity) -> None:
        if self.above is not None and not quantity.si > self.above:
            raise QuantityError(f'found "{quantity}"; it must be greater than {show(self.above, self.dimension.unit)}')
        if self.at_least is not None and not quantity.si >= self.at_least:
            raise QuantityError(f'found "{quantity}"; it must be at least {show(self.at_least, self.dimension.unit)}')

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Tell pydantic how to read and write the field."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema(), metadata=None
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Describe the field for editors: a string with a pattern."""
        wanted = self.dimension.noun
        return {"type": "string", "pattern": pattern(self.dimension), "description": f"{wanted} with its unit"}


Amperes = Annotated[Quantity, QuantityField(Dimension.CURRENT)]
Volts = Annotated[Quantity, QuantityField(Dimension.VOLTAGE)]
Ohms = Annotated[Quantity, QuantityField(Dimension.RESISTANCE, at_least=0.0)]
Seconds = Annotated[Quantity, QuantityField(Dimension.TIME, at_least=0.0)]
Hertz = Annotated[Quantity, QuantityField(Dimension.FREQUENCY, above=0.0)]
Coulombs = Annotated[Quantity, QuantityField(Dimension.CHARGE)]
Watts = Annotated[Quantity, QuantityField(Dimension.POWER, at_least=0.0)]
Joules = Annotated[Quantity, QuantityField(Dimension.ENERGY, at_least=0.0)]
Farads = Annotated[Quantity, QuantityField(Dimension.CAPACITANCE, at_least=0.0)]
Share = Annotated[Quantity, QuantityField(Dimension.SHARE, at_least=0.0)]
Celsius = Annotated[Quantity, QuantityField(Dimension.TEMPERATURE)]
SquareMetres = Annotated[Quantity, QuantityField(Dimension.AREA, above=0.0)]
PositiveAmperes = Annotated[Quantity, QuantityField(Dimension.CURRENT, above=0.0)]
PositiveVolts = Annotated[Quantity, QuantityField(Dimension.VOLTAGE, above=0.0)]
PositiveOhms = Annotated[Quantity, QuantityField(Dimension.RESISTANCE, above=0.0)]
PositiveSeconds = Annotated[Quantity, QuantityField(Dimension.TIME, above=0.0)]
PositiveWatts = Annotated[Quantity, QuantityField(Dimension.POWER, above=0.0)]
PositiveShare = Annotated[Quantity, QuantityField(Dimension.SHARE, above=0.0)]

_BY_UNIT = {dimension.unit: dimension for dimension in Dimension}
_ASCII = str.maketrans({"µ": "u", "Ω": "ohm", "°": "deg", "²": "2"})


def show(value: float, unit: str, digits: int = 4, ascii: bool = False) -> str:
    """Write a value for people: ``show(0.0004502, "A")`` is ``450.2 µA``.

    :param value: in the SI unit (a fraction for ``%``); NaN and infinity are written in words.
    :param unit: the SI unit's symbol; one without a table of prefixes is written as it is.
    :param digits: significant digits; zeros behind the point are dropped.
    :param ascii: write ``uA``, ``ohm``, ``degC`` and ``m2``.
    """
    text = _finite(value, unit, digits) if math.isfinite(value) else _not_finite(value, unit)
    return text.translate(_ASCII) if ascii else text


def _finite(value: float, unit: str, digits: int) -> str:
    if unit in _OVER_AREA and (unit != "m²" or abs(value) < 0.1):
        shown, power = list(_OVER_AREA[unit].items())[-1]
        return f"{_plain(float(Decimal(value).scaleb(-power)), digits)} {shown}"
    prefix, scaled = _scaled(value, unit, digits)
    return f"{_plain(scaled, digits)} {prefix}{unit}".rstrip()


def _not_finite(value: float, unit: str) -> str:
    return "no number" if math.isnan(value) else f"{'-' if value < 0 else ''}infinite {unit}".rstrip()


def _scaled(value: float, unit: str, digits: int) -> tuple[str, float]:
    """Choose the prefix that leaves 1 … 999 before the point after rounding, where the unit has one."""
    dimension = _BY_UNIT.get(unit)
    if unit == "%":
        return "", value * 100
    rounded = abs(float(f"{value:.{digits - 1}e}"))
    prefixes = [prefix for prefix in _PREFIXES if dimension is not None and prefix + unit in dimension.units]
    if not prefixes or rounded == 0:
        return "", value
    fitting = [p for p in prefixes if rounded >= float(f"1e{_PREFIXES[p]}")]
    prefix = fitting[-1] if fitting else prefixes[0]
    return prefix, float(Decimal(value).scaleb(-_PREFIXES[prefix]))


def _plain(number: float, digits: int) -> str:
    """Return a number with that many significant digits, without an exponent where it stays readable."""
    rounded = Decimal(f"{number:.{digits - 1}e}")
    if rounded == 0:
        return "0"
    if not -6 <= rounded.adjusted() <= 15:
        return f"{rounded.normalize():E}".replace("E", "e")
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
