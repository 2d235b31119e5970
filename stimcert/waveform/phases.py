# SPDX-License-Identifier: MIT
"""Phases: stretches of one sign that stand out of the baseline, what they carry and how long they last.

Found with hysteresis: a phase is a stretch beyond a low threshold that reaches the high one. Ringing is joined to the
phase that it belongs to. The charge is integrated further out, on both sides, until the current has returned into the
noise or another phase begins: an exponential tail has 20 % to 40 % of its charge below the threshold.
"""

import math
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.baseline import Baseline, baseline
from stimcert.waveform.blocks import Outline, outline
from stimcert.waveform.crossings import half_crossings
from stimcert.waveform.extents import Extents, extend
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.plateaus import plateaus
from stimcert.waveform.runs import Runs, find_runs, join_ringing
from stimcert.waveform.sampled import Sampled
from stimcert.waveform.segments import Signs

LEAST_SAMPLES = 5
_THRESHOLD, _LOW = 0.10, 0.01
_NOISE = 5.0
# How often noise alone may reach the threshold somewhere in a record.
_FALSE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Phases:
    """The whole phases of a record, in the order of time; all arrays have shape (n,).

    Sample ``i`` covers the places ``i`` to ``i + 1``; places are in samples from the start of the record.

    :param start: first sample of the stretch whose charge counts.
    :param stop: the sample after its last one.
    :param sign: +1 where it leaves the active terminal, −1.
    :param extremum: furthest sample from the baseline, noise and ringing included; from the bench's zero.
    :param plateau: median of the middle 80 % of the phase, ringing left out; from the bench's zero.
    :param half_start: place where it first reaches half of its own extremum over the baseline, interpolated.
    :param half_stop: place where it last leaves it.
    :param charge: ∫(i − zero)·dt over its stretch, unit of the samples times seconds.
    :param charge_over_baseline: ∫(i − baseline)·dt; the same where the baseline is the zero.
    :param joined: how many stretches of ringing were joined to it.
    :param baseline: what they stand out of.
    :param threshold: the high one, as a distance from the baseline.
    :param sample_rate: 1/s.
    :param begin: place from which on the record cuts no phase.
    :param end: place up to which it cuts none.
    """

    start: Indices
    stop: Indices
    sign: Signs
    extremum: Floats
    plateau: Floats
    half_start: Floats
    half_stop: Floats
    charge: Floats
    charge_over_baseline: Floats
    joined: Indices
    baseline: Baseline
    threshold: float
    sample_rate: float
    begin: int
    end: int

    def __len__(self) -> int:
        return len(self.start)

    @property
    def duration(self) -> Floats:
        """Duration of each phase at 50 % of its own extremum, s.

        Between samples the edge is interpolated: for a sharp one each end is right within a tenth of a sample.
        """
        return (self.half_stop - self.half_start) / self.sample_rate

    def select(self, chosen: Indices) -> Self:
        """Return these phases only."""
        arrays = {f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name in _ARRAYS}
        return replace(self, **arrays)


_ARRAYS = frozenset("start stop sign extremum plateau half_start half_stop charge charge_over_baseline joined".split())


def find_phases(record: Sampled, *, level: Baseline | None = None, known: Outline | None = None) -> Phases:
    """Find the phases that lie wholly inside a record.

    The threshold is 10 % of the largest distance from the baseline, never below 5 times the noise, and so high that
    noise alone reaches it in one record of a thousand at most.

    Source: IEC 60601-2-10 and FDA guidance on powered muscle stimulators for phase duration at 50 % and phase charge.

    :param level: the baseline, where the caller has it.
    :param known: the record's outline, where the caller has it.
    :raises NotMeasurable: ``not_observed`` when there is no whole phase, ``bandwidth`` when one has fewer than 5
        samples, ``not_a_number`` when the record is not finite.
    """
    known = known or outline(record)
    level = level or baseline(record, known=known)
    base = level.level + record.zero
    peak = max(float(known.highest.max()) - base, base - float(known.lowest.min()))
    high, low = _thresholds(peak, level.noise, len(record.samples))
    runs = join_ringing(find_runs(record.samples, known, base, high=high, low=low))
    whole = _whole(runs, len(record.samples))
    _refuse_brief(runs.select(whole), record)
    # Those that are cut take part until here, so that no neighbour counts what is theirs.
    return _measure(record, runs, level, high).select(whole)


def _thresholds(peak: float, noise: float, count: int) -> tuple[float, float]:
    """Return the high threshold and the low one, both as distances from the baseline."""
    least = max(_NOISE, math.sqrt(2.0 * math.log(count / _FALSE))) * noise
    high = max(_THRESHOLD * peak, least)
    return high, min(max(_LOW * peak, _NOISE * noise), high / 2.0)


def _whole(runs: Runs, count: int) -> Indices:
    """Return the rows of what neither begins before the record nor ends after it."""
    kept = np.flatnonzero((runs.start > 0) & (runs.stop < count))
    if not len(kept):
        found = f"{len(runs.start)} cut off by the ends of the record" if len(runs.start) else "none"
        raise NotMeasurable(
            "not_observed", f"no whole phase in the record: {found}", observed=found, required="a whole phase"
        )
    return kept


def _refuse_brief(runs: Runs, record: Sampled) -> None:
    """Refuse phases of which too few samples were taken to say how high or how long they are."""
    samples = runs.main_stop - runs.main_start
    brief = int(samples.argmin())
    if samples[brief] < LEAST_SAMPLES:
        seconds, at = samples[brief] / record.sample_rate, runs.main_start[brief] / record.sample_rate
        raise NotMeasurable(
            "bandwidth",
            f"a phase of {seconds:.3g} s at {at:.6g} s has {samples[brief]} samples, {LEAST_SAMPLES} are needed: "
            "use a higher sample rate",
            role="digitizer",
            event=f"{seconds:.3g} s",
        )


def _begin(runs: Runs) -> int:
    return int(runs.stop[0]) if runs.start[0] == 0 else 0


def _end(runs: Runs, count: int) -> int:
    return int(runs.start[-1]) if runs.stop[-1] == count else count


def _measure(record: Sampled, runs: Runs, level: Baseline, threshold: float) -> Phases:
    """Compute what the phases carry."""
    base = level.level + record.zero
    extents: Extents = extend(record.samples, runs, base, level.noise)
    half_start, half_stop = half_crossings(record.samples, runs, base)
    over = extents.sums / record.sample_rate
    return Phases(
        start=extents.start,
        stop=extents.stop,
        sign=runs.sign,
        extremum=runs.extremum + level.level,
        plateau=plateaus(record.samples, half_start, half_stop) - record.zero,
        half_start=half_start,
        half_stop=half_stop,
        charge=over + level.level * (extents.stop - extents.start) / record.sample_rate,
        charge_over_baseline=over,
        joined=runs.joined,
        baseline=level,
        threshold=threshold,
        sample_rate=record.sample_rate,
        begin=_begin(runs),
        end=_end(runs, len(record.samples)),
    )
