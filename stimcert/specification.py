# SPDX-License-Identifier: MIT
"""What a data sheet promises of one range, as inputs that all readings of a run share.

The error of a reading v is δg·v + δo, with |δg| ≤ gain and |δo| ≤ offset, the same δg and δo all day. What may have
changed since the opening check is a share of that, another one in each record: that share is the one beyond which the
closing check voids what was measured, so that the budget and the check stand on one number.
"""

from dataclasses import dataclass, replace

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


def as_used(accuracy: Accuracy, *, convention: Convention = "one-rectangle") -> Accuracy:
    """Return what a data sheet promises as a budget has it: by a convention, with what may have drifted."""
    return replace(accuracy, convention=convention, drift=DRIFT_SHARE)


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
        where = f"{show(self.range, self.unit)} range"
        accuracy = self._pair(symbol, f"{self.role} accuracy", where, effect, 1.0)
        if not self.accuracy.drift:
            return accuracy
        drifted = Effect(estimate=0.0, by_gain=effect.by_gain, by_offset=effect.by_offset, more=effect.more)
        return [
            *accuracy,
            *self._pair(
                f"δ{symbol}_drift",
                f"{self.role} drift since the check",
                f"{where} at {self.moment:.9g} s",
                drifted,
                self.accuracy.drift,
            ),
        ]

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
