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
from stimcert.term import Term, rectangular, standard
from stimcert.waveform.sampled import Samples

if TYPE_CHECKING:
    from stimcert.waveform.extremes import Extreme
    from stimcert.waveform.peak import Peak

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


def common_terms(record: CurrentRecord, volts: float) -> list[Term]:
    """Return what every quantity of a record shares: instrument, zero, shunt.

    :param volts: the quantity across the shunt, V, zero taken off.
    """
    waveform, zero, shunt, per_volt = record.waveform, record.zero, record.shunt, slope(record)
    reading = abs(volts) + abs(zero.mean)
    return [
        rectangular(
            "v",
            half_width=waveform.accuracy.half_width(reading),
            unit="V",
            name=f"{waveform.role} accuracy, gain and offset",
            estimate=volts,
            sensitivity=per_volt,
        ),
        rectangular(
            "δv_res",
            half_width=waveform.accuracy.resolution / 2,
            unit="V",
            name=f"{waveform.role} resolution",
            sensitivity=per_volt,
        ),
        standard(
            "v_0",
            uncertainty=zero.noise / math.sqrt(zero.count),
            unit="V",
            name="zero",
            estimate=zero.mean,
            sensitivity=-per_volt,
            dof=zero.count - 1,
        ),
        Term(
            symbol="R",
            name="shunt",
            estimate=shunt.value,
            unit="Ω",
            standard_uncertainty=shunt.standard_uncertainty,
            half_width=shunt.expanded_uncertainty,
            divisor=shunt.coverage_factor,
            sensitivity=-volts * per_volt * per_volt,
        ),
    ]


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
