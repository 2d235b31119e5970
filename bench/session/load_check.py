# SPDX-License-Identifier: MIT
"""Loads: each one measured by the SMU through the relays, leads and shunt that the device will see."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench.session.check_context import HEADROOM, READINGS, CheckContext, of_reading, valid
from bench.session.planner import HIGHEST_SMU_RANGE, Setup, smallest_range
from instruments.errors import BenchError
from stimcert.allowance import Allowance
from stimcert.quantity import show
from stimcert.reading import MeanReading, Status

CONTACTS = 0.5
"""Relays, leads and contacts in series with the box, Ω: at most so much."""

CONTACT = Allowance(limit=CONTACTS, drift=0.1)
"""The same as an allowance, Ω, with what of it may change within a run."""

# The highest is that of the SMU's 20 V range: what stands 20 V on a bench is touched by nobody at 100 mA.
_LOWEST_VOLTAGE, _HIGHEST_VOLTAGE = 0.1, 20.0
# Two loads that differ by more than this and measure the same are one and the same resistor.
_SAME = 0.02


@dataclass(frozen=True, kw_only=True)
class LoadCheck:
    """One load as set and as measured, Ω.

    :param smu: what of the allowance is the SMU's.
    :param readings: the voltage and the current behind it.
    """

    nominal: float
    measured: float
    allowed: float
    smu: Allowance = Allowance()
    readings: tuple[MeanReading, MeanReading] | None = None

    @property
    def good(self) -> bool:
        """Whether the measured value fits; NaN and infinity do not."""
        return abs(self.measured - self.nominal) <= self.allowed


@dataclass(frozen=True, kw_only=True)
class LoopReading:
    """What the SMU found of a loop.

    :param ohms: its resistance, Ω.
    :param smu: what the SMU may be off, Ω.
    :param readings: the voltage and the current behind it.
    """

    ohms: float
    smu: Allowance
    readings: tuple[MeanReading, MeanReading]


def check_loads(context: CheckContext, only: Collection[float] | None = None) -> None:
    """Measure every load of the plan.

    :param only: nominal values, Ω; all loads without it.
    :raises BenchError: see :func:`diagnose_loads`; ``smu_limited`` or ``smu_overrange`` when it is the SMU.
    """
    station = context.station
    station.switch.set_bypass(False)
    for setup, loads in context.setups():
        shunt = setup.shunt.value.si
        station.switch.set_port("open")
        station.switch.select_shunt(shunt)
        checks = []
        for load in (load for load in loads if only is None or load in only):
            station.load_box.set_resistance(context.inputs.station.load_box.setting(load, shunt))
            station.switch.set_port("short")
            # Up to the value of the shunt, the load is the shunt alone.
            checks.append(_check(context, setup, max(load, shunt)))
            station.switch.set_port("open")
        diagnose_loads(checks)


def _check(context: CheckContext, setup: Setup, load: float) -> LoadCheck:
    box, shunt = context.inputs.station.load_box, setup.shunt.value.si
    tolerance = Allowance(limit=(load - shunt) * box.tolerance.si + box.residual.si)
    check = measure_resistance(context, setup, load, tolerance)
    context.state.loads.setdefault((load, shunt), check.measured)
    if check.readings is not None:
        context.state.load_readings.setdefault((load, shunt), check.readings)
    return check


def measure_resistance(
    context: CheckContext, setup: Setup, load: float, tolerance: Allowance, network: str | None = None
) -> LoadCheck:
    """Measure what is in the loop behind the shorted port, shunt included, at the largest current of the mode.

    What box and network stand, and the SMU's voltage, may leave less of it.

    :param load: nominal, Ω.
    :param tolerance: of the load itself, Ω; that of SMU, relays and leads is added.
    :param network: name of the skin network that it is.
    """
    voltage = _voltage(context, setup, load, network)
    loop = loop_resistance(context, voltage, load, tolerance)
    allowance = loop.smu + tolerance + CONTACT
    where = {"load": load, "shunt": setup.shunt.value.si, "network": network}
    context.report("load.resistance", loop.ohms, "Ω", expected=load, allowance=allowance, **where)
    return LoadCheck(
        nominal=load, measured=loop.ohms, allowed=allowance.half_width, smu=loop.smu, readings=loop.readings
    )


def loop_resistance(context: CheckContext, voltage: float, nominal: float, tolerance: Allowance) -> LoopReading:
    """Force a voltage (V) into the loop as it stands and return its resistance.

    :param nominal: expected, Ω.
    :param tolerance: of the load itself, Ω.
    :raises BenchError: ``smu_limited`` or ``smu_overrange``.
    """
    refused, current = _read_current(context, voltage, nominal)
    across = context.station.smu.read_voltage(READINGS)
    asked = f"{show(nominal, 'Ω')} at {show(voltage, 'V')}"
    volts, amperes = valid(across, asked, voltage), valid(current, asked, voltage / nominal)
    measured, relative = _ratio(volts, across, amperes, current)
    smu = relative.scaled(nominal)
    if refused is not None and abs(measured - nominal) <= (smu + tolerance + CONTACT).half_width:
        # The load is right, so a range that holds its current must not overflow or limit: it is the SMU.
        valid(refused, asked, voltage / nominal)
    return LoopReading(ohms=measured, smu=smu, readings=(across, current))


def _voltage(context: CheckContext, setup: Setup, load: float, network: str | None) -> float:
    """Return what to force, V: the largest current of the mode, as far as the load stands it."""
    skin, box = context.inputs.station.skin, context.inputs.station.load_box
    part = skin if network is not None and skin is not None else box
    highest = min(_HIGHEST_VOLTAGE, part.max_voltage.si, math.sqrt(part.max_power.si * load))
    return min(max(setup.worst_case * load, _LOWEST_VOLTAGE), highest)


def _read_current(context: CheckContext, voltage: float, load: float) -> tuple[MeanReading | None, MeanReading]:
    """Return the first reading that was refused, if any, and one on the lowest range that holds the current."""
    smu = context.station.smu
    first = smallest_range(smu.current_ranges, HEADROOM * voltage / load)
    refused = None
    for current_range in (r for r in smu.current_ranges if first <= r <= HIGHEST_SMU_RANGE):
        smu.configure_source(
            voltage=voltage,
            current_range=current_range,
            limit=current_range,
            nplc=1.0,
            remote_sense=context.inputs.station.smu.remote_sense,
        )
        smu.output(True)
        reading = smu.read_current(READINGS)
        if reading.status is Status.VALID:
            return refused, reading
        refused = refused or reading
    if refused is None:
        raise BenchError(f"the SMU has no range for {show(voltage / load, 'A')}; lower the plan's worst case")
    valid(refused, f"{show(load, 'Ω')} at {show(voltage, 'V')}", voltage / load)
    raise BenchError("the SMU refused every range that could hold the current")


def _ratio(
    volts: Sequence[float], across: MeanReading, amperes: Sequence[float], current: MeanReading
) -> tuple[float, Allowance]:
    """Return R in Ω, and as a share of it everything that the SMU may contribute."""
    v, i = float(np.mean(volts)), float(np.mean(amperes))
    if v == 0.0 or i == 0.0:
        return math.inf, Allowance()
    return v / i, of_reading(across, volts).scaled(1 / v) + of_reading(current, amperes).scaled(1 / i)


def diagnose_loads(checks: Sequence[LoadCheck]) -> None:
    """Pass when every load fits.

    :raises BenchError: ``load_stuck`` when different loads measure the same, ``load_wrong_decade`` when all steps are
        off by the same power of ten, else ``load_wrong``.
    """
    wrong = [check for check in checks if not check.good]
    if not wrong:
        return
    asked = ", ".join(show(check.nominal, "Ω") for check in wrong)
    measured = ", ".join(show(check.measured, "Ω") for check in wrong)
    allowed = ", ".join(show(check.allowed, "Ω", 2) for check in wrong)
    raise BenchError(
        f"load box: set {asked}, measured {measured}, allowed ± {allowed}; check box, contacts and leads",
        code=_cause(checks),
        asked=asked,
        measured=measured,
        allowed=allowed,
    )


def _cause(checks: Sequence[LoadCheck]) -> str:
    values = [check.measured for check in checks]
    if len(checks) > 1 and max(values) - min(values) <= _SAME * max(values):
        return "load_stuck"
    return "load_wrong_decade" if _steps_are_tenfold(checks) else "load_wrong"


def _steps_are_tenfold(checks: Sequence[LoadCheck]) -> bool:
    """Compare differences between loads: the shunt and the contacts, which the box cannot change, drop out of them."""
    ordered = sorted(checks, key=lambda check: check.nominal)
    ratios = [(b.measured - a.measured) / (b.nominal - a.nominal) for a, b in pairwise(ordered)]
    return bool(ratios) and any(
        all(abs(ratio / factor - 1) < _SAME for ratio in ratios) for factor in (0.01, 0.1, 10.0, 100.0)
    )
