# SPDX-License-Identifier: MIT
"""The mean and the rectified mean of a digitized current, with their budgets."""

import math

import numpy as np

from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import CurrentRecord
from stimcert.record_terms import checked_samples, common_terms, slope, too_short
from stimcert.scatter import standard_error
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.peak import Indices, cycle_edges
from stimcert.waveform.sampled import Samples

_BLOCKS = 8


def mean_of_record(record: CurrentRecord, *, cycle: float | None) -> Measured:
    """Return the mean current of a record in A, with its sign, over whole cycles.

    :param cycle: declared period of the waveform, s; None for d.c., or where it is unknown: then the whole record
        counts, and how much its parts differ is added to the budget.
    :raises NotMeasurable: for a clipped record, or one shorter than a cycle.
    """
    samples, clipped = checked_samples(record)
    if clipped:
        raise _clipped(record)
    edges = _edges(record, len(samples), cycle)
    return _mean_over(record, samples[: edges[-1]], edges, cycle is not None, record.zero.mean)


def rectified_mean(record: CurrentRecord, *, cycle: float | None = None) -> Measured:
    """Return the mean of |i| in A. Noise around zero rectifies to at most 0.8 of itself; the budget holds that.

    :param cycle: as in :func:`mean_of_record`.
    :raises NotMeasurable: as in :func:`mean_of_record`.

    Source: the mean of |x| of a normal x is σ·√(2/π).
    """
    samples, clipped = checked_samples(record)
    if clipped:
        raise _clipped(record)
    edges = _edges(record, len(samples), cycle)
    size = np.abs(samples[: edges[-1]] - np.float64(record.zero.mean))
    noise = record.zero.noise * math.sqrt(2.0 / math.pi)
    rectified = rectangular("δv_abs", half_width=noise, unit="V", name="rectified noise", sensitivity=slope(record))
    return _mean_over(record, size, edges, cycle is not None, 0.0, rectified)


def _edges(record: CurrentRecord, count: int, cycle: float | None) -> Indices:
    """Return the borders of the cycles, or without a cycle those of equal parts of the record."""
    if cycle is None:
        return np.linspace(0, count, min(_BLOCKS, count) + 1).astype(np.intp)
    rate = record.waveform.sample_rate
    edges = cycle_edges(count, rate, cycle)
    if len(edges) < 2:
        raise too_short(count / rate, cycle)
    return edges


def _mean_over(
    record: CurrentRecord,
    samples: Samples,
    edges: Indices,
    whole_cycles: bool,
    zero: float,
    *more: Term,
) -> Measured:
    sums = np.add.reduceat(samples, edges[:-1], dtype=np.float64)
    volts = float(sums.sum()) / len(samples) - zero
    parts = sums / np.diff(edges)
    window = _cycle_terms(record, samples, parts) if whole_cycles else _part_terms(record, samples, parts)
    return Measured(
        value=volts * slope(record),
        unit="A",
        uncertainty=evaluate([*common_terms(record, volts), *window, *more]),
        details={
            "cycles": float(len(parts)) if whole_cycles else 0.0,
            "duration": len(samples) / record.waveform.sample_rate,
        },
    )


def _cycle_terms(record: CurrentRecord, samples: Samples, parts: Samples) -> list[Term]:
    """Return scatter from cycle to cycle, and the sample by which the ends of the last cycle may be missed."""
    per_volt, n = slope(record), len(parts)
    ends = (float(samples.max()) - float(samples.min())) / len(samples)
    scatter = standard_error(parts) if n > 1 else record.zero.noise / math.sqrt(len(samples))
    dof = n - 1 if n > 1 else record.zero.count - 1
    return [
        standard("δv_rep", uncertainty=scatter, unit="V", name="scatter of cycles", sensitivity=per_volt, dof=dof),
        rectangular("δt", half_width=ends, unit="V", name="ends of the cycles, ± 1 sample", sensitivity=per_volt),
    ]


def _part_terms(record: CurrentRecord, samples: Samples, parts: Samples) -> list[Term]:
    """Return what an unknown period, or a drift, may do to the mean: half of the range of the means of its parts."""
    per_volt = slope(record)
    noise = record.zero.noise / math.sqrt(len(samples))
    half_range = (float(parts.max()) - float(parts.min())) / 2.0
    return [
        standard("δv_rep", uncertainty=noise, unit="V", name="noise", sensitivity=per_volt, dof=record.zero.count - 1),
        rectangular("δv_cut", half_width=half_range, unit="V", name="unknown period or drift", sensitivity=per_volt),
    ]


def _clipped(record: CurrentRecord) -> NotMeasurable:
    full_scale = show(record.waveform.range / record.shunt.value, "A")
    return NotMeasurable("clipped", f"the record is clipped at {full_scale}: it has no mean", value=full_scale)
