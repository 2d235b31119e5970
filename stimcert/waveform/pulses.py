# SPDX-License-Identifier: MIT
"""Pulses: phases that belong together, with their durations, gap, charges and amplitude; and how often they come."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.waveform.median import median
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.phases import Phases
from stimcert.waveform.segments import Signs

# More phases than this without a gap are a carrier, or a waveform without gaps: each two of them are a pulse.
_MOST = 3
_LEAST_PULSES = 3
_CLEARLY = 1.1
# Samples that may lie between half of a phase's height and its neighbour, where both touch.
_TOUCH = 2.0


@dataclass(frozen=True, kw_only=True)
class Pulses:
    """Whole pulses in the order of time; arrays have shape (n,), or (n, k) for the phases of each pulse.

    ``k`` is the largest number of phases of a pulse; where a pulse has fewer, sign, duration and charge are 0.

    :param start: place where the first phase reaches half of its height, s from the start of the record.
    :param stop: place where the last phase leaves it, s.
    :param phases: number of phases, 1 to 3.
    :param sign: of each phase, shape (n, k).
    :param duration: of each phase at 50 % of its own extremum, s, shape (n, k).
    :param gap: between the first phase and the second at 50 %, s; 0 for a direct reversal and for a single phase.
    :param charge: of each phase from the bench's zero, unit of the samples times seconds, with sign, shape (n, k).
    :param charge_over_baseline: the same over the baseline.
    :param amplitude: plateau of the first phase, or of one whose plateau is over 10 % further from the baseline; with
        sign, from the bench's zero.
    :param amplitude_over_baseline: the same over the baseline.
    :param paired: how many pulses come from a row of more than three phases without a gap, divided into twos.
    """

    start: Floats
    stop: Floats
    phases: Indices
    sign: Signs
    duration: Floats
    gap: Floats
    charge: Floats
    charge_over_baseline: Floats
    amplitude: Floats
    amplitude_over_baseline: Floats
    paired: int

    def __len__(self) -> int:
        return len(self.start)

    @property
    def first_sign(self) -> Signs:
        """Sign of the first phase, shape (n,)."""
        return self.sign[:, 0]

    @property
    def width(self) -> Floats:
        """From the start of the first phase to the end of the last, gap included, at 50 %, s."""
        return self.stop - self.start

    @property
    def net_charge(self) -> Floats:
        """Sum of the phase charges from the bench's zero, what a d.c. under the pulses adds to them included."""
        total: Floats = self.charge.sum(axis=1)
        return total

    @property
    def net_charge_over_baseline(self) -> Floats:
        """Sum of the phase charges over the baseline."""
        total: Floats = self.charge_over_baseline.sum(axis=1)
        return total

    @cached_property
    def imbalance(self) -> Floats:
        """100 · |Q₊ + Q₋| / max(|Q₊|, |Q₋|) over the baseline, %; 100 for a single phase, 0 for balanced ones."""
        charge = self.charge_over_baseline
        positive, negative = np.maximum(charge, 0.0).sum(axis=1), np.maximum(-charge, 0.0).sum(axis=1)
        larger = np.maximum(positive, negative)
        share = np.divide(np.abs(positive - negative), larger, out=np.ones(len(larger)), where=larger > 0.0)
        percent: Floats = 100.0 * share
        return percent


def find_pulses(phases: Phases, *, gap_limit: float) -> Pulses:
    """Join phases of alternating sign into pulses.

    Two phases of one sign are two pulses. A row of more than three phases without a gap longer than the limit (a
    carrier, a waveform without gaps) is divided into pulses of two. A pulse is left out when the record begins or ends
    so close to it that a phase of it could be missing.

    Source: definitions of pulse, phase and interphase gap as in ANSI/AAMI NS4 and the FDA guidance on powered muscle
    stimulators; imbalance as net charge over the larger phase charge.

    :param gap_limit: longest interphase gap, s, ≥ 0; beyond it another pulse begins.
    :raises NotMeasurable: ``not_observed`` when there is no whole pulse.
    :raises ValueError: for a limit that is negative or not finite.
    """
    if not 0.0 <= gap_limit < np.inf:
        raise ValueError(f"gap limit {gap_limit!r} s; it must be finite and not negative")
    first, count, paired = _group(phases, gap_limit)
    # Two phases of a row without gaps are a whole cycle, whatever the record cuts beside them.
    kept = _inside(phases, first, count, gap_limit * phases.sample_rate) | (paired & (count == 2))
    if not kept.any():
        text = "no pulse lies inside the record with the gap limit on both sides"
        raise NotMeasurable("not_observed", text, observed="no whole pulse", required="one")
    return _measure(phases, first[kept], count[kept], int(paired[kept].sum()))


