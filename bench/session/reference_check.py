# SPDX-License-Identifier: MIT
"""Reference: a certified current, applied where the device will be, proves sign and gain of both current paths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.session.certified_currents import currents_for
from bench.session.check_context import READINGS, CheckContext, of_reading, valid
from bench.session.planner import smallest_range
from instruments.errors import BenchError
from instruments.roles import Digitizer, Reference
from instruments.station_file import ReferenceCurrent, Shunt
from stimcert.allowance import Allowance
from stimcert.quantity import show

_RECORD_SECONDS = 0.02
# Relays, box and shunt together: so that a reference drives its current with a few volts.
_LOAD, _SMALL_LOAD, _SMALL_LOAD_FROM = 100.0, 10.0, 0.02


@dataclass(frozen=True, kw_only=True)
class PathReading:
    """A current as one current path shows it.

    :param allowance: what the path's own specification and scatter allow, A.
    """

    path: str
    value: float
    allowance: Allowance


def check_references(context: CheckContext) -> None:
    """Hold both current paths against certified currents of both signs, near 90 % of every SMU range in use.

    :raises BenchError: see :func:`diagnose_reference`; ``bypass_wrong``.
    """
    reference = context.station.reference
    if reference is None:
        return
    done: set[tuple[float, float]] = set()
    for setup in context.ranges():
        for entry in currents_for(context.inputs.station.references, setup.smu_range):
            if (entry.value.si, setup.shunt.value.si) not in done:
                done.add((entry.value.si, setup.shunt.value.si))
                _prepare(context, setup.shunt, abs(entry.value.si))
                _check(context, reference, entry, setup.shunt)
    if context.station.digitizer is not None:
        setup = min((setup for setup, _ in context.setups()), key=lambda setup: setup.shunt.value.si)
        entry = min(context.inputs.station.references, key=lambda entry: abs(entry.value.si))
        _prepare(context, setup.shunt, abs(entry.value.si))
        _check_bypass(context, context.station.digitizer, reference, entry, setup.shunt)


def _prepare(context: CheckContext, shunt: Shunt, current: float) -> None:
    station = context.station
    station.switch.set_port("open")
    station.switch.select_shunt(shunt.value.si)
    station.switch.set_bypass(False)
    station.switch.set_tap("shunt")
    station.load_box.set_resistance(_LOAD if current < _SMALL_LOAD_FROM else _SMALL_LOAD)


def _check(context: CheckContext, reference: Reference, entry: ReferenceCurrent, shunt: Shunt) -> None:
    expected = entry.value.si
    smu = context.station.smu
    current_range = smallest_range(smu.current_ranges, abs(expected))
    smu.configure_ammeter(current_range=current_range, limit=current_range, nplc=1.0)
    smu.output(True)
    reference.set_current(expected)
    context.station.switch.set_port("reference")
    found = [by_smu(context, expected)]
    if context.station.digitizer is not None:
        found.append(by_digitizer(context, context.station.digitizer, expected, shunt))
    context.station.switch.set_port("open")
    reference.off()
    certificate = certified(entry)
    for reading in found:
        allowance = reading.allowance + certificate
        where = {"path": reading.path, "shunt": shunt.value.si}
        context.report("reference.current", reading.value, "A", expected=expected, allowance=allowance, **where)
    diagnose_reference(expected, certificate, found)


def certified(entry: ReferenceCurrent) -> Allowance:
    """Return what a certificate leaves open, A."""
    return Allowance(normal=entry.expanded_uncertainty.si / entry.coverage_factor)


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
    allowance = found.allowance + certified(entry)
    context.report("bypass.current", found.value, "A", expected=expected, allowance=allowance, path=found.path)
    if not abs(found.value - expected) <= allowance.half_width:
        raise _error("bypass_wrong", expected, certified(entry), found)


def by_smu(context: CheckContext, expected: float) -> PathReading:
    """Return the current that flows as the SMU reads it; ``expected`` (A) is for the message."""
    reading = context.station.smu.read_current(READINGS)
    values = valid(reading, f"the reference of {show(expected, 'A')}", expected)
    return PathReading(path="smu", value=float(np.mean(values)), allowance=of_reading(reading, values))


def by_digitizer(context: CheckContext, digitizer: Digitizer, expected: float, shunt: Shunt) -> PathReading:
    """Return the current that flows as the digitizer reads it across a shunt; ``expected`` (A) chooses the range."""
    ohms, rate = shunt.value.si, digitizer.max_sample_rate
    voltage_range = smallest_range(digitizer.voltage_ranges, abs(expected) * ohms)
    digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_RECORD_SECONDS * rate))
    waveform = digitizer.capture()
    zero = context.state.zeros[voltage_range]
    volts = float(waveform.samples.astype(np.float64).mean()) - zero.mean
    accuracy, count = waveform.accuracy, waveform.samples.size
    allowance = Allowance(
        limit=accuracy.half_width(volts) + accuracy.resolution / 2,
        normal=abs(volts) * shunt.expanded_uncertainty.si / shunt.coverage_factor / ohms,
        scatter=((zero.noise / count**0.5, zero.count - 1), (zero.noise / zero.count**0.5, zero.count - 1)),
    )
    return PathReading(path="digitizer", value=volts / ohms, allowance=allowance.scaled(1 / ohms))


def diagnose_reference(expected: float, certificate: Allowance, found: Sequence[PathReading]) -> None:
    """Pass when every path reads the certified current.

    :param certificate: what it leaves open, A.
    :raises BenchError: ``leads_swapped`` when all paths show the opposite current, ``reference_weak`` when both show
        the same and it is too small, ``reference_wrong`` when a path is off, ``paths_disagree`` or
        ``digitizer_reversed`` when each fits but not both together.
    """
    allowed = [(reading.allowance + certificate).half_width for reading in found]
    if all(abs(reading.value + expected) <= room for reading, room in zip(found, allowed, strict=True)):
        raise _error("leads_swapped", expected, certificate, found[0])
    off = [r for r, room in zip(found, allowed, strict=True) if not abs(r.value - expected) <= room]
    if off and _too_small(expected, found):
        raise _error("reference_weak", expected, certificate, off[0])
    for reading in off:
        raise _error("reference_wrong", expected, certificate, reading)
    if len(found) == 2:
        diagnose_paths(*found)


def _too_small(expected: float, found: Sequence[PathReading]) -> bool:
    """Whether two paths show one and the same current that is smaller than it should be: then it is the source's."""
    return len(found) == 2 and _agree(*found) and all(abs(reading.value) < abs(expected) for reading in found)


