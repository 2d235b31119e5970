# SPDX-License-Identifier: MIT
"""The bounds that apply at a point: rows of limit files, and what the device's maker declares."""

from collections.abc import Iterator
from typing import Any

from bench.session.inputs import Inputs
from bench.session.planner import limit_rows
from bench.session.point import Point, points_of
from bench.session.row import Row
from bench.session.sign_rows import OBSERVED, OBSERVED_IN_TREATMENT, SIGN_METRICS, sign_rows
from bench.session.treatment_rows import TREATMENT_METRICS, treatment_rows
from stimcert.limits import LimitRow
from stimcert.metrics import METRICS
from stimcert.plan import Case, Declared, Mode
from stimcert.procedures import discloses, judged_by_mode, measures


def rows_of(inputs: Inputs, point: Point, metric: str) -> list[Row]:
    """Return the rows a metric is judged against at a point; none means that it is information."""
    facts = METRICS.get(metric)
    if facts is not None and facts.at_lowest and not point.is_lowest:
        return []
    if facts is not None and facts.of_event and point.event is None:
        return []
    limits = _limits(inputs, point.case, metric)
    found = [bounds for row, bounds in limits if row.holds_at(point.load, point.network)]
    if "declared" in point.case.limits:
        found += _declared(point, metric)
    if metric in TREATMENT_METRICS:
        found += [row for row in treatment_rows(point.mode) if row.metric == metric]
    if metric in SIGN_METRICS:
        observed = OBSERVED_IN_TREATMENT if judged_by_mode(point.case.procedure) == "timer" else OBSERVED
        signs = sign_rows(point.mode, digitizer=inputs.station.digitizer is not None, observed=observed)
        found += [row for row in signs if row.metric == metric]
    return found


def judges_nothing(inputs: Inputs, case: Case) -> bool:
    """Whether a case is there to disclose, and the plan gives it nothing that it could be judged by."""
    limits = any(row.kind == "limit" for row in limit_rows(inputs, case))
    return discloses(case.procedure) and not limits and "declared" not in case.limits


def required_points(inputs: Inputs, case: Case) -> Iterator[dict[str, Any]]:
    """Yield each point of a case with the ids of the rows that something must be held against there."""
    metrics = _metrics(inputs, case)
    for point in points_of(inputs.plan, case):
        rows = (row for metric in metrics for row in rows_of(inputs, point, metric) if row.kind == "limit")
        yield {
            "mode": point.mode.name,
            "level": point.level,
            "load": point.load,
            "network": point.network,
            "one_more_up": point.one_more_up,
            "event": point.event,
            "repetition": point.repetition,
            "state": point.state,
            "rows": [row.id for row in rows],
        }


def judged_rows(inputs: Inputs, case: Case) -> list[tuple[Mode, Row]]:
    """Return each row by which a case can be judged, once for each mode; all points are gone through once."""
    if id(case) not in inputs.judged:
        inputs.judged[id(case)] = (case, list(_judged_rows(inputs, case)))
    return inputs.judged[id(case)][1]


def _judged_rows(inputs: Inputs, case: Case) -> Iterator[tuple[Mode, Row]]:
    if judged_by_mode(case.procedure) == "modality":
        yield from ((mode, modality_row(mode)) for mode in map(inputs.plan.mode_named, case.modes))
    metrics, seen = _metrics(inputs, case), set[tuple[str, str]]()
    for point in points_of(inputs.plan, case):
        for row in (row for metric in metrics for row in rows_of(inputs, point, metric) if row.kind == "limit"):
            if (point.mode.name, row.id) not in seen:
                seen.add((point.mode.name, row.id))
                yield point.mode, row


def _metrics(inputs: Inputs, case: Case) -> list[str]:
    """Return every metric that a case is judged by, once."""
    found = [row.metric for row in limit_rows(inputs, case)]
    if "declared" in case.limits:
        found += [entry.metric for name in case.modes for entry in inputs.plan.mode_named(name).declared]
    own = {"sign": SIGN_METRICS, "timer": TREATMENT_METRICS}.get(judged_by_mode(case.procedure) or "", ())
    return [*dict.fromkeys(metric for metric in found if measures(case.procedure, metric)), *own]


def _limits(inputs: Inputs, case: Case, metric: str) -> list[tuple[LimitRow, Row]]:
    """Return the limit rows of a case for a metric, each with its bounds; worked out once."""
    key, kept = (*case.limits, metric), inputs.rows
    if key not in kept:
        kept[key] = [(row, _from_limit(row)) for row in limit_rows(inputs, case) if row.metric == metric]
    return kept[key]


def _from_limit(row: LimitRow) -> Row:
    return Row(
        id=row.id,
        metric=row.metric,
        lower=row.lower.si if row.lower is not None else None,
        upper=row.upper.si if row.upper is not None else None,
        event=row.event.si,
        kind=row.kind,
        max_uncertainty=row.max_uncertainty.si if row.max_uncertainty is not None else None,
        min_observed=row.min_observed.si,
    )


def _declared(point: Point, metric: str) -> list[Row]:
    declared = point.mode.declared_for(point.level, metric, point.load)
    if declared is None or point.network is not None:
        return []
    return [declared_row(point.mode, declared)]


def declared_row(mode: Mode, declared: Declared) -> Row:
    """Return the bounds that a declared value sets, for the magnitude."""
    lower, upper = declared.bounds
    name = f"declared.{mode.name}.{declared.level}.{declared.metric}"
    if not mode.is_declared_once(declared):
        name += f".{declared.load_min.si:g}"
    return Row(id=name, metric=declared.metric, lower=lower, upper=upper, magnitude=True)


def modality_row(mode: Mode) -> Row:
    """Return the row under which a mode's claim is judged; it has no bounds."""
    return Row(id=f"modality.{mode.name}", metric="modality", lower=None, upper=None)
