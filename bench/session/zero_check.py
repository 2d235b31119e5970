# SPDX-License-Identifier: MIT
"""Zero: with the port open nothing can flow, so that what is read is the instruments' own."""

import numpy as np

from bench.session.check_context import READINGS, CheckContext, of_reading, valid
from bench.session.planner import Setup, smallest_range
from instruments.errors import BenchError
from instruments.roles import Digitizer
from stimcert.allowance import DRIFT_SHARE, Allowance
from stimcert.quantity import show
from stimcert.reading import Waveform, Zero

# 100 ms: whole power line cycles at 50 and at 60 Hz.
_SECONDS = 0.1
_SHORT_SECONDS = 0.02
# Thermal voltages of all relays and the box together, V: each of them has a few microvolts.
_LOOP_VOLTAGE = 50e-6
# A clipped record may have to climb until a hundred times the worst case fits.
_FAR_BEYOND = 100.0


def check_zero(context: CheckContext) -> None:
    """Measure the zero of SMU and digitizer on every range that will be used.

    :raises BenchError: ``zero_offset`` beyond the specification.
    """
    station = context.station
    station.switch.set_port("open")
    station.switch.set_bypass(False)
    station.switch.set_tap("shunt")
    for setup in context.ranges():
        station.switch.select_shunt(setup.shunt.value.si)
        _check_smu(context, setup)
    if station.digitizer is not None:
        _check_digitizer(context, station.digitizer)
        for setup, _ in context.setups():
            _check_shorted(context, station.digitizer, setup)


def _check_smu(context: CheckContext, setup: Setup) -> None:
    smu = context.station.smu
    smu.configure_ammeter(current_range=setup.smu_range, limit=setup.smu_limit, nplc=1.0)
    smu.output(True)
    reading = smu.read_current(READINGS)
    values = valid(reading, "zero current", 0.0)
    _judge(context, "smu", float(np.mean(values)), "A", of_reading(reading, values), setup.smu_range)


def _check_digitizer(context: CheckContext, digitizer: Digitizer) -> None:
    rate = digitizer.max_sample_rate
    volts = max(_FAR_BEYOND * setup.worst_case * setup.shunt.value.si for setup, _ in context.setups())
    opened = any(case.procedure == "open_circuit" for case in context.inputs.plan.cases)
    highest = max(digitizer.voltage_ranges) if opened else smallest_range(digitizer.voltage_ranges, volts)
    for voltage_range in (r for r in digitizer.voltage_ranges if r <= highest):
        digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_SECONDS * rate))
        waveform = digitizer.capture()
        zero = _zero_of(waveform)
        context.state.zeros.setdefault(voltage_range, zero)
        scatter = (zero.noise / zero.count**0.5, zero.count - 1)
        allowance = Allowance(limit=waveform.accuracy.half_width(0.0), scatter=(scatter,))
        _judge(context, "digitizer", zero.mean, "V", allowance, voltage_range)


def _check_shorted(context: CheckContext, digitizer: Digitizer, setup: Setup) -> None:
    """Short the leads with nothing but the shunt in the loop: what the digitizer sees now drives a current of its own.

    Thermal voltages of relays and box, or a battery that contacts and moisture make.
    """
    station, ohms = context.station, setup.shunt.value.si
    station.switch.select_shunt(ohms)
    station.load_box.set_resistance(0.0)
    station.switch.set_bypass(True)
    station.switch.set_port("short")
    rate, lowest = digitizer.max_sample_rate, digitizer.voltage_ranges[0]
    digitizer.configure(voltage_range=lowest, sample_rate=rate, count=round(_SHORT_SECONDS * rate))
    waveform = digitizer.capture()
    zero, shorted, accuracy = context.state.zeros[lowest], _zero_of(waveform), waveform.accuracy
    station.switch.set_port("open")
    station.switch.set_bypass(False)
    scatter = tuple((one.noise / one.count**0.5, one.count - 1) for one in (zero, shorted))
    limit = _LOOP_VOLTAGE + accuracy.resolution / 2 + DRIFT_SHARE * accuracy.half_width(0.0)
    allowance = Allowance(limit=limit, scatter=scatter)
    volts = shorted.mean - zero.mean
    context.report("zero.shorted", volts, "V", expected=0.0, allowance=allowance, shunt=ohms)
    if not abs(volts) <= allowance.half_width:
        raise _offset("the loop with its leads shorted", show(volts, "V"), show(allowance.half_width, "V"))


def _zero_of(waveform: Waveform) -> Zero:
    samples = waveform.samples.astype(np.float64)
    return Zero(
        range=waveform.range, mean=float(samples.mean()), noise=float(samples.std(ddof=1)), count=int(samples.size)
    )


def _judge(context: CheckContext, role: str, mean: float, unit: str, allowance: Allowance, full_scale: float) -> None:
    context.report("zero", mean, unit, expected=0.0, allowance=allowance, role=role, range=full_scale)
    if abs(mean) <= allowance.half_width:
        return
    raise _offset(role, show(mean, unit), show(allowance.half_width, unit))


def _offset(role: str, measured: str, allowed: str) -> BenchError:
    text = f"where nothing flows {role} shows {measured}, allowed is ± {allowed}; check for leakage"
    return BenchError(text, code="zero_offset", role=role, measured=measured, allowed=allowed)