def _agree(first: PathReading, second: PathReading) -> bool:
    return abs(first.value - second.value) <= (first.allowance + second.allowance).half_width


def diagnose_paths(first: PathReading, second: PathReading) -> None:
    """Pass when both paths show the same current, which flows through both: no source's own error is an excuse.

    Whatever both have in common would move them together: only the terms that each has alone are allowed for.

    :param first: the SMU's, whose sign its own voltage proves.
    :raises BenchError: ``digitizer_reversed`` when the second shows the opposite current, else ``paths_disagree``.
    """
    if _agree(first, second):
        return
    room = (first.allowance + second.allowance).half_width
    reversed_ = abs(first.value + second.value) <= room < abs(first.value)
    raise _disagree("digitizer_reversed" if reversed_ else "paths_disagree", first, second, room)


def _error(code: str, expected: float, certificate: Allowance, reading: PathReading) -> BenchError:
    asked, measured = show(expected, "A"), show(reading.value, "A")
    allowed = show((reading.allowance + certificate).half_width, "A", 2)
    text = f"the reference of {asked} reads {measured} by {reading.path}, allowed is ± {allowed}"
    return BenchError(text, code=code, asked=asked, measured=measured, path=reading.path, allowed=allowed)


def _disagree(code: str, first: PathReading, second: PathReading, room: float) -> BenchError:
    params = {"first": show(first.value, "A"), "second": show(second.value, "A"), "allowed": show(room, "A", 2)}
    text = "{first} by SMU, {second} by digitizer, of the same current; {allowed} apart is allowed".format(**params)
    params["where"] = "the same d.c. current"
    return BenchError(text, code=code, **params)
