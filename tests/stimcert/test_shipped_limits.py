# SPDX-License-Identifier: MIT
"""The shipped limit files: what each row says, that nobody calls a number checked, and that files do not collide."""

from pathlib import Path

import pytest

from stimcert.limits import LimitFile, LimitRow, no_pass_zone
from stimcert.strict_toml import load

FOLDER = Path(__file__).parents[2] / "test_plans" / "limits"
FILES = {
    path.stem: load(path.read_bytes(), LimitFile, path.name).value for path in sorted(FOLDER.glob("*.toml"))
}  # fmt: skip
ROWS = {row.id: row for file in FILES.values() for row in file.rows}

# metric, lower and upper (SI), kind, regime
NUMBERS = {
    "microcurrent.ceiling": ("current.peak", None, 600e-6, "limit", "cosmetic"),
    "microcurrent.treatment": ("current.peak", None, 600e-6, "limit", "cosmetic"),
    "microcurrent.advisory": ("current.peak", None, 500e-6, "advisory", "cosmetic"),
    "iec_60601_2_10.rms_dc": ("current.rms", None, 80e-3, "limit", "medical"),
    "iec_60601_2_10.rms_to_400_hz": ("current.rms", None, 50e-3, "limit", "medical"),
    "iec_60601_2_10.rms_to_1500_hz": ("current.rms", None, 80e-3, "limit", "medical"),
    "iec_60601_2_10.rms_above_1500_hz": ("current.rms", None, 100e-3, "limit", "medical"),
    "iec_60601_2_10.pulse_energy": ("energy.pulse", None, 0.3, "limit", "medical"),
    "iec_60601_2_10.open_circuit_voltage": ("voltage.peak", None, 500.0, "limit", "medical"),
    "iec_60601_2_10.density_attention": ("current.density_rms", None, 20.0, "advisory", "medical"),
    "iec_60601_2_10.intensity_step": ("intensity.step", None, 1e-3, "limit", "medical"),
    "iec_60601_2_10.intensity_minimum": ("intensity.minimum", None, 0.02, "limit", "medical"),
    "fda_output_table.power_density": ("power.density", None, 2500.0, "limit", "fda"),
    "off_state.dc": ("current.mean", -10e-6, 10e-6, "limit", "medical"),
    "off_state.ac": ("current.ac_rms", None, 100e-6, "limit", "medical"),
    "galvanic_salon.density_advice": ("current.density_rms", None, 2.0, "advisory", "manufacturer"),
    "galvanic_salon.density_anode": ("current.density_rms", None, 5.0, "advisory", "cosmetic"),
    "galvanic_salon.density_cathode": ("current.density_rms", None, 10.0, "advisory", "cosmetic"),
    "galvanic_salon.ripple": ("current.ripple", None, 0.1, "advisory", "cosmetic"),
    "example_devices.mc8_step": ("intensity.step", None, 70e-6, "limit", "manufacturer"),
    "example_devices.mc8_drop": ("intensity.drop", None, 7.5e-6, "limit", "manufacturer"),
    "example_devices.mc8_minimum": ("intensity.minimum", None, 0.15, "limit", "manufacturer"),
    "example_devices.mc8_regulation": ("current.regulation", None, 0.1, "limit", "manufacturer"),
    "example_devices.mc8_imbalance": ("charge.imbalance", None, 0.05, "limit", "manufacturer"),
    "example_devices.mc8_drift": ("treatment.drift", None, 0.1, "limit", "manufacturer"),
    "example_devices.mc8_dose": ("charge.dose", None, 0.33, "limit", "manufacturer"),
    "example_devices.gv5_drift": ("treatment.drift", None, 0.1, "limit", "manufacturer"),
    "example_devices.gv5_peak": ("current.peak", None, 480e-6, "limit", "manufacturer"),
    "example_devices.gv5_step": ("intensity.step", None, 100e-6, "limit", "manufacturer"),
    "example_devices.gv5_drop": ("intensity.drop", None, 16e-6, "limit", "manufacturer"),
    "example_devices.gv5_minimum": ("intensity.minimum", None, 0.25, "limit", "manufacturer"),
    "example_devices.gv5_regulation": ("current.regulation", None, 0.1, "limit", "manufacturer"),
    "example_devices.ems2_peak": ("current.peak", None, 43.2e-3, "limit", "manufacturer"),
    "example_devices.ems2_treatment": ("current.peak", None, 43.2e-3, "limit", "manufacturer"),
    "example_devices.ems2_drift": ("treatment.drift", None, 0.1, "limit", "manufacturer"),
    "example_devices.ems2_stopped": ("current.peak", None, 500e-6, "limit", "manufacturer"),
    "example_devices.ems2_step": ("intensity.step", None, 7.2e-3, "limit", "manufacturer"),
    "example_devices.ems2_drop": ("intensity.drop", None, 400e-6, "limit", "manufacturer"),
    "example_devices.ems2_minimum": ("intensity.minimum", None, 0.07, "limit", "manufacturer"),
    "example_devices.ems2_regulation": ("current.regulation", None, 0.2, "limit", "manufacturer"),
    "example_devices.ems2_imbalance": ("charge.imbalance", None, 0.05, "limit", "manufacturer"),
    "example_devices.su3_step": ("intensity.step", None, 120e-6, "limit", "manufacturer"),
    "example_devices.su3_drop": ("intensity.drop", None, 20e-6, "limit", "manufacturer"),
    "example_devices.su3_imbalance": ("charge.imbalance", None, 0.05, "limit", "manufacturer"),
    "example_devices.mc8_event": ("event.charge", None, 225e-9, "limit", "manufacturer"),
    "example_devices.mc8_open": ("voltage.peak", None, 36.0, "limit", "manufacturer"),
    "example_devices.mc8_change": ("output.change", None, 0.1, "limit", "manufacturer"),
    "example_devices.gv5_open": ("voltage.peak", None, 36.0, "limit", "manufacturer"),
    "example_devices.gv5_change": ("output.change", None, 0.1, "limit", "manufacturer"),
    "example_devices.ems2_change": ("output.change", None, 0.1, "limit", "manufacturer"),
    "example_devices.su3_change": ("output.change", None, 0.1, "limit", "manufacturer"),
}


