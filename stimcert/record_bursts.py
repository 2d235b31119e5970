# SPDX-License-Identifier: MIT
"""Bursts of pulses and the carrier inside them, with their budgets: medians over the whole bursts of a record."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from stimcert.measured import Measured, NotMeasurable
from stimcert.pulse_train import OF_A_MEDIAN, PulseTrain, edge_terms, median_time, scatter
from stimcert.record_terms import time_base_term
from stimcert.term import Term, rectangular, standard
from stimcert.uncertainty import evaluate
from stimcert.waveform.carrier import carrier
from stimcert.waveform.peak import Floats

_STRETCHES = 8


def _rate(train: PulseTrain) -> Measured:
    """Return bursts per second: 1 / median of the times from start to start."""
    rate = train.bursts.rate
    return Measured(value=rate, unit="Hz", uncertainty=evaluate(_rate_terms(train)), details=_details(train))


def _rate_terms(train: PulseTrain) -> list[Term]:
    bursts, rate = train.bursts, train.bursts.rate
    spread = OF_A_MEDIAN * bursts.spread / len(bursts) ** 0.5
    return [
        *(replace(term, sensitivity=-rate * rate) for term in edge_terms(train, 2)),
        time_base_term(train.record, -rate),
        standard("δT_rep", uncertainty=spread, unit="s", name="spread of the bursts", sensitivity=-rate * rate),
    ]


def _duration(train: PulseTrain) -> Measured:
    """Return the time from the first pulse of a burst to the end of its last."""
    found = median_time(train, train.bursts.duration)
    return replace(found, details={**found.details, **_details(train)})


def _duty(train: PulseTrain) -> Measured:
    """Return burst duration × burst rate."""
    bursts = train.bursts
    duration, rate = float(np.median(bursts.duration)), bursts.rate
    terms = [replace(term, sensitivity=rate) for term in edge_terms(train, 2)]
    terms += [
        standard("δt_rep", uncertainty=scatter(bursts.duration), unit="s", name="scatter", sensitivity=rate),
        standard(
            "δT_rep",
            uncertainty=OF_A_MEDIAN * bursts.spread / len(bursts) ** 0.5,
            unit="s",
            name="spread of the bursts",
            sensitivity=-duration * rate * rate,
        ),
    ]
    return Measured(value=duration * rate, unit="%", uncertainty=evaluate(terms), details=_details(train))


def _carrier(train: PulseTrain) -> Measured:
    """Return the dominant frequency inside the bursts; without bursts inside equal parts of the record."""
    start, stop = _stretches(train)
    found = carrier(train.sampled, start, stop)
    terms = [
        rectangular("δf", half_width=found.doubt, unit="Hz", name="place of the spectral line"),
        time_base_term(train.record, -found.frequency),
    ]
    details = {"stretches": found.stretches_used, "samples": found.samples_used}
    return Measured(value=found.frequency, unit="Hz", uncertainty=evaluate(terms), details=details)


def _stretches(train: PulseTrain) -> tuple[Floats, Floats]:
    try:
        return train.bursts.start, train.bursts.stop
    except NotMeasurable:
        edges = np.linspace(0.0, len(train.sampled.samples) / train.sampled.sample_rate, _STRETCHES + 1)
        return edges[:-1], edges[1:]


def _details(train: PulseTrain) -> dict[str, float]:
    counts = train.bursts.pulses
    return {
        "bursts": len(counts),
        "fewest pulses": int(counts.min()),
        "pulses": float(np.median(counts)),
        "most pulses": int(counts.max()),
    }


BURST_METRICS: dict[str, Callable[[PulseTrain], Measured]] = {
    "pulse.carrier": _carrier,
    "burst.rate": _rate,
    "burst.duration": _duration,
    "burst.duty": _duty,
}
"""What can be measured of bursts, by the metric's name."""
