# SPDX-License-Identifier: MIT
"""Reference pulses: a certified charge, measured by the very evaluation that the device's pulses will go through."""

from collections.abc import Iterator

from bench.session.check_context import CheckContext
from bench.session.planner import Setup, smallest_range
from instruments.errors import BenchError
from instruments.reference_entries import ReferencePulse
from instruments.roles import Digitizer, Reference
from stimcert.allowance import DRIFT_SHARE, Allowance
from stimcert.measured import NotMeasurable
from stimcert.quantity import show
from stimcert.reading import Certified, CurrentRecord

# So many whole pulses lie in a record wherever it begins.
_PULSES = 3
_LOAD = 100.0


def check_pulses(context: CheckContext) -> None:
    """Measure charge per phase and net charge of certified pulses, one kind for every set-up that has a fitting one.

    :raises BenchError: ``reference_pulse_wrong``.
    """
    reference, digitizer = context.station.reference, context.station.digitizer
    if reference is None or digitizer is None:
        return
    for setup, entry in _kinds(context):
        record = _record(context, reference, digitizer, setup, entry)
        _judge(context, setup, entry, record)


def _kinds(context: CheckContext) -> Iterator[tuple[Setup, ReferencePulse]]:
    """Yield each set-up with the largest pulses of the order of its worst case, each kind of pulse once.

    Not those that fit the range of the SMU: a station may force a higher one, and shunt and load stay as they are.
    """
    done: set[float] = set()
    for setup, _ in context.setups():
        entries = context.inputs.station.reference_pulses
        largest = smallest_range(context.station.smu.current_ranges, setup.worst_case)
        fitting = [entry for entry in entries if abs(entry.current.si) <= largest]
        if fitting:
            entry = max(fitting, key=lambda entry: abs(entry.current.si))
            if entry.current.si not in done:
                done.add(entry.current.si)
                yield setup, entry


def _record(
    context: CheckContext, reference: Reference, digitizer: Digitizer, setup: Setup, entry: ReferencePulse
) -> CurrentRecord:
    """Capture pulses as the device's are captured: with the SMU out of the loop."""
    station, rate = context.station, digitizer.max_sample_rate
    station.switch.set_port("open")
    station.switch.select_shunt(setup.shunt.value.si)
    station.load_box.set_resistance(_LOAD)
    station.switch.set_bypass(True)
    voltage_range = smallest_range(digitizer.voltage_ranges, abs(entry.current.si) * setup.shunt.value.si)
    digitizer.configure(
        voltage_range=voltage_range, sample_rate=rate, count=round((_PULSES + 1) * entry.period.si * rate)
    )
    reference.set_pulses(entry.current.si)
    station.switch.set_port("reference")
    waveform = digitizer.capture()
    station.switch.set_port("open")
    reference.off()
    station.switch.set_bypass(False)
    shunt = Certified(
        value=setup.shunt.value.si,
        expanded_uncertainty=setup.shunt.expanded_uncertainty.si,
        coverage_factor=setup.shunt.coverage_factor,
    )
    return CurrentRecord(waveform=waveform, shunt=shunt, zero=context.state.zeros[voltage_range])


def _judge(context: CheckContext, setup: Setup, entry: ReferencePulse, record: CurrentRecord) -> None:
    # Few plans need it for their cases, and it takes its time to load.
    from stimcert.record_pulses import PulseTrain, pulse_metric

    train = PulseTrain(record=record)
    for metric, expected, expanded in (
        ("charge.phase", entry.charge.si, entry.expanded_uncertainty.si),
        ("charge.net", 0.0, entry.net_expanded_uncertainty.si),
    ):
        try:
            found = pulse_metric(train, metric)
        except NotMeasurable as refusal:
            raise _wrong(metric, expected, str(refusal), "a measurement") from refusal
        certificate = Allowance(normal=expanded / entry.coverage_factor)
        spread = found.uncertainty.standard
        allowance = Allowance(normal=spread, drift=2 * DRIFT_SHARE * spread) + certificate
        where = {"metric": metric, "current": entry.current.si, "shunt": setup.shunt.value.si}
        context.report("reference.charge", found.value, "C", expected=expected, allowance=allowance, **where)
        if not abs(found.value - expected) <= allowance.half_width:
            raise _wrong(metric, expected, show(found.value, "C"), show(allowance.half_width, "C", 2))


def _wrong(metric: str, expected: float, measured: str, allowed: str) -> BenchError:
    params = {"metric": metric, "expected": show(expected, "C"), "measured": measured, "allowed": allowed}
    text = "{metric} of the reference's pulses: expected {expected}, measured {measured}, allowed ± {allowed}"
    return BenchError(text.format(**params), code="reference_pulse_wrong", **params)
