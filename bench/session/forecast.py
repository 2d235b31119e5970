# SPDX-License-Identifier: MIT
"""What is about to happen: per case whether it can be decided, how long it takes, and what a person has to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.session.capture_plan import divide
from bench.session.foresight import foreseen_lines, unproven_lines
from bench.session.inputs import Inputs
from bench.session.planner import (
    Setup,
    case_points,
    expected_u,
    largest_bound,
    limit_rows,
    plan_setup,
    ranged_setup,
)
from bench.session.point import points_of
from bench.session.rows import judged_rows, judges_nothing
from bench.session.sampling import sampling_of
from stimcert.event_choice import left_out
from stimcert.limits import LimitRow
from stimcert.plan import Case
from stimcert.procedures import PROGRAM, PROGRAM_PERIODS, discloses, facts_of
from stimcert.quantity import show
from stimcert.rules import band_of_expanded

_SAME = 1e-6
# What one point takes beside its dwell and settling: relays, mean readings, transfer (s, bench time).
_POINT_OVERHEAD = 0.15


@dataclass(frozen=True, kw_only=True)
class CaseForecast:
    """One case: how many points, how long, what can come out of it.

    :param foreseen: a line for each row that cannot be decided on this station, in the words of the record.
    """

    case: Case
    points: int
    minutes: float
    decidable: bool
    words: str
    foreseen: tuple[str, ...]
    operator_actions: int


def forecast(inputs: Inputs) -> Iterator[CaseForecast]:
    """Yield a forecast for each case of the plan."""
    for case in inputs.plan.cases:
        points = case_points(inputs, case)
        foreseen = [] if case.not_applicable else foreseen_lines(inputs, case)
        decidable, words = _decidable(inputs, case, foreseen)
        yield CaseForecast(
            case=case,
            points=points,
            minutes=_seconds(inputs, case) / 60,
            decidable=decidable,
            words=words,
            foreseen=(*foreseen, *(unproven_lines(inputs, case) if not case.not_applicable else ())),
            operator_actions=_operator_actions(inputs, case, points),
        )


def _decidable(inputs: Inputs, case: Case, foreseen: list[str]) -> tuple[bool, str]:
    if case.not_applicable:
        return True, f"not applicable: {case.not_applicable}"
    if judges_nothing(inputs, case):
        seen = "" if inputs.station.digitizer is not None else ", of which this station sees means only"
        return False, f"discloses{seen}; judges nothing"
    if foreseen:
        return False, "INCONCLUSIVE at best"
    rows = limit_rows(inputs, case)
    setup = _setup(inputs, case)
    zones = [_pass_zone(inputs, setup, row) for row in rows if row.kind == "limit" and row.unit == "A"]
    text = "decidable" + (f": PASS {', '.join(zones)}" if zones else "")
    if facts_of(case.procedure).visits == "events" and (missing := left_out(inputs.plan, case)):
        text += f"; events not made: {', '.join(missing)}"
    return True, text


def _seconds(inputs: Inputs, case: Case) -> float:
    """Return what a case takes, s of bench time: a slow record of a program and the way to its strongest part too."""
    if discloses(case.procedure):
        # Few plans disclose, and what is needed for it takes its time to load.
        from bench.session.specification import recorded

        return recorded(inputs.plan, case) + case_points(inputs, case) * (case.settle.si + _POINT_OVERHEAD)
    sampling, points = sampling_of(inputs.station), dict.fromkeys(case.modes, 0)
    for point in points_of(inputs.plan, case):
        points[point.mode.name] += not point.one_more_up
    total, timed = 0.0, {mode.name for mode, row in judged_rows(inputs, case) if row.metric in PROGRAM}
    for name, count in points.items():
        times = divide(case, inputs.plan.mode_named(name), sampling) if sampling is not None else None
        beside = times.slow + (times.period or 0.0) / 2 if times is not None else 0.0
        beside += PROGRAM_PERIODS * (inputs.plan.mode_named(name).program_period or 0.0) if name in timed else 0.0
        total += count * (case.dwell.si + case.settle.si + beside + _POINT_OVERHEAD + facts_of(case.procedure).takes)
    return total


def _setup(inputs: Inputs, case: Case) -> Setup:
    """Return the set-up of a case's first mode; states without treatment have ranges of their own."""
    mode = inputs.plan.mode_named(case.modes[0])
    setup = plan_setup(inputs, mode)
    if facts_of(case.procedure).visits != "states":
        return setup
    return ranged_setup(inputs, setup, largest_bound(inputs, case, mode))


def _pass_zone(inputs: Inputs, setup: Setup, row: LimitRow) -> str:
    """Return the acceptance zone expected for a row, from the digitizer's data sheet alone."""
    upper = None if row.upper is None else row.upper.si - _band(inputs, setup, row.upper.si)
    lower = None if row.lower is None else row.lower.si + _band(inputs, setup, row.lower.si)
    if upper is None or lower is None:
        return f"below about {show(upper, 'A')}" if upper is not None else f"above about {show(lower or 0.0, 'A')}"
    if abs(upper + lower) <= _SAME * abs(upper):
        return f"within about ± {show(upper, 'A')}"
    return f"between about {show(lower, 'A')} and {show(upper, 'A')}"


def _band(inputs: Inputs, setup: Setup, current: float) -> float:
    """Return the guard band to be expected at a current, A, by the plan's rule."""
    return band_of_expanded(inputs.plan.decision_rule, expected_u(inputs, setup, current))


def _operator_actions(inputs: Inputs, case: Case, points: int) -> int:
    """Count what a person has to do: levels where the device is worked by hand, loads where the box is."""
    by_hand = {role for role, entry in inputs.station.instruments.items() if entry.driver == "manual"}
    actions = points if "dut" in by_hand else 0
    return actions + (len(case.loads) * len(case.modes) if "load_box" in by_hand else 0)


def forecast_lines(inputs: Inputs) -> list[str]:
    """Return the forecast as aligned lines, the same for ``check-plan`` and for the start of a run."""
    entries = list(forecast(inputs))
    width = max(len(entry.case.procedure) for entry in entries)
    lines: list[str] = []
    for entry in entries:
        lines.append(
            f"  {entry.case.id:<8} {entry.case.procedure:<{width}}  {', '.join(entry.case.modes)}: "
            f"{entry.points} points, {entry.minutes:.1f} min, {entry.words}"
        )
        lines += [f"           {line}" for line in entry.foreseen]
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
