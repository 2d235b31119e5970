# SPDX-License-Identifier: MIT
"""The absolute peak of a digitized current, with its budget."""

import math

import numpy as np

from stimcert.measured import Measured
from stimcert.reading import CurrentRecord
from stimcert.record_terms import checked_samples, common_terms, extremum_terms, slope, too_short
from stimcert.term import Term
from stimcert.uncertainty import evaluate
from stimcert.waveform.peak import Peak, absolute_peak, moving_mean, window_samples
from stimcert.waveform.sampled import Samples

DEFAULT_EVENT = 10e-6
"""Shortest event that counts as a peak, s."""


def peak_current(record: CurrentRecord, *, event: float = DEFAULT_EVENT) -> Measured:
    """Return the absolute peak in A: the largest |moving mean of i over ``event``|, a magnitude.

    A clipped record, or one sampled too slowly to see the event, gives a lower bound. The sign of the peak, its time
    and the correction for noise stand in ``details``.

    :param event: minimum duration, s, rounded up to whole samples.
    :raises NotMeasurable: without a zero on the same range, for samples that are no numbers, or a record shorter than
        the event.
    """
    samples, clipped = checked_samples(record)
    rate = record.waveform.sample_rate
    window = window_samples(event, rate)
    if window > len(samples):
        raise too_short(len(samples) / rate, event)
    if clipped:
        return _clipped_peak(record, samples, window)
    peak = absolute_peak(samples, window, zero=record.zero.mean, noise=record.zero.noise)
    slow = event * rate < 1.0 - 1e-6
    return Measured(
        value=peak.magnitude / record.shunt.value,
        unit="A",
        uncertainty=evaluate([*_common(record, peak), *extremum_terms(record, peak)]),
        bound=">=" if slow else None,
        cause="bandwidth" if slow else None,
        details=_peak_details(record, peak),
    )


def _clipped_peak(record: CurrentRecord, samples: Samples, window: int) -> Measured:
    """Return the least that a clipped record proves: its peak with every sample cut at full scale.

    An event shorter than a window lifts the mean by what was seen of it, not to full scale. Windows that were clipped
    on the other side as well prove nothing and are left out.
    """
    full_scale = record.waveform.range
    seen = np.clip(samples.astype(np.float64), -full_scale, full_scale)
    means = moving_mean(seen, window) - record.zero.mean
    sure = [0.0]
    for sign in (1.0, -1.0):
        spoiled = moving_mean((sign * seen <= -full_scale).astype(np.float64), window) > 0.0
        sure.append(float(np.max(sign * means, where=~spoiled, initial=0.0)))
    least = max(sure)
    return Measured(
        value=least / record.shunt.value,
        unit="A",
        uncertainty=evaluate(common_terms(record, least)),
        bound=">=",
        cause="clipped",
        details={"full_scale": full_scale / record.shunt.value, "event": window / record.waveform.sample_rate},
    )


def _common(record: CurrentRecord, peak: Peak) -> list[Term]:
    return common_terms(record, peak.magnitude, by_offset=math.copysign(1.0, peak.raw))


def _peak_details(record: CurrentRecord, peak: Peak) -> dict[str, float]:
    per_volt = slope(record)
    return {
        "sign": math.copysign(1.0, peak.raw),
        "time": peak.index / record.waveform.sample_rate,
        "raw": peak.raw * per_volt,
        "noise_correction": -peak.excess * peak.noise * per_volt,
        "windows": peak.windows,
    }
