# SPDX-License-Identifier: MIT
"""Rise, fall, overshoot and droop of the pulses in a digitized current, with their budgets.

Medians over an even choice of pulses, 32 at most; of each, the first phase. Shares and times hang on no gain.
"""

from collections.abc import Callable, Iterator

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.measured import Measured
from stimcert.pulse_train import PulseTrain, edge_terms, scatter
from stimcert.record_terms import time_base_term
from stimcert.term import rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.edges import Shape, droop, fall_time, overshoot, rise_time, shape
from stimcert.waveform.peak import Floats
from stimcert.waveform.sampled import Sampled

_PULSES = 32
# What of a stretch is looked at beyond the phase: as long as the phase itself, and so many samples.
_BESIDE = 32
# Of a neighbour that follows without a gap, so many samples show the edge to the end.
_INTO_NEIGHBOUR = 8
# A stretch with more samples is averaged down to about so many: on a slow edge noise would move every crossing.
_FINE = 4096
_SURE = 3.0
_NOISE_FLOOR = 5.0
# Source: stimcert.waveform.edges.droop: what a straight line makes of an exponential droop, as a share of it.
_STRAIGHT, _BENT, _BENT_FROM = 0.01, 0.06, 0.26


def _rise(train: PulseTrain) -> Measured:
    return _edge_time(train, rise_time)


def _fall(train: PulseTrain) -> Measured:
    return _edge_time(train, fall_time)


def _edge_time(train: PulseTrain, time_of: Callable[[Shape], float]) -> Measured:
    """Return the median time of an edge between 10 and 90 %.

    Noise moves where 10 and 90 % are crossed by what it takes the edge to rise by three of its standard deviations.
    """
    shapes = list(_shapes(train, fine=_FINE))
    times = np.array([time_of(found) for found in shapes])
    value = float(np.median(times))
    noise = max(found.noise / abs(found.plateau) for found in shapes)
    sample = max(1.0 / found.sample_rate for found in shapes)
    terms = [
        *(rectangular(f"δt_{n}", half_width=sample / 4, unit="s", name="edge between two samples") for n in (1, 2)),
        rectangular("δt_noise", half_width=_SURE * noise * value / 0.8, unit="s", name="noise on the edge"),
        time_base_term(train.record, value),
        standard("δt_rep", uncertainty=scatter(times), unit="s", name="scatter"),
    ]
    return Measured(value=value, unit="s", uncertainty=evaluate(terms), details=_details(times))


def _overshoot(train: PulseTrain) -> Measured:
    """Return the median of (maximum − plateau) / plateau; a tip shorter than a sample is seen too low."""
    shapes = list(_shapes(train))
    shares = np.array([overshoot(found) / 100.0 for found in shapes])
    noise = max(found.noise / abs(found.plateau) for found in shapes)
    most = expected_excess(max(round(found.width * found.sample_rate) for found in shapes), 1)
    terms = [
        rectangular("δo_max", half_width=most * noise, unit="%", name="largest of noisy samples"),
        standard("δo_noise", uncertainty=noise, unit="%", name="noise of one sample"),
        standard("δo_rep", uncertainty=scatter(shares), unit="%", name="scatter"),
    ]
    return Measured(value=float(np.median(shares)), unit="%", uncertainty=evaluate(terms), details=_details(shares))


def _droop(train: PulseTrain) -> Measured:
    """Return the median of (start − end) / start of the plateau, negative where it rises."""
    shapes = list(_shapes(train))
    shares = np.array([droop(found) / 100.0 for found in shapes])
    value = float(np.median(shares))
    # The slope of a line through 0.8 n points has the standard deviation σ·√12 / (0.8 n)^1.5 a sample, over n samples.
    noise = max(
        4.9 * found.noise / abs(found.plateau) / max(found.width * found.sample_rate, 1.0) ** 0.5 for found in shapes
    )
    bent = (_BENT if abs(value) > _BENT_FROM else _STRAIGHT) * abs(value)
    terms = [
        standard("δd_noise", uncertainty=noise, unit="%", name="noise of the slope"),
        rectangular("δd_form", half_width=bent, unit="%", name="a straight line for a bent top"),
        standard("δd_rep", uncertainty=scatter(shares), unit="%", name="scatter"),
        *(
            rectangular(term.symbol, half_width=(term.half_width or 0.0) * abs(value) / width, unit="%", name=term.name)
            for width in [min(found.width for found in shapes)]
            for term in edge_terms(train, 2)
        ),
    ]
    return Measured(value=value, unit="%", uncertainty=evaluate(terms), details=_details(shares))


def _shapes(train: PulseTrain, fine: int | None = None) -> Iterator[Shape]:
    """Yield the shape of the first phase of some pulses.

    :param fine: average stretches with more samples than that.
    :raises NotMeasurable: where one is not resolved: those that are would be a choice by chance.
    """
    starts = train.pulses.start * train.phases.sample_rate
    rows = np.searchsorted(train.phases.half_start, starts - 0.5)
    for row in rows[np.unique(np.linspace(0, len(rows) - 1, min(_PULSES, len(rows))).astype(np.intp))].tolist():
        yield shape(_stretch(train, row, fine))


def _stretch(train: PulseTrain, row: int, fine: int | None) -> Sampled:
    """Return one phase, counted positive from the baseline, with what is beside it."""
    record, sign = train.sampled, int(train.phases.sign[row])
    first, last = _ends(train, row)
    sizes = sign * (record.samples[first:last].astype(np.float64) - (record.zero + train.phases.baseline.level))
    # What swings to the other side is not this phase's.
    sizes = np.maximum(sizes, -_NOISE_FLOOR * record.noise)
    step = max(len(sizes) // fine, 1) if fine is not None else 1
    whole = sizes[: len(sizes) // step * step].reshape(-1, step).mean(axis=1)
    return Sampled(samples=whole, sample_rate=record.sample_rate / step, noise=record.noise / step**0.5)


def _ends(train: PulseTrain, row: int) -> tuple[int, int]:
    """Return where a stretch begins and ends: at most half-way to the neighbours, or a little into a direct one."""
    phases = train.phases
    start, stop, count = phases.half_start[row], phases.half_stop[row], len(train.sampled.samples)
    beside = (stop - start) + _BESIDE
    before = (phases.half_stop[row - 1] + start) / 2.0 - _reach(train, row, row - 1) if row else 0.0
    after = (stop + phases.half_start[row + 1]) / 2.0 + _reach(train, row, row + 1) if row + 1 < len(phases) else count
    return max(int(max(start - beside, before)), 0), min(int(min(stop + beside, after)) + 1, count)


def _reach(train: PulseTrain, row: int, other: int) -> int:
    return _INTO_NEIGHBOUR if train.phases.sign[other] != train.phases.sign[row] else 0


def _details(values: Floats) -> dict[str, float]:
    return {"lowest": float(values.min()), "highest": float(values.max()), "pulses": len(values)}


EDGE_METRICS: dict[str, Callable[[PulseTrain], Measured]] = {
    "pulse.rise": _rise,
    "pulse.fall": _fall,
    "pulse.overshoot": _overshoot,
    "pulse.droop": _droop,
}
"""What can be measured of the shape of pulses, by the metric's name."""
