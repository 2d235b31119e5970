# SPDX-License-Identifier: MIT
"""Both current paths: the SMU drives a current through each shunt in use, and the digitizer must read the same.

A certified reference proves one shunt, and a station need not have one: a shunt that is not what the station file
says would scale every peak without a word, since large loads hide it from the check of the loads.
"""

from bench.session.check_context import CheckContext
from bench.session.planner import Setup, smallest_range
from bench.session.reference_check import PathReading, by_digitizer, by_smu, diagnose_paths
from instruments.roles import Digitizer
from instruments.station_file import Shunt

_LOAD = 100.0
_LOWEST_VOLTAGE, _HIGHEST_VOLTAGE = 0.1, 2.0
# Room for the tolerance of loop and source.
_HEADROOM = 1.2


def check_paths(context: CheckContext) -> None:
    """Hold the digitizer's current against the SMU's through every shunt that the plan uses.

    :raises BenchError: ``paths_disagree``.
    """
    digitizer = context.station.digitizer
    if digitizer is None:
        return
    context.station.switch.set_bypass(False)
    context.station.switch.set_tap("shunt")
    context.station.load_box.set_resistance(_LOAD)
    for setup, _ in context.setups():
        _check(context, digitizer, setup)


def _check(context: CheckContext, digitizer: Digitizer, setup: Setup) -> None:
    switch, smu, shunt = context.station.switch, context.station.smu, setup.shunt
    voltage, current = _drive(shunt, setup.worst_case)
    current_range = smallest_range(smu.current_ranges, _HEADROOM * current)
    switch.set_port("open")
    switch.select_shunt(shunt.value.si)
    smu.configure_source(voltage=voltage, current_range=current_range, limit=current_range, nplc=1.0)
    smu.output(True)
    switch.set_port("short")
    found = [by_smu(context, current), by_digitizer(context, digitizer, current, shunt)]
    switch.set_port("open")
    _report(context, found, shunt)
    diagnose_paths(*found)


def _drive(shunt: Shunt, worst_case: float) -> tuple[float, float]:
    """Return what to force, V, and the current that flows then, A: the worst case, as far as a little voltage does."""
    ohms = _LOAD + shunt.value.si
    voltage = min(max(worst_case * ohms, _LOWEST_VOLTAGE), _HIGHEST_VOLTAGE)
    return voltage, voltage / ohms


def _report(context: CheckContext, found: list[PathReading], shunt: Shunt) -> None:
    smu, digitizer = found
    context.report(
        "paths.current",
        digitizer.value,
        "A",
        expected=smu.value,
        allowance=smu.allowance + digitizer.allowance,
        path=digitizer.path,
        shunt=shunt.value.si,
    )
