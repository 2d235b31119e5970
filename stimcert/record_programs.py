# SPDX-License-Identifier: MIT
"""ON and OFF times of a program in a digitized current, with their budgets: medians over its whole cycles."""

from collections.abc import Callable

import numpy as np

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import scatter
from stimcert.reading import CurrentRecord
from stimcert.record_averages import sampled
from stimcert.record_terms import time_base_term
from stimcert.surroundings import Surroundings
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.peak import Floats
from stimcert.waveform.programs import Program, find_program

_SHORTEST_OFF = 1e-3
"""Longest time without output that still counts as ON where no cycle is declared, s: direct current has no pauses."""


def program_metric(record: CurrentRecord, metric: str, around: Surroundings) -> Measured:
    """Return a time, or the duty, of an ON/OFF program.

    An ON lasts from where the envelope exceeds 10 % of its peak to where it falls below it.

    :param metric: one of :data:`PROGRAM_METRICS`.
    :raises NotMeasurable: for fewer than three whole cycles in the record, or a clipped one.
    :raises KeyError: for any other metric.
    """
    return PROGRAM_METRICS[metric](record, program_of(record, around))


def program_of(record: CurrentRecord, around: Surroundings) -> Program:
    """Return the ON/OFF cycles of a record.

    :raises NotMeasurable: as :func:`program_metric`.
    """
    volts = sampled(record)
    limit = around.pause_limit or _SHORTEST_OFF
    if limit * volts.sample_rate < 1.0:
        text = f"a pause of {limit:.3g} s is shorter than a sample: record faster"
        raise NotMeasurable("bandwidth", text, role=record.waveform.role, event=f"{limit:.3g} s")
    return find_program(volts, pause_limit=limit)


def _on(record: CurrentRecord, found: Program) -> Measured:
    return _time(record, found, found.on)


def _off(record: CurrentRecord, found: Program) -> Measured:
    return _time(record, found, found.off)


def _ramp_up(record: CurrentRecord, found: Program) -> Measured:
    return _time(record, found, found.ramp_up)


def _ramp_down(record: CurrentRecord, found: Program) -> Measured:
    return _time(record, found, found.ramp_down)


def _time(record: CurrentRecord, found: Program, times: Floats) -> Measured:
    value = float(np.median(times))
    return Measured(value=value, unit="s", uncertainty=evaluate(_terms(record, found, times)), details=_details(times))


def _duty(record: CurrentRecord, found: Program) -> Measured:
    shares = found.on / (found.on + found.off)
    period = found.period
    terms = [
        *(
            rectangular(f"δt_{n}", half_width=found.resolution, unit="s", name="where an ON ends", sensitivity=c)
            for n, c in ((1, (1.0 - found.duty) / period), (2, found.duty / period))
        ),
        standard("δd_rep", uncertainty=scatter(shares), unit="%", name="scatter"),
    ]
    return Measured(value=found.duty, unit="%", uncertainty=evaluate(terms), details=_details(shares))


def _terms(record: CurrentRecord, found: Program, times: Floats) -> list[Term]:
    """Return the terms of a time between two that are known to within one step of the envelope."""
    value = float(np.median(times))
    return [
        *(rectangular(f"δt_{n}", half_width=found.resolution, unit="s", name="step of the envelope") for n in (1, 2)),
        time_base_term(record, value),
        standard("δt_rep", uncertainty=scatter(times), unit="s", name="scatter"),
    ]


def _details(values: Floats) -> dict[str, float]:
    return {"lowest": float(values.min()), "highest": float(values.max()), "cycles": len(values)}


PROGRAM_METRICS: dict[str, Callable[[CurrentRecord, Program], Measured]] = {
    "program.on": _on,
    "program.off": _off,
    "program.duty": _duty,
    "program.ramp_up": _ramp_up,
    "program.ramp_down": _ramp_down,
}
"""What can be measured of a program, by the metric's name."""
