# SPDX-License-Identifier: MIT
"""Step response of a skin network: the SMU holds a voltage, a relay makes the step, the digitizer sees the charge."""

import math

import numpy as np

from bench.session.check_context import HEADROOM, READINGS, CheckContext, of_reading, valid
from bench.session.load_check import CONTACTS, LoadCheck
from bench.session.planner import HIGHEST_SMU_RANGE, Setup, smallest_range
from instruments.errors import BenchError
from instruments.roles import Digitizer
from instruments.skin_entries import Network
from stimcert.allowance import Allowance
from stimcert.quantity import show
from stimcert.reading import Waveform
from stimcert.step_response import Excess, excess, time_constant

_LOWEST_VOLTAGE, _HIGHEST_VOLTAGE = 0.1, 2.0
# Time constants of the loop until the end is reached, of which as many again are averaged; a relay bounces meanwhile.
_DECAYED, _LEAST = 20.0, 1e-3
_BEFORE = 1e-4
_TRIGGER = 0.3
_PATIENCE = 0.2


def check_step(context: CheckContext, digitizer: Digitizer, setup: Setup, network: Network, direct: LoadCheck) -> None:
    """Hold Rp·Cp of a discharged network, which is selected behind the open port, against its certificate.

    :param direct: the loop with this network as measured at direct current.
    :raises BenchError: ``time_constant_wrong``; ``smu_limited`` or ``smu_overrange`` when it is the SMU.
    """
    series = network.series.si + setup.shunt.value.si + CONTACTS / 2
    voltage = min(max(setup.worst_case * series, _LOWEST_VOLTAGE), _HIGHEST_VOLTAGE)
    waveform = _step(context, digitizer, setup, network, voltage / series, voltage)
    across = context.station.smu.read_voltage(READINGS)
    volts = valid(across, f"skin network {network.name}", voltage)
    context.station.switch.set_port("open")
    try:
        found = excess(waveform.samples, sample_rate=waveform.sample_rate)
        per_charge = time_constant(1.0, voltage=float(np.mean(volts)), series=series, total=direct.measured)
    except ValueError as error:
        raise _wrong(network, str(error), "") from error
    measured = found.area / setup.shunt.value.si * per_charge
    smu = of_reading(across, volts).scaled(measured / voltage) + direct.smu.scaled(2 * measured / direct.nominal)
    allowance = smu + _digitizer(setup, waveform, found, measured) + _certified(network)
    where = {"network": network.name, "shunt": setup.shunt.value.si}
    context.report("network.time_constant", measured, "s", expected=network.time_constant, allowance=allowance, **where)
    if not abs(measured - network.time_constant) <= allowance.half_width:
        raise _wrong(network, show(measured, "s"), show(allowance.half_width, "s", 2))


def _step(
    context: CheckContext, digitizer: Digitizer, setup: Setup, network: Network, current: float, voltage: float
) -> Waveform:
    """Force a voltage (V), close the port, and return what the shunt shows of the current (at first so many A)."""
    station, ohms = context.station, setup.shunt.value.si
    full_scale = min(smallest_range(station.smu.current_ranges, HEADROOM * current), HIGHEST_SMU_RANGE)
    station.smu.configure_source(voltage=voltage, current_range=full_scale, limit=full_scale, nplc=1.0)
    station.smu.output(True)
    voltage_range = smallest_range(digitizer.voltage_ranges, HEADROOM * current * ohms)
    digitizer.configure(voltage_range=voltage_range, sample_rate=digitizer.max_sample_rate, count=1)
    loop = network.time_constant * (ohms + network.series.si) / (ohms + network.direct)
    zero = context.state.zeros[voltage_range].mean
    seen = digitizer.watch(
        level=_TRIGGER * current * ohms,
        duration=_PATIENCE,
        pre=_BEFORE,
        post=max(2 * _DECAYED * loop, _LEAST),
        zero=zero,
        action=lambda: station.switch.set_port("short"),
    )
    if seen.record is None:
        raise _wrong(network, "no current", "")
    waveform = seen.record.waveform
    return Waveform(**{**vars(waveform), "samples": waveform.samples - np.float32(zero)})


def _digitizer(setup: Setup, waveform: Waveform, found: Excess, measured: float) -> Allowance:
    """Return what the digitizer and its shunt may be off, s: an offset is part of the end, and drops out."""
    shunt = setup.shunt
    certificate = shunt.expanded_uncertainty.si / shunt.coverage_factor / shunt.value.si
    per_area = measured / found.area if found.area else math.inf
    return Allowance(
        limit=waveform.accuracy.gain * abs(measured) + found.moment * abs(per_area),
        normal=certificate * abs(measured),
        scatter=((found.error * abs(per_area), found.dof),),
    )


def _certified(network: Network) -> Allowance:
    """Return what the certificate leaves open, s: Rp and Cp themselves, and Rs, from which Rp is reckoned."""
    share = network.expanded_uncertainty.si / network.coverage_factor
    of_series = network.series.si / network.parallel.si
    contacts = CONTACTS / 2 / network.parallel.si
    return Allowance(
        limit=contacts * network.time_constant, normal=share * network.time_constant * math.hypot(1, 1, of_series)
    )


def _wrong(network: Network, measured: str, allowed: str) -> BenchError:
    expected = show(network.time_constant, "s")
    params = {"network": network.name, "expected": expected, "measured": measured, "allowed": allowed or "—"}
    text = f"skin network {network.name}: time constant {measured}, expected {expected}"
    return BenchError(f"{text}, allowed ± {params['allowed']}", code="time_constant_wrong", **params)
