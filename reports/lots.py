# SPDX-License-Identifier: MIT
"""A lot: what several units of one type show at the same point, from the tables of their runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reports.errors import ReportError
from reports.record_file import read_record

if TYPE_CHECKING:
    import pandas as pd

POINT = ["case", "quantity", "limit", "mode", "level", "load_ohm", "unit"]
"""What must be the same of readings that are compared."""
COLUMNS = [*POINT, "units", "lowest", "mean", "highest", "deviation", "verdicts"]


def lot_table(runs: Sequence[Path]) -> "pd.DataFrame":
    """Return a row for each point and limit: how many units, their lowest, mean and highest value, and the spread.

    Values are in ``unit``; ``deviation`` is the experimental standard deviation over units, empty for one. Of a unit
    that was measured more than once at a point the reading that lies furthest out counts, by magnitude: scatter of one
    unit is never averaged away. Readings that were voided or stood against no limit are left out.

    :param runs: folders of runs of one plan, in one revision.
    :raises ReportError: when a run cannot be read, or was made by another plan than the first.
    """
    import pandas as pd

    tables = [_readings(run) for run in runs]
    if not tables:
        raise ReportError("a lot needs at least one run")
    plans = {tuple(read_record(run).data["plan"][key] for key in ("id", "revision", "sha256")): run for run in runs}
    if len(plans) > 1:
        named = "; ".join(f"{run}: {plan[0]} revision {plan[1]}" for plan, run in plans.items())
        raise ReportError(f"these runs were made by different plans: {named}; a lot has one")
    readings = pd.concat(tables, ignore_index=True)
    judged = readings[readings["limit"].notna() & readings["void"].isna() & readings["value"].notna()]
    outermost_first = judged.assign(size=judged["value"].abs()).sort_values("size", ascending=False)
    grouped = outermost_first.drop_duplicates([*POINT, "serial"]).sort_index().groupby(POINT, dropna=False, sort=False)
    values = grouped["value"].agg(units="count", lowest="min", mean="mean", highest="max", deviation="std")
    verdicts = grouped["verdict"].agg(_counts)
    table: pd.DataFrame = values.join(verdicts.rename("verdicts")).reset_index()
    return table.loc[:, COLUMNS]


def _readings(run: Path) -> "pd.DataFrame":
    """Return the table of a run, with the unit's serial number."""
    import pandas as pd

    record = read_record(run)
    try:
        table = pd.read_csv(run / "readings.csv", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ReportError(f"{run / 'readings.csv'}: cannot be read ({error}); render the run again") from error
    return table.assign(serial=str(record.data["dut"]["serial"]))


def _counts(verdicts: "pd.Series[str]") -> str:
    """Return ``3 PASS, 1 FAIL``; advisories have no verdict."""
    return ", ".join(f"{count} {word}" for word, count in verdicts.value_counts().items())
