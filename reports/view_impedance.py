# SPDX-License-Identifier: MIT
"""Effect of load impedance: what each mode puts out at its highest level, load by load.

Source: IEC 60601-2-10 asks the instructions for use to describe the effect of load impedance (as excerpted from the
Australian adoption, AS 60601.2.10:2018).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports import numbers
from reports.choosing import ADVISORY, grouped
from reports.record_file import Measurement, Record, number

_PEAK = "current.peak"
_LEAST = 2


@dataclass(frozen=True, kw_only=True)
class Row:
    """One mode.

    :param cells: at each load the current ± U, and how far it is from that at the first load of the row.
    """

    mode: str
    level: str
    cells: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Impedance:
    """Modes by rows, loads by columns."""

    loads: Sequence[str]
    rows: Sequence[Row]


def impedance(record: Record) -> Impedance | None:
    """Return the table of all modes that were measured at two loads or more; None where none was."""
    # Advice holds for readings that a limit holds for, or that are there as information: they are not needed twice.
    peaks = [m for case in record.cases for m in case.measurements if m.kind != ADVISORY and _counts(m)]
    modes = [_by_load(group) for group in grouped(peaks, lambda m: m.mode)]
    modes = [found for found in modes if len(found) >= _LEAST]
    if not modes:
        return None
    loads = sorted({load for found in modes for load in found})
    return Impedance(
        loads=[numbers.given(load, "Ω") if load > 0.0 else "short" for load in loads],
        rows=[_row(found, loads) for found in modes],
    )


def _counts(found: Measurement) -> bool:
    """Whether it is a peak current of a running mode at a resistance, of a record that was not repeated."""
    if found.quantity != _PEAK or found.mode is None or found.load is None or found.value is None:
        return False
    where = found.conditions.data.get
    if where("one_more_up") or where("descending") or where("network") or where("state") or where("event"):
        return False
    return found.node("reason").text("code") != "repeated_one_range_up" and not found.data.get("void")


def _by_load(group: Sequence[Measurement]) -> dict[float, Measurement]:
    """Return the largest current at each load, at the highest level that was measured at two loads or more."""
    levels: dict[float, dict[float, Measurement]] = {}
    for measurement in group:
        if measurement.load is None:
            continue
        found = levels.setdefault(number(measurement.level) or 0.0, {})
        best = found.get(measurement.load)
        if best is None or _sure(measurement) > _sure(best):
            found[measurement.load] = measurement
    enough = [level for level, found in levels.items() if len(found) >= _LEAST]
    return levels[max(enough)] if enough else {}


def _sure(found: Measurement) -> float:
    """Return the magnitude, of a bound what it is beyond its uncertainty, so that a plain value goes first."""
    size = abs(found.value or 0.0)
    return size - (found.expanded or 0.0) if found.data.get("bound") else size


def _row(found: dict[float, Measurement], loads: Sequence[float]) -> Row:
    first = found[min(found)]
    return Row(mode=first.mode or "?", level=str(first.level), cells=list(_cells(found, first, loads)))


def _cells(found: dict[float, Measurement], first: Measurement, loads: Sequence[float]) -> Iterator[tuple[str, str]]:
    for load in loads:
        here = found.get(load)
        if here is None:
            yield "not measured", ""
            continue
        value = numbers.with_uncertainty(here.value, here.expanded, here.unit, here.text("bound"))
        yield value, "" if here is first else _change(here, first)


def _change(here: Measurement, first: Measurement) -> str:
    """Return the deviation from the first load; none of a bound, or of nothing."""
    if here.data.get("bound") or first.data.get("bound") or not first.value or here.value is None:
        return ""
    return numbers.signed_share(abs(here.value) / abs(first.value) - 1.0)
