# SPDX-License-Identifier: MIT
"""What a station lacks for a row, said beforehand: too slow, too little memory, too short an integration, no sign."""

from dataclasses import replace

import pytest

from bench.session.foresight import foreseen_lines, missing
from bench.session.row import Row
from bench.session.sign_rows import polarity_row
from stimcert.plan import Mode
from stimcert.quantity import Dimension, Quantity
from tests.bench.parts import STATION, case, inputs, mode, without_reference
from tests.bench.runs import MICROCURRENT, Edited

SMU_ONLY = "instruments/stations/sim_smu_only.toml"


def row(metric: str, event: float | None = 10e-6) -> Row:
    return Row(id="a_row", metric=metric, lower=None, upper=1.0, event=event)


def timed(*, cycle: float | None = 0.01, program: float | None = None) -> Mode:
    """Return a mode with these periods, s."""
    times = {"cycle": cycle, "program": program}
    return mode().model_copy(
        update={
            key: None if value is None else Quantity(text="", si=value, dimension=Dimension.TIME)
            for key, value in times.items()
        }
    )


def code(found: Row, of: Mode | None = None, station: str | Edited = STATION) -> str | None:
    reason = missing(inputs(station=station), of or timed(), found)
    return reason.code if reason is not None else None


@pytest.mark.parametrize(
    ("event", "expected"), [(1e-6, "bandwidth"), (2.9e-6, "bandwidth"), (3e-6, None), (10e-6, None), (None, None)]
)
def test_a_peak_needs_an_event_that_passes_the_digitizer(event: float | None, expected: str | None) -> None:
    for metric in ("current.peak", "current.positive_peak", "current.peak_to_peak"):
        assert code(row(metric, event)) == expected
    assert code(row("charge.net", event)) is None


@pytest.mark.parametrize(("cycle", "expected"), [(None, None), (5.0, None), (5.1, "no_whole_record")])
def test_an_rms_value_needs_a_cycle_in_one_record(cycle: float | None, expected: str | None) -> None:
    assert code(row("current.rms"), timed(cycle=cycle)) == expected
    # A mean may be taken from a slow record.
    assert code(row("current.mean"), timed(cycle=cycle)) is None


@pytest.mark.parametrize(
    ("cycle", "program", "expected"),
    [(None, None, None), (0.2, None, None), (0.201, None, "no_whole_period"), (0.01, 4.0, "no_whole_period")],
)
def test_a_mean_of_the_smu_needs_a_whole_period(cycle: float | None, program: float | None, expected: str) -> None:
    of = timed(cycle=cycle, program=program)
    assert code(row("current.mean"), of, SMU_ONLY) == expected
    assert code(row("current.mean"), of) is None


@pytest.mark.parametrize("metric", ["current.peak", "current.rms", "charge.phase", "pulse.frequency", "intensity.step"])
def test_an_smu_alone_sees_nothing_but_means(metric: str) -> None:
    assert code(row(metric), station=SMU_ONLY) == "no_digitizer"


def test_a_sign_needs_a_reference() -> None:
    assert code(polarity_row(-1), station=without_reference()) == "sign_not_proven"
    assert code(polarity_row(-1)) is None


def test_an_event_too_short_is_said_beforehand() -> None:
    limits = ('limits = ["microcurrent.ceiling", "microcurrent.advisory"]', 'limits = ["microcurrent.ceiling"]')
    given = inputs(Edited(MICROCURRENT, (limits,)))
    ceiling = given.limits["microcurrent.ceiling"]
    short = Quantity(text="1 µs", si=1e-6, dimension=Dimension.TIME)
    changed = replace(given, limits={**given.limits, ceiling.id: ceiling.model_copy(update={"event": short})})
    assert foreseen_lines(changed, case()) == [
        "microcurrent.ceiling in lift: INCONCLUSIVE at best, bandwidth: digitizer does not show a peak of 1 µs"
    ]
