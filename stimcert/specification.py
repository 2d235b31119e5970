# SPDX-License-Identifier: MIT
"""What a data sheet promises of one range, as inputs that all readings of a run share.

The error of a reading v is δg·v + δo, with |δg| ≤ gain and |δo| ≤ offset, the same δg and δo all day. What may have
changed since the opening check is a share of that, another one in each record: that share is the one beyond which the
closing check voids what was measured, so that the budget and the check stand on one number.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from stimcert.allowance import DRIFT_SHARE
from stimcert.quantity import show
from stimcert.reading import Accuracy, Convention
from stimcert.term import Term, rectangular


def drift_allowance(accuracy: Accuracy, value: float) -> float:
    """Return by how much a reading of ``value`` may differ between opening and closing check, noise apart.

    It is at once the half-width of the budget's drift term and what a closing check allows.

    :return: in the unit of the value, > 0.
    """
    return DRIFT_SHARE * accuracy.half_width(value)


@lru_cache(maxsize=64)
def as_used(accuracy: Accuracy, *, convention: Convention = "one-rectangle", kelvin_outside: float = 0.0) -> Accuracy:
    """Return what a data sheet promises as a budget has it: by a convention, with what may have drifted.

    :param kelvin_outside: how far a plan lets the bench be outside 18 to 28 °C, K.
    :raises ValueError: for a bench that may be outside, with an instrument whose temperature coefficient is unknown.
    """
    if kelvin_outside > 0.0 and accuracy.temperature_coefficient is None:
        raise ValueError(f"no temperature coefficient is known ({accuracy.source}): outside 18 to 28 °C nothing holds")
    return replace(accuracy, convention=convention, drift=DRIFT_SHARE, kelvin_outside=kelvin_outside)


@lru_cache(maxsize=64)
def range_words(full_scale: float, unit: str) -> str:
    """Name a range, as sources of terms do: thousands of budgets of a run name the same few."""
    return f"{show(full_scale, unit)} range"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What the errors of a range do to a result.

    :param estimate: the reading, in the unit of the range.
    :param by_gain: what a relative error of the gain does to the result: ∂y/∂δg.
    :param by_offset: what an offset does to the result: ∂y/∂δo, in the unit of the result per unit of the range.
    :param more: half-width to be added to that of the offset, in the unit of the range.
    """

    estimate: float
    by_gain: float
    by_offset: float
    more: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Specified:
    """One range of one instrument at one moment.

    :param range: full scale, in ``unit``.
    :param moment: bench time of the reading, s: readings of one moment drifted alike.
    """

    role: str
    range: float
    unit: str
    accuracy: Accuracy
    moment: float

    def terms(self, symbol: str, effect: Effect) -> list[Term]:
        """Return gain and offset, and how both may have drifted where the accuracy says that they may."""
        where = range_words(self.range, self.unit)
        beside = replace(effect, estimate=0.0)
        terms = self._pair(symbol, f"{self.role} accuracy", where, effect, 1.0)
        if self.accuracy.drift:
            moment = f"{where} at {self.moment:.9g} s"
            terms += self._pair(
                f"δ{symbol}_drift", f"{self.role} drift since the check", moment, beside, self.accuracy.drift
            )
        if self.accuracy.kelvin_outside:
            share = (self.accuracy.temperature_coefficient or 0.0) * self.accuracy.kelvin_outside
            name = f"{self.role} {self.accuracy.kelvin_outside:g} K outside 18 to 28 °C"
            terms += self._pair(f"δ{symbol}_temp", name, where, beside, share)
        return terms

    def _pair(self, symbol: str, name: str, where: str, effect: Effect, share: float) -> list[Term]:
        together = self.accuracy.convention == "one-rectangle"
        bundle = f"{name}, gain and offset; {where}" if together else ""
        return [
            rectangular(
                f"{symbol}_gain",
                half_width=share * self.accuracy.gain,
                unit="%",
                name=f"{name}, gain; {where}",
                sensitivity=effect.by_gain,
                source=f"{name}, gain; {where}",
                bundle=bundle,
            ),
            rectangular(
                symbol,
                half_width=share * (self.accuracy.offset + effect.more),
                unit=self.unit,
                name=f"{name}, offset; {where}",
                estimate=effect.estimate,
                sensitivity=effect.by_offset,
                source=f"{name}, offset; {where}",
                bundle=bundle,
            ),
        ]
