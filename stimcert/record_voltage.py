# SPDX-License-Identifier: MIT
"""The peak voltage of an output that is open, as a digitizer sees it that loads it with its own input.

What is seen is the least that the open output has. Two loads tell whether it is more: behind a source resistance Rs

    V = Voc·R/(R + Rs)    so that    Voc − V_b ≈ (V_b − V_a)·R_a/(R_b − R_a)    with R_a < R_b

Where both peaks agree within their uncertainty, the input makes no difference, and the second peak is the voltage.
"""

import math
from dataclasses import dataclass, field

from stimcert.measured import Measured
from stimcert.quantity import show
from stimcert.reading import Certified, CurrentRecord, Waveform, Zero
from stimcert.record_peak import DEFAULT_EVENT
from stimcert.record_terms import checked_samples, common_terms, extremum_terms, too_short
from stimcert.term import Term, rectangular
from stimcert.uncertainty import evaluate
from stimcert.waveform.peak import absolute_peak, window_samples

# What is common to all records is worked out across a shunt: across 1 Ω, volts are amperes.
_NO_SHUNT = Certified(value=1.0, expanded_uncertainty=0.0)


@dataclass(frozen=True, kw_only=True)
class VoltageRecord:
    """A waveform across the device's terminals.

    :param input_resistance: of the digitizer on this range, Ω.
    :param input_capacitance: of the digitizer, F; None where its data sheet tells none.
    :param load: what lies beside the digitizer across the output, Ω; infinite for nothing.
    """

    waveform: Waveform
    input_resistance: float
    input_capacitance: float | None = None
    load: float = math.inf
    zero: Zero = field(default_factory=lambda: Zero(range=0.0, mean=0.0, noise=0.0, count=0))

    @property
    def resistance(self) -> float:
        """Return what the output sees, Ω."""
        return 1.0 / (1.0 / self.input_resistance + 1.0 / self.load)


def peak_voltage(record: VoltageRecord, *, event: float = DEFAULT_EVENT) -> Measured:
    """Return the absolute peak in V: the largest |moving mean of v over ``event``|, loaded with the digitizer's input.

    It is a bound: open, the output has this voltage at least.

    :raises NotMeasurable: as :func:`stimcert.record_peak.peak_current`.
    """
    value, terms, clipped = _peak(record, event)
    cause = "clipped" if clipped else "digitizer_load"
    return Measured(value=value, unit="V", uncertainty=evaluate(terms), bound=">=", cause=cause)


def open_voltage(loaded: VoltageRecord, opened: VoltageRecord, *, event: float = DEFAULT_EVENT) -> Measured:
    """Return the peak of the open output in V, from one record with a load beside the digitizer and one without.

    Where both agree within their uncertainties, the digitizer's input is no load to speak of: what it may still take
    is in the budget. Otherwise the value stays a bound.

    :raises ValueError: when the first is not loaded more than the second.
    :raises NotMeasurable: as :func:`peak_voltage`.
    """
    if not loaded.resistance < opened.resistance:
        seen = f"{show(loaded.resistance, 'Ω')} and {show(opened.resistance, 'Ω')}"
        raise ValueError(f"the output was loaded with {seen}; the first load must be the larger one")
    under, least = peak_voltage(loaded, event=event), peak_voltage(opened, event=event)
    doubt = math.hypot(under.uncertainty.expanded, least.uncertainty.expanded)
    if "clipped" in (under.cause, least.cause) or least.value - under.value > doubt:
        return least
    share = loaded.resistance / (opened.resistance - loaded.resistance)
    taken = rectangular("δV_load", half_width=doubt * share, unit="V", name="what the digitizer's input may take")
    return Measured(
        value=least.value,
        unit="V",
        uncertainty=evaluate([*_peak(opened, event)[1], taken]),
        details={"loaded_peak": under.value, "loaded_with": loaded.resistance},
    )


def _peak(record: VoltageRecord, event: float) -> tuple[float, list[Term], bool]:
    """Return the peak in V, its budget, and whether the record was clipped: then it is the full scale at least."""
    seen = CurrentRecord(waveform=record.waveform, shunt=_NO_SHUNT, zero=record.zero)
    samples, clipped = checked_samples(seen)
    rate = record.waveform.sample_rate
    window = window_samples(event, rate)
    if window > len(samples):
        raise too_short(len(samples) / rate, event)
    if clipped:
        return record.waveform.range, _instrument_terms(seen, record.waveform.range), True
    peak = absolute_peak(samples, window, zero=record.zero.mean, noise=record.zero.noise)
    return peak.magnitude, [*_instrument_terms(seen, peak.magnitude), *extremum_terms(seen, peak)], False


def _instrument_terms(seen: CurrentRecord, volts: float) -> list[Term]:
    """Return what digitizer and zero contribute; there is no shunt."""
    return [term for term in common_terms(seen, volts) if term.symbol != "R"]