def _bounds(row: LimitRow) -> tuple[float | None, float | None]:
    return row.lower.si if row.lower else None, row.upper.si if row.upper else None


def test_no_row_more_and_none_less() -> None:
    assert ROWS.keys() == NUMBERS.keys()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_row_says_what_its_source_says(name: str) -> None:
    metric, lower, upper, kind, regime = NUMBERS[name]
    row = ROWS[name]
    assert (row.metric, row.kind, row.regime) == (metric, kind, regime)
    assert _bounds(row) == (lower and pytest.approx(lower), upper and pytest.approx(upper))


def test_ids_are_unique_over_all_files() -> None:
    """A plan may name any files together."""
    assert len(ROWS) == sum(len(file.rows) for file in FILES.values())


@pytest.mark.parametrize("stem", FILES)
def test_a_row_is_named_after_its_file(stem: str) -> None:
    assert FILES[stem].id == stem
    assert all(row.id.startswith(f"{stem}.") for row in FILES[stem].rows)


def test_nothing_is_called_checked_that_nobody_checked() -> None:
    """Whoever reads a number in its source makes its row verified, and names it here."""
    assert {name for name, row in ROWS.items() if row.status == "verified"} == set()


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.regime in ("medical", "fda")])
def test_a_row_of_an_authority_says_which_edition_or_clause(name: str) -> None:
    assert ROWS[name].clause or ROWS[name].edition


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kind == "limit"])
def test_a_limit_can_be_met_and_bounds_its_uncertainty(name: str) -> None:
    row = ROWS[name]
    assert no_pass_zone(row, "guard-U") is None
    assert row.max_uncertainty is not None
    assert row.upper is not None
    # ILAC-G8 and its like ask for a test uncertainty of at most a third of the tolerance.
    assert row.max_uncertainty.si <= row.upper.si / 3
