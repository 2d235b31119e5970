# SPDX-License-Identifier: MIT
"""ON/OFF programs: how long the output is on and off, and how it comes and goes."""

import math
from dataclasses import dataclass

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.baseline import Baseline, baseline
from stimcert.waveform.blocks import CHUNK, Outline, outline
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.sampled import Sampled

LEAST_CYCLES = 3
_THRESHOLD, _HALF, _TOP = 0.10, 0.50, 0.90
_NOISE = 7.0
# Steps of the envelope in the longest pause that still counts as ON.
_STEPS = 8


@dataclass(frozen=True, kw_only=True)
class Program:
    """The whole cycles of an ON/OFF program; arrays have shape (n,), times in s.

    :param start: where each ON begins, from the start of the record: the envelope exceeds 10 % of the record's peak.
    :param on: how long it lasts, its ramps above 10 % included.
    :param off: from its end to the start of the next.
    :param ramp_up: from 0 to 90 % of its own plateau: the time from 10 to 90 %, drawn out in a straight line.
    :param ramp_down: from 90 % to 0, the same way.
    :param resolution: each time is a difference of two that are known to within this; of a ramp, to within a pulse's
        period too.
    """

    start: Floats
    on: Floats
    off: Floats
    ramp_up: Floats
    ramp_down: Floats
    resolution: float

    @property
    def cycles(self) -> int:
        """Number of whole cycles."""
        return len(self.start)

    @property
    def period(self) -> float:
        """Median time from ON to ON, s."""
        return float(np.median(self.on + self.off))

    @property
    def duty(self) -> float:
        """Median of ON over ON and OFF, 0 to 1."""
        return float(np.median(self.on / (self.on + self.off)))


def find_program(
    record: Sampled, *, pause_limit: float, level: Baseline | None = None, known: Outline | None = None
) -> Program:
    """Find the ON/OFF cycles of a record by its envelope: the largest distance from the baseline in short steps.

    It works on fast records and on slow ones, as long as every pulse leaves a sample above 10 % of the peak.

    :param pause_limit: longest time without output that still counts as ON, s: above the period of pulses and bursts.
    :param level: the baseline, where the caller has it.
    :param known: the record's outline, where the caller has it.
    :raises NotMeasurable: ``not_observed`` for fewer than three whole cycles.
    :raises ValueError: for a limit shorter than one sample or not finite.
    """
    if not 1.0 <= pause_limit * record.sample_rate < math.inf:
        raise ValueError(f"pause limit {pause_limit!r} s; it must be one sample at least, and finite")
    known = known or outline(record)
    level = level or baseline(record, known=known)
    step, envelope = _envelope(record, level.level + record.zero, pause_limit, known)
    output = _with_output(envelope, level.noise)
    first, last = _reaching_up(envelope, *_stretches(output, pause_limit * record.sample_rate / step))
    if len(first) <= LEAST_CYCLES:
        seen = f"{max(len(first) - 1, 0)} whole ON/OFF cycles"
        text = f"{seen} in the record, {LEAST_CYCLES} are needed: take a longer one"
        raise NotMeasurable("not_observed", text, observed=seen, required=f"{LEAST_CYCLES} cycles")
    return _measure(envelope, first, last + 1, step, record.sample_rate)


def longest_pause(
    record: Sampled, *, pause_limit: float, level: Baseline | None = None, known: Outline | None = None
) -> float:
    """Return the longest time without output in a record, s, its two ends included; the whole of it where none is.

    It is right to within an eighth of ``pause_limit``.

    :param pause_limit: as in :func:`find_program`.
    :raises ValueError: as there.
    """
    if not 1.0 <= pause_limit * record.sample_rate < math.inf:
        raise ValueError(f"pause limit {pause_limit!r} s; it must be one sample at least, and finite")
    known = known or outline(record)
    level = level or baseline(record, known=known)
    step, envelope = _envelope(record, level.level + record.zero, pause_limit, known)
    output = np.concatenate(([-1], _with_output(envelope, level.noise), [len(envelope)]))
    return float(np.diff(output).max() - 1) * step / record.sample_rate


def _with_output(envelope: Floats, noise: float) -> Indices:
    """Return the steps of an envelope in which there is output."""
    least = max(_THRESHOLD * float(envelope.max()), _NOISE * noise, float(np.finfo(np.float64).tiny))
    return np.flatnonzero(envelope >= least)


def _reaching_up(envelope: Floats, first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Return the stretches that reach half of the peak: a lone pulse of a ramp that touches the threshold is no ON."""
    least = _HALF * float(envelope.max())
    kept = [row for row, (a, b) in enumerate(zip(first, last, strict=True)) if envelope[a : b + 1].max() >= least]
    return first[kept], last[kept]


def _stretches(output: Indices, longest: float) -> tuple[Indices, Indices]:
    """Return the first and the last step of each ON, leaving out one that the record's start may have cut.

    It may have where the silence before it is no longer than one that counts as ON.

    :param output: the steps with output.
    :param longest: most steps without output that still count as ON.
    """
    parted = np.flatnonzero(np.diff(output) - 1 > longest)
    heads, ends = np.append(0, parted + 1), np.append(parted, len(output) - 1)
    if not len(output) or output[0] <= longest:
        heads, ends = heads[1:], ends[1:]
    return output[heads], output[ends]


def _envelope(record: Sampled, base: float, pause_limit: float, known: Outline) -> tuple[int, Floats]:
    """Return the step in samples and the largest |sample − base| in each."""
    step = min(max(int(pause_limit * record.sample_rate / _STEPS), 1), CHUNK)
    highest, lowest = known.highest, known.lowest
    if step < CHUNK:
        edges = np.arange(0, len(record.samples), step)
        highest, lowest = np.maximum.reduceat(record.samples, edges), np.minimum.reduceat(record.samples, edges)
    return step, np.maximum(highest.astype(np.float64) - base, base - lowest.astype(np.float64))


def _measure(envelope: Floats, first: Indices, stop: Indices, step: int, sample_rate: float) -> Program:
    """Compute the times of all cycles but the last, whose OFF may be cut."""
    ramps = np.array([_ramps(envelope[a:b]) for a, b in zip(first[:-1], stop[:-1], strict=True)])
    seconds, drawn_out = step / sample_rate, _TOP / (_TOP - _THRESHOLD)
    start, end = first.astype(np.float64) * seconds, stop.astype(np.float64) * seconds
    return Program(
        start=start[:-1],
        on=(end - start)[:-1],
        off=start[1:] - end[:-1],
        ramp_up=ramps[:, 0] * (seconds * drawn_out),
        ramp_down=ramps[:, 1] * (seconds * drawn_out),
        resolution=seconds,
    )


def _ramps(envelope: Floats) -> tuple[float, float]:
    """Return the steps from 10 to 90 % at the start of an ON, and from 90 to 10 % at its end.

    Its plateau is the median of the steps above half of its peak.
    """
    plateau = float(np.median(envelope[envelope >= envelope.max() / 2.0]))
    top = np.flatnonzero(envelope >= _TOP * plateau)
    return float(top[0]), float(len(envelope) - 1 - top[-1])
