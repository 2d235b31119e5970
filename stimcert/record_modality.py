# SPDX-License-Identifier: MIT
"""What a digitized current shows of a mode: peak, extremes, mean and times, each with its uncertainty."""

import math

from stimcert.interval import Interval
from stimcert.measured import NotMeasurable
from stimcert.modality_form import FINE_EVENT, Observed
from stimcert.reading import CurrentRecord
from stimcert.record_averages import peak_to_peak, sampled
from stimcert.record_mean import mean_of_record
from stimcert.record_peak import peak_current
from stimcert.record_terms import checked_samples, common_terms, extremum_terms, slope
from stimcert.uncertainty import evaluate
from stimcert.waveform.extremes import Extreme, extremes

_ANY = Interval(low=-math.inf, high=math.inf)
_WHOLE = 1.0 - 1e-6


def observed_record(
    record: CurrentRecord, *, where: str, cycle: float | None = None, period: float = 0.0, armed: float = 0.0
) -> Observed:
    """Return what one record shows of a mode at one point.

    A record too slow for events of ``FINE_EVENT`` bounds the peak from below, and counts as watched for no time. A
    clipped one does that too, and shows no extremes.

    :param where: the point, as it stands in reasons.
    :param cycle: declared period of the waveform, s, for its mean; None for direct current.
    :param period: longest declared period, of a program too, s; 0 where none is declared.
    :param armed: time under a full-rate trigger beside the record, s, in which it did not fire.
    :raises NotMeasurable: for samples that are no numbers, without a zero on the same range, or a record shorter than
        ``FINE_EVENT``.
    """
    samples, clipped = checked_samples(record)
    rate = record.waveform.sample_rate
    length = len(samples) / rate
    fine = length if FINE_EVENT * rate >= _WHOLE else 0.0
    found = None if clipped else extremes(sampled(record), event=FINE_EVENT)
    return Observed(
        where=where,
        peak=Interval.of(peak_current(record, event=FINE_EVENT)),
        highest=_ANY if found is None else _extreme(record, found.positive),
        lowest=_ANY if found is None else _extreme(record, found.negative),
        mean=_ANY if clipped else _mean(record, cycle if cycle is not None and cycle <= length else None),
        unbroken=length,
        fine=fine,
        watched=fine + armed,
        peak_to_peak=None if found is None else Interval.of(peak_to_peak(record, found)),
        period=max(period, cycle or 0.0),
    )


def _mean(record: CurrentRecord, cycle: float | None) -> Interval:
    try:
        return Interval.of(mean_of_record(record, cycle=cycle))
    except NotMeasurable:
        return _ANY


def _extreme(record: CurrentRecord, part: Extreme) -> Interval:
    terms = common_terms(record, part.value) + extremum_terms(record, part)
    return Interval.about(part.value * slope(record), evaluate(terms).expanded)
