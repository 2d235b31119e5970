# SPDX-License-Identifier: MIT
"""Zero: with the port open nothing can flow, so that what is read is the instruments' own."""

import numpy as np

from bench.session.check_context import READINGS, CheckContext, of_reading, valid
from bench.session.planner import Setup, smallest_range
from instruments.errors import BenchError
from instruments.roles import Digitizer
from stimcert.allowance import Allowance
from stimcert.quantity import show
from stimcert.reading import Waveform, Zero

# 100 ms: whole power line cycles at 50 and at 60 Hz.
_SECONDS = 0.1
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
    for setup, _ in context.setups():
        station.switch.select_shunt(setup.shunt.value.si)
        _check_smu(context, setup)
    if station.digitizer is not None:
        _check_digitizer(context, station.digitizer)


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


def _zero_of(waveform: Waveform) -> Zero:
    samples = waveform.samples.astype(np.float64)
    return Zero(
        range=waveform.range, mean=float(samples.mean()), noise=float(samples.std(ddof=1)), count=int(samples.size)
    )


def _judge(context: CheckContext, role: str, mean: float, unit: str, allowance: Allowance, full_scale: float) -> None:
    context.report("zero", mean, unit, expected=0.0, allowance=allowance, role=role, range=full_scale)
    if abs(mean) <= allowance.half_width:
        return
    allowed = show(allowance.half_width, unit)
    raise BenchError(
        f"with the port open {role} shows {show(mean, unit)}, allowed is ± {allowed}; check for leakage",
        code="zero_offset",
        role=role,
        measured=show(mean, unit),
        allowed=allowed,
    )
