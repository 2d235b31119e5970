# SPDX-License-Identifier: MIT
"""Timing, amplitude and charge of the pulses in a digitized current, with their budgets.

Timing and amplitude are medians over the pulses of the record; charges are those of the worst pulse.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.measured import Measured
from stimcert.reading import CurrentRecord
from stimcert.record_averages import sampled
from stimcert.record_terms import common_terms, slope
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.bursts import duty
from stimcert.waveform.peak import Floats
from stimcert.waveform.phases import Phases, find_phases
from stimcert.waveform.pulses import Pulses, Repetition, find_pulses, repetition

TIME_BASE = 1e-4
"""Half-width of the time base's relative error. Assumed, unverified: a hundred times that of a plain quartz."""

LONGEST_GAP = 1.0
"""Longest interphase gap, as a multiple of the phase duration: gaps in use are 0 to 1 phase."""

_EDGE = 0.25
"""Samples by which the interpolated place of a sharp edge may be wrong."""

_SURE = 3.0
"""Standard deviations of the zero that count as its half-width in an offset."""

_OF_A_MEDIAN = math.sqrt(math.pi / 2.0)
"""Standard deviation of a median over that of a mean, for many normal values."""


@dataclass(frozen=True, kw_only=True)
class PulseTrain:
    """The pulses of one record; what is found is found once."""

    record: CurrentRecord

    @cached_property
    def phases(self) -> Phases:
        """Whole phases, in volts across the shunt."""
        return find_phases(sampled(self.record))

    @cached_property
    def pulses(self) -> Pulses:
        """Whole pulses; phases further apart than one phase lasts are pulses of their own."""
        limit = LONGEST_GAP * float(np.median(self.phases.duration)) + 1.0 / self.phases.sample_rate
        return find_pulses(self.phases, gap_limit=limit)

    @cached_property
    def repetition(self) -> Repetition:
        """How often pulses come."""
        return repetition(self.pulses)

    @cached_property
    def charge(self) -> Floats:
        """Charge of each phase from the bench's zero, V·s, shape (pulses, phases of a pulse).

        What lies over the baseline is integrated out to the noise; the baseline itself counts for the duration at 50 %.
        """
        pulses = self.pulses
        charge: Floats = pulses.charge_over_baseline + self.phases.baseline.level * pulses.duration
        return charge

    @cached_property
    def beyond(self) -> float:
        """By how much a phase was integrated further than it lasts at 50 %, at most, s: noise adds up there as well."""
        phases = self.phases
        return max(float(((phases.stop - phases.start) / phases.sample_rate - phases.duration).max()), 0.0)

    @property
    def per_volt(self) -> float:
        """∂i/∂v, A/V."""
        return slope(self.record)

    @property
    def sample_time(self) -> float:
        """Time from sample to sample, s."""
        return 1.0 / self.record.waveform.sample_rate


def pulse_metric(train: PulseTrain, metric: str) -> Measured:
    """Return a metric of the pulses.

    :param metric: one of :data:`PULSE_METRICS`.
    :raises NotMeasurable: when no whole pulse was seen, too few samples make one, or the record is clipped.
    :raises KeyError: for any other metric.
    """
    return PULSE_METRICS[metric](train)


def _phase_duration(train: PulseTrain) -> Measured:
    return _time(train, train.pulses.duration[:, 0])


def _width(train: PulseTrain) -> Measured:
    return _time(train, train.pulses.width)


def _gap(train: PulseTrain) -> Measured:
    return _time(train, train.pulses.gap)


def _spread(train: PulseTrain) -> Measured:
    found = train.repetition
    terms = _edges(train, 2)
    terms.append(standard("δs", uncertainty=found.spread / math.sqrt(2.0 * max(found.intervals - 1, 1)), unit="s"))
    return Measured(value=found.spread, unit="s", uncertainty=evaluate(terms), details={"intervals": found.intervals})


def _frequency(train: PulseTrain) -> Measured:
    found, rate = train.repetition, train.repetition.frequency
    terms = [replace(term, sensitivity=-rate * rate) for term in _edges(train, 2)]
    terms += [
        rectangular("δf_base", half_width=TIME_BASE * rate, unit="Hz", name="time base"),
        standard(
            "δT_rep",
            uncertainty=_OF_A_MEDIAN * found.spread / math.sqrt(found.intervals),
            unit="s",
            name="spread of the period",
            sensitivity=-rate * rate,
        ),
    ]
    details = {"intervals": found.intervals, "shortest": found.shortest, "longest": found.longest}
    return Measured(value=rate, unit="Hz", uncertainty=evaluate(terms), details=details)


def _duty(train: PulseTrain) -> Measured:
    value, rate = duty(train.pulses).pulse, train.repetition.frequency
    ends = int(2 * train.pulses.phases.max())
    terms = [replace(term, sensitivity=rate) for term in _edges(train, ends)]
    return Measured(value=value, unit="%", uncertainty=evaluate(terms))


