# SPDX-License-Identifier: MIT
"""Which way a digitized current flows over time: reversals, and the schedule of an output that changes its sign."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from stimcert.measured import Measured, NotMeasurable
from stimcert.reading import CurrentRecord
from stimcert.record_averages import offset_half_width, sampled
from stimcert.record_terms import checked_samples, extremum_terms, time_base_term, too_short
from stimcert.surroundings import Surroundings
from stimcert.term import rectangular
from stimcert.uncertainty import evaluate
from stimcert.waveform.averages import averages
from stimcert.waveform.extremes import extremes
from stimcert.waveform.peak import window_samples
from stimcert.waveform.schedule import Schedule, polarity_schedule

LEAST_CYCLES = 3
"""Whole cycles of a schedule that a record must hold: each sign so many times, with its end."""

_HOLD, _HOLD_SHARE = 0.1, 0.2


def reversal(record: CurrentRecord, *, event: float) -> Measured:
    """Return the largest current against the prevailing direction, as a share of the largest along it: 0 to 1.

    Which direction prevails is not asked here: a device that flows the wrong way throughout never reverses.

    :param event: shortest event that counts, s.
    :raises NotMeasurable: for a clipped record, one shorter than the event, or one in which nothing flows.
    """
    volts = sampled(record)
    if window_samples(event, volts.sample_rate) > len(volts.samples):
        raise too_short(len(volts.samples) / volts.sample_rate, event)
    found = extremes(volts, event=event)
    along, against = sorted(
        ((found.positive, found.positive.value), (found.negative, -found.negative.value)), key=lambda side: -side[1]
    )
    offset = offset_half_width(record)
    if not along[1] > 2.0 * offset + 5.0 * along[0].noise:
        raise NotMeasurable("no_output_proven", "nothing flows", found="nothing", expected="a current")
    scale = 1.0 / along[1]
    terms = [rectangular("v_0", half_width=offset, unit="V", name="offset and zero", sensitivity=scale)]
    terms += [replace(term, sensitivity=scale) for term in extremum_terms(record, against[0])]
    value = max(against[1], 0.0) * scale
    details = {"time": against[0].index / found.sample_rate}
    return Measured(value=value, unit="%", uncertainty=evaluate(terms), details=details)


def schedule_metric(record: CurrentRecord, metric: str, around: Surroundings) -> Measured:
    """Return a time of an output that changes its sign by a schedule.

    An output that holds one sign throughout the record changes it after more than the record's length: a bound.

    :param metric: one of :data:`SCHEDULE_METRICS`.
    :raises NotMeasurable: for fewer than three whole cycles, for a clipped record, or where nothing flows.
    :raises KeyError: for any other metric.
    """
    length = len(checked_samples(record)[0]) / record.waveform.sample_rate
    found = _schedule(record, around)
    held = found.sign[found.sign != 0]
    if not len(held):
        text = "no sign is held for any time in the record: no schedule of signs"
        raise NotMeasurable("polarity_undetermined", text, value="none", threshold="a sign that is held")
    if not found.both:
        return _time(record, length, bound=True)
    return SCHEDULE_METRICS[metric](record, found)


def _schedule(record: CurrentRecord, around: Surroundings) -> Schedule:
    volts = sampled(record)
    hold = _HOLD if around.alternates is None else min(_HOLD, _HOLD_SHARE * around.alternates)
    return polarity_schedule(volts, averages(volts, cycle=None), hold=hold)


def _intervals(found: Schedule) -> list[float]:
    """Return the times from one change of sign to the next, s; the first change that is seen begins the first of them.

    :raises NotMeasurable: for too few of them.
    """
    # When the sign of the first run began is before the record, or just when its first pulse came.
    times = np.diff(found.start[1:]) / found.sample_rate
    if len(times) < 2 * LEAST_CYCLES:
        seen = f"{len(times) // 2} whole cycles of alternating sign"
        text = f"{seen} in the record, {LEAST_CYCLES} are needed: lengthen the dwell"
        raise NotMeasurable("not_observed", text, observed=seen, required=f"{LEAST_CYCLES} cycles")
    return [float(time) for time in times]


def _shortest(record: CurrentRecord, found: Schedule) -> Measured:
    return _time(record, min(_intervals(found)))


def _longest(record: CurrentRecord, found: Schedule) -> Measured:
    """Return the longest time; where too few cycles were seen, the longest that is sure to be there, as a bound."""
    try:
        return _time(record, max(_intervals(found)))
    except NotMeasurable:
        # Of the first and the last one, what was seen of them.
        times = np.diff([*found.start, len(record.waveform.samples)]) / found.sample_rate
        return _time(record, float(times.max()), bound=True)


def _gap(record: CurrentRecord, found: Schedule) -> Measured:
    """Return the longest time between two signs in which no current flows; 0 for a direct swap."""
    _intervals(found)
    return _time(record, float(found.gaps.max()))


def _time(record: CurrentRecord, seconds: float, *, bound: bool = False) -> Measured:
    sample = 1.0 / record.waveform.sample_rate
    terms = [
        rectangular("δt_1", half_width=sample, unit="s", name="where a sign begins"),
        rectangular("δt_2", half_width=sample, unit="s", name="where the next begins"),
        time_base_term(record, seconds),
    ]
    uncertainty = evaluate(terms)
    if bound:
        return Measured(value=seconds, unit="s", uncertainty=uncertainty, bound=">=", cause="not_observed")
    return Measured(value=seconds, unit="s", uncertainty=uncertainty)


SCHEDULE_METRICS: dict[str, Callable[[CurrentRecord, Schedule], Measured]] = {
    "polarity.shortest": _shortest,
    "polarity.longest": _longest,
    "polarity.gap": _gap,
}
"""What can be measured of a schedule of signs, by the metric's name."""
