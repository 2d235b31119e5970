# SPDX-License-Identifier: MIT
"""What pulses put on loads: their power as it is, their voltage always, and nothing taken for granted."""

import pytest

from bench.session.stress import stress_of
from stimcert.plan import Declared, Mode
from stimcert.quantity import Dimension, parse
from tests.bench.parts import inputs
from tests.bench.runs import Edited

EMS = "test_plans/ems_type.toml"


def mode(*declared: tuple[str, str], max_voltage: str | None = None) -> Mode:
    """Return a mode that declares metrics with a tolerance of 20 %."""
    entries = tuple(
        Declared(
            level=1,
            metric=metric,
            value=value,
            tolerance="20 %",
            load_min="200 Ω",
            load_max="2 kΩ",  # type: ignore[arg-type]
        )
        for metric, value in declared
    )
    rail = parse(max_voltage, Dimension.VOLTAGE) if max_voltage else None
    return Mode(name="tone", modality="ems", levels=1, declared=entries, max_voltage=rail)


@pytest.mark.parametrize(
    ("declared", "duty"),
    [
        ((), 1.0),
        ((("pulse.width", "1 ms"),), 1.0),  # how often is not said
        ((("pulse.frequency", "50 Hz"),), 1.0),
        # 1.2 ms, 60 times a second and once more in 100 ms
        ((("pulse.width", "1 ms"), ("pulse.frequency", "50 Hz")), 1.2e-3 * 70),
        ((("pulse.phase_duration", "500 µs"), ("pulse.frequency", "50 Hz")), 1.2e-3 * 70),
        ((("pulse.phase_duration", "200 µs"), ("pulse.duty", "4 %")), 0.048 + 0.0048),
        ((("pulse.duty", "4 %"),), 1.0),  # one pulse may last for all of 100 ms
        ((("pulse.width", "15 ms"), ("pulse.frequency", "50 Hz")), 1.0),
    ],
)
def test_the_share_of_100_ms_with_current(declared: tuple[tuple[str, str], ...], duty: float) -> None:
    assert stress_of(mode(*declared), 40e-3).duty == pytest.approx(duty)


def test_power_is_that_of_the_pulses_and_voltage_that_of_the_peak() -> None:
    """40 mA into 2 kΩ are 80 V and 3.2 W for as long as they flow."""
    stress = stress_of(mode(("pulse.phase_duration", "300 µs"), ("pulse.frequency", "50 Hz")), 40e-3)
    assert stress.watts(2e3, 1.99e3) == pytest.approx(1.6e-3 * 1.99e3 * 720e-6 * 70)
    assert stress.volts(2e3) == pytest.approx(80.0)
    assert stress.volts(10e3) == pytest.approx(400.0)


def test_a_rail_limits_current_and_voltage() -> None:
    stress = stress_of(mode(max_voltage="80 V"), 40e-3)
    assert (stress.amperes(500.0), stress.amperes(10e3)) == (pytest.approx(40e-3), pytest.approx(8e-3))
    assert stress.volts(10e3) == pytest.approx(80.0)
    assert stress.watts(10e3, 10e3) == pytest.approx(0.64)
    assert stress.amperes(0.0) == 40e-3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('max_voltage = "80 V"\n', ""), "needs 400 V, which reach the SMU"),
        (('metric = "pulse.phase_duration"', 'metric = "pulse.droop"'), "into the load box, which stands 1 W"),
    ],
)
def test_without_what_makes_it_bearable_a_load_is_refused(change: tuple[str, str], said: str) -> None:
    from bench.session.inputs import InvalidInputs

    with pytest.raises(InvalidInputs, match="load") as refused:
        inputs(Edited(EMS, (change,)))
    assert any(said in problem.message for problem in refused.value.problems)


def test_the_shipped_plan_goes_to_10_kilohms() -> None:
    assert {load.si for case in inputs(EMS).plan.cases for load in case.loads} >= {500.0, 2e3, 10e3}
