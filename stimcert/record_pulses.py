# SPDX-License-Identifier: MIT
"""Timing, amplitude and charge of the pulses in a digitized current, with their budgets.

Timing and amplitude are medians over the pulses of the record; charges are those of the worst pulse.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import EDGE, OF_A_MEDIAN, PulseTrain, edge_terms, median_time, scatter
from stimcert.record_terms import TIME_BASE, common_terms, shunt_term, specified, time_base_term, zero_term
from stimcert.specification import Effect
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.bursts import duty
from stimcert.waveform.median import median
from stimcert.waveform.pulses import repetition

__all__ = ["PULSE_METRICS", "TIME_BASE", "PulseTrain", "pulse_metric"]


def pulse_metric(train: PulseTrain, metric: str) -> Measured:
    """Return a metric of the pulses.

    :param metric: one of :data:`PULSE_METRICS`.
    :raises NotMeasurable: when no whole pulse was seen, too few samples make one, or the record is clipped.
    :raises KeyError: for any other metric.
    """
    return PULSE_METRICS[metric](train)


def _phase_duration(train: PulseTrain) -> Measured:
    return median_time(train, train.pulses.duration[:, 0])


def _second_phase(train: PulseTrain) -> Measured:
    times = train.pulses.duration
    if times.shape[1] < 2 or not np.all(train.pulses.phases > 1):
        raise NotMeasurable("not_observed", "pulses of one phase have no second", observed="one phase", required="two")
    return median_time(train, times[:, 1])


def _width(train: PulseTrain) -> Measured:
    return median_time(train, train.pulses.width)


def _gap(train: PulseTrain) -> Measured:
    return median_time(train, train.pulses.gap)


def _spread(train: PulseTrain) -> Measured:
    """Return the spread of the period; pauses count, unless the plan declares them: left out pulses look the same."""
    found = train.repetition if train.bursts_declared else repetition(train.pulses)
    terms = edge_terms(train, 2)
    terms.append(standard("δs", uncertainty=found.spread / math.sqrt(2.0 * max(found.intervals - 1, 1)), unit="s"))
    return Measured(value=found.spread, unit="s", uncertainty=evaluate(terms), details={"intervals": found.intervals})


def _frequency(train: PulseTrain) -> Measured:
    found, rate = train.repetition, train.repetition.frequency
    terms = [replace(term, sensitivity=-rate * rate) for term in edge_terms(train, 2)]
    terms += [
        time_base_term(train.record, -rate),
        standard(
            "δT_rep",
            uncertainty=OF_A_MEDIAN * found.spread / math.sqrt(found.intervals),
            unit="s",
            name="spread of the period",
            sensitivity=-rate * rate,
        ),
    ]
    details = {"intervals": found.intervals, "shortest": found.shortest, "longest": found.longest}
    return Measured(value=rate, unit="Hz", uncertainty=evaluate(terms), details=details)


def _duty(train: PulseTrain) -> Measured:
    value, rate = duty(train.pulses, pause_limit=train.pause_limit).pulse, train.repetition.frequency
    ends = int(2 * train.pulses.phases.max())
    terms = [replace(term, sensitivity=rate) for term in edge_terms(train, ends)]
    return Measured(value=value, unit="%", uncertainty=evaluate(terms))


def _amplitude(train: PulseTrain) -> Measured:
    volts = np.abs(train.pulses.amplitude)
    value = median(volts)
    terms = common_terms(train.record, value)
    terms.append(standard("δv_rep", uncertainty=scatter(volts), unit="V", name="scatter", sensitivity=train.per_volt))
    details = {"lowest": float(volts.min()) * train.per_volt, "highest": float(volts.max()) * train.per_volt}
    return Measured(value=value * train.per_volt, unit="A", uncertainty=evaluate(terms), details=details)


def _phase_charge(train: PulseTrain) -> Measured:
    charge = np.abs(train.charge)
    at = np.unravel_index(int(charge.argmax()), charge.shape)
    sign = math.copysign(1.0, float(train.charge[at]))
    return _charge(train, float(charge[at]), sign * float(train.pulses.duration[at]), charge.size)


def _net_charge(train: PulseTrain) -> Measured:
    net = train.charge.sum(axis=1)
    at = int(np.abs(net).argmax())
    return _charge(train, float(net[at]), float(train.pulses.duration[at].sum()), len(net))


def _charge(train: PulseTrain, charge: float, seconds: float, count: int) -> Measured:
    """Return a charge with its budget: the gain acts on the charge, an offset on all the time in which it flows.

    :param charge: V·s across the shunt.
    :param seconds: duration of the phases that carry it; negative for the magnitude of a negative charge.
    :param count: how many charges this one was chosen from, as the largest.
    """
    per_volt = train.per_volt
    terms = [
        *_instrument_terms(train, charge, seconds, per_volt),
        shunt_term(train.record, -charge * per_volt * per_volt),
        time_base_term(train.record, charge * per_volt),
        rectangular(
            "δq_ends",
            half_width=_ends(train),
            unit="V·s",
            name="where the phase ends",
            sensitivity=per_volt,
        ),
        *_noise_terms(train, abs(seconds), count, sensitivity=per_volt),
    ]
    return Measured(value=charge * per_volt, unit="C", uncertainty=evaluate(terms), details={"pulses": count})


def _instrument_terms(train: PulseTrain, charge: float, seconds: float, scale: float) -> list[Term]:
    """Return what the digitizer's specification, resolution and zero do to an integral over ``seconds``.

    :param charge: what the gain acts on, V·s; 0 where it cancels.
    :param scale: of the result per V·s.
    """
    record = train.record
    more = record.waveform.accuracy.gain * abs(record.zero.mean)
    mean = charge / seconds if seconds else 0.0
    effect = Effect(estimate=mean, by_gain=charge * scale, by_offset=seconds * scale, more=more)
    resolution = rectangular(
        "δv_res",
        half_width=record.waveform.accuracy.resolution / 2.0,
        unit="V",
        name=f"{record.waveform.role} resolution",
        sensitivity=seconds * scale,
    )
    return [*specified(record).terms("v", effect), resolution, zero_term(record, -seconds * scale)]


def _ends(train: PulseTrain) -> float:
    """Return the half-width of what lies at the ends of a phase and may belong to it or not, V·s.

    Over a baseline it is that baseline, for as long as the edges are uncertain. Where none was found, what stays under
    the threshold may be a tail or another phase.
    """
    baseline = train.phases.baseline
    if baseline.origin == "zero":
        return train.beyond * train.phases.threshold
    return 2.0 * EDGE * train.sample_time * abs(baseline.level)


def _imbalance(train: PulseTrain) -> Measured:
    """Return the largest imbalance; the gain is common to both phases and cancels."""
    share = train.pulses.imbalance / 100.0
    at = int(share.argmax())
    largest = float(np.abs(train.pulses.charge_over_baseline[at]).max())
    seconds = float(train.pulses.duration[at].sum())
    terms = [
        *_instrument_terms(train, 0.0, seconds, 1.0 / largest),
        *_noise_terms(train, seconds, len(share), sensitivity=1.0 / largest),
    ]
    return Measured(value=float(share[at]), unit="%", uncertainty=evaluate(terms))


def _noise_terms(train: PulseTrain, seconds: float, count: int, *, sensitivity: float) -> list[Term]:
    """Return what white noise does to an integral over ``seconds``, and to the largest of ``count`` of them."""
    integrated = seconds + train.pulses.sign.shape[1] * train.beyond
    noise = train.record.zero.noise * math.sqrt(integrated * train.sample_time)
    return [
        standard("δq_noise", uncertainty=noise, unit="V·s", name="noise of one integral", sensitivity=sensitivity),
        rectangular(
            "δq_max",
            half_width=expected_excess(count, 1) * noise,
            unit="V·s",
            name=f"largest of {count} noisy integrals",
            sensitivity=sensitivity,
        ),
    ]


PULSE_METRICS: dict[str, Callable[[PulseTrain], Measured]] = {
    "current.amplitude": _amplitude,
    "pulse.phase_duration": _phase_duration,
    "pulse.second_phase": _second_phase,
    "pulse.width": _width,
    "pulse.gap": _gap,
    "pulse.frequency": _frequency,
    "pulse.spread": _spread,
    "pulse.duty": _duty,
    "charge.phase": _phase_charge,
    "charge.net": _net_charge,
    "charge.imbalance": _imbalance,
}
"""What can be measured of pulses, by the metric's name."""
