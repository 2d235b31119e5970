# SPDX-License-Identifier: MIT
"""Charge and energy of an event: what flows while the current lies outside what it is otherwise.

Otherwise is a band: from the lowest to the highest current of the steady records around the event, and zero. An event
has no end of its own, and the device goes on delivering after it; a band needs neither.

    Q = ∫|i| dt        E = R·∫i² dt        over the times at which i lies outside the band

The tail of a discharge that has fallen into the band is left out. An exponential that ends at θ leaves θ·τ with
τ = Q/î: that stands in the budget, for events of any shape.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stimcert.measured import Measured, NotMeasurable
from stimcert.quantity import show
from stimcert.reading import Certified, CurrentRecord
from stimcert.record_terms import checked_samples, shunt_term, slope, specified, time_base_term, zero_term
from stimcert.specification import Effect
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate

_SIGMAS = 6.0  # one sample in 5·10⁸ exceeds it by noise alone
_DRIFT = 0.02
"""By how much of itself the steady current may differ from one record to the next."""


_BEFORE = 12
"""Samples before an excursion in which a current must have flowed for it to be the device's own."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Where the current lies otherwise, A: ``low`` ≤ 0 ≤ ``high``."""

    low: float = 0.0
    high: float = 0.0

    @property
    def widest(self) -> float:
        """Return the larger magnitude, A."""
        return max(-self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class Excursion:
    """What lies outside a band.

    :param charge: ∫|v − v0| dt, V·s.
    :param square: ∫(v − v0)² dt without the noise's part, V²·s.
    :param count: samples.
    :param largest: largest magnitude, V.
    :param edge: magnitude of the band's edge with the room for noise and offsets, V.
    """

    charge: float
    square: float
    count: int
    largest: float
    edge: float


def steady_band(records: Iterable[CurrentRecord]) -> Band:
    """Return the band of steady records: their extremes, sample by sample, and zero.

    :raises NotMeasurable: for a clipped record, samples that are no numbers, or without a zero on the same range.
    """
    low = high = 0.0
    for record in records:
        volts, zero = _unclipped(record), record.zero.mean
        lowest, highest = float(volts.min()) - zero, float(volts.max()) - zero
        low, high = min(low, _outer(record, lowest)), max(high, _outer(record, highest))
    return Band(low=low, high=high)


def _outer(record: CurrentRecord, volts: float) -> float:
    """Return an extreme in A with the room for what the instrument may make of it on another range."""
    return volts * (1.0 + _DRIFT + record.waveform.accuracy.gain) / record.shunt.value


def event_charge(record: CurrentRecord, band: Band) -> Measured:
    """Return the charge of an event in A·s, ≥ 0: ∫|i| dt while the current lies outside the band.

    :raises NotMeasurable: as :func:`steady_band`.
    """
    found = excursion(record, band)
    per_volt = slope(record)
    return Measured(
        value=found.charge * per_volt,
        unit="C",
        uncertainty=evaluate(_terms(record, found, found.charge, per_volt, power=1)),
        details=_details(record, found),
    )


def event_energy(record: CurrentRecord, band: Band, resistance: Certified) -> Measured:
    """Return the energy of an event in J, ≥ 0, that goes into a resistance: R∫i² dt while i lies outside the band.

    :param resistance: what the energy goes into, Ω: the total load, shunt included, or the part of it that is meant.
    :raises NotMeasurable: as :func:`steady_band`.
    """
    found = excursion(record, band)
    per_square = resistance.value * slope(record) ** 2
    value = found.square * per_square
    load = standard(
        "R_L",
        uncertainty=resistance.standard_uncertainty,
        unit="Ω",
        name="load",
        estimate=resistance.value,
        sensitivity=value / resistance.value,
    )
    return Measured(
        value=value,
        unit="J",
        uncertainty=evaluate([*_terms(record, found, found.square, per_square, power=2), load]),
        details=_details(record, found),
    )


def excursion(record: CurrentRecord, band: Band) -> Excursion:
    """Return what of a record lies outside a band."""
    volts = _unclipped(record).astype(np.float64) - record.zero.mean
    step = 1.0 / record.waveform.sample_rate
    outside = volts[_outside(record, volts, band)]
    size = np.abs(outside)
    square = float(np.dot(outside, outside)) - len(outside) * record.zero.noise**2
    return Excursion(
        charge=float(size.sum()) * step,
        square=max(square, 0.0) * step,
        count=len(outside),
        largest=float(size.max(initial=0.0)),
        edge=band.widest * record.shunt.value + _room(record),
    )


def without_own_contacts(record: CurrentRecord, band: Band, start: float, stop: float) -> CurrentRecord:
    """Return a record without what the bench's own contacts may have caused while they moved.

    A contact that bounces opens the loop: nothing flows for a moment, and what the device does when it closes again is
    no answer to the event. So an excursion is taken out where nothing flowed just before it began. One that grows out
    of a current that was flowing is the device's own and stays.

    :param band: as of :func:`steady_band`.
    :param start: from the start of the record to the first movement, s; ``stop`` to the end of the last.
    """
    waveform, rate = record.waveform, record.waveform.sample_rate
    volts = waveform.samples.astype(np.float64) - record.zero.mean
    outside = _outside(record, volts, band)
    edges = np.flatnonzero(np.diff(outside.astype(np.int8), prepend=0, append=0))
    flows = np.abs(volts) > _room(record)
    samples = waveform.samples.copy()
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if start * rate - 1.0 <= begin < stop * rate and not flows[max(begin - _BEFORE, 0) : begin - 1].all():
            samples[begin:end] = record.zero.mean
    clipped = waveform.clipped and bool(np.abs(samples).max(initial=0.0) > waveform.range)
    return replace(record, waveform=replace(waveform, samples=samples, clipped=clipped))


def _outside(record: CurrentRecord, volts: NDArray[np.float64], band: Band) -> NDArray[np.bool_]:
    ohms, room = record.shunt.value, _room(record)
    return (volts > band.high * ohms + room) | (volts < band.low * ohms - room)


def _room(record: CurrentRecord) -> float:
    """Return what noise and offset alone may show, V."""
    return _SIGMAS * record.zero.noise + record.waveform.accuracy.half_width(0.0)


def _unclipped(record: CurrentRecord) -> NDArray[np.float32] | NDArray[np.float64]:
    samples, clipped = checked_samples(record)
    if clipped:
        full_scale = show(record.waveform.range / record.shunt.value, "A")
        text = f"the record is clipped at {full_scale}: what lies beyond was not seen"
        raise NotMeasurable("clipped", text, value=full_scale)
    return samples


def _terms(record: CurrentRecord, found: Excursion, value: float, sensitivity: float, *, power: int) -> list[Term]:
    """Return the budget of an integral of the ``power``-th power of v: in V·s or V²·s, times ``sensitivity``."""
    zero, step = record.zero, 1.0 / record.waveform.sample_rate
    weight = power * (found.charge if power == 2 else found.count * step)  # ∂∫vᵖ/∂v
    size = max(found.largest, zero.noise) if power == 2 else 1.0
    noise = power * zero.noise * step * size * math.sqrt(max(found.count, 1))
    tail = value * found.edge / found.largest if found.largest else 0.0
    effect = Effect(estimate=0.0, by_gain=power * value * sensitivity, by_offset=weight * sensitivity)
    return [
        *specified(record).terms("v", effect),
        zero_term(record, -weight * sensitivity),
        standard("δv_noise", uncertainty=noise, unit="", name="noise", sensitivity=sensitivity),
        rectangular("δ_tail", half_width=tail, unit="", name="what has fallen into the band", sensitivity=sensitivity),
        time_base_term(record, value * sensitivity),
        shunt_term(record, -power * value * sensitivity / record.shunt.value),
    ]


def _details(record: CurrentRecord, found: Excursion) -> dict[str, float]:
    return {
        "duration": found.count / record.waveform.sample_rate,
        "largest": found.largest * slope(record),
        "edge": found.edge * slope(record),
    }
