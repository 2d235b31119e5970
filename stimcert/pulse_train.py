# SPDX-License-Identifier: MIT
"""The pulses of a digitized current, found once for all their metrics, and the terms that their times share."""

import math
from dataclasses import dataclass
from functools import cached_property

from stimcert.measured import Measured
from stimcert.reading import CurrentRecord
from stimcert.record_averages import sampled
from stimcert.record_terms import slope, time_base_term
from stimcert.scatter import standard_error
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.bursts import Bursts, find_bursts, innermost_pause, repetition_within
from stimcert.waveform.median import median
from stimcert.waveform.peak import Floats
from stimcert.waveform.phases import Phases, find_phases
from stimcert.waveform.pulses import Pulses, Repetition, find_pulses
from stimcert.waveform.sampled import Sampled

LONGEST_GAP = 1.0
"""Longest interphase gap, as a multiple of the phase duration: gaps in use are 0 to 1 phase."""

EDGE = 0.25
"""Samples by which the interpolated place of a sharp edge may be wrong."""

OF_A_MEDIAN = math.sqrt(math.pi / 2.0)
"""Standard deviation of a median over that of a mean, for many normal values."""


@dataclass(frozen=True, kw_only=True)
class PulseTrain:
    """The pulses of one record; what is found is found once.

    :param bursts_declared: whether the plan says that the pulses come in bursts.
    """

    record: CurrentRecord
    bursts_declared: bool = False

    @cached_property
    def sampled(self) -> Sampled:
        """The record in volts across the shunt."""
        return sampled(self.record)

    @cached_property
    def phases(self) -> Phases:
        """Whole phases, in volts across the shunt."""
        return find_phases(self.sampled)

    @cached_property
    def pulses(self) -> Pulses:
        """Whole pulses; phases further apart than one phase lasts are pulses of their own."""
        limit = LONGEST_GAP * median(self.phases.duration) + 1.0 / self.phases.sample_rate
        return find_pulses(self.phases, gap_limit=limit)

    @cached_property
    def pause_limit(self) -> float | None:
        """Longest time between the starts of two pulses of one burst, s; None where they come without pauses."""
        return innermost_pause(self.pulses, declared=self.bursts_declared)

    @cached_property
    def bursts(self) -> Bursts:
        """Whole bursts.

        :raises NotMeasurable: for pulses without pauses, and for fewer than three whole bursts.
        """
        return find_bursts(self.pulses, pause_limit=self.pause_limit)

    @cached_property
    def repetition(self) -> Repetition:
        """How often pulses come, pauses between bursts left out."""
        return repetition_within(self.pulses, self.pause_limit)

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


def median_time(train: PulseTrain, times: Floats) -> Measured:
    """Return the median of a time that each pulse has."""
    value = median(times)
    terms = [
        *edge_terms(train, 2),
        time_base_term(train.record, value),
        standard("δt_rep", uncertainty=scatter(times), unit="s", name="scatter"),
    ]
    details = {"lowest": float(times.min()), "highest": float(times.max()), "pulses": len(times)}
    return Measured(value=value, unit="s", uncertainty=evaluate(terms), details=details)


def edge_terms(train: PulseTrain, ends: int) -> list[Term]:
    """Return a term for each edge whose place is interpolated between samples, s."""
    half_width = EDGE * train.sample_time
    return [
        rectangular(f"δt_{number}", half_width=half_width, unit="s", name="edge between two samples")
        for number in range(1, ends + 1)
    ]


def scatter(values: Floats) -> float:
    """Return the standard uncertainty of a median by the scatter of the values; 0 for a single one."""
    if len(values) < 2:
        return 0.0
    return OF_A_MEDIAN * standard_error(values)