def _amplitude(train: PulseTrain) -> Measured:
    volts = np.abs(train.pulses.amplitude)
    value, scatter = float(np.median(volts)), _scatter(volts)
    terms = common_terms(train.record, value)
    terms.append(standard("δv_rep", uncertainty=scatter, unit="V", name="scatter", sensitivity=train.per_volt))
    details = {"lowest": float(volts.min()) * train.per_volt, "highest": float(volts.max()) * train.per_volt}
    return Measured(value=value * train.per_volt, unit="A", uncertainty=evaluate(terms), details=details)


def _phase_charge(train: PulseTrain) -> Measured:
    charge = np.abs(train.charge)
    at = np.unravel_index(int(charge.argmax()), charge.shape)
    return _charge(train, float(charge[at]), float(train.pulses.duration[at]), charge.size)


def _net_charge(train: PulseTrain) -> Measured:
    net = train.charge.sum(axis=1)
    at = int(np.abs(net).argmax())
    return _charge(train, float(net[at]), float(train.pulses.duration[at].sum()), len(net))


def _charge(train: PulseTrain, charge: float, seconds: float, count: int) -> Measured:
    """Return a charge with its budget: the gain acts on the charge, an offset on all the time in which it flows.

    :param charge: V·s across the shunt.
    :param seconds: duration of the phases that carry it.
    :param count: how many charges this one was chosen from, as the largest.
    """
    shunt, per_volt = train.record.shunt, train.per_volt
    terms = [
        rectangular(
            "v·t",
            half_width=train.record.waveform.accuracy.gain * abs(charge) + _offset(train, seconds),
            unit="V·s",
            name="digitizer accuracy, gain and offset",
            estimate=charge,
            sensitivity=per_volt,
        ),
        standard(
            "R",
            uncertainty=shunt.standard_uncertainty,
            unit="Ω",
            name="shunt",
            estimate=shunt.value,
            sensitivity=-charge * per_volt * per_volt,
        ),
        rectangular("δt_base", half_width=TIME_BASE * abs(charge), unit="V·s", name="time base", sensitivity=per_volt),
        rectangular(
            "δq_ends",
            half_width=_ends(train),
            unit="V·s",
            name="where the phase ends",
            sensitivity=per_volt,
        ),
        *_noise_terms(train, seconds, count, sensitivity=per_volt),
    ]
    return Measured(value=charge * per_volt, unit="C", uncertainty=evaluate(terms), details={"pulses": count})


def _ends(train: PulseTrain) -> float:
    """Return the half-width of what lies at the ends of a phase and may belong to it or not, V·s.

    Over a baseline it is that baseline, for as long as the edges are uncertain. Where none was found, what stays under
    the threshold may be a tail or another phase.
    """
    baseline = train.phases.baseline
    if baseline.origin == "zero":
        return train.beyond * train.phases.threshold
    return 2.0 * _EDGE * train.sample_time * abs(baseline.level)


def _imbalance(train: PulseTrain) -> Measured:
    """Return the largest imbalance; the gain is common to both phases and cancels."""
    share = train.pulses.imbalance / 100.0
    at = int(share.argmax())
    largest = float(np.abs(train.pulses.charge_over_baseline[at]).max())
    seconds = float(train.pulses.duration[at].sum())
    offset = rectangular(
        "v_0·t", half_width=_offset(train, seconds), unit="V·s", name="digitizer offset", sensitivity=1.0 / largest
    )
    noise = _noise_terms(train, seconds, len(share), sensitivity=1.0 / largest)
    return Measured(value=float(share[at]), unit="%", uncertainty=evaluate([offset, *noise]))


def _offset(train: PulseTrain, seconds: float) -> float:
    """Return the half-width of what an offset adds to a charge, V·s: specification, resolution and zero."""
    accuracy, zero = train.record.waveform.accuracy, train.record.zero
    return (accuracy.offset + accuracy.resolution / 2.0 + _SURE * zero.noise / math.sqrt(zero.count)) * seconds


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


def _time(train: PulseTrain, times: Floats) -> Measured:
    """Return the median of a time that each pulse has."""
    value = float(np.median(times))
    terms = [
        *_edges(train, 2),
        rectangular("δt_base", half_width=TIME_BASE * value, unit="s", name="time base"),
        standard("δt_rep", uncertainty=_scatter(times), unit="s", name="scatter"),
    ]
    details = {"lowest": float(times.min()), "highest": float(times.max()), "pulses": len(times)}
    return Measured(value=value, unit="s", uncertainty=evaluate(terms), details=details)


def _edges(train: PulseTrain, ends: int) -> list[Term]:
    """Return a term for each edge whose place is interpolated between samples, s."""
    half_width = _EDGE * train.sample_time
    return [
        rectangular(f"δt_{number}", half_width=half_width, unit="s", name="edge between two samples")
        for number in range(1, ends + 1)
    ]


def _scatter(values: Floats) -> float:
    """Return the standard uncertainty of a median by the scatter of the values; 0 for a single one."""
    if len(values) < 2:
        return 0.0
    return _OF_A_MEDIAN * float(values.std(ddof=1)) / math.sqrt(len(values))


PULSE_METRICS: dict[str, Callable[[PulseTrain], Measured]] = {
    "current.amplitude": _amplitude,
    "pulse.phase_duration": _phase_duration,
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
