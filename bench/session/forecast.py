# SPDX-License-Identifier: MIT
"""What is about to happen: per case whether it can be decided, how long it takes, and what a person has to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.session.inputs import Inputs
from bench.session.planner import Setup, case_points, limit_rows, plan_setup
from bench.session.rows import judges_nothing
from instruments.data_sheets import load_accuracy
from stimcert.limits import LimitRow
from stimcert.plan import Case
from stimcert.procedures import discloses
from stimcert.quantity import show

# Coverage factor 2 over a rectangle: only a forecast; the budget decides when it is measured.
_EXPANDED_OVER_HALF_WIDTH = 2 / 3**0.5
# What one point takes beside its dwell and settling: relays, mean readings, transfer (s, bench time).
_POINT_OVERHEAD = 0.15


@dataclass(frozen=True, kw_only=True)
class CaseForecast:
    """One case: how many points, how long, what can come out of it."""

    case: Case
    points: int
    minutes: float
    decidable: bool
    words: str
    operator_actions: int


def forecast(inputs: Inputs) -> Iterator[CaseForecast]:
    """Yield a forecast for each case of the plan."""
    for case in inputs.plan.cases:
        points = case_points(inputs, case)
        seconds = _seconds(inputs, case, points)
        decidable, words = _decidable(inputs, case)
        yield CaseForecast(
            case=case,
            points=points,
            minutes=seconds / 60,
            decidable=decidable,
            words=words,
            operator_actions=_operator_actions(inputs, case, points),
        )


def _seconds(inputs: Inputs, case: Case, points: int) -> float:
    """Return the bench time of a case, s."""
    if discloses(case.procedure):
        # Few plans disclose, and what is needed for it takes its time to load.
        from bench.session.specification import recorded

        return recorded(inputs.plan, case) + points * (case.settle.si + _POINT_OVERHEAD)
    return points * (case.dwell.si + case.settle.si + _POINT_OVERHEAD)


def _decidable(inputs: Inputs, case: Case) -> tuple[bool, str]:
    if case.not_applicable:
        return True, f"not applicable: {case.not_applicable}"
    if judges_nothing(inputs, case):
        seen = "" if inputs.station.digitizer is not None else ", of which this station sees means only"
        return False, f"discloses its results{seen}; nothing is judged"
    rows = limit_rows(inputs, case)
    if inputs.station.digitizer is None and any(row.metric != "current.mean" for row in rows):
        return False, "bandwidth: no digitizer, INCONCLUSIVE at best"
    setup = plan_setup(inputs, inputs.plan.mode_named(case.modes[0]))
    zones = [_pass_zone(inputs, setup, row) for row in rows if row.kind == "limit" and row.unit == "A"]
    return True, "decidable" + (f": PASS {', '.join(zones)}" if zones else "")


def _pass_zone(inputs: Inputs, setup: Setup, row: LimitRow) -> str:
    """Return the acceptance zone expected for a row, from the digitizer's data sheet alone."""
    zones = []
    if row.upper is not None:
        zones.append(f"below about {show(row.upper.si - _expected_u(inputs, setup, row.upper.si), 'A')}")
    if row.lower is not None:
        zones.append(f"above about {show(row.lower.si + _expected_u(inputs, setup, row.lower.si), 'A')}")
    return " and ".join(zones)


def _expected_u(inputs: Inputs, setup: Setup, current: float) -> float:
    if inputs.station.digitizer is None or setup.digitizer_range is None:
        accuracy = load_accuracy(inputs.station.smu.driver).current(setup.smu_range)
        return _EXPANDED_OVER_HALF_WIDTH * accuracy.half_width(current)
    accuracy = load_accuracy(inputs.station.digitizer.driver).digitize(setup.digitizer_range)
    ohms = setup.shunt.value.si
    return _EXPANDED_OVER_HALF_WIDTH * accuracy.half_width(current * ohms) / ohms


def _operator_actions(inputs: Inputs, case: Case, points: int) -> int:
    """Count what a person has to do: levels where the device is worked by hand, loads where the box is."""
    by_hand = {role for role, entry in inputs.station.instruments.items() if entry.driver == "manual"}
    actions = points if "dut" in by_hand else 0
    return actions + (len(case.loads) * len(case.modes) if "load_box" in by_hand else 0)


def forecast_lines(inputs: Inputs) -> list[str]:
    """Return the forecast as aligned lines, the same for ``check-plan`` and for the start of a run."""
    entries = list(forecast(inputs))
    width = max(len(entry.case.procedure) for entry in entries)
    lines = [
        f"  {entry.case.id:<8} {entry.case.procedure:<{width}}  {', '.join(entry.case.modes)}: "
        f"{entry.points} points, {entry.minutes:.1f} min, {entry.words}"
        for entry in entries
    ]
    minutes = sum(entry.minutes for entry in entries)
    actions = sum(entry.operator_actions for entry in entries)
    judging = [entry for entry in entries if not (entry.case.not_applicable or judges_nothing(inputs, entry.case))]
    silent = [] if judging else ["  nothing in this plan is judged: the run will end NOT RUN, with exit code 1"]
    hand = f"{actions} operator actions" if actions else "no operator action"
    return [
        *lines,
        f"  {sum(entry.points for entry in entries)} points, about {minutes:.1f} minutes of bench time, {hand}",
        *silent,
    ]
