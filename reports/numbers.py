# SPDX-License-Identifier: MIT
"""Numbers as a metrologist writes them: the value to the last digit that its uncertainty supports, one prefix for both.

Source: JCGM 100:2008, 7.2.6 (two significant digits of the uncertainty, the value rounded to match).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from stimcert.quantity import show

_FACTORS = {"p": 1e12, "n": 1e9, "µ": 1e6, "m": 1e3, "": 1.0, "k": 1e-3, "M": 1e-6, "G": 1e-9}
_SPECIAL = {"%": 100.0, "cm²": 1e4, "mA/cm²": 0.1, "W/cm²": 1e-4}
_MINUS = "\u2212"
_MOST_DECIMALS = 7
_WITHOUT_U = 5
_FAR = 10.0
_NEXT_TO_NOTHING, _IN_PERCENT = 1e-9, 1e-4
NOTHING = "\u2014"


@dataclass(frozen=True)
class Scale:
    """A unit with its prefix, and how many of it make one SI unit."""

    unit: str
    per_si: float

    @classmethod
    def of(cls, values: Iterable[float | None], unit: str | None) -> "Scale":
        """Choose the prefix that suits the largest magnitude."""
        largest = max((abs(value) for value in values if value is not None), default=0.0)
        plain = unit or ""
        # One place chooses prefixes for the whole project.
        shown = show(largest, plain).partition(" ")[2] if plain else ""
        return cls(shown, _SPECIAL.get(shown) or _FACTORS.get(shown.removesuffix(plain), 1.0))

    def fixed(self, value: float | None, decimals: int) -> str:
        """Return a number without its unit, that many digits behind the point."""
        if value is None:
            return NOTHING
        text = f"{value * self.per_si:.{decimals}f}"
        return _MINUS + text[1:] if text[0] == "-" else text

    def short(self, value: float | None, digits: int = 7) -> str:
        """Return a given number (a limit, a nominal value) without its unit and without trailing zeros."""
        if value is None:
            return NOTHING
        return f"{value * self.per_si:.{digits}g}".replace("-", _MINUS)

    def decimals(self, expanded: float | None, value: float | None = None) -> int:
        """Return the digits behind the point that show two significant digits of U (five of the value without U)."""
        digits, given = (2, expanded) if expanded else (_WITHOUT_U, value)
        if not given:
            return 3
        exponent = math.floor(math.log10(abs(given * self.per_si)))
        return min(max(digits - 1 - exponent, 0), _MOST_DECIMALS)


def with_uncertainty(
    value: float | None,
    expanded: float | None,
    unit: str | None,
    bound: str | None = None,
    scale: Scale | None = None,
) -> str:
    """Return ``650.10 ± 0.20 µA``, ``≥ 8.1 mA`` for a censored value, a dash where there is no number.

    :param scale: the prefix to use; by default the one that suits value and U.
    """
    if value is None:
        return NOTHING
    scale = scale or Scale.of((value, expanded), unit)
    sign = "≥ " if bound else ""
    if expanded is None:
        return f"{sign}{scale.short(value, _WITHOUT_U)} {scale.unit}".rstrip()
    decimals = scale.decimals(expanded, value)
    return f"{sign}{scale.fixed(value, decimals)} ± {scale.fixed(expanded, decimals)} {scale.unit}".rstrip()


def given(value: float | None, unit: str | None, digits: int = 7) -> str:
    """Return a nominal value or a limit: ``600 µA``, ``2 kΩ``."""
    return NOTHING if value is None else show(value, unit or "", digits).replace("-", _MINUS).rstrip()


def limits(lower: float | None, upper: float | None, unit: str | None, digits: int = 7) -> str:
    """Return what is allowed in words: ``≤ 600 µA``, ``499.9 Ω … 500.1 Ω``, ``60 s`` where nothing else is."""
    low, high = given(lower, unit, digits), given(upper, unit, digits)
    if lower is None:
        return NOTHING if upper is None else f"≤ {high}"
    if upper is None:
        return f"≥ {low}"
    return low if lower == upper else f"{low} … {high}"


def digits_of_limit(kind: str | None) -> int:
    """Return how many digits a limit is shown with: a given one whole, the computed allowance of a check rounded."""
    return _WITHOUT_U if kind == "check" else 7


def margin(value: float | None, lower: float | None, upper: float | None) -> float | None:
    """Return the distance to the nearer limit, in the unit of the value; negative beyond it, None without a limit."""
    if value is None:
        return None
    return min((gap for gap in (_gap(upper, value), _gap(value, lower)) if gap is not None), default=None)


def margin_share(value: float | None, lower: float | None, upper: float | None) -> float | None:
    """Return the margin as a fraction of the limit, of half the interval where there are two."""
    distance, span = margin(value, lower, upper), _span(lower, upper)
    return distance / span if distance is not None and span else None


def _span(lower: float | None, upper: float | None) -> float | None:
    if lower is not None and upper is not None:
        return (upper - lower) / 2
    single = upper if lower is None else lower
    return None if single is None else abs(single)


def probability(value: float) -> str:
    """Return a probability as a reader can compare it: in percent, in parts of a million, or as next to nothing."""
    if value < _NEXT_TO_NOTHING:
        return "less than one in 10⁹"
    if value < _IN_PERCENT:
        return f"{value * 1e6:.2g} in 10⁶"
    return f"{value * 100:.2g} %"


def signed_share(share: float | None) -> str:
    """Return a fraction as ``+12.3 %``."""
    if share is None:
        return NOTHING
    if abs(share) >= _FAR:
        return f"beyond {'+' if share > 0 else _MINUS}{_FAR * 100:g} %"
    decimals = 1 if abs(share) < 1 else 0
    return f"{share * 100:+.{decimals}f} %".replace("-", _MINUS)


def _gap(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else high - low
