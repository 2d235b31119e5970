# SPDX-License-Identifier: MIT
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.models import Measured, NotMeasurable, mean_current, resistance
from stimcert.reading import Accuracy, MeanReading, Status
from stimcert.reason import CATALOGUE

Reading = Callable[..., MeanReading]
VOLTS = Accuracy(gain=0.00012, offset=300e-6, resolution=1e-6, source="SPEC-2450 Rev. A")  # 2 V range


def row(measured: Measured, symbol: str) -> dict[str, float]:
    return next(row for row in measured.uncertainty.budget if row["symbol"] == symbol)


@pytest.mark.parametrize(
    ("value", "gain", "offset", "half_width"),
    [(600e-6, 0.0002, 60e-9, 180e-9), (50e-6, 0.0002, 6e-9, 16e-9), (5e-3, 0.0002, 600e-9, 1.6e-6)],
)
def test_accuracy_is_one_rectangle_of_gain_and_offset(
    reading: Reading, value: float, gain: float, offset: float, half_width: float
) -> None:
    """Worked from SPEC-2450 Rev. A, July 2013: ± (0.02 % of reading + offset) on the 1 mA, 100 µA and 10 mA ranges."""
    accuracy = Accuracy(gain=gain, offset=offset, resolution=0.0, source="SPEC-2450 Rev. A")
    measured = mean_current(reading(value, accuracy=accuracy, full_scale=0.01))
    assert row(measured, "I")["half_width"] == pytest.approx(half_width)
    assert measured.uncertainty.standard == pytest.approx(half_width / math.sqrt(3))
    assert measured.uncertainty.expanded == pytest.approx(1.95996 * half_width / math.sqrt(3), rel=1e-5)


def test_mean_keeps_its_sign(reading: Reading) -> None:
    measured = mean_current(reading(-400e-6, -402e-6))
    assert measured.value == pytest.approx(-401e-6)
    assert (measured.unit, measured.bound, measured.cause) == ("A", None, None)


def test_several_readings_show_how_they_repeat(reading: Reading) -> None:
    values = [500e-6 + n * 1e-6 for n in (-2, -1, 0, 1, 2)]
    measured = mean_current(reading(*values))
    scatter = row(measured, "δI_rep")
    assert scatter["standard_uncertainty"] == pytest.approx(math.sqrt(2.5) * 1e-6 / math.sqrt(5))
    assert scatter["dof"] == 4
    assert measured.uncertainty.dof == 4
    assert measured.uncertainty.coverage_factor == pytest.approx(2.776, abs=0.001)


def test_resolution_is_half_a_step_either_way(reading: Reading) -> None:
    assert row(mean_current(reading(1e-4)), "δI_res")["half_width"] == 0.5e-9


@pytest.mark.parametrize(("status", "cause"), [(Status.OVERRANGE, "overrange"), (Status.LIMITED, "current_limited")])
def test_an_invalid_reading_is_a_bound_and_no_value(reading: Reading, status: Status, cause: str) -> None:
    measured = mean_current(reading(status=status, bound=1.05e-3))
    assert (measured.value, measured.bound, measured.cause) == (1.05e-3, ">=", cause)
    assert measured.uncertainty.standard == pytest.approx((0.0002 * 1.05e-3 + 60e-9) / math.sqrt(3), rel=1e-3)
    assert cause in CATALOGUE


@pytest.mark.parametrize("bound", [0.0, -1.0, math.nan, math.inf])
def test_without_a_bound_nothing_is_measured(reading: Reading, bound: float) -> None:
    with pytest.raises(NotMeasurable) as raised:
        mean_current(reading(status=Status.OVERRANGE, bound=bound))
    assert raised.value.code == "overrange"
    assert CATALOGUE[raised.value.code].sentence.format_map(raised.value.params)


@pytest.mark.parametrize("values", [(), (math.nan,), (1e-4, math.inf), (1e-4, math.nan, 1e-4)])
def test_what_is_no_number_is_not_measured(reading: Reading, values: tuple[float, ...]) -> None:
    with pytest.raises(NotMeasurable) as raised:
        mean_current(reading(*values))
    assert raised.value.code == "not_a_number"


@pytest.mark.parametrize("overflow", [9.9e37, -9.9e37, 1.3e-3])
def test_an_overflow_code_that_lost_its_status_is_not_measured(reading: Reading, overflow: float) -> None:
    with pytest.raises(NotMeasurable) as raised:
        mean_current(reading(1e-4, overflow))
    assert raised.value.code == "overrange"


@given(st.floats(min_value=-9e-4, max_value=9e-4))
def test_a_reversed_current_has_the_same_uncertainty(reading: Reading, value: float) -> None:
    here, there = mean_current(reading(value)), mean_current(reading(-value))
    assert there.value == -here.value
    assert there.uncertainty.expanded == here.uncertainty.expanded


def test_resistance_is_the_ratio_with_both_accuracies(reading: Reading) -> None:
    """0.6 V at 600 µA is 1 kΩ; ± 372 µV of the 2 V range is 0.062 %, ± 180 nA of the 1 mA range 0.030 %."""
    voltage = reading(0.6, accuracy=VOLTS, unit="V", full_scale=2.0)
    measured = resistance(voltage, reading(600e-6))
    assert (measured.value, measured.unit) == (pytest.approx(1000.0), "Ω")
    assert row(measured, "V")["contribution"] == pytest.approx(0.62 / math.sqrt(3))
    assert row(measured, "I")["contribution"] == pytest.approx(0.30 / math.sqrt(3))
    assert row(measured, "I")["sensitivity"] < 0.0 < row(measured, "V")["sensitivity"]
    assert measured.uncertainty.standard == pytest.approx(math.hypot(0.62, 0.30) / math.sqrt(3), rel=1e-3)


@pytest.mark.parametrize("current", [0.0, 50e-9, -50e-9])
def test_no_current_gives_no_resistance(reading: Reading, current: float) -> None:
    with pytest.raises(NotMeasurable, match="no current at all"):
        resistance(reading(0.6, accuracy=VOLTS, unit="V", full_scale=2.0), reading(current))


@pytest.mark.parametrize("broken", ["voltage", "current"])
def test_a_limited_reading_gives_no_resistance(reading: Reading, broken: str) -> None:
    pair = {"voltage": reading(0.6, accuracy=VOLTS, unit="V", full_scale=2.0), "current": reading(6e-4)}
    pair[broken] = reading(status=Status.LIMITED)
    with pytest.raises(NotMeasurable) as raised:
        resistance(**pair)
    assert raised.value.code == "current_limited"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_result_without_a_number(reading: Reading, value: float) -> None:
    with pytest.raises(ValueError, match="no measurement result"):
        Measured(value=value, unit="A", uncertainty=mean_current(reading(1e-4)).uncertainty)
