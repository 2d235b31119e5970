# SPDX-License-Identifier: MIT
"""What bench tests compare: levels with their neighbours, loads with the first one."""

from dataclasses import replace
from typing import Any

import pytest

from bench.session import compare
from bench.session.compare import Levels, Loads
from bench.session.point import Capture, Derived, Point
from stimcert.measured import Measured, NotMeasurable
from stimcert.plan import Case, Mode
from stimcert.uncertainty import evaluate, standard

MODE = Mode.model_validate({"name": "m", "modality": "microcurrent", "levels": 3})
CASE = Case.model_validate(
    {
        "id": "IC-01",
        "title": "t",
        "procedure": "intensity_control",
        "modes": ("m",),
        "loads": ("1 kΩ", "10 kΩ"),
        "dwell": "1 ms",
        "limits": ("x",),
    }
)


@pytest.fixture(autouse=True)
def captures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capture is the current that it shows, A; None cannot be measured."""

    def peak_of(metric: str, capture: Any, point: Point) -> Measured | NotMeasurable:
        if capture is None:
            return NotMeasurable("not_observed", "nothing seen")
        budget = evaluate([standard("I", uncertainty=1e-9, unit="A")])
        return Measured(value=capture, unit="A", uncertainty=budget)

    monkeypatch.setattr(compare, "outcome", peak_of)


def at(level: int, load: float = 1e3, **how: bool) -> Point:
    return Point(case=CASE, mode=MODE, level=level, load=load, **how)


def swept(*currents: Any) -> list[dict[str, Any]]:
    """Return what comes of a sweep: levels 1, 2, 3, "up" once more, and down to 2 and 1."""
    levels, found = Levels(), []
    points = [at(1), at(2), at(3), at(3, one_more_up=True), at(2, descending=True), at(1, descending=True)]
    for point, current in zip(points, currents, strict=False):
        found.append({metric: value(result) for metric, result in levels.compared(point, current)})
    return found


def value(derived: Derived) -> Any:
    result = derived.result
    return pytest.approx(result.value) if isinstance(result, Measured) else result.code


def test_a_sound_sweep() -> None:
    first, second, third, again, two, one = swept(1e-4, 2e-4, 3e-4, 3e-4, 2e-4, 1e-4)
    assert first == {"intensity.step": 1e-4, "intensity.drop": 0.0}
    assert second == third == {"intensity.step": 1e-4, "intensity.drop": 0.0}
    assert again == {"intensity.step": 0.0, "intensity.drop": 0.0}
    assert two == {"intensity.step": 1e-4, "intensity.drop": 0.0}
    assert one == {"intensity.step": 1e-4, "intensity.drop": 0.0, "intensity.minimum": 1 / 3}


def test_a_wrap_from_top_to_bottom_is_a_drop() -> None:
    assert swept(1e-4, 2e-4, 3e-4, 1e-4)[3]["intensity.drop"] == 2e-4


def test_a_level_that_is_less_than_the_one_below_is_a_drop_up_and_down() -> None:
    found = swept(1e-4, 3e-4, 2e-4, 2e-4, 3e-4, 1e-4)
    assert found[2]["intensity.drop"] == 1e-4
    assert found[4]["intensity.drop"] == 1e-4


def test_a_jump_is_a_step() -> None:
    assert swept(1e-4, 2e-4, 9e-4)[2]["intensity.step"] == 7e-4


def test_each_load_begins_anew() -> None:
    levels = Levels()
    list(levels.compared(at(1), 1e-4))  # type: ignore[arg-type]
    found = dict(levels.compared(at(1, load=1e4), 5e-4))  # type: ignore[arg-type]
    assert value(found["intensity.step"]) == 5e-4


def test_what_was_not_seen_is_not_compared() -> None:
    first, second, third, *_ = swept(1e-4, None, 3e-4)
    assert second == {"intensity.step": "not_observed", "intensity.drop": "not_observed"}
    assert third == {"intensity.step": "not_observed", "intensity.drop": "not_observed"}


def test_a_single_level_is_its_own_top() -> None:
    single = Mode.model_validate({"name": "m", "modality": "microcurrent", "levels": 1})
    found = dict(Levels().compared(replace(at(1), mode=single), 1e-4))  # type: ignore[arg-type]
    assert value(found["intensity.minimum"]) == 1.0


def test_loads_are_compared_with_the_first() -> None:
    loads = Loads()
    capture: list[Capture] = [3e-4, 3e-4, 1e-4, 2e-4]  # type: ignore[list-item]
    assert value(loads.deviation(at(2), capture[0])) == 0.0
    assert value(loads.deviation(at(1), capture[2])) == 0.0
    assert value(loads.deviation(at(2, load=1e4), capture[3])) == 1 / 3
    assert value(loads.deviation(at(1, load=1e4), capture[2])) == 0.0
