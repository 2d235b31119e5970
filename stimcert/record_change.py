# SPDX-License-Identifier: MIT
"""How far an output has changed between two records of one point: amplitude and polarity in one number.

    max(|P₂ − P₁|, |N₂ − N₁|) / max(P₁, N₁)

with P and N the magnitudes of the positive and the negative peak. An amplitude that has fallen by a tenth is a change
of 10 %; a single sign that has turned round, or an output that is gone, one of 100 %.

Both records come from one instrument on one range: its gain, its offset and the shunt are the same in both and count
once, so that the gain acts on the change alone.
"""

from dataclasses import dataclass

from stimcert.correlation import join
from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord
from stimcert.record_averages import extreme_current
from stimcert.record_peak import DEFAULT_EVENT
from stimcert.uncertainty import evaluate

_CERTAIN = 2.0
"""Expanded uncertainties that the first peak must exceed: of nothing there is no share."""

_SIGNS = ("current.positive_peak", "current.negative_peak")


@dataclass(frozen=True, kw_only=True)
class _Side:
    """The magnitudes of one sign in both records."""

    before: Measured
    after: Measured

    @property
    def change(self) -> float:
        """Return by how much the magnitude has grown, A."""
        return self.after.value - self.before.value


def output_change(before: CurrentRecord, after: CurrentRecord, *, event: float = DEFAULT_EVENT) -> Measured:
    """Return the change of an output as a fraction of what it was, ≥ 0.

    :param before: at a point, first.
    :param after: at the same point, later; same instrument, range and shunt.
    :param event: minimum duration of a peak, s.
    :raises NotMeasurable: for records that have not the same range and shunt, are clipped or too short, or a first
        one without output.

    Source: JCGM 100:2008, eq. (10) and 5.2.2.
    """
    _refuse_unlike(before, after)
    sides = [
        _Side(before=extreme_current(before, sign, event=event), after=extreme_current(after, sign, event=event))
        for sign in _SIGNS
    ]
    whole = max((side.before for side in sides), key=lambda peak: peak.value)
    if not whole.value > _CERTAIN * whole.uncertainty.expanded:
        found = show(whole.value, "A")
        raise NotMeasurable("no_output_proven", f"{found} may be nothing: nothing could change", found=found)
    worst = max(sides, key=lambda side: abs(side.change))
    ratio = worst.change / whole.value
    parts = worst.after.uncertainty.terms, worst.before.uncertainty.terms, whole.uncertainty.terms
    terms = join(*parts).towards((1.0 / whole.value, -1.0 / whole.value, -ratio / whole.value))
    names = ("positive", "negative")
    details = {f"{name}_before": side.before.value for name, side in zip(names, sides, strict=True)}
    details |= {f"{name}_after": side.after.value for name, side in zip(names, sides, strict=True)}
    return Measured(value=abs(ratio), unit="%", uncertainty=evaluate(terms), details=details)


def _refuse_unlike(before: CurrentRecord, after: CurrentRecord) -> None:
    """Refuse records whose errors do not cancel."""
    for what, unit, one, other in (
        ("range", "V", before.waveform.range, after.waveform.range),
        ("shunt", "Ω", before.shunt.value, after.shunt.value),
    ):
        if one != other:
            text = f"before and after were measured with a {what} of {show(one, unit)} and {show(other, unit)}"
            raise NotMeasurable("not_comparable", f"{text}: their errors do not cancel", what=what)
