# SPDX-License-Identifier: MIT
"""Going through a treatment: when the output is looked at and watched, and what its end means for the results."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bench.session.bench import Bench
from bench.session.point import Capture, Point
from bench.session.recorder import Watching
from bench.session.treatment import LOOKS, STEPS, Treatment
from stimcert.measured import Measured, NotMeasurable
from stimcert.plan import Case
from tests.bench.parts import case, galvanic_point, mean_reading, record
from tests.bench.parts import point as microcurrent_point

DWELL, LEVEL = 1200.0, 6e-4
TIMER = {"auto_off": 1000.0, "auto_off_tolerance": 0.05}


@dataclass
class Desk:
    """A bench at which time passes by looking and watching only.

    :param current: what flows so many seconds after the start, A.
    """

    current: Callable[[float], float]
    digitizer: bool = True
    arming: float = 0.0
    time: float = 7.0
    seen: float = 0.0
    windows: list[tuple[float, float, float]] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += max(seconds, 0.0)

    def restart(self, point: Point) -> float:
        return self.time

    def armed_at(self, point: Point) -> float:
        return LEVEL

    def capture(self, point: Point, *, seconds: float) -> Capture:
        flowing = self.current(self.time - 7.0)
        self.time += seconds
        if not self.digitizer:
            return Capture(means=(mean_reading(flowing),))
        taken = record(*[flowing] * 2000)
        self.seen += 2000 / taken.waveform.sample_rate
        return Capture(records=(taken,), observed=seconds / DWELL)

    def watch(self, point: Point, seconds: float, *, level: float, middle: float) -> Watching:
        self.windows.append((seconds, middle - level, middle + level))
        self.time += self.arming + seconds
        self.seen += seconds
        return Watching(seconds=seconds if self.digitizer else 0.0)


def treated(
    current: Callable[[float], float], *, galvanic: bool = False, arming: float = 0.0, **more: Any
) -> tuple[Treatment, Desk]:
    """Go through a treatment of 20 minutes."""
    whole = case().model_copy(update={"dwell": _seconds(DWELL)})
    at = galvanic_point("desincrustation") if galvanic else microcurrent_point()
    mode = at.mode.model_copy(update={"cycle": None, **{key: _seconds(value) for key, value in more.items()}})
    desk = Desk(current, arming=arming)
    found = Treatment(cast(Bench, desk), Point(case=cast(Case, whole), mode=mode, level=at.level, load=at.load))
    found.run()
    return found, desk


def _seconds(value: float) -> Any:
    @dataclass
    class Quantity:
        si: float

    return Quantity(value)


def results(treatment: Treatment) -> dict[str, Any]:
    return {metric: derived.result for metric, derived in treatment.results()}


def test_a_treatment_is_looked_at_in_equal_steps_and_watched_in_between() -> None:
    treatment, desk = treated(lambda after: 4e-4)
    assert (len(treatment.looks), len(desk.windows), treatment.ended) == (LOOKS, LOOKS - 1, False)
    assert treatment.looks[-1].moment == pytest.approx(DWELL, abs=0.3)
    assert {(low, high) for _, low, high in desk.windows} == {(-LEVEL, LEVEL)}
    # The records of this desk are shorter than the looks.
    assert treatment.whole.observed == pytest.approx(1.0, abs=2e-3)
    assert len(treatment.whole.looks) == LOOKS - 1
    found = results(treatment)
    assert found["treatment.drift"].value == pytest.approx(0.0, abs=1e-9)
    assert found["charge.dose"].value == pytest.approx(4e-4 * DWELL, rel=1e-3)
    assert "treatment.auto_off" not in found


@pytest.mark.parametrize("timer", [{}, TIMER])
def test_what_is_not_seen_between_looks_is_taken_off(timer: dict[str, float]) -> None:
    """Looks last shorter than they were to, and each watch is armed for half a second in which nothing is seen."""
    treatment, desk = treated(lambda after: 4e-4 if after < 1010.0 else 0.0, arming=0.5, **timer)
    assert treatment.whole.observed == pytest.approx(desk.seen / (desk.time - 7.0), rel=1e-12)
    assert treatment.whole.observed == pytest.approx(1.0 - 0.5 * len(desk.windows) / (desk.time - 7.0), abs=0.003)


@pytest.mark.parametrize("sign", [1, -1])
def test_against_the_direction_in_which_it_flows_a_tenth_of_it_is_watched_for(sign: int) -> None:
    """Which direction is the right one is the matter of another case."""
    _, desk = treated(lambda after: sign * 4e-4, galvanic=True)
    low, high = (-4e-5, LEVEL) if sign > 0 else (-LEVEL, 4e-5)
    assert all(window[1:] == pytest.approx((low, high), rel=0.01) for window in desk.windows)


def test_a_timer_is_looked_for_closely_where_it_may_act() -> None:
    treatment, _ = treated(lambda after: 4e-4 if after < 1010.0 else 0.0, **TIMER)
    end = results(treatment)["treatment.auto_off"]
    assert treatment.ended
    assert abs(end.value - 1010.0) < 2.5 * end.uncertainty.expanded < 2.5 * 100.0 / STEPS
    assert results(treatment)["treatment.drift"].value == pytest.approx(0.0, abs=1e-9)


def test_a_record_in_which_the_output_ends_is_no_drift() -> None:
    treatment, _ = treated(lambda after: 4e-4 if after < 955.0 else 1e-4 if after < 970.0 else 0.0, **TIMER)
    assert results(treatment)["treatment.drift"].value == pytest.approx(0.0, abs=1e-9)
    assert treatment.ended


def test_an_output_that_ends_before_it_may_has_drifted_to_nothing() -> None:
    found = results(treated(lambda after: 4e-4 if after < 300.0 else 0.0)[0])
    assert found["treatment.drift"].value == pytest.approx(1.0, abs=0.01)
    assert 240.0 < found["treatment.auto_off"].value < 360.0


def test_an_output_that_does_not_end_ends_later_at_least() -> None:
    end = results(treated(lambda after: 4e-4, **TIMER)[0])["treatment.auto_off"]
    assert end.bound == ">="
    assert end.value > 1050.0


def test_without_output_there_is_no_treatment_and_no_end_of_it() -> None:
    treatment, desk = treated(lambda after: 0.0, **TIMER)
    assert desk.windows == []
    found = results(treatment)
    assert {result.code for result in found.values()} == {"no_output_proven"}
    assert "treatment.auto_off" in found


def test_means_alone_show_when_it_ends_and_nothing_of_its_dose() -> None:
    desk = Desk(lambda after: 4e-4 if after < 1010.0 else 0.0, digitizer=False)
    whole = case().model_copy(update={"dwell": _seconds(DWELL)})
    mode = microcurrent_point().mode.model_copy(update={"cycle": None, **{k: _seconds(v) for k, v in TIMER.items()}})
    treatment = Treatment(cast(Bench, desk), Point(case=cast(Case, whole), mode=mode, level=8, load=2e3))
    treatment.run()
    found = results(treatment)
    assert isinstance(found["treatment.auto_off"], Measured)
    assert all(isinstance(found[metric], NotMeasurable) for metric in ("treatment.drift", "charge.dose"))
    assert treatment.whole.observed == 0.0
