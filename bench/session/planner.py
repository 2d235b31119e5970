# SPDX-License-Identifier: MIT
"""Before anything is energised: which shunt, which ranges, how long, and what can be decided at all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.session.inputs import Inputs
from bench.session.point import points_of
from bench.session.ranges import choose_shunt, worst_case
from instruments.data_sheets import load_accuracy
from instruments.station_file import Shunt, StationFile
from stimcert.limits import LimitRow
from stimcert.plan import Case, Mode

# A 2450 integrates over 0.01 to 10 power line cycles; below one, mains hum is not averaged out.
_LONGEST_APERTURE = 10.0
# 100 mA: more than any device of this bench has business with, and what relays and loads bear.
HIGHEST_SMU_RANGE = 0.1
_MEAN_READINGS = 5
_ROOM = 2.0
_EXPANDED_OVER_HALF_WIDTH = 2 / 3**0.5


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How one mode is measured.

    :param worst_case: largest current expected, A.
    :param shunt: the resistor in series.
    :param digitizer_range: V; None without a digitizer.
    :param smu_range: A, fixed.
    :param smu_limit: A.
    :param nplc: integration time of a mean reading in power line cycles; None when no whole number of the device's
        cycles fits, so that only the digitizer can take a mean.
    """

    worst_case: float
    shunt: Shunt
    digitizer_range: float | None
    smu_range: float
    smu_limit: float
    nplc: float | None
    readings: int = _MEAN_READINGS


def plan_setup(inputs: Inputs, mode: Mode) -> Setup:
    """Choose shunt and ranges for a mode from its worst case and the station's capabilities."""
    station = inputs.station
    worst = worst_case(inputs.plan, inputs.limits, mode)
    if worst is None:
        raise ValueError(f"mode {mode.name}: nothing says how large its current may be")
    shunt = choose_shunt(station.shunts, worst)
    forced = station.smu.current_range
    smu_range = forced.si if forced else smallest_range(load_accuracy(station.smu.driver).current_ranges, worst)
    return Setup(
        worst_case=worst,
        shunt=shunt,
        digitizer_range=_digitizer_range(station, worst * shunt.value.si),
        smu_range=smu_range,
        smu_limit=smu_range,
        nplc=_whole_cycles(mode, station.line_frequency.si),
    )


def ranges_in_use(inputs: Inputs) -> list[Setup]:
    """Return a set-up for each pair of shunt and SMU range that a plan uses."""
    plan = inputs.plan
    setups = [plan_setup(inputs, plan.mode_named(name)) for case in plan.cases for name in case.modes]
    return list({(setup.shunt.value.si, setup.smu_range): setup for setup in reversed(setups)}.values())[::-1]


def ranged_setup(inputs: Inputs, setup: Setup, current: float) -> Setup:
    """Return a set-up for a current (A) far below the worst case of a mode, with a shunt that stands that all the same.

    The SMU has room for twice the current, since it is read only when the peak keeps clear of its range.
    """
    station = inputs.station
    safe = [shunt for shunt in station.shunts if setup.worst_case**2 * shunt.value.si <= shunt.max_power.si]
    shunt = choose_shunt(safe or [setup.shunt], current)
    forced, ranges = station.smu.current_range, load_accuracy(station.smu.driver).current_ranges
    smu_range = forced.si if forced else smallest_range(ranges, _ROOM * current)
    return replace(
        setup,
        shunt=shunt,
        digitizer_range=_digitizer_range(station, current * shunt.value.si),
        smu_range=smu_range,
        smu_limit=smu_range,
    )


def largest_bound(inputs: Inputs, case: Case, mode: Mode) -> float:
    """Return the largest current that a row of a case allows, A: what ranges for it must hold to decide.

    :param mode: whose worst case counts where no row is one of a current.
    """
    rows = [row for row in limit_rows(inputs, case) if row.unit == "A"]
    bounds = [abs(bound.si) for row in rows for bound in (row.lower, row.upper) if bound is not None]
    return max(bounds, default=plan_setup(inputs, mode).worst_case)


def limit_rows(inputs: Inputs, case: Case) -> list[LimitRow]:
    """Return the limit rows a case is judged against; ``declared`` is resolved per mode and level elsewhere."""
    return [inputs.limits[name] for name in case.limits if name != "declared"]


def smallest_range(ranges: Sequence[float], value: float) -> float:
    """Return the smallest range that holds ``value``, or the largest there is."""
    return min((r for r in ranges if r >= value), default=max(ranges))


def _digitizer_range(station: StationFile, volts: float) -> float | None:
    if station.digitizer is None:
        return None
    return smallest_range(load_accuracy(station.digitizer.driver).digitize_ranges, volts)


def _whole_cycles(mode: Mode, line_frequency: float) -> float | None:
    """Return the aperture, in power line cycles, of at least one line cycle and a whole number of device cycles."""
    if mode.cycle is None:
        return 1.0
    cycle = mode.cycle.si * line_frequency
    aperture = math.ceil(1 / cycle - 1e-9) * cycle
    return aperture if aperture <= _LONGEST_APERTURE else None


def longest_aperture(station: StationFile) -> float:
    """Return the longest integration time of the SMU, s."""
    return _LONGEST_APERTURE / station.line_frequency.si


def expected_u(inputs: Inputs, setup: Setup, current: float) -> float:
    """Return the expanded uncertainty to be expected at a current (A), by the data sheet alone.

    Coverage factor 2 over a rectangle; the budget decides when it is measured.
    """
    if inputs.station.digitizer is None or setup.digitizer_range is None:
        accuracy = load_accuracy(inputs.station.smu.driver).current(setup.smu_range)
        return _EXPANDED_OVER_HALF_WIDTH * accuracy.half_width(current)
    accuracy = load_accuracy(inputs.station.digitizer.driver).digitize(setup.digitizer_range)
    ohms = setup.shunt.value.si
    return _EXPANDED_OVER_HALF_WIDTH * accuracy.half_width(current * ohms) / ohms


def case_points(inputs: Inputs, case: Case) -> int:
    """Return how many points a case has, events and states counted one by one."""
    if id(case) not in inputs.counted:
        inputs.counted[id(case)] = (case, sum(not point.one_more_up for point in points_of(inputs.plan, case)))
    return inputs.counted[id(case)][1]
