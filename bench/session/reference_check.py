# SPDX-License-Identifier: MIT
"""Reference: a certified current, applied where the device will be, proves sign and gain of both current paths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.session.check_context import HEADROOM, NOISE_SIGMAS, READINGS, CheckContext, standard_error, valid
from bench.session.planner import smallest_range
from instruments.errors import BenchError
from instruments.roles import Digitizer, Reference
from instruments.station_file import ReferenceCurrent, Shunt
from stimcert.quantity import show

_RECORD_SECONDS = 0.02
_LOAD = 100.0


@dataclass(frozen=True, kw_only=True)
class PathReading:
    """The reference as one current path shows it.

    :param allowed: half-width that the path's own specification allows, A.
    """

    path: str
    value: float
    allowed: float


def check_references(context: CheckContext) -> None:
    """Hold both current paths against every certified current up to the plan's worst case, at least the smallest.

    :raises BenchError: see :func:`diagnose_reference`.
    """
    reference = context.station.reference
    if reference is None:
        return
    setups = [setup for setup, _ in context.setups()]
    entries = context.inputs.station.references
    largest = max(max(setup.worst_case for setup in setups), min(abs(entry.value.si) for entry in entries))
    shunt = min((setup.shunt for setup in setups), key=lambda shunt: shunt.value.si)
    _prepare(context, shunt)
    used = [entry for entry in entries if abs(entry.value.si) <= largest]
    for entry in used:
        _check(context, reference, entry, shunt)
    if context.station.digitizer is not None:
        _check_bypass(context, context.station.digitizer, reference, used[0], shunt)


def _prepare(context: CheckContext, shunt: Shunt) -> None:
    station = context.station
    station.switch.set_port("open")
    station.switch.select_shunt(shunt.value.si)
    station.switch.set_bypass(False)
    station.switch.set_tap("shunt")
    station.load_box.set_resistance(_LOAD)


def _check(context: CheckContext, reference: Reference, entry: ReferenceCurrent, shunt: Shunt) -> None:
    expected = entry.value.si
    smu = context.station.smu
    current_range = smallest_range(smu.current_ranges, HEADROOM * abs(expected))
    smu.configure_ammeter(current_range=current_range, limit=current_range, nplc=1.0)
    smu.output(True)
    reference.set_current(expected)
    context.station.switch.set_port("reference")
    found = [by_smu(context, expected)]
    if context.station.digitizer is not None:
        found.append(by_digitizer(context, context.station.digitizer, expected, shunt))
    context.station.switch.set_port("open")
    reference.off()
    certificate = entry.expanded_uncertainty.si
    for reading in found:
        allowed = reading.allowed + certificate
        context.report("reference.current", reading.value, "A", expected=expected, allowed=allowed, path=reading.path)
    diagnose_reference(expected, certificate, found)


def _check_bypass(
    context: CheckContext, digitizer: Digitizer, reference: Reference, entry: ReferenceCurrent, shunt: Shunt
) -> None:
    """Hold the SMU to a tenth of a certified current, and bypass it: all of the current must still flow.

    Peaks are captured like this. A bypass that does not bypass would let the SMU's limit cut them off unseen, and a
    relay that moves the tap instead would show another voltage than the shunt's.

    :raises BenchError: ``bypass_wrong``.
    """
    expected, station = entry.value.si, context.station
    limit = abs(expected) / 10
    station.smu.configure_ammeter(
        current_range=smallest_range(station.smu.current_ranges, limit), limit=limit, nplc=1.0
    )
    station.smu.output(True)
    station.switch.set_bypass(True)
    reference.set_current(expected)
    station.switch.set_port("reference")
    found = by_digitizer(context, digitizer, expected, shunt)
    station.switch.set_port("open")
    reference.off()
    station.switch.set_bypass(False)
    allowed = found.allowed + entry.expanded_uncertainty.si
    context.report("bypass.current", found.value, "A", expected=expected, allowed=allowed, path=found.path)
    if not abs(found.value - expected) <= allowed:
        raise _error("bypass_wrong", expected, entry.expanded_uncertainty.si, found)


def by_smu(context: CheckContext, expected: float) -> PathReading:
    """Return the current that flows as the SMU reads it; ``expected`` (A) is for the message."""
    reading = context.station.smu.read_current(READINGS)
    values = valid(reading, f"the reference of {show(expected, 'A')}", expected)
    mean = float(np.mean(values))
    allowed = reading.accuracy.half_width(mean) + NOISE_SIGMAS * standard_error(values)
    return PathReading(path="smu", value=mean, allowed=allowed)


def by_digitizer(context: CheckContext, digitizer: Digitizer, expected: float, shunt: Shunt) -> PathReading:
    """Return the current that flows as the digitizer reads it across a shunt; ``expected`` (A) chooses the range."""
    ohms, rate = shunt.value.si, digitizer.max_sample_rate
    voltage_range = smallest_range(digitizer.voltage_ranges, abs(expected) * ohms)
    digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_RECORD_SECONDS * rate))
    waveform = digitizer.capture()
    zero = context.state.zeros[voltage_range]
    volts = float(waveform.samples.astype(np.float64).mean()) - zero.mean
    noise = NOISE_SIGMAS * zero.noise * (1 / waveform.samples.size + 1 / zero.count) ** 0.5
    allowed = waveform.accuracy.half_width(volts) + noise + abs(volts) * shunt.expanded_uncertainty.si / ohms
    return PathReading(path="digitizer", value=volts / ohms, allowed=allowed / ohms)


def diagnose_reference(expected: float, certificate: float, found: Sequence[PathReading]) -> None:
    """Pass when every path reads the certified current.

    :param certificate: expanded uncertainty of the reference, A.
    :raises BenchError: ``leads_swapped`` when all paths show the opposite current, ``reference_wrong`` when a path
        is off, ``paths_disagree`` when each fits but not both together.
    """
    if all(abs(reading.value + expected) <= reading.allowed + certificate for reading in found):
        raise _error("leads_swapped", expected, certificate, found[0])
    for reading in found:
        if not abs(reading.value - expected) <= reading.allowed + certificate:
            raise _error("reference_wrong", expected, certificate, reading)
    if len(found) == 2:
        diagnose_paths(*found)


def diagnose_paths(first: PathReading, second: PathReading) -> None:
    """Pass when both paths show the same current, which flows through both: no source's own error is an excuse.

    :raises BenchError: ``paths_disagree``.
    """
    if not abs(first.value - second.value) <= first.allowed + second.allowed:
        raise _disagree(first, second)


def _error(code: str, expected: float, certificate: float, reading: PathReading) -> BenchError:
    asked, measured = show(expected, "A"), show(reading.value, "A")
    allowed = show(reading.allowed + certificate, "A", 2)
    text = f"the reference of {asked} reads {measured} by {reading.path}, allowed is ± {allowed}"
    return BenchError(text, code=code, asked=asked, measured=measured, path=reading.path, allowed=allowed)


def _disagree(first: PathReading, second: PathReading) -> BenchError:
    params = {
        "first": show(first.value, "A"),
        "second": show(second.value, "A"),
        "allowed": show(first.allowed + second.allowed, "A", 2),
    }
    text = "{first} by SMU, {second} by digitizer, of the same current; {allowed} apart is allowed".format(**params)
    return BenchError(text, code="paths_disagree", **params)
