# SPDX-License-Identifier: MIT
"""Measurement models of what an SMU reads: from readings to a value with its budget.

Every model takes the data-sheet accuracy of the range really used, by default as one rectangle for gain and offset
together; the readings of a run on one range share both. A reading that is no number becomes a bound or
:class:`NotMeasurable`, never a value.
"""

import math

from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import MeanReading, Status
from stimcert.record_mean import mean_of_record, rectified_mean
from stimcert.record_peak import peak_current
from stimcert.specification import Effect, Specified
from stimcert.term import Term, rectangular, repeatability
from stimcert.uncertainty import evaluate

__all__ = [
    "Measured",
    "NotMeasurable",
    "mean_current",
    "mean_of_record",
    "peak_current",
    "rectified_mean",
    "resistance",
]

_CAUSES = {Status.OVERRANGE: "overrange", Status.LIMITED: "current_limited"}

# No instrument reads further beyond its range than this; what claims to is an overflow code that lost its status.
_FURTHEST_OVERRANGE = 1.25


def mean_current(reading: MeanReading) -> Measured:
    """Return the mean of an SMU's readings, in the reading's unit, with its sign.

    Over range, or in its limit, the SMU shows a lower bound of the magnitude.

    :raises NotMeasurable: when a reading is no number, or not even a bound is known.

    Source: JCGM 100:2008, 4.3.7 for the data sheet's interval, 4.2.3 for the mean.
    """
    if reading.status is not Status.VALID:
        return _censored(reading)
    value = _mean(reading)
    return Measured(value=value, unit=reading.unit, uncertainty=evaluate(_terms(reading, value, "I")))


def resistance(voltage: MeanReading, current: MeanReading) -> Measured:
    """Return R = V/I in Ω from a voltage and a current read at the same moment.

    :raises NotMeasurable: when one of them is no number, over range or limited, or the current may be zero.
    """
    for reading in (voltage, current):
        if reading.status is not Status.VALID:
            raise _no_reading(reading)
    v, i = _mean(voltage), _mean(current)
    if not abs(i) > current.accuracy.half_width(i) or not math.isfinite(v / i):
        text = f"{show(i, 'A')} may be no current at all: a resistance needs a current beyond its own uncertainty"
        raise NotMeasurable("bench_error", text)
    terms = _terms(voltage, v, "V", sensitivity=1.0 / i) + _terms(current, i, "I", sensitivity=-v / i**2)
    return Measured(value=v / i, unit="Ω", uncertainty=evaluate(terms))


def _mean(reading: MeanReading) -> float:
    """Return the mean of valid readings, after making sure that they are numbers that the range can show."""
    furthest = _FURTHEST_OVERRANGE * reading.range
    if not reading.values or not all(math.isfinite(value) for value in reading.values):
        text = f"{reading.role}: the readings are {list(reading.values)}; finite numbers were expected"
        raise NotMeasurable("not_a_number", text, quantity=reading.role)
    if not all(abs(value) <= furthest for value in reading.values):
        raise _no_reading(reading, "overrange")
    return math.fsum(reading.values) / len(reading.values)


def _terms(reading: MeanReading, value: float, symbol: str, sensitivity: float = 1.0) -> list[Term]:
    """Return accuracy, resolution and, from two readings on, repeatability of a mean."""
    accuracy, unit = reading.accuracy, reading.unit
    where = Specified(role=reading.role, range=reading.range, unit=unit, accuracy=accuracy, moment=reading.bench_time)
    effect = Effect(estimate=value, by_gain=value * sensitivity, by_offset=sensitivity)
    terms = [
        *where.terms(symbol, effect),
        rectangular(
            f"δ{symbol}_res",
            half_width=accuracy.resolution / 2,
            unit=unit,
            name=f"{reading.role} resolution",
            sensitivity=sensitivity,
        ),
    ]
    if len(reading.values) > 1:
        scatter = repeatability(f"δ{symbol}_rep", reading.values, unit=unit, estimate=0.0, sensitivity=sensitivity)
        terms.append(scatter)
    return terms


def _censored(reading: MeanReading) -> Measured:
    """Return the bound that an overflow or a limit leaves."""
    if not 0.0 < reading.bound < math.inf:
        raise _no_reading(reading)
    return Measured(
        value=reading.bound,
        unit=reading.unit,
        uncertainty=evaluate(_terms(reading, reading.bound, "I")),
        bound=">=",
        cause=_CAUSES[reading.status],
    )


def _no_reading(reading: MeanReading, code: str | None = None) -> NotMeasurable:
    full_scale, limit = show(reading.range, reading.unit), show(reading.limit, "A")
    text = f"{reading.role}: {reading.status.value} on its {full_scale} range, limit {limit}: no value can be given"
    return NotMeasurable(code or _CAUSES[reading.status], text, role=reading.role, range=full_scale, limit=limit)
