# SPDX-License-Identifier: MIT
"""R.m.s. values and extremes of a digitized current, with their budgets."""

import math
from dataclasses import replace

from stimcert.correlation import join
from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord
from stimcert.record_terms import checked_samples, common_terms, extremum_terms, offset_terms, slope, too_short
from stimcert.term import rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.averages import averages
from stimcert.waveform.baseline import baseline
from stimcert.waveform.extremes import Extreme, Extremes, extremes
from stimcert.waveform.peak import window_samples
from stimcert.waveform.sampled import Sampled

_SURE = 3.0
"""Standard deviations of the zero that count as its half-width in an offset."""

_LEAST_MEAN = 5.0
"""Standard uncertainties that a mean must exceed for something to be a share of it."""


def sampled(record: CurrentRecord) -> Sampled:
    """Return the record in volts across the shunt, for metrics of its waveform.

    :raises NotMeasurable: for samples that are no numbers, without a zero on the same range, or clipped.
    """
    samples, clipped = checked_samples(record)
    if clipped:
        full_scale = show(record.waveform.range / record.shunt.value, "A")
        text = f"the record is clipped at {full_scale}: what lies beyond was not seen"
        raise NotMeasurable("clipped", text, full_scale=full_scale)
    return Sampled(
        samples=samples, sample_rate=record.waveform.sample_rate, zero=record.zero.mean, noise=record.zero.noise
    )


def offset_half_width(record: CurrentRecord) -> float:
    """Return the half-width of what offset, resolution and zero do to a voltage, V: the gain is left out."""
    accuracy, zero = record.waveform.accuracy, record.zero
    return accuracy.offset + accuracy.resolution / 2.0 + _SURE * zero.noise / math.sqrt(zero.count)


def rms_current(record: CurrentRecord, *, cycle: float | None, alternating: bool = False) -> Measured:
    """Return the true r.m.s. current in A, over whole cycles; with ``alternating`` that of the a.c. part alone.

    A sample is the mean over its period, so that what is shorter than a few samples is seen too small.

    :param cycle: declared period, s; None for d.c. or where it is unknown: then the whole record counts.
    :raises NotMeasurable: for a clipped record, or one shorter than a cycle.
    """
    found = averages(sampled(record), cycle=cycle)
    volts = found.ac_rms if alternating else found.rms
    per_volt = slope(record)
    ends = rectangular("δv_ends", half_width=found.ends, unit="V", name="ends of the cycles", sensitivity=per_volt)
    noise = standard("δv_noise", uncertainty=found.rms_doubt, unit="V", name="noise", sensitivity=per_volt)
    return Measured(
        value=volts * per_volt,
        unit="A",
        uncertainty=evaluate([*common_terms(record, volts), ends, noise]),
        details={"cycles": found.cycles, "noise_correction": -found.rms_noise * per_volt},
    )


def extreme_current(record: CurrentRecord, metric: str, *, event: float) -> Measured:
    """Return the positive, negative (a magnitude) or peak-to-peak current in A: moving means over ``event``.

    :param metric: ``current.positive_peak``, ``current.negative_peak`` or ``current.peak_to_peak``.
    :param event: minimum duration, s, rounded up to whole samples.
    :raises NotMeasurable: for a clipped record, or one shorter than the event.
    """
    volts = sampled(record)
    if window_samples(event, volts.sample_rate) > len(volts.samples):
        raise too_short(len(volts.samples) / volts.sample_rate, event)
    found = extremes(volts, event=event)
    match metric:
        case "current.positive_peak":
            return _extreme(record, found.positive, 1.0)
        case "current.negative_peak":
            return _extreme(record, found.negative, -1.0)
        case "current.peak_to_peak":
            return peak_to_peak(record, found)
        case _:
            raise ValueError(f"metric {metric!r} is no extreme of a current")


def _extreme(record: CurrentRecord, part: Extreme, sign: float) -> Measured:
    terms = common_terms(record, sign * part.value, by_offset=sign) + extremum_terms(record, part)
    return Measured(value=max(sign * part.value, 0.0) * slope(record), unit="A", uncertainty=evaluate(terms))


def peak_to_peak(record: CurrentRecord, found: Extremes) -> Measured:
    """Return the difference of the extremes in A: offset and zero, which both share, drop out of its budget."""
    high, low = found.positive, found.negative
    both = join(
        common_terms(record, high.value) + extremum_terms(record, high),
        common_terms(record, low.value) + extremum_terms(record, low),
    )
    terms = both.towards((1.0, -1.0))
    return Measured(value=max(found.peak_to_peak, 0.0) * slope(record), unit="A", uncertainty=evaluate(terms))


def baseline_to_peak(record: CurrentRecord, *, event: float) -> Measured:
    """Return the largest distance of the current from its baseline in A, a magnitude.

    The baseline is what lies between pulses; of direct current, and of waveforms without a gap, the bench's zero.

    :param event: minimum duration, s, rounded up to whole samples.
    :raises NotMeasurable: for a clipped record, or one shorter than the event.
    """
    volts = sampled(record)
    if window_samples(event, volts.sample_rate) > len(volts.samples):
        raise too_short(len(volts.samples) / volts.sample_rate, event)
    found, base, per_volt = extremes(volts, event=event), baseline(volts), slope(record)
    part = max((found.positive, found.negative), key=lambda side: abs(side.value - base.level))
    value = abs(part.value - base.level)
    # Offset and zero are in the baseline as well: they drop out.
    terms = common_terms(record, value, by_offset=0.0) + extremum_terms(record, part)
    terms.append(standard("b", uncertainty=base.doubt, unit="V", name="baseline", estimate=base.level,
                          sensitivity=-per_volt))  # fmt: skip
    details = {"baseline": base.level * per_volt, "samples": base.samples_used}
    return Measured(value=value * per_volt, unit="A", uncertainty=evaluate(terms), details=details)


def ripple(record: CurrentRecord, *, event: float) -> Measured:
    """Return the peak-to-peak current over the magnitude of the mean, a fraction; the gain cancels.

    :param event: minimum duration of an extreme, s.
    :raises NotMeasurable: for a clipped record, one shorter than the event, or without a direct current.
    """
    volts = sampled(record)
    if window_samples(event, volts.sample_rate) > len(volts.samples):
        raise too_short(len(volts.samples) / volts.sample_rate, event)
    found, mean = extremes(volts, event=event), averages(volts, cycle=None)
    offset = offset_half_width(record)
    size = abs(mean.mean)
    if not size > _LEAST_MEAN * (offset + mean.mean_doubt):
        shown = show(mean.mean * slope(record), "A")
        text = f"the mean {shown} may be nothing: a ripple is a share of a direct current"
        raise NotMeasurable("no_output_proven", text, found=shown, expected="a direct current")
    value = found.peak_to_peak / size
    terms = [replace(term, sensitivity=1.0 / size) for term in extremum_terms(record, found.positive, "+")]
    terms += [replace(term, sensitivity=1.0 / size) for term in extremum_terms(record, found.negative, "-")]
    terms += [
        *offset_terms(record, -value / size),
        standard("δv_mean", uncertainty=mean.mean_doubt, unit="V", name="noise of the mean", sensitivity=-value / size),
    ]
    return Measured(value=value, unit="%", uncertainty=evaluate(terms), details={"mean": mean.mean * slope(record)})
