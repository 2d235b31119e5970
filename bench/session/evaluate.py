# SPDX-License-Identifier: MIT
"""From a reading to a measurement result: which measurement model belongs to which metric."""

from dataclasses import replace

from bench.session.point import Capture, Derived, MeanCurrent, OpenVoltage, Point
from stimcert.metrics import METRICS
from stimcert.models import Measured, NotMeasurable, mean_current, mean_of_record, peak_current
from stimcert.quantity import show
from stimcert.reading import MeanReading, Status
from stimcert.reason import Reason
from stimcert.record_event import event_charge, event_energy

_DEFAULT_EVENT = 10e-6


def evaluate(
    metric: str, reading: Capture | MeanCurrent | OpenVoltage | Derived, *, event: float | None, cycle: float | None
) -> Measured:
    """Return value and uncertainty of a metric.

    :param event: minimum event duration of a peak, s.
    :param cycle: declared period of the device's waveform, s; None for d.c.
    :raises stimcert.models.NotMeasurable: with the reason, instead of a number that is wrong.
    :raises ValueError: for a metric that this reading has no model for.
    """
    match metric, reading:
        case "current.peak", Capture(records=()):
            return _by_mean(reading)
        case _, Capture(records=()) if metric in METRICS and metric != "current.mean":
            raise NotMeasurable("no_digitizer", f"{metric} needs a digitizer", quantity=METRICS[metric].words)
        case _, Capture(records=(*_, _)):
            return _of_capture(metric, reading, event=event or _DEFAULT_EVENT, cycle=cycle)
        case _, MeanCurrent(refused=Reason() as reason):
            raise NotMeasurable(reason.code, reason.text, **reason.params)
        case (("current.mean" | "current.polarity"), MeanCurrent()):
            return _mean(reading, cycle)
        case "voltage.peak", OpenVoltage():
            return _open_voltage(reading, event or _DEFAULT_EVENT)
        case _, Derived(result=NotMeasurable() as refusal):
            raise refusal
        case _, Derived(result=Measured() as result):
            return result
        case _:
            raise ValueError(f"metric {metric!r} cannot be evaluated from a {type(reading).__name__}")


def outcome(
    metric: str, reading: Capture | MeanCurrent | OpenVoltage | Derived, point: Point, event: float | None = None
) -> Measured | NotMeasurable:
    """Return what :func:`evaluate` does at a point, or its refusal.

    :param event: minimum event duration of a peak, s; None for the default.
    """
    try:
        return evaluate(metric, reading, event=event, cycle=point.cycle)
    except NotMeasurable as refusal:
        return refusal


def _of_capture(metric: str, capture: Capture, *, event: float, cycle: float | None) -> Measured:
    record = capture.records[-1]
    if metric == "current.peak":
        return peak_current(record, event=event)
    if metric in ("event.charge", "event.energy"):
        return _of_event(metric, capture)
    # Loaded where a case asks for it: it takes as long as the rest of a short run's start.
    from stimcert.record_metrics import record_metric

    return record_metric(metric, capture.train, capture.around, event=event, cycle=cycle)


def _of_event(metric: str, capture: Capture) -> Measured:
    """Return charge or energy around an event.

    :raises ValueError: for a capture around nothing.
    """
    if not capture.moments:
        raise ValueError(f"metric {metric!r} needs a capture around an event")
    record, moment = capture.records[-1], capture.moments[-1]
    if metric == "event.charge":
        return event_charge(record, moment.band)
    if moment.resistance is None:
        raise NotMeasurable("energy_needs_resistance", "R·i² is not what goes into a load that stores energy")
    return event_energy(record, moment.band, moment.resistance)


def _open_voltage(reading: OpenVoltage, event: float) -> Measured:
    # Few cases open the output.
    from stimcert.record_voltage import open_voltage, peak_voltage

    if reading.loaded is None:
        return peak_voltage(reading.opened, event=event)
    return open_voltage(reading.loaded, reading.opened, event=event)


def _mean(reading: MeanCurrent, cycle: float | None) -> Measured:
    if reading.reading is not None:
        _refuse_limited(reading.reading)
        return mean_current(reading.reading)
    if reading.record is None:
        raise ValueError("a mean current needs a reading of the SMU or a record of the digitizer")
    return mean_of_record(reading.record, cycle=cycle)


def _refuse_limited(reading: MeanReading) -> None:
    """Refuse the mean of a current that was cut: a limit that acted for a moment bounds the peak, not the mean."""
    if reading.status is Status.LIMITED:
        limit = show(reading.limit, "A")
        text = f"{reading.role} reached its limit of {limit}: the mean is not what the device delivers"
        raise NotMeasurable("current_limited", text, role=reading.role, limit=limit)


def _by_mean(capture: Capture) -> Measured:
    """Without a digitizer the mean is a lower bound of the peak: it can condemn, never clear."""
    if not capture.means:
        raise ValueError("a capture needs a record or a mean")
    mean = mean_current(capture.means[-1])
    return replace(mean, value=abs(mean.value), bound=">=", cause="no_digitizer")
