# SPDX-License-Identifier: MIT
"""A lot: units side by side, each by the reading that lies furthest out."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest

from bench.__main__ import main
from reports import ReportError, write_tables
from reports.lots import COLUMNS, lot_table
from tests.reports.record_factory import write_run


@pytest.fixture
def unit(record: dict[str, Any], tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of runs of one unit, all of its currents multiplied."""

    def make(serial: str, factor: float = 1.0, **plan: str) -> Path:
        run = deepcopy(record)
        run["dut"]["serial"] = serial
        run["plan"] |= plan
        for case in run["cases"]:
            for m in case["measurements"]:
                m["value"] = m["value"] * factor if m["value"] is not None else None
        folder = write_run(tmp_path / f"{serial}{plan}", run, waveforms=False)
        write_tables(folder)
        return folder

    return make


def peak_of(table: Any) -> Any:
    """Return the row of the largest peak."""
    peaks = table[(table["quantity"] == "current.peak") & table["verdicts"].str.contains("PASS")]
    return peaks.sort_values("highest").iloc[-1]


def test_units_stand_side_by_side(unit: Callable[..., Path]) -> None:
    factors = (0.9, 1.0, 1.05)
    alone = peak_of(lot_table([unit("1")]))
    table = lot_table([unit(f"A{n}", factor) for n, factor in enumerate(factors)])
    assert list(table.columns) == COLUMNS
    row = peak_of(table)
    values = [alone["mean"] * factor for factor in factors]
    assert row["units"] == 3
    assert (row["lowest"], row["highest"]) == pytest.approx((min(values), max(values)))
    assert (row["mean"], row["deviation"]) == pytest.approx((mean(values), stdev(values)))
    assert row["verdicts"] == "3 PASS"


def test_of_a_unit_that_was_measured_twice_the_reading_furthest_out_counts(unit: Callable[..., Path]) -> None:
    first, again = unit("A", 1.0), unit("A ", 1.1)
    text = (again / "record.json").read_text(encoding="utf-8").replace('"serial": "A "', '"serial": "A"')
    (again / "record.json").write_text(text, encoding="utf-8")
    row = peak_of(lot_table([first, again]))
    assert row["units"] == 1
    assert row["mean"] == pytest.approx(peak_of(lot_table([first]))["mean"] * 1.1)


def test_runs_of_different_plans_make_no_lot(unit: Callable[..., Path]) -> None:
    with pytest.raises(ReportError, match="revision 2"):
        lot_table([unit("A"), unit("B", revision="2")])


def test_a_run_without_its_table_is_named(unit: Callable[..., Path]) -> None:
    run = unit("A")
    (run / "readings.csv").unlink()
    with pytest.raises(ReportError, match="render the run again"):
        lot_table([run])
    with pytest.raises(ReportError):
        lot_table([run.parent / "nowhere"])
    with pytest.raises(ReportError, match="at least one"):
        lot_table([])


def test_a_formula_in_the_table_of_another_is_written_as_text(unit: Callable[..., Path], tmp_path: Path) -> None:
    run, lot = unit("A"), tmp_path / "lot.csv"
    text = (run / "readings.csv").read_text(encoding="utf-8").replace("current.peak", "=1+1;@SUM(A1)")
    (run / "readings.csv").write_text(text, encoding="utf-8")
    assert main(["lot", str(run), "--csv", str(lot)]) == 0
    written = lot.read_text(encoding="utf-8")
    assert "'=1+1;'@SUM(A1)" in written
    assert ",=1+1" not in written
