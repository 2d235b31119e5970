# SPDX-License-Identifier: MIT
"""Energy per pulse, power density and current density of a digitized current, with their budgets.

On a resistance R a current carries the energy R·∫i² dt. An electrode's area is what the plan declares.
"""

import math
from dataclasses import replace

import numpy as np

from stimcert.correlation import join
from stimcert.maximum import expected_excess
from stimcert.measured import Measured
from stimcert.pulse_train import PulseTrain
from stimcert.record_terms import shunt_term, slope, specified, time_base_term, zero_term
from stimcert.specification import Effect
from stimcert.surroundings import Surroundings, Toleranced
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.energy import current_density, power_density, pulse_energies
from stimcert.waveform.peak import Indices


def pulse_energy(train: PulseTrain, around: Surroundings) -> Measured:
    """Return the energy of the worst pulse in J: R·∫i² dt over its phases, out to where they return into the noise.

    A sample is the mean over its period, so that the square of an edge inside of one is seen too small by a quarter of
    a full sample at most.

    :raises NotMeasurable: without whole pulses, for a clipped record, and for a network as the load.

    Source: IEC 60601-2-10 limits the energy of a pulse into 500 Ω; on a resistor ∫v·i dt = R∫i² dt.
    """
    load, starts, stops = around.known_load(), *_extents(train)
    squares = pulse_energies(train.sampled, starts, stops, resistance=1.0)
    at = int(squares.argmax())
    part = train.sampled.samples[starts[at] : stops[at]].astype(np.float64) - train.sampled.zero
    terms = _square_terms(train, float(squares[at]), float(np.abs(part).sum()), float(np.abs(part).max()), at)
    per_volt = slope(train.record)
    scale = load.value * per_volt * per_volt
    terms = [replace(term, sensitivity=term.sensitivity * scale) for term in terms]
    value = float(squares[at]) * scale
    terms += [
        shunt_term(train.record, -2.0 * value * per_volt),
        _term("R_L", "load", load, "Ω", value / load.value),
    ]
    return Measured(value=value, unit="J", uncertainty=evaluate(terms), details={"pulses": len(squares)})


def _square_terms(train: PulseTrain, square: float, sum_of_sizes: float, top: float, at: int) -> list[Term]:
    """Return the terms of ∫v² dt of one pulse, V²·s.

    :param square: the integral itself.
    :param sum_of_sizes: Σ|v| of its samples, V: what an offset acts on.
    :param top: largest |v|, V.
    :param at: which pulse it is.
    """
    record, dt = train.record, train.sample_time
    noise, by_offset = train.sampled.noise, 2.0 * sum_of_sizes * dt
    more = record.waveform.accuracy.gain * abs(record.zero.mean) + record.waveform.accuracy.resolution / 2.0
    effect = Effect(estimate=0.0, by_gain=2.0 * square, by_offset=by_offset, more=more)
    starts, stops = _extents(train)
    n = int(stops[at] - starts[at])
    # The sum of (s + n)² has the variance 4·σ²·Σs² + 2·n·σ⁴.
    scatter = math.sqrt(4.0 * noise**2 * square * dt + 2.0 * n * noise**4 * dt * dt)
    edges = 2 * int(train.pulses.phases[at]) * top * top * dt / 4.0
    most = expected_excess(len(starts), 1) * scatter if len(starts) > 1 else 0.0
    unit = "V²·s"
    return [
        *specified(record).terms("v", effect),
        zero_term(record, -by_offset),
        time_base_term(record, square),
        rectangular("δq_ends", half_width=edges, unit=unit, name="edges inside a sample"),
        standard("δq_noise", uncertainty=scatter, unit=unit, name="noise"),
        rectangular("δq_max", half_width=most, unit=unit, name=f"largest of {len(starts)} noisy pulses"),
    ]


def _extents(train: PulseTrain) -> tuple[Indices, Indices]:
    """Return the first sample of each pulse, and the one after its last."""
    phases, pulses = train.phases, train.pulses
    first = np.searchsorted(phases.half_start, pulses.start * phases.sample_rate - 0.5)
    return phases.start[first], phases.stop[first + pulses.phases - 1]


def mean_power_density(rms: Measured, around: Surroundings) -> Measured:
    """Return I_rms²·R/A in W/m².

    :param rms: true r.m.s. current over whole cycles, A.
    :raises NotMeasurable: for a network as the load, or without an area.

    Source: 21 CFR 882.5891 asks for the maximum average power density.
    """
    load, area = around.known_load(), around.known_area()
    value = power_density(rms.value, resistance=load.value, area=area.value)
    terms = [
        *join(rms.uncertainty.terms).towards((2.0 * rms.value * load.value / area.value,)),
        _term("R_L", "load", load, "Ω", value / load.value),
        _term("A", "electrode area, as declared", area, "m²", -value / area.value),
    ]
    return Measured(value=value, unit="W/m²", uncertainty=evaluate(terms), details={"rms": rms.value})


def density(current: Measured, around: Surroundings) -> Measured:
    """Return |I|/A in A/m², a bound where the current is one.

    :param current: peak or r.m.s., A.
    :raises NotMeasurable: without an area.

    Source: 21 CFR 882.5891 asks for the maximum current density over the electrode's conductive area.
    """
    area = around.known_area()
    value = current_density(current.value, area=area.value)
    terms = [
        *join(current.uncertainty.terms).towards((math.copysign(1.0, current.value) / area.value,)),
        _term("A", "electrode area, as declared", area, "m²", -value / area.value),
    ]
    details = {"current": abs(current.value)}
    return replace(current, value=value, unit="A/m²", uncertainty=evaluate(terms), details=details, model=None)


def _term(symbol: str, name: str, found: Toleranced, unit: str, sensitivity: float) -> Term:
    return rectangular(
        symbol, half_width=found.half_width, unit=unit, name=name, estimate=found.value, sensitivity=sensitivity
    )
