# SPDX-License-Identifier: MIT
"""Both current paths at a point of the device: the SMU's mean against that of the digitizer's record.

They do not look at the same moment, so their means are of the same current only where that repeats itself: over whole
periods, or at direct current. Whether it does, the record itself shows: the means over all windows as long as the SMU
integrates (and as many whole periods) lie within some range, and half of that range is allowed, with as much again for
each length of the record that passed until the SMU had read. Where that is more than both instruments together may
differ by, nothing is compared.

What both paths have in common (inputs of one source) drops out of the difference: it is neither evidence for them nor
an excuse.

Source: JCGM 100:2008, 5.2.2 and F.1.2.4 (inputs in common); :mod:`stimcert.allowance` (room, and false alarms).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stimcert.allowance import EACH_CHECK, Allowance, allowance_of
from stimcert.correlation import join
from stimcert.measured import Measured
from stimcert.reading import CurrentRecord, MeanReading, Status
from stimcert.record_terms import common_terms, slope
from stimcert.term import standard
from stimcert.waveform.sampled import Samples

_MANY = 100
"""Comparisons of a run after which each hundred further ones may alarm less often, so that their sum stays bounded."""
_PARTS = 8
"""Of a period: the phases at which windows begin."""
_FEWEST_SAMPLES = 4
"""Of a part: where it begins is known to half a sample."""
_WHOLE = 1e-3
"""By what share of a period an integration time may miss a whole number of them."""

_EXACT = 1e-9

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The same current by both paths, A.

    :param allowed: by how much both may differ.
    :param false_alarm: how often two good paths differ by more, at most.
    """

    smu: float
    digitizer: float
    allowed: float
    false_alarm: float

    @property
    def agrees(self) -> bool:
        """Whether both paths show the same; never where one of them is no number."""
        return abs(self.smu - self.digitizer) <= self.allowed


@dataclass(frozen=True, kw_only=True)
class NotComparable:
    """Why two means say nothing about each other, in words that follow "because"."""

    because: str


def false_alarm_of(number: int) -> float:
    """Return the probability of a false alarm that comparison ``number`` (0, 1, …) of a run may have.

    However many there are, together they stay below 3.3·10⁻⁴, for the sum of 1/n² over all n is π²/6.

        >>> sum(map(false_alarm_of, range(100_000))) < 3.3e-4
        True
    """
    return EACH_CHECK / (1 + number // _MANY) ** 2


def compare(
    smu: Measured, reading: MeanReading, record: CurrentRecord, *, cycle: float | None, false_alarm: float = EACH_CHECK
) -> Agreement | NotComparable:
    """Hold the SMU's mean against the digitizer's.

    :param smu: what ``reading`` came to, A.
    :param record: of the same steady output, taken before.
    :param cycle: declared period of the waveform, s; None for d.c.
    :param false_alarm: how often two good paths may be said to disagree.
    """
    if reading.status is not Status.VALID:
        return NotComparable(because=f"the SMU has no mean ({reading.status.value})")
    if record.waveform.clipped:
        return NotComparable(because="the record is clipped")
    means = _window_means(record, reading.aperture, cycle)
    if isinstance(means, NotComparable):
        return means
    volts = float(means.mean()) - record.zero.mean
    if not math.isfinite(volts):
        return NotComparable(because="a sample of the record is no number")
    ohms = record.shunt.value
    room = _allowed(smu, record, volts).room(false_alarm)
    moved = float(means.max() - means.min()) / 2.0 / ohms * _stretched(reading, record)
    if not moved <= room:
        return NotComparable(because="the current is not the same from one period to the next")
    return Agreement(smu=smu.value, digitizer=volts / ohms, allowed=room + moved, false_alarm=false_alarm)


def _allowed(smu: Measured, record: CurrentRecord, volts: float) -> Allowance:
    """Return by how much both means may differ; an input of one source counts for what it does to the difference."""
    noise = record.zero.noise / math.sqrt(len(record.waveform.samples))
    scatter = standard("δv", uncertainty=noise, unit="V", sensitivity=slope(record), dof=record.zero.count - 1)
    both = join(smu.uncertainty.terms, [*common_terms(record, volts), scatter])
    return allowance_of(both.terms, both.sensitivities((1.0, -1.0)))


def _stretched(reading: MeanReading, record: CurrentRecord) -> float:
    """Return by what a change within the record grows until the SMU has read."""
    lasted = len(record.waveform.samples) / record.waveform.sample_rate
    later = abs(reading.bench_time - record.waveform.bench_time) + len(reading.values) * reading.aperture
    return 1.0 + 2.0 * later / lasted


def _window_means(record: CurrentRecord, aperture: float, cycle: float | None) -> _Floats | NotComparable:
    """Return the means of a record over windows of whole periods that begin at many phases, V."""
    rate, samples = record.waveform.sample_rate, record.waveform.samples
    lasted = len(samples) / rate
    unit = cycle if cycle is not None else min(aperture, lasted / 2.0)
    if cycle is not None and not abs(aperture / cycle - round(aperture / cycle)) <= _WHOLE:
        return NotComparable(because="the SMU does not integrate whole periods")
    units = math.floor(min(aperture, lasted - unit) / unit + _WHOLE)
    if units < 1:
        return NotComparable(because="the record holds fewer than two whole periods")
    parts = min(_PARTS, int(unit * rate / _FEWEST_SAMPLES))
    if parts < 1:
        return NotComparable(because="a period has too few samples")
    edges, sums = _summed(samples, unit * rate / parts, int(lasted / unit * parts + _WHOLE))
    width = units * parts
    means: Any = (sums[width:] - sums[:-width]) / (edges[width:] - edges[:-width])
    return np.asarray(means, dtype=np.float64)


def _summed(samples: Samples, step: float, count: int) -> tuple[NDArray[np.intp], _Floats]:
    """Return the borders of so many parts, each ``step`` samples long, and the sums of all samples before each."""
    edges = np.minimum(np.rint(np.arange(count + 1) * step), len(samples)).astype(np.intp)
    whole = round(step)
    if abs(step - whole) < _EXACT and edges[-1] == count * whole:
        # Half the time, and summed in pairs: good to 1e-7 in single precision.
        parts = samples[: edges[-1]].reshape(count, whole).sum(axis=1)
    else:
        parts = np.add.reduceat(samples[: edges[-1]], edges[:-1], dtype=np.float64)
    return edges, np.concatenate(([0.0], np.cumsum(parts, dtype=np.float64)))
