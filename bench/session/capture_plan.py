# SPDX-License-Identifier: MIT
"""How the dwell at a point is spent: which records are taken, how fast and how long, and what the trigger watches.

A dwell that fits the digitizer's memory is one record at the fastest rate. A longer one is a record of some cycles, and
the rest of the dwell is watched at that rate. Where the mode has a program, a slow record of three periods comes first;
it shows where the program is strongest, and the fast record is taken there.
"""

from dataclasses import dataclass

from bench.session.inputs import Inputs
from bench.session.planner import Setup, expected_u
from bench.session.point import Point
from bench.session.row import Row
from bench.session.rows import rows_of
from bench.session.sampling import Sampling, sampling_of
from stimcert.plan import Case, Mode
from stimcert.plan_checks import PROGRAMS

FAST = 0.2
"""s: the shortest record at the fastest rate beside which a dwell is watched."""

_FAST_CYCLES = 3.0
_PART_OF_RANGE = 0.95
_WHOLE = 1.0 - 1e-9

PEAKS = ("current.peak", "current.positive_peak", "current.negative_peak", "current.peak_to_peak")
"""What an excursion that lasts no longer than an event changes, and what a watch therefore looks for."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """How a dwell is divided, s.

    :param fast: length of the record at the fastest rate.
    :param watched: time under the armed trigger.
    :param period: after which what is looked at repeats, where a slow record of that is taken; else None.
    :param slow: length of that slow record; 0 without one.
    """

    fast: float
    watched: float
    period: float | None = None
    slow: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CapturePlan:
    """What is done at a point.

    :param level: at which the trigger is armed, A: the acceptance limit of the lowest ceiling.
    :param ceilings: the rows that this level stands for.
    """

    times: Times
    level: float
    ceilings: tuple[Row, ...]


def divide(case: Case, mode: Mode, sampling: Sampling) -> Times:
    """Divide the dwell of a case in a mode."""
    dwell, period = case.dwell.si, period_to_see(case, mode, sampling)
    if period is None and dwell <= sampling.longest:
        return Times(fast=dwell, watched=0.0)
    cycle = mode.cycle.si if mode.cycle is not None else 0.0
    fast = min(max(FAST, _FAST_CYCLES * cycle), dwell, sampling.longest)
    if period is None:
        return Times(fast=fast, watched=dwell - fast)
    fast = min(fast, period, mode.alternates.si if mode.alternates is not None else period)
    return Times(fast=fast, watched=dwell - fast, period=period, slow=PROGRAMS * period)


def period_to_see(case: Case, mode: Mode, sampling: Sampling) -> float | None:
    """Return the longest period that a slow record is needed for, s, or None.

    That is a program, where the dwell holds three of it, or a waveform of which no record at the fastest rate holds a
    cycle.
    """
    cycle = mode.cycle.si if mode.cycle is not None else 0.0
    periods = [mode.program.si] if mode.program is not None else []
    periods += [cycle] if cycle > sampling.longest else []
    return max((each for each in periods if case.dwell.si >= PROGRAMS * each * _WHOLE), default=None)


def plan_capture(inputs: Inputs, setup: Setup, point: Point) -> CapturePlan | None:
    """Return how a point is captured; None on a station without a digitizer."""
    sampling = sampling_of(inputs.station)
    if sampling is None or setup.digitizer_range is None:
        return None
    times = divide(point.case, point.mode, sampling)
    ceilings = tuple(row for metric in PEAKS for row in rows_of(inputs, point, metric) if _is_ceiling(row))
    end = _PART_OF_RANGE * setup.digitizer_range / setup.shunt.value.si
    levels = [_acceptance(inputs, setup, row) for row in ceilings]
    return CapturePlan(
        times=times,
        level=min((level for level in levels if level > 0.0), default=end),
        ceilings=ceilings,
    )


def _is_ceiling(row: Row) -> bool:
    return row.kind == "limit" and row.upper is not None


def _acceptance(inputs: Inputs, setup: Setup, row: Row) -> float:
    """Return the magnitude that a current may reach before a row can be anything but PASS, A.

    Of a peak-to-peak current one side alone is half at least.
    """
    upper = row.upper or 0.0
    sides = 2.0 if row.metric == "current.peak_to_peak" else 1.0
    return (upper - expected_u(inputs, setup, upper)) / sides
