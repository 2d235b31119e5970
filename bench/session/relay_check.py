# SPDX-License-Identifier: MIT
"""Relay map: open, short, 500 Ω and each shunt are what the station file calls them, as the SMU alone sees them."""

import numpy as np

from bench.session.check_context import READINGS, CheckContext, of_reading
from bench.session.load_check import CONTACT, LoadCheck, diagnose_loads, loop_resistance
from bench.session.planner import Setup, smallest_range
from instruments.errors import BenchError
from stimcert.allowance import Allowance
from stimcert.quantity import show

_VOLTAGE = 0.5
_TOTAL = 500.0
# An open port insulates better than so many Ω; a loop of more than so many times what was expected is called open.
_INSULATION, _OPEN = 10e6, 1000.0
_NEAR = 0.02


def check_relays(context: CheckContext) -> None:
    """Tell open, short and 500 Ω apart, through every shunt that the plan uses.

    :raises BenchError: ``relay_map_wrong`` when a port or a shunt is another than the one that was chosen, else as
        :func:`bench.session.load_check.diagnose_loads`; ``smu_limited`` or ``smu_overrange`` when it is the SMU.
    """
    context.station.switch.set_bypass(False)
    for setup, _ in context.setups():
        _check(context, setup)


def _check(context: CheckContext, setup: Setup) -> None:
    station, shunt = context.station, setup.shunt.value.si
    station.switch.set_port("open")
    station.switch.select_shunt(shunt)
    station.load_box.set_resistance(0.0)
    _check_open(context, shunt)
    short = _resistance(context, 0.0, shunt)
    _check_short(context, shunt, short)
    diagnose_loads([short, _resistance(context, max(_TOTAL - shunt, 0.0), shunt)])


def _check_open(context: CheckContext, shunt: float) -> None:
    """Force a voltage into the open port: nothing may flow that 10 MΩ would not let flow."""
    smu = context.station.smu
    smallest = smallest_range(smu.current_ranges, _VOLTAGE / _INSULATION)
    smu.configure_source(voltage=_VOLTAGE, current_range=smallest, limit=smallest, nplc=1.0)
    smu.output(True)
    reading = smu.read_current(READINGS)
    if not reading.values:
        raise _wrong("open", shunt, f"at least {show(reading.bound, 'A')}", "nothing")
    current = float(np.mean(reading.values))
    allowance = of_reading(reading, reading.values) + Allowance(limit=_VOLTAGE / _INSULATION)
    context.report("relays.leakage", current, "A", expected=0.0, allowance=allowance, shunt=shunt)
    if not abs(current) <= allowance.half_width:
        raise _wrong("open", shunt, show(current, "A"), "nothing")


def _resistance(context: CheckContext, setting: float, shunt: float) -> LoadCheck:
    """Measure what the port ``short`` closes with a setting of the box, Ω."""
    station, box = context.station, context.inputs.station.load_box
    station.load_box.set_resistance(setting)
    station.switch.set_port("short")
    nominal = setting + shunt
    tolerance = Allowance(limit=setting * box.tolerance.si + box.residual.si)
    loop = loop_resistance(context, _VOLTAGE, nominal, tolerance)
    allowance = loop.smu + tolerance + CONTACT
    station.switch.set_port("open")
    context.report("relays.resistance", loop.ohms, "Ω", expected=nominal, allowance=allowance, shunt=shunt)
    return LoadCheck(nominal=nominal, measured=loop.ohms, allowed=allowance.half_width)


def _check_short(context: CheckContext, shunt: float, short: LoadCheck) -> None:
    if short.good:
        return
    others = [entry.value.si for entry in context.inputs.station.shunts if entry.value.si != shunt]
    if not abs(short.measured) < _OPEN * shunt:
        raise _wrong("short", shunt, "an open loop", show(shunt, "Ω"))
    if any(abs(short.measured - other) <= _NEAR * other + short.allowed for other in others):
        raise _wrong("short", shunt, show(short.measured, "Ω"), show(shunt, "Ω"))


def _wrong(port: str, shunt: float, measured: str, expected: str) -> BenchError:
    params = {"port": port, "what": f"the shunt of {show(shunt, 'Ω')}", "measured": measured, "expected": expected}
    text = "with the port {port} and {what} the SMU sees {measured}, expected {expected}".format(**params)
    return BenchError(f"{text}; compare the relay channels with the wiring", code="relay_map_wrong", **params)
