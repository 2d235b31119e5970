# SPDX-License-Identifier: MIT
"""What every quantity of a digitized record has in common: samples fit for use, and the terms of instrument and shunt.

A current is i = (v − v0) / R, from the bench's measured zero. Terms are in volts, with 1/R as their sensitivity, so
that a budget shows what the instrument contributes.
"""

import math
from typing import TYPE_CHECKING

from stimcert.measured import NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord
from stimcert.specification import Effect, Specified, range_words
from stimcert.term import Term, rectangular, standard
from stimcert.waveform.sampled import Samples

if TYPE_CHECKING:
    from stimcert.waveform.extremes import Extreme
    from stimcert.waveform.peak import Peak

TIME_BASE = 1e-4
"""Half-width of the time base's relative error. Assumed, unverified: a hundred times that of a plain quartz."""

# Digitizers show a little more than their range; what lies
# further out is an overflow code, whatever the record says about itself.
_FURTHEST = 1.2 * (1.0 + 1e-6)


def checked_samples(record: CurrentRecord) -> tuple[Samples, bool]:
    """Return the samples and whether they are clipped, whatever the instrument said about it.

    :raises NotMeasurable: for what cannot be turned into a current.
    """
    waveform, zero = record.waveform, record.zero
    if zero.count < 2 or zero.range != waveform.range or not math.isfinite(zero.mean) or not 0 <= zero.noise < math.inf:
        full_scale = show(waveform.range, "V")
        text = f"{waveform.role}: no zero was measured on its {full_scale} range; repeat the station check"
        raise NotMeasurable("bench_error", text)
    if not len(waveform.samples):
        raise too_short(0.0, 1.0 / waveform.sample_rate)
    highest, lowest = float(waveform.samples.max()), float(waveform.samples.min())
    if math.isnan(highest) or math.isnan(lowest):
        raise NotMeasurable("not_a_number", f"{waveform.role}: a sample is no number", quantity="the record")
    return waveform.samples, waveform.clipped or max(highest, -lowest) > _FURTHEST * waveform.range


def slope(record: CurrentRecord) -> float:
    """Return ∂i/∂v = 1/R in A/V."""
    return 1.0 / record.shunt.value


def specified(record: CurrentRecord) -> Specified:
    """Return the range on which a record was taken."""
    waveform = record.waveform
    return Specified(
        role=waveform.role, range=waveform.range, unit="V", accuracy=waveform.accuracy, moment=waveform.bench_time
    )


def common_terms(record: CurrentRecord, volts: float, *, by_offset: float = 1.0) -> list[Term]:
    """Return what every quantity of a record shares: instrument, zero, shunt.

    :param volts: the quantity across the shunt, V, zero taken off.
    :param by_offset: what 1 V of offset does to ``volts``: −1 for the magnitude of what is negative, 0 for a
        difference.
    """
    waveform, zero, per_volt = record.waveform, record.zero, slope(record)
    # The specification holds for the reading, to which the zero belongs.
    more = waveform.accuracy.gain * abs(zero.mean)
    effect = Effect(estimate=volts, by_gain=volts * per_volt, by_offset=by_offset * per_volt, more=more)
    return [
        *specified(record).terms("v", effect),
        rectangular(
            "δv_res",
            half_width=waveform.accuracy.resolution / 2,
            unit="V",
            name=f"{waveform.role} resolution",
            sensitivity=per_volt,
        ),
        zero_term(record, -by_offset * per_volt),
        shunt_term(record, -volts * per_volt * per_volt),
    ]


def offset_terms(record: CurrentRecord, sensitivity: float) -> list[Term]:
    """Return what offset, resolution and zero do where the gain cancels.

    :param sensitivity: ∂y/∂v, in the unit of the result per V.
    """
    waveform, more = record.waveform, record.waveform.accuracy.gain * abs(record.zero.mean)
    effect = Effect(estimate=0.0, by_gain=0.0, by_offset=sensitivity, more=more)
    resolution = rectangular(
        "δv_res",
        half_width=waveform.accuracy.resolution / 2,
        unit="V",
        name=f"{waveform.role} resolution",
        sensitivity=sensitivity,
    )
    return [*specified(record).terms("v", effect), resolution, zero_term(record, -sensitivity)]


def zero_term(record: CurrentRecord, sensitivity: float) -> Term:
    """Return the zero, measured once for all records on its range.

    :param sensitivity: ∂y/∂v_0, in the unit of the result per V.
    """
    zero = record.zero
    return standard(
        "v_0",
        uncertainty=zero.noise / math.sqrt(zero.count),
        unit="V",
        name="zero",
        estimate=zero.mean,
        sensitivity=sensitivity,
        dof=zero.count - 1,
        source=f"{record.waveform.role} zero; {range_words(zero.range, 'V')}",
    )


def shunt_term(record: CurrentRecord, sensitivity: float) -> Term:
    """Return the shunt, the same for every record that was taken with it.

    :param sensitivity: ∂y/∂R, in the unit of the result per Ω.
    """
    shunt = record.shunt
    return Term(
        symbol="R",
        name="shunt",
        estimate=shunt.value,
        unit="Ω",
        standard_uncertainty=shunt.standard_uncertainty,
        half_width=shunt.expanded_uncertainty,
        divisor=shunt.coverage_factor,
        sensitivity=sensitivity,
        source=f"shunt {shunt.value:.6g} Ω {shunt.certificate}".rstrip(),
    )


def time_base_term(record: CurrentRecord, sensitivity: float) -> Term:
    """Return the relative error of the time base, one and the same for all times of a run.

    :param sensitivity: ∂y per relative error, in the unit of the result.
    """
    return rectangular(
        "δt_base",
        half_width=TIME_BASE,
        unit="%",
        name="time base",
        sensitivity=sensitivity,
        source=f"{record.waveform.role} time base",
    )


def extremum_terms(record: CurrentRecord, part: "Peak | Extreme", mark: str = "") -> list[Term]:
    """Return what noise and time do to an extremum.

    :param mark: ends the symbols, where a budget holds more than one.
    """
    per_volt = slope(record)
    return [
        rectangular(
            f"δv_max{mark}",
            half_width=part.doubt * part.noise,
            unit="V",
            name=f"largest of {part.windows} noisy windows",
            estimate=-part.excess * part.noise,
            sensitivity=per_volt,
        ),
        standard(f"δv_noise{mark}", uncertainty=part.noise, unit="V", name="noise of one window", sensitivity=per_volt),
        rectangular(
            f"δv_align{mark}",
            half_width=part.alignment,
            unit="V",
            name="event between two samples",
            sensitivity=per_volt,
        ),
    ]


def too_short(seconds: float, needed: float) -> NotMeasurable:
    """Return what to raise for a record of ``seconds`` where ``needed`` seconds are needed."""
    seen, required = show(seconds, "s"), show(needed, "s")
    text = f"the record lasts {seen}, {required} are needed: lengthen the dwell"
    return NotMeasurable("not_observed", text, observed=seen, required=required)
