# SPDX-License-Identifier: MIT
"""From digitized records of one point to what they show of its modality."""

from collections.abc import Sequence

from stimcert.interval import Interval
from stimcert.measured import NotMeasurable
from stimcert.modality_form import FINE_EVENT, Observed, joined
from stimcert.reading import CurrentRecord
from stimcert.record_averages import extreme_currents
from stimcert.record_mean import mean_of_record
from stimcert.record_peak import peak_current

_UNKNOWN = Interval(low=float("-inf"), high=float("inf"))


def observed(where: str, records: Sequence[CurrentRecord], *, cycle: float | None) -> Observed:
    """Return what records of one mode, level and load show, taken one after the other.

    :param where: the point, as it stands in reasons.
    :param cycle: the declared period of the waveform, s; None for d.c.
    :raises NotMeasurable: for samples that are no numbers, or a range without a zero.
    :raises ValueError: for no records.
    """
    return joined([_of_record(where, record, cycle) for record in records])


def _of_record(where: str, record: CurrentRecord, cycle: float | None) -> Observed:
    """Return what one record shows; of a clipped one no more than that its peak is as high as its range at least."""
    rate, count = record.waveform.sample_rate, len(record.waveform.samples)
    peak = peak_current(record, event=FINE_EVENT)
    fine = count / rate if FINE_EVENT * rate >= 1.0 - 1e-9 else 0.0
    clipped = peak.cause == "clipped"
    lowest, highest = (_UNKNOWN, _UNKNOWN) if clipped else extreme_currents(record, event=FINE_EVENT)
    magnitude = Interval.of(peak)
    return Observed(
        where=where,
        peak=Interval(low=max(magnitude.low, 0.0), high=magnitude.high),
        highest=highest,
        lowest=lowest,
        mean=_mean(record, cycle),
        unbroken=0.0 if clipped else count / rate,
        fine=0.0 if clipped else fine,
        watched=0.0 if clipped else fine,
        period=cycle or 0.0,
    )


def _mean(record: CurrentRecord, cycle: float | None) -> Interval:
    try:
        return Interval.of(mean_of_record(record, cycle=cycle))
    except NotMeasurable:
        return _UNKNOWN
