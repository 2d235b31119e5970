# SPDX-License-Identifier: MIT
"""The bench check: a passive dummy in the device's place, driven just above a limit and just below it.

Above, the bench must say FAIL, below PASS: with its own instruments, its own uncertainty and the plan's own rule. The
SMU drives the current through the dummy and says how large it is; what is judged is what a device's peak is judged by.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bench.session.check_context import HEADROOM, READINGS, CheckContext, valid
from bench.session.inputs import Inputs
from bench.session.planner import HIGHEST_SMU_RANGE, Setup, plan_setup, smallest_range
from instruments.errors import BenchError
from stimcert.decision import Decision, decide
from stimcert.limits import LimitRow
from stimcert.measured import Measured
from stimcert.models import mean_current, peak_current
from stimcert.quantity import show
from stimcert.reading import Certified, CurrentRecord
from stimcert.specification import as_used
from stimcert.verdict import Verdict

BEYOND = 3.0
"""How far from the limit the dummy is measured, in expanded uncertainties."""

_RECORD_SECONDS = 0.02
_FIRST_VOLTAGE, _HIGHEST_VOLTAGE = 0.2, 20.0
# Less than this share of what the box alone would let flow is no dummy, but an open loop.
_NOTHING = 1e-3
_CLOSE = 0.2  # of U: how near the current must come to what is wanted


class NoCeiling(ValueError):
    """A plan without a ceiling has nothing that a dummy could be held against."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """The dummy on one side of the limit.

    :param wanted: the verdict that a good bench comes to.
    """

    name: str
    sign: int
    wanted: Verdict


SIDES = (
    Side(name="above", sign=1, wanted=Verdict.FAIL),
    Side(name="below", sign=-1, wanted=Verdict.PASS),
)


def ceiling(inputs: Inputs) -> tuple[Setup, LimitRow]:
    """Return the first ceiling of a plan, with the set-up of the first mode that it holds for.

    :raises NoCeiling: when the plan has none.
    """
    for case in inputs.plan.cases:
        for name in case.limits:
            row = inputs.limits.get(name)
            if row is not None and row.metric == "current.peak" and row.kind == "limit" and row.upper is not None:
                return plan_setup(inputs, inputs.plan.mode_named(case.modes[0])), row
    raise NoCeiling(f"plan {inputs.plan.id} has no ceiling: no limit row with an upper bound of current.peak")


def check_dummy(context: CheckContext) -> list[dict[str, Any]]:
    """Measure the dummy on both sides of the plan's ceiling and judge it; the station check must have passed.

    :returns: one entry per side: what was wanted, what came out.
    :raises BenchError: ``no_dummy`` when nothing conducts in the device's place; when the bench has too little voltage.
    """
    setup, row = ceiling(context.inputs)
    limit = row.upper.si if row.upper is not None else math.inf
    station = context.station
    station.switch.set_port("open")
    station.switch.set_bypass(False)
    station.switch.set_tap("shunt")
    station.switch.select_shunt(setup.shunt.value.si)
    station.load_box.set_resistance(0.0)
    try:
        ohms = _resistance(context, setup)
        expanded = _measure(context, setup, limit, ohms, math.inf).uncertainty.expanded
        return [_side(context, setup, row, side, limit + side.sign * BEYOND * expanded, ohms) for side in SIDES]
    finally:
        station.switch.set_port("open")


def _resistance(context: CheckContext, setup: Setup) -> float:
    """Return what the dummy makes of the loop, Ω."""
    smu = context.station.smu
    expected = _FIRST_VOLTAGE / setup.shunt.value.si
    full_scale = min(smallest_range(smu.current_ranges, HEADROOM * expected), HIGHEST_SMU_RANGE)
    smu.configure_source(voltage=_FIRST_VOLTAGE, current_range=full_scale, limit=full_scale, nplc=1.0)
    smu.output(True)
    context.station.switch.set_port("device")
    asked = f"the dummy at {show(_FIRST_VOLTAGE, 'V')}"
    current = float(np.mean(valid(smu.read_current(READINGS), asked, expected)))
    if not current > _NOTHING * expected:
        measured, voltage = show(current, "A"), show(_FIRST_VOLTAGE, "V")
        text = f"in the device's place {measured} flow at {voltage}: connect the dummy instead of the device"
        raise BenchError(text, code="no_dummy", measured=measured, voltage=voltage)
    return _FIRST_VOLTAGE / current


def _measure(context: CheckContext, setup: Setup, wanted: float, ohms: float, close: float) -> Measured:
    """Drive a current (A) through the dummy until the SMU reads it within ``close`` (A), and measure its peak."""
    smu, voltage = context.station.smu, wanted * ohms
    full_scale = smallest_range(smu.current_ranges, HEADROOM * wanted)
    for _ in range(3):
        if not voltage <= _HIGHEST_VOLTAGE:
            text = (
                f"the dummy needs {show(voltage, 'V')} for {show(wanted, 'A')}; the bench has 20 V: use a smaller one"
            )
            raise BenchError(text)
        smu.configure_source(voltage=voltage, current_range=full_scale, limit=full_scale, nplc=1.0)
        reading = smu.read_current(READINGS)
        flows = float(np.mean(valid(reading, f"the dummy at {show(voltage, 'V')}", wanted)))
        if abs(flows - wanted) <= close:
            break
        voltage *= wanted / flows
    return _peak(context, setup, wanted) or mean_current(reading)


def _peak(context: CheckContext, setup: Setup, current: float) -> Measured | None:
    """Return the peak as a device's is measured; None on a station that sees means only."""
    digitizer = context.station.digitizer
    if digitizer is None:
        return None
    shunt, rate = setup.shunt, digitizer.max_sample_rate
    voltage_range = smallest_range(digitizer.voltage_ranges, current * shunt.value.si)
    digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_RECORD_SECONDS * rate))
    waveform = digitizer.capture()
    specified = partial(as_used, convention=context.inputs.plan.accuracy_convention)
    record = CurrentRecord(
        waveform=_specified(waveform, specified),
        shunt=Certified(
            value=shunt.value.si,
            expanded_uncertainty=shunt.expanded_uncertainty.si,
            coverage_factor=shunt.coverage_factor,
            certificate=shunt.certificate,
        ),
        zero=context.state.zeros[voltage_range],
    )
    return peak_current(record)


def _specified(waveform: Any, specified: Callable[[Any], Any]) -> Any:
    return type(waveform)(**{**vars(waveform), "accuracy": specified(waveform.accuracy)})


def _side(context: CheckContext, setup: Setup, row: LimitRow, side: Side, wanted: float, ohms: float) -> dict[str, Any]:
    limit = row.upper.si if row.upper is not None else math.inf
    measured = _measure(context, setup, wanted, ohms, _CLOSE * abs(wanted - limit) / BEYOND)
    decision: Decision = decide(
        measured.value, measured.uncertainty, upper=limit, rule=context.inputs.plan.decision_rule
    )
    return {
        "side": side.name,
        "limit": row.id,
        "upper_limit": limit,
        "driven": wanted,
        "value": measured.value,
        "expanded_uncertainty": measured.uncertainty.expanded,
        "unit": measured.unit,
        "rule": decision.rule,
        "wanted": side.wanted.value,
        "verdict": decision.verdict.value,
    }
