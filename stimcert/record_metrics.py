# SPDX-License-Identifier: MIT
"""Which measurement model belongs to which metric of a digitized current."""

from stimcert.measured import Measured
from stimcert.pulse_train import PulseTrain
from stimcert.record_averages import baseline_to_peak, extreme_current, ripple, rms_current
from stimcert.record_bursts import BURST_METRICS
from stimcert.record_edges import EDGE_METRICS
from stimcert.record_energy import density, mean_power_density, pulse_energy
from stimcert.record_mean import rectified_mean
from stimcert.record_peak import peak_current
from stimcert.record_programs import PROGRAM_METRICS, program_metric
from stimcert.record_pulses import PULSE_METRICS
from stimcert.record_schedule import SCHEDULE_METRICS, reversal, schedule_metric
from stimcert.surroundings import Surroundings

OF_A_TRAIN = PULSE_METRICS | BURST_METRICS | EDGE_METRICS


def record_metric(
    metric: str, train: PulseTrain, around: Surroundings, *, event: float, cycle: float | None
) -> Measured:
    """Return a metric of a record.

    :param train: the record with its pulses, which are found when they are asked for.
    :param around: what is known beside the record.
    :param event: minimum event duration of a peak, s.
    :param cycle: declared period of the device's waveform, s; None for d.c.
    :raises NotMeasurable: with the reason, instead of a number that is wrong.
    :raises ValueError: for a metric that no record has.
    """
    record = train.record
    if metric in OF_A_TRAIN:
        return OF_A_TRAIN[metric](train)
    if metric in PROGRAM_METRICS:
        return program_metric(record, metric, around)
    if metric in SCHEDULE_METRICS:
        return schedule_metric(record, metric, around)
    match metric:
        case "current.positive_peak" | "current.negative_peak" | "current.peak_to_peak":
            return extreme_current(record, metric, event=event)
        case "current.baseline_to_peak":
            return baseline_to_peak(record, event=event)
        case "current.rms" | "current.ac_rms":
            return rms_current(record, cycle=cycle, alternating=metric == "current.ac_rms")
        case "current.rectified":
            return rectified_mean(record, cycle=cycle)
        case "current.ripple":
            return ripple(record, event=event)
        case "current.reversal":
            return reversal(record, event=event)
        case "current.density_peak":
            return density(peak_current(record, event=event), around)
        case "current.density_rms":
            return density(rms_current(record, cycle=cycle), around)
        case "power.density":
            return mean_power_density(rms_current(record, cycle=cycle), around)
        case "energy.pulse":
            return pulse_energy(train, around)
        case _:
            raise ValueError(f"metric {metric!r} cannot be evaluated from a record")
