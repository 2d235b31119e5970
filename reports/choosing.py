# SPDX-License-Identifier: MIT
"""Which measurements belong together, and which of them is the worst."""

from collections.abc import Callable, Hashable, Iterable, Sequence

from reports import numbers
from reports.record_file import Case, Measurement
from stimcert.verdict import Verdict

ADVISORY = "advisory"
INFORMATION = "information"
_TINY = 200


def worst_of(measurements: Sequence[Measurement]) -> Measurement | None:
    """Return the measurement with the worst verdict, among equals the one with the least margin."""
    return max(measurements, key=_badness, default=None)


def _badness(found: Measurement) -> tuple[int, float]:
    share = numbers.margin_share(found.held, found.lower, found.upper)
    severity = -1 if found.own in (None, Verdict.NOT_APPLICABLE) else found.own.severity
    if found.own is Verdict.ERROR and found.data.get("void"):
        # It was measured well, on a bench that nobody trusts any more: less than a finding against the device.
        severity = Verdict.INCONCLUSIVE.severity
    return severity, float("-inf") if share is None else -share


def grouped(measurements: Iterable[Measurement], key: Callable[[Measurement], Hashable]) -> Iterable[list[Measurement]]:
    """Return the measurements that share a key, groups and members in the order of the record."""
    groups: dict[Hashable, list[Measurement]] = {}
    for measurement in measurements:
        groups.setdefault(key(measurement), []).append(measurement)
    return groups.values()


def by_mode(groups: Iterable[list[Measurement]]) -> Iterable[list[Measurement]]:
    """Divide each group by the mode of the device."""
    return (part for group in groups for part in grouped(group, lambda m: m.mode))


def measured(found: Measurement) -> str:
    """Return value ± U; one that is next to nothing stands in the unit of its limit, so that they can be compared."""
    numbers_shown = [abs(n) for n in (found.value, found.expanded) if n is not None]
    limits = [abs(n) for n in (found.lower, found.upper) if n is not None]
    tiny = bool(limits and numbers_shown) and max(numbers_shown) < max(limits) / _TINY
    scale = numbers.Scale.of(limits, found.unit) if tiny and found.expanded else None
    return numbers.with_uncertainty(found.value, found.expanded, found.unit, found.text("bound"), scale)


def forget_budgets(case: Case) -> None:
    """Keep the budget of a case's worst measurement, the only one that is shown; the others are most of a record."""
    shown = worst_of([measurement for measurement in case.measurements if measurement.judged])
    for measurement in case.measurements:
        if measurement is not shown:
            measurement.forget("budget")