def _group(phases: Phases, gap_limit: float) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Return the first phase of each pulse, its number of phases, and whether it was cut out of a longer row."""
    gap = (phases.half_start[1:] - phases.half_stop[:-1]) / phases.sample_rate
    apart = (gap > gap_limit) | (phases.sign[1:] == phases.sign[:-1])
    heads = np.flatnonzero(np.concatenate(([True], apart)))
    sizes = np.diff(np.append(heads, len(phases)))
    row = np.repeat(np.arange(len(heads)), sizes)
    place = np.arange(len(phases)) - heads[row]
    long = sizes[row] > _MOST
    first = np.flatnonzero(np.where(long, place % 2 == 0, place == 0))
    return first, np.diff(np.append(first, len(phases))), long[first]


def _inside(phases: Phases, first: Indices, count: Indices, margin: float) -> NDArray[np.bool_]:
    """Tell which pulses have the margin, in samples, between them and what the record cuts."""
    last = first + count - 1
    inside: NDArray[np.bool_] = phases.half_start[first] - phases.begin > margin + _TOUCH
    inside &= phases.end - phases.half_stop[last] > margin + _TOUCH
    return inside


def _measure(phases: Phases, first: Indices, count: Indices, paired: int) -> Pulses:
    last = first + count - 1
    most = int(count.max())
    index = np.minimum(first[:, None] + np.arange(most), len(phases) - 1)
    there = np.arange(most) < count[:, None]
    level = phases.baseline.level
    over = np.where(there, phases.plateau[index] - level, 0.0)
    amplitude = _furthest(over)
    second = np.minimum(first + 1, len(phases) - 1)
    gap = np.maximum(phases.half_start[second] - phases.half_stop[first], 0.0) / phases.sample_rate
    return Pulses(
        start=phases.half_start[first] / phases.sample_rate,
        stop=phases.half_stop[last] / phases.sample_rate,
        phases=count,
        sign=np.where(there, phases.sign[index], 0).astype(np.int8),
        duration=np.where(there, phases.duration[index], 0.0),
        gap=np.where(count > 1, gap, 0.0),
        charge=np.where(there, phases.charge[index], 0.0),
        charge_over_baseline=np.where(there, phases.charge_over_baseline[index], 0.0),
        amplitude=amplitude + level,
        amplitude_over_baseline=amplitude,
        paired=paired,
    )


def _furthest(over: Floats) -> Floats:
    """Return the first plateau of each pulse, or another where it clearly lies further out."""
    size = np.abs(over)
    size[:, 0] *= _CLEARLY
    chosen: Floats = over[np.arange(len(over)), size.argmax(axis=1)]
    return chosen


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How often pulses come.

    :param frequency: 1 / median of the times from start to start, 1/s.
    :param spread: standard deviation of these times, s.
    :param shortest: the shortest of them, s.
    :param longest: the longest of them, s.
    :param intervals: how many there are.
    """

    frequency: float
    spread: float
    shortest: float
    longest: float
    intervals: int


def repetition(pulses: Pulses) -> Repetition:
    """Return the repetition frequency of pulses, bursts' pauses among the intervals included.

    A modulated program has no one frequency: look at shortest and longest.

    :raises NotMeasurable: ``not_observed`` for fewer than three pulses.
    """
    return repetition_of(np.diff(pulses.start))


def repetition_of(times: Floats) -> Repetition:
    """Return the repetition frequency by the times from pulse to pulse, s, shape (n,).

    :raises NotMeasurable: ``not_observed`` for fewer than two of them.
    """
    if len(times) < _LEAST_PULSES - 1:
        seen, needed = f"{len(times)} times from pulse to pulse", f"{_LEAST_PULSES - 1}"
        text = f"{seen} in the record, {needed} are needed: take a longer one"
        raise NotMeasurable("not_observed", text, observed=seen, required=needed)
    return Repetition(
        frequency=1.0 / median(times),
        spread=float(times.std(ddof=1)),
        shortest=float(times.min()),
        longest=float(times.max()),
        intervals=len(times),
    )
