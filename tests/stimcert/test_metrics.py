# SPDX-License-Identifier: MIT
"""The catalogue of metrics, and bounds in the unit of their metric."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from stimcert.limits import LimitRow
from stimcert.metrics import METRICS, Metric
from stimcert.quantity import Dimension, parse, show


def row(**given: Any) -> LimitRow:
    return LimitRow(
        **{"id": "x", "kind": "limit", "regime": "medical", "source": "test", "status": "unverified", **given}
    )


def test_the_type_names_every_metric_of_the_catalogue_in_its_order() -> None:
    assert get_args(Metric) == tuple(METRICS)


def test_no_two_metrics_are_called_the_same() -> None:
    assert len({facts.words for facts in METRICS.values()}) == len(METRICS)


@pytest.mark.parametrize(
    ("metric", "upper", "si"),
    [
        ("current.peak", "600 µA", 600e-6),
        ("pulse.width", "400 µs", 400e-6),
        ("pulse.frequency", "120 Hz", 120.0),
        ("energy.pulse", "300 mJ", 0.3),
        ("charge.imbalance", "10 %", 0.1),
        ("current.density_rms", "2 mA/cm²", 20.0),
        ("power.density", "0.25 W/cm2", 2500.0),
        ("voltage.peak", "500 V", 500.0),
    ],
)
def test_a_bound_has_the_unit_of_its_metric(metric: str, upper: str, si: float) -> None:
    found = row(metric=metric, upper=upper)
    assert found.upper is not None and found.upper.si == pytest.approx(si)
    assert found.unit == METRICS[metric].unit


@pytest.mark.parametrize("key", ["upper", "max_uncertainty"])
def test_a_bound_of_another_dimension_is_refused(key: str) -> None:
    bounds = {"upper": "1 µC", key: "600 µA"}
    with pytest.raises(ValidationError, match=r'found "600 µA", which is a current; a charge is needed'):
        row(metric="charge.phase", **bounds)


def test_without_a_metric_the_bound_is_still_read() -> None:
    with pytest.raises(ValidationError) as refused:
        row(metric="charge.faze", upper="1,5 µC")
    assert {error["loc"][0] for error in refused.value.errors()} == {"metric", "upper"}
    with pytest.raises(ValidationError) as refused:
        row(metric="charge.faze", upper="1.5 µC")
    assert {error["loc"][0] for error in refused.value.errors()} == {"metric"}


@pytest.mark.parametrize("metric", [name for name, facts in METRICS.items() if facts.signed])
def test_what_has_a_sign_is_bounded_on_both_sides(metric: str) -> None:
    unit = METRICS[metric].unit
    with pytest.raises(ValidationError, match="give lower too"):
        row(metric=metric, upper=f"1 {unit}")
    assert row(metric=metric, lower=f"-1 {unit}", upper=f"1 {unit}").pass_zone() == 2.0


@pytest.mark.parametrize("metric", [name for name, facts in METRICS.items() if not facts.signed])
def test_a_magnitude_needs_a_bound_above_zero(metric: str) -> None:
    number = "-1 A/m²" if "density" in metric else None
    text = number or f"-1 {METRICS[metric].unit}"
    with pytest.raises(ValidationError):
        row(metric=metric, upper=text)


@pytest.mark.parametrize(
    ("text", "dimension", "shown"),
    [
        ("2 mA/cm²", Dimension.CURRENT_DENSITY, "2 mA/cm²"),
        ("20 A/m2", Dimension.CURRENT_DENSITY, "2 mA/cm²"),
        ("200 uA/cm2", Dimension.CURRENT_DENSITY, "0.2 mA/cm²"),
        ("250 mW/cm²", Dimension.POWER_DENSITY, "0.25 W/cm²"),
        ("25 cm²", Dimension.AREA, "25 cm²"),
    ],
)
def test_densities_are_shown_per_square_centimetre(text: str, dimension: Dimension, shown: str) -> None:
    assert show(parse(text, dimension).si, dimension.unit) == shown
