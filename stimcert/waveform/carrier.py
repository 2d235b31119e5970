# SPDX-License-Identifier: MIT
"""The carrier inside bursts: its frequency, from a subsample of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.blocks import checked
from stimcert.waveform.peak import Floats
from stimcert.waveform.sampled import Sampled

_STRETCHES, _LONGEST = 8, 1 << 14
_LEAST_SAMPLES, _LEAST_CYCLES = 32, 4.0
# A sinusoid holds two samples a cycle; beyond this share of the sample rate its alias cannot be told.
_HIGHEST = 0.4
# The line and its two neighbours must hold this share of the power, the mean left out.
_DOMINANT = 0.4
# Zeros added so that the parabola through the highest line is exact within 0.02 lines.
_PADDING = 4


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """The dominant frequency inside bursts.

    :param frequency: median over the stretches that were looked at, 1/s.
    :param doubt: half of the range in which it lies for a carrier that is a single line, 1/s.
    :param stretches_used: how many bursts were looked at: an even choice of them, eight at most.
    :param samples_used: how many samples, at most 16 384 of each.
    """

    frequency: float
    doubt: float
    stretches_used: int
    samples_used: int


def carrier(record: Sampled, start: Floats, stop: Floats) -> Carrier:
    """Return the dominant frequency inside the given stretches, by the highest line of their windowed spectra.

    :param start: where each stretch begins, s from the start of the record, shape (n,).
    :param stop: where it ends, s.
    :raises NotMeasurable: ``not_observed`` when no stretch holds four cycles of one dominant frequency; ``bandwidth``
        when it has fewer than 2.5 samples a cycle.
    """
    parts = list(_parts(record, start, stop))
    found = [(line, len(part)) for part in parts if (line := _dominant(part)) is not None]
    if not found:
        text = "no stretch holds four cycles of one dominant frequency"
        raise NotMeasurable("not_observed", text, observed="no carrier", required="four cycles of a carrier")
    lines, lengths = np.array([line for line, _ in found]), np.array([count for _, count in found])
    frequency = float(np.median(lines)) * record.sample_rate
    if not frequency <= _HIGHEST * record.sample_rate:
        text = f"a carrier of about {frequency:.4g} Hz has fewer than 2.5 samples a cycle: use a higher sample rate"
        raise NotMeasurable("bandwidth", text, role="digitizer", event=f"{frequency:.4g} Hz")
    doubt = record.sample_rate * float(max(0.1 / lengths.min(), np.ptp(lines) / 2.0))
    return Carrier(frequency=frequency, doubt=doubt, stretches_used=len(found), samples_used=int(lengths.sum()))


def _parts(record: Sampled, start: Floats, stop: Floats) -> Iterator[Floats]:
    """Give the samples of an even choice of stretches."""
    samples = checked(record)
    for row in np.unique(np.linspace(0, len(start) - 1, min(_STRETCHES, len(start))).astype(np.intp)):
        first = max(round(float(start[row]) * record.sample_rate), 0)
        last = min(round(float(stop[row]) * record.sample_rate), first + _LONGEST)
        yield samples[first:last].astype(np.float64)


def _dominant(part: Floats) -> float | None:
    """Return the dominant frequency of a stretch in cycles a sample, None where there is none."""
    if len(part) < _LEAST_SAMPLES:
        return None
    length = _PADDING * len(part)
    power = np.abs(np.fft.rfft((part - part.mean()) * np.hanning(len(part)), length)) ** 2
    power[: _PADDING * 2] = 0.0
    highest = int(power[:-1].argmax())
    near = power[max(highest - 2 * _PADDING, 0) : highest + 2 * _PADDING + 1]
    if highest < _LEAST_CYCLES * _PADDING or not near.sum() >= _DOMINANT * power.sum() > 0.0:
        return None
    return (highest + _summit(power[highest - 1 : highest + 2])) / length


def _summit(around: Floats) -> float:
    """Return where the parabola through three logarithms has its top, from the middle one."""
    before, top, after = np.log(np.maximum(around, np.finfo(np.float64).tiny))
    bend = before - 2.0 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0.0 else 0.0
