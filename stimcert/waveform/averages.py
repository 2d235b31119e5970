# SPDX-License-Identifier: MIT
"""Mean, r.m.s., a.c. r.m.s. and average rectified value of a record, freed of what noise adds to them.

Source of the definitions: mean (1/T)∫i dt, true r.m.s. √((1/T)∫i² dt), a.c. r.m.s. √(rms² − mean²), average rectified
(1/T)∫|i| dt, crest factor peak/rms, form factor rms/average rectified, T whole periods: IEC 60050-103 (103-02).
"""

import math
from dataclasses import dataclass

import numpy as np

from stimcert.waveform.blocks import Outline, bounds, checked, pieces, square_sum, too_short, too_slow
from stimcert.waveform.extremes import extremes
from stimcert.waveform.peak import cycle_edges
from stimcert.waveform.sampled import Sampled, Samples

# Samples closer to zero than this, in units of the noise, may be nothing but noise.
_QUIET = 5.0
# Below this share of the mean square, the variance is summed once more from the mean, against cancellation.
_CANCELS = 0.01
# A ratio is given only where what it is divided by exceeds its own doubt so many times.
_SURE = 5.0
# How many samples decide what share of a record is quiet; a record with more is looked at through every 7th, 61st …
_COUNTED = 1 << 20
_STRIDES = (1, 7, 61, 607)


@dataclass(frozen=True, kw_only=True)
class Averages:
    """Averages of a record over whole cycles, in the unit of its samples, zero taken off.

    :param mean: with its sign.
    :param rms: ≥ 0, noise taken off; 0 where nothing stands out of the noise.
    :param ac_rms: as ``rms``, without the mean.
    :param rectified: mean magnitude, noise taken off, ≥ |mean| up to its doubt.
    :param crest: absolute peak over r.m.s.; None where the r.m.s. is lost in its own doubt.
    :param form: r.m.s. over rectified; None as for ``crest``.
    :param cycles: whole cycles averaged; 0 where none was declared.
    :param duration: s.
    :param ends: half width of what ± 1 sample at the ends of the cycles does to mean and rectified; 0 without a cycle.
    :param mean_doubt: standard uncertainty of the mean by noise alone; so are the following two, correction included.
    :param rms_doubt: also holds for ``ac_rms`` where that is not far below ``rms``.
    :param rectified_doubt: what part of the quiet samples is noise is known to some extent only; this holds that too.
    :param rms_noise: taken off the r.m.s., ≥ 0.
    :param rectified_noise: taken off the rectified mean, ≥ 0.
    :param level: ∫i² / ∫|i|, the magnitude at which the charge flows: the amplitude of rectangular pulses at any duty.
    """

    mean: float
    rms: float
    ac_rms: float
    rectified: float
    crest: float | None
    form: float | None
    cycles: int
    duration: float
    ends: float
    mean_doubt: float
    rms_doubt: float
    rectified_doubt: float
    rms_noise: float
    rectified_noise: float
    level: float


@dataclass(kw_only=True)
class _Sums:
    """Sums over n samples x: of x, x² and |x|; among those looked at, the quiet ones and the sum of their x²."""

    count: int
    plain: float = 0.0
    square: float = 0.0
    size: float = 0.0
    looked_at: int = 0
    quiet: int = 0
    quiet_square: float = 0.0


def averages(
    record: Sampled,
    *,
    cycle: float | None,
    peak: float | None = None,
    noise_doubt: float = 0.1,
    known: Outline | None = None,
) -> Averages:
    """Return the averages of a record over all of its whole cycles.

    What share of the record is quiet, so that noise adds to the rectified mean there, is estimated from a subsample
    where the record has more than 2²⁰ samples: within 0.001 of the noise.

    :param cycle: declared period, s; None for d.c. or where it is unknown: then the whole record counts.
    :param peak: absolute peak for the crest factor; None: of single samples, corrected for noise.
    :param noise_doubt: relative standard uncertainty of the record's noise.
    :param known: the record's outline, where the caller has it.
    :raises ValueError: for a cycle that is not positive and finite.
    :raises NotMeasurable: for a record shorter than one cycle, a cycle under two samples, or samples that are none.
    """
    whole, cycles = whole_cycles(record, cycle)
    ends = _ends(whole, cycles, known)
    sums = _sums(whole)
    rms, rms_noise, rms_doubt = _rms(sums, whole.noise, noise_doubt)
    rectified, rectified_noise, rectified_doubt = _rectified(sums, whole.noise, noise_doubt)
    if peak is None:
        peak = abs(extremes(whole, event=1.0 / whole.sample_rate).absolute.value)
    return Averages(
        mean=sums.plain / sums.count,
        rms=rms,
        ac_rms=_ac_rms(whole, sums),
        rectified=rectified,
        crest=_ratio(peak, rms, rms_doubt),
        form=_ratio(rms, rectified, rectified_doubt),
        cycles=cycles,
        duration=sums.count / whole.sample_rate,
        ends=ends,
        mean_doubt=whole.noise / math.sqrt(sums.count),
        rms_doubt=rms_doubt,
        rectified_doubt=rectified_doubt,
        rms_noise=rms_noise,
        rectified_noise=rectified_noise,
        level=_ratio(rms * rms, rectified, rectified_doubt) or 0.0,
    )


