# SPDX-License-Identifier: MIT
"""Shape of one event or pulse: plateau, rise, fall, overshoot, droop, steepest slope, ramp.

Everything works on a stretch that holds one excursion of one sign, with something of the rest before and after it. The
plateau is the median over the middle 10–90 % of the time between the 50 % crossings; shares of it are measured from a
baseline.

Source: IEC 60469:2013 (IEEE 181-2011), definitions 3.2: reference levels, transition durations, overshoot; droop here
is that of a straight line through the middle 10–90 %, continued to the 50 % crossings.
"""

import math
from dataclasses import dataclass

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.measured import NotMeasurable
from stimcert.waveform.blocks import Floats, bounds, checked, too_slow
from stimcert.waveform.extremes import extremes
from stimcert.waveform.sampled import Sampled

# Fewer samples show no plateau, no edge.
_PHASE, _EDGE = 5.0, 4.0
_NOISE = 5.0
# A first idea of the excursion: everything beyond this share of its extremum.
_FIRST = 0.02
_ROUNDS = 8
# A step between neighbours larger than this share of the swing is an edge that was not resolved.
_STEEPEST = 0.3


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One excursion.

    :param sizes: samples on the side of the excursion counted positive, from the baseline, shape (n,).
    :param sign: of the excursion.
    :param plateau: signed, from the baseline, in the unit of the samples.
    :param start: 50 % crossing upwards, in samples between the centres of two, from the first one.
    :param stop: 50 % crossing downwards.
    :param sample_rate: 1/s.
    :param noise: standard deviation of one sample.
    """

    sizes: Floats
    sign: int
    plateau: float
    start: float
    stop: float
    sample_rate: float
    noise: float

    @property
    def width(self) -> float:
        """Duration at 50 % of the plateau, s."""
        return (self.stop - self.start) / self.sample_rate


def shape(record: Sampled, *, baseline: float = 0.0) -> Shape:
    """Return plateau and 50 % crossings of the excursion in a stretch.

    :param record: one excursion, beginning and ending under 50 % of its plateau.
    :param baseline: in the unit of the samples, zero taken off.
    :raises NotMeasurable: "not_observed" where nothing stands out of the noise, or the excursion is cut by an end;
        "bandwidth" where it has fewer than 5 samples.
    """
    samples = checked(record)
    bounds(samples)
    sizes = samples.astype(np.float64) - (record.zero + baseline)
    sign = 1 if sizes.max() >= -sizes.min() else -1
    sizes *= sign
    level = _first_level(sizes, record.noise)
    start, stop = _crossings(sizes, level)
    for _ in range(_ROUNDS):
        before, level = level, _median(record, sizes, start, stop)
        start, stop = _crossings(sizes, level)
        if level == before:
            break
    return Shape(
        sizes=sizes, sign=sign, plateau=sign * level, start=start, stop=stop, sample_rate=record.sample_rate,
        noise=record.noise,
    )  # fmt: skip


def rise_time(found: Shape) -> float:
    """Return the time from 10 % to 90 % of the plateau, s.

    A straight edge is measured within a quarter of a sample, exactly where it takes 15 samples or more. Noise shortens
    the time by about what it takes the edge to rise by one standard deviation.

    :raises NotMeasurable: "bandwidth" for an edge that is not resolved, "not_observed" for one that is cut.
    """
    return _edge(found, found.sizes, found.start, "rise time")


def fall_time(found: Shape) -> float:
    """Return the time from 90 % to 10 % of the plateau, s; otherwise as :func:`rise_time`."""
    return _edge(found, found.sizes[::-1], len(found.sizes) - 1 - found.stop, "fall time")


def overshoot(found: Shape) -> float:
    """Return (maximum − plateau) / plateau in %, ≥ 0, what noise adds to a maximum taken off."""
    inside = found.sizes[math.ceil(found.start) : math.floor(found.stop) + 1]
    stretch = Sampled(samples=inside, sample_rate=found.sample_rate, noise=found.noise)
    top = extremes(stretch, event=1.0 / found.sample_rate).positive.value
    return max(100.0 * (top / abs(found.plateau) - 1.0), 0.0)


def droop(found: Shape) -> float:
    """Return (start − end) / start of the plateau in %, negative where it rises.

    Of an exponential droop over a time T with time constant τ this is (1 − exp(−T/τ)) within 1 % of it up to T/τ = 0.3,
    6 % at T/τ = 1.
    """
    first, last = _middle(found.start, found.stop)
    part = found.sizes[first : last + 1]
    at = np.arange(first, last + 1) - (found.start + found.stop) / 2.0
    slope, level = np.polyfit(at, part, 1)
    half = (found.stop - found.start) / 2.0
    return float(100.0 * (-2.0 * slope * half) / (level - slope * half))


def max_slope(record: Sampled) -> float:
    """Return the largest |di/dt| between neighbouring samples, unit/s, what noise adds to a maximum taken off.

    :raises NotMeasurable: "bandwidth" where the steepest step takes a third of the whole swing: a step of unknown
        slope; "not_observed" where noise explains all steps, or there are fewer than two samples.
    """
    samples = checked(record)
    lowest, highest = bounds(samples)
    if len(samples) < 2:
        raise _not_seen("a slope", "two samples")
    steps = np.abs(np.diff(samples.astype(np.float64)))
    noise = math.sqrt(2.0) * record.noise
    largest, most = float(steps.max()), expected_excess(2 * len(steps), 1)
    if not largest > (most + 2.0) * noise:
        raise _not_seen("a slope", "a step out of the noise")
    if largest > _STEEPEST * (highest - lowest):
        raise too_slow(record, "the edge", _EDGE)
    near = int(np.count_nonzero(steps >= largest - most * noise))
    return (largest - expected_excess(max(near, 1), 1) * noise) * record.sample_rate


def ramp_time(record: Sampled, *, target: float | None = None, start: float | None = None) -> float:
    """Return the time of a ramp from 0 to 90 % of its final value, s.

    :param record: a current that rises and stays, to the end of the record.
    :param target: the value set, signed; None: the median of the last tenth of the record.
    :param start: when the ramp was started, s from the start of the record; None: where a straight line through the
        5 % and 10 % crossings meets zero, exact for a ramp that begins straight.
    :raises NotMeasurable: "not_observed" where 90 % are not reached or nothing stands out of the noise; "bandwidth"
        for a ramp that is not resolved.
    """
    samples = checked(record)
    bounds(samples)
    sizes = samples.astype(np.float64) - record.zero
    final = target if target is not None else float(np.median(sizes[-max(len(sizes) // 10, 1) :]))
    if not abs(final) > _NOISE * record.noise:
        raise _not_seen("a ramp", "a final value out of the noise")
    sizes *= math.copysign(1.0, final)
    end = _first_above(sizes, 0.9 * abs(final), 0)
    if start is not None:
        return end / record.sample_rate - start
    tenth = _last_below(sizes, 0.1 * abs(final), math.floor(end))
    twentieth = _last_below(sizes, 0.05 * abs(final), math.floor(tenth))
    if end - tenth < _EDGE:
        raise too_slow(record, "the ramp", _EDGE)
    return (end - (2.0 * twentieth - tenth)) / record.sample_rate


def _first_level(sizes: Floats, noise: float) -> float:
    top = float(sizes.max())
    floor = max(_NOISE * noise, _FIRST * top)
    if not top > floor:
        raise _not_seen("an excursion", "one that stands out of the noise")
    beyond = np.flatnonzero(sizes > floor)
    return max(float(np.median(sizes[beyond[0] : beyond[-1] + 1])), floor)


def _median(record: Sampled, sizes: Floats, start: float, stop: float) -> float:
    if stop - start < _PHASE - 1e-9:
        raise too_slow(record, "the excursion", _PHASE)
    first, last = _middle(start, stop)
    return float(np.median(sizes[first : last + 1]))


def _middle(start: float, stop: float) -> tuple[int, int]:
    """Return the first and last sample of the middle 10–90 %."""
    margin = 0.1 * (stop - start)
    return math.ceil(start + margin), math.floor(stop - margin)


def _crossings(sizes: Floats, level: float) -> tuple[float, float]:
    """Return where the excursion first and last crosses half of a level."""
    half = level / 2.0
    above = np.flatnonzero(sizes >= half)
    first, last = int(above[0]), int(above[-1])
    if first == 0 or last == len(sizes) - 1:
        raise _not_seen("an excursion", "its beginning and its end")
    return _between(sizes, first - 1, half), _between(sizes, last, half)


def _between(sizes: Floats, index: int, level: float) -> float:
    """Return where a straight line between a sample and the next meets a level."""
    here, there = float(sizes[index]), float(sizes[index + 1])
    return index + (level - here) / (there - here)


def _edge(found: Shape, sizes: Floats, half: float, what: str) -> float:
    level, at = abs(found.plateau), math.floor(half)
    low = _last_below(sizes, 0.1 * level, at)
    high = _first_above(sizes, 0.9 * level, at)
    if high - low < _EDGE - 1e-9:
        stretch = Sampled(samples=found.sizes, sample_rate=found.sample_rate)
        raise too_slow(stretch, f"the {what}", _EDGE)
    return (high - low) / found.sample_rate


def _last_below(sizes: Floats, level: float, before: int) -> float:
    """Return where a level is crossed upwards for the last time before a sample."""
    below = np.flatnonzero(sizes[: before + 1] < level)
    if not len(below):
        raise _not_seen("an edge", "its beginning")
    return _between(sizes, int(below[-1]), level)


def _first_above(sizes: Floats, level: float, after: int) -> float:
    """Return where a level is crossed upwards for the first time after a sample; the first sample for none before."""
    above = np.flatnonzero(sizes[after:] >= level)
    if not len(above):
        raise _not_seen("an edge", "its end")
    index = after + int(above[0])
    return _between(sizes, index - 1, level) if index > 0 else 0.0


def _not_seen(what: str, needed: str) -> NotMeasurable:
    return NotMeasurable("not_observed", f"{what} needs {needed} in the record", observed="0 %", required=needed)
