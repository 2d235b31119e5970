# SPDX-License-Identifier: MIT
"""Energy of pulses, power and current density, dose and charge.

Everything in SI: J, W/m², A/m², A·s. Records are currents in A (and voltages in V where said).
"""

import math
from dataclasses import dataclass

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import Averages
from stimcert.waveform.blocks import Floats, bounds, checked, square_sum
from stimcert.waveform.peak import Indices
from stimcert.waveform.sampled import Sampled


@dataclass(frozen=True, kw_only=True)
class Dose:
    """What flowed during a record.

    :param total: ∫|i| dt, A·s, noise taken off. 1 mA·min = 0.06 A·s.
    :param net: ∫i dt, A·s, signed.
    :param per_second: total over duration, A; the "maximum average current" of 21 CFR 882.5891.
    :param duration: s.
    :param doubt: standard uncertainty of ``total`` by noise and its correction, A·s.
    """

    total: float
    net: float
    per_second: float
    duration: float
    doubt: float


def pulse_energy(current: Sampled, *, resistance: float) -> float:
    """Return R∫i² dt over a stretch, J; what noise adds, n·σ²·Δt·R, is taken off.

    :param current: the stretch of one pulse, to its return to zero; A.
    :param resistance: load that the energy goes into, Ω, ≥ 0.
    :raises ValueError: for a resistance that is none.
    :raises NotMeasurable: for an empty stretch, or samples that are none.

    Source: IEC 60601-2-10 limits the energy of a pulse into 500 Ω; on a resistor ∫v·i dt = R∫i² dt.
    """
    samples = checked(current)
    whole = np.array([0, len(samples)], dtype=np.intp)
    return float(pulse_energies(current, whole[:1], whole[1:], resistance=resistance)[0])


def pulse_energies(current: Sampled, starts: Indices, stops: Indices, *, resistance: float) -> Floats:
    """Return R∫i² dt of each pulse, J, shape (pulses,), noise taken off as by :func:`pulse_energy`.

    :param starts: first sample of each pulse, shape (pulses,).
    :param stops: after the last sample of each.
    :raises ValueError: for a resistance that is none, or pulses outside of the record.
    :raises NotMeasurable: for samples that are none.
    """
    samples = checked(current)
    _positive("resistance", resistance, zero_too=True)
    if len(starts) != len(stops) or np.any(starts < 0) or np.any(stops > len(samples)) or np.any(starts >= stops):
        raise ValueError("pulses must start before they stop, inside of the record")
    squares = np.empty(len(starts))
    for pulse, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        squares[pulse] = square_sum(samples[start:stop] - current.zero)
    if not np.all(np.isfinite(squares)):
        raise NotMeasurable("not_a_number", "a sample is no number", quantity="the record")
    squares -= (stops - starts) * current.noise**2
    energies: Floats = np.maximum(squares, 0.0) * (resistance / current.sample_rate)
    return energies


def energy(voltage: Sampled, current: Sampled) -> float:
    """Return ∫v·i dt of two records taken together, J, signed: negative where the load gives energy back.

    Noise of two instruments is independent and adds nothing in the mean.

    :raises ValueError: for records of different length or rate.
    :raises NotMeasurable: for empty records, or samples that are none.
    """
    v, i = checked(voltage), checked(current)
    if len(v) != len(i) or voltage.sample_rate != current.sample_rate:
        raise ValueError(f"{len(v)} samples at {voltage.sample_rate:g}/s and {len(i)} at {current.sample_rate:g}/s")
    bounds(v)
    bounds(i)
    total = float(np.dot(v.astype(np.float64) - voltage.zero, i.astype(np.float64) - current.zero))
    return total / current.sample_rate


def power_density(rms: float, *, resistance: float, area: float) -> float:
    """Return I_rms²·R/A in W/m²; 1 W/cm² = 10⁴ W/m².

    :param rms: true r.m.s. current, A, ≥ 0.
    :param resistance: load, Ω.
    :param area: smallest contacting conductive area, m².
    :raises ValueError: for arguments that are none.

    Source: 21 CFR 882.5891 asks for the maximum average power density, W/cm².
    """
    _positive("r.m.s. current", rms, zero_too=True)
    _positive("resistance", resistance, zero_too=True)
    _positive("area", area)
    return rms * rms * resistance / area


def current_density(current: float, *, area: float) -> float:
    """Return |I|/A in A/m²; 1 mA/cm² = 10 A/m².

    :param current: peak or r.m.s., A: the caller says which.
    :param area: smallest contacting conductive area, m².
    :raises ValueError: for arguments that are none.
    """
    _positive("current", abs(current), zero_too=True)
    _positive("area", area)
    return abs(current) / area


def dose(found: Averages) -> Dose:
    """Return the charge that flowed over the time of some averages.

    :param found: of a record of A; with ``cycle=None`` the whole of it.
    """
    return Dose(
        total=found.rectified * found.duration,
        net=found.mean * found.duration,
        per_second=found.rectified,
        duration=found.duration,
        doubt=found.rectified_doubt * found.duration,
    )


def _positive(what: str, value: float, *, zero_too: bool = False) -> None:
    if not (0.0 < value < math.inf or (zero_too and value == 0.0)):
        raise ValueError(f"{what} {value!r}; it must be positive and finite")
