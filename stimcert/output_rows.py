# SPDX-License-Identifier: MIT
"""The rows of an output specification: what each is called, which measurement fills it, and at which load.

Source: rows as used in output tables of FDA 510(k) summaries; parameters of 21 CFR 882.5891 (voltage and current at
500 Ω, 2 kΩ and 10 kΩ, phase charge, net charge, r.m.s. density, average current and power density at 500 Ω). The layout
is from memory, unverified.
"""

from dataclasses import dataclass
from typing import Literal

REGULATORY = (500.0, 2000.0, 10000.0)
"""Ω."""

AT = 500.0
"""Ω: where charges, densities and averages are given."""


@dataclass(frozen=True, kw_only=True)
class RowKind:
    """One kind of row.

    :param key: its name in record and CSV.
    :param words: its name for people.
    :param metric: what fills it.
    :param place: ``each load`` makes a row for each load, ``500 Ω`` one there; ``highest level`` takes the highest
        level at the first load, and shows the range over all points beside it; ``described`` is taken once, from the
        long record.
    :param needs: what the waveform must have for the row to apply.
    """

    key: str
    words: str
    metric: str
    place: Literal["each load", "500 Ω", "highest level", "described"]
    needs: Literal["anything", "pulses", "two phases", "bursts", "program"] = "anything"


def _row(key: str, words: str, metric: str, place: str, needs: str = "anything") -> RowKind:
    return RowKind(key=key, words=words, metric=metric, place=place, needs=needs)  # type: ignore[arg-type]


MEASURED: tuple[RowKind, ...] = (
    _row("max_output_voltage", "Maximum output voltage", "voltage.peak", "each load"),
    _row("max_output_current", "Maximum output current", "current.peak", "each load"),
    _row("pulse_width", "Pulse width (whole pulse, gap included)", "pulse.width", "highest level", "pulses"),
    _row("frequency", "Frequency", "pulse.frequency", "highest level", "pulses"),
    _row("phase_duration", "Phase duration (first phase)", "pulse.phase_duration", "highest level", "pulses"),
    _row("second_phase_duration", "Duration of the second phase", "pulse.second_phase", "highest level", "two phases"),
    _row("charge_imbalance", "Imbalance of the phase charges", "charge.imbalance", "500 Ω", "two phases"),
    _row("net_charge", "Net charge per pulse", "charge.net", "500 Ω", "pulses"),
    _row("phase_charge", "Maximum phase charge", "charge.phase", "500 Ω", "pulses"),
    _row("current_density_peak", "Maximum current density, peak", "current.density_peak", "500 Ω"),
    _row("current_density_rms", "Maximum current density, r.m.s.", "current.density_rms", "500 Ω"),
    _row("average_current", "Maximum average current (mean of the magnitude)", "current.rectified", "500 Ω"),
    _row("mean_current", "Mean current with its sign (d.c. component)", "current.mean", "500 Ω"),
    _row("power_density", "Maximum average power density", "power.density", "500 Ω"),
    _row("burst_rate", "Burst (b): bursts per second", "burst.rate", "described", "bursts"),
    _row("burst_duration", "Burst (c): burst duration", "burst.duration", "described", "bursts"),
    _row("burst_duty", "Burst (d): duty cycle, (b) × (c)", "burst.duty", "described", "bursts"),
    _row("on_time", "ON time, ramps included", "program.on", "described", "program"),
    _row("off_time", "OFF time", "program.off", "described", "program"),
    _row("ramp_up", "Ramp up", "program.ramp_up", "described", "program"),
    _row("ramp_down", "Ramp down", "program.ramp_down", "described", "program"),
)
"""Rows that a measurement fills."""

NAMES = {
    "mode_name": "Mode name",
    "waveform": "Waveform",
    "shape": "Shape",
    "beat_frequency": "Beat frequency",
    "symmetrical_phases": "Symmetrical phases?",
    "burst_pulses": "Burst (a): pulses per burst",
    "additional_features": "Additional features",
}
"""Rows that words fill."""

ORDER = (
    "mode_name",
    "waveform",
    "shape",
    "max_output_voltage",
    "max_output_current",
    "pulse_width",
    "frequency",
    "beat_frequency",
    "symmetrical_phases",
    "charge_imbalance",
    "phase_duration",
    "second_phase_duration",
    "net_charge",
    "phase_charge",
    "current_density_peak",
    "current_density_rms",
    "average_current",
    "mean_current",
    "power_density",
    "burst_pulses",
    "burst_rate",
    "burst_duration",
    "burst_duty",
    "on_time",
    "off_time",
    "ramp_up",
    "ramp_down",
    "additional_features",
)
"""Every row, in the order of the table."""