def whole_cycles(record: Sampled, cycle: float | None) -> tuple[Sampled, int]:
    """Return the part of a record that holds its whole cycles, from its start, and their number.

    :raises ValueError, NotMeasurable: as :func:`averages`.
    """
    samples = checked(record)
    if cycle is None:
        return record, 0
    if not 0.0 < cycle < math.inf:
        raise ValueError(f"a cycle of {cycle!r} s; it must be positive and finite")
    if cycle * record.sample_rate < 2.0:
        raise too_slow(record, "the declared cycle", 2.0)
    edges = cycle_edges(len(samples), record.sample_rate, cycle)
    if len(edges) < 2:
        raise too_short(record, cycle)
    part = samples[: int(edges[-1])]
    return Sampled(samples=part, sample_rate=record.sample_rate, zero=record.zero, noise=record.noise), len(edges) - 1


def _ends(record: Sampled, cycles: int, known: Outline | None) -> float:
    """Return what ± 1 sample at the ends does to a mean, 0 without cycles; and refuse samples that are none."""
    if known is None:
        lowest, highest = bounds(record.samples)
    else:
        lowest, highest = float(known.lowest.min()), float(known.highest.max())
    return (highest - lowest) / len(record.samples) if cycles else 0.0


def _sums(record: Sampled) -> _Sums:
    """Sum all in one pass: each piece is read once from memory."""
    sums, quiet = _Sums(count=len(record.samples)), _QUIET * record.noise
    stride = next((stride for stride in _STRIDES if sums.count <= stride * _COUNTED), _STRIDES[-1])
    for part in pieces(record.samples, record.zero):
        sums.plain += float(part.sum())
        sums.square += square_sum(part)
        size = np.abs(part, out=part)
        sums.size += float(size.sum())
        if quiet > 0.0:
            _add_quiet(sums, size[::stride], quiet)
    return sums


def _add_quiet(sums: _Sums, size: Samples, quiet: float) -> None:
    """Add what is quiet among some magnitudes."""
    found = size[size < quiet]
    sums.looked_at += len(size)
    sums.quiet += len(found)
    sums.quiet_square += square_sum(found)


def _rms(sums: _Sums, noise: float, noise_doubt: float) -> tuple[float, float, float]:
    """Return r.m.s., what noise had added to it, and its doubt.

    Source: for x = s + n with normal n, E(x²) = s² + σ², and the mean of N values of x² has the variance
    (4·mean(s²)·σ² + 2σ⁴)/N.
    """
    raw, variance = sums.square / sums.count, noise * noise
    square = max(raw - variance, 0.0)
    scatter = (4.0 * square * variance + 2.0 * variance * variance) / sums.count
    doubt = math.sqrt(scatter + (2.0 * noise_doubt * variance) ** 2)
    rms = math.sqrt(square)
    return rms, math.sqrt(raw) - rms, _root_doubt(rms, doubt)


def _root_doubt(root: float, doubt: float) -> float:
    """Return the doubt of a root from that of its square; near zero the root of it."""
    return min(doubt / (2.0 * root), math.sqrt(doubt)) if root > 0.0 else math.sqrt(doubt)


def _ac_rms(record: Sampled, sums: _Sums) -> float:
    mean = sums.plain / sums.count
    square = sums.square / sums.count - mean * mean
    if square < _CANCELS * sums.square / sums.count:
        square = sum(square_sum(part) for part in pieces(record.samples, record.zero + mean)) / sums.count
    return math.sqrt(max(square - record.noise**2 * (1.0 - 1.0 / sums.count), 0.0))


def _rectified(sums: _Sums, noise: float, noise_doubt: float) -> tuple[float, float, float]:
    """Return the rectified mean, what noise had added to it, and its doubt.

    Noise adds E|s + n| − |s| to each quiet sample: at most σ√(2/π), where s = 0, and in the mean at least as much as if
    all had the same s², since that function of s² is convex (Jensen). The middle of both is taken off.
    """
    raw = sums.size / sums.count
    if not sums.quiet:
        return raw, 0.0, noise / math.sqrt(sums.count)
    share = sums.quiet / sums.looked_at
    least, middle, most = _excesses(sums, noise)
    taken = min(share * middle, raw)
    unsure = share * max(most - middle, middle - least) / math.sqrt(3.0)
    doubt = math.hypot(noise / math.sqrt(sums.count), unsure, taken * noise_doubt)
    return raw - taken, taken, doubt


def _excesses(sums: _Sums, noise: float) -> tuple[float, float, float]:
    """Return the least, the likely and the most that noise adds to a quiet sample's magnitude in the mean.

    A mean square that noise explains within two of its standard deviations is noise.
    """
    square, scatter = sums.quiet_square / sums.quiet, 2.0 * math.sqrt(2.0 / sums.quiet)
    known = math.sqrt(max(square - noise * noise * (1.0 + scatter), 0.0))
    possible = math.sqrt(max(square - noise * noise * (1.0 - scatter), 0.0))
    most = folded_excess(0.0, noise)
    return folded_excess(possible, noise), (folded_excess(known, noise) + most) / 2.0, most


def folded_excess(size: float, noise: float) -> float:
    """Return E|s + n| − |s| for normal noise n of standard deviation ``noise`` > 0 and |s| = ``size``; ≥ 0.

    Source: Leone, Nelson, Nottingham, The Folded Normal Distribution, Technometrics 3 (1961) 543.
    """
    scaled = size / (noise * math.sqrt(2.0))
    return noise * math.sqrt(2.0 / math.pi) * math.exp(-scaled * scaled) - size * math.erfc(scaled)


def _ratio(value: float, by: float, doubt: float) -> float | None:
    """Return a ratio, None where what it is divided by may be nothing."""
    return value / by if by > _SURE * doubt and by > 0.0 else None
