# SPDX-License-Identifier: MIT
"""What an output table wants to know at a point, beside what other bench tests measure as well."""

from typing import Any

from bench.session.bench import Bench
from bench.session.evaluate import outcome
from bench.session.judge import PROVING
from bench.session.point import Capture, Derived, Point
from stimcert.derived import voltage
from stimcert.measured import NotMeasurable
from stimcert.plan import Case, Mode, Plan

LEAST = 0.2
"""s at the fastest rate, for the height, length and charge of pulses; the dwell, which is longer, shows the program."""

PERIODS = 5
"""Periods of a declared program that are recorded: three whole ones, and one at either end that is cut."""

_CYCLES = 6


def seconds_of(case: Case, cycle: float | None) -> float:
    """Return for how long pulses are recorded at the fastest rate, s: six cycles, 200 ms at least, the dwell at most.

    :param cycle: declared period of the waveform, s; None where there is none.
    """
    return min(max(LEAST, _CYCLES * (cycle or 0.0)), case.dwell.si)


def recorded(plan: Plan, case: Case) -> float:
    """Return for how long a case records in all its modes, s."""
    return sum(_recorded_in(case, plan.mode_named(name)) for name in case.modes)


def _recorded_in(case: Case, mode: Mode) -> float:
    fast = seconds_of(case, mode.cycle.si if mode.cycle is not None else None)
    long = PERIODS * mode.program.si if mode.program is not None else case.dwell.si
    return len(case.levels_of(mode)) * len([*case.places()]) * fast + long


def is_described(point: Point) -> bool:
    """Whether the form and the program of a mode are looked at here: highest level of the case, its first load."""
    first_load, network = next(point.case.places())
    highest = point.level == point.case.levels_of(point.mode)[-1]
    return highest and not point.one_more_up and (point.load, point.network) == (first_load, network)


def voltage_at(bench: Bench, point: Point, capture: Capture) -> Derived:
    """Return the peak voltage across the load as it was measured, by the peak of the current."""
    peak = outcome(PROVING, capture, point)
    if isinstance(peak, NotMeasurable):
        return Derived(result=peak)
    try:
        return Derived(result=voltage(peak, bench.measured_load(point)))
    except NotMeasurable as refusal:
        return Derived(result=refusal)


def described(point: Point, capture: Capture, whole: Capture) -> dict[str, Any]:
    """Return what the waveform of a mode is, in words, and what they rest on; nothing of it comes from a label."""
    if not capture.records:
        missing = "the station has no digitizer: no waveform was seen"
        return {"waveform": None, "shape": None, "why": missing, "direct": False, "seconds": 0.0}
    from stimcert.record_form import form_of

    return form_of(capture.train, whole.train, whole.around, direct=_is_direct(point, capture))


def _is_direct(point: Point, capture: Capture) -> bool:
    """Whether a record shows direct current, by its ripple."""
    from stimcert.record_modality import observed_record

    try:
        return observed_record(capture.records[-1], where=point.load_words, cycle=point.cycle).is_smooth is True
    except NotMeasurable:
        return False
