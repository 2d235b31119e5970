# SPDX-License-Identifier: MIT
"""Both paths at the device's points: one disagreement may be the device's, two are the bench's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.session.device_paths import DevicePaths
from bench.session.evaluate import outcome
from bench.session.point import MeanCurrent, Point
from instruments.errors import BenchError
from stimcert.reading import CurrentRecord
from stimcert.reason import Reason
from tests.bench.parts import SHUNT, mean_reading, point, waveform, zero
from tests.bench.runs import SHORT, Ask, Result


def level(n: int) -> Point:
    return point(level=n)


def steady(amperes: float, seconds: float = 0.1) -> CurrentRecord:
    """Return a record of a steady current at 1 MS/s."""
    samples = np.full(round(seconds * 1e6), amperes * SHUNT.value, dtype=np.float32)
    return CurrentRecord(waveform=replace(waveform(), samples=samples), shunt=SHUNT, zero=zero())


def looked(paths: DevicePaths, at: Point, smu: float, digitizer: float) -> dict[str, Any]:
    """Compare a steady mean (A) by the SMU with that of a record."""
    mean = MeanCurrent(reading=mean_reading(*[smu] * 6), record=steady(digitizer))
    return paths.facts(at, mean, outcome("current.mean", mean, at))


def test_paths_that_agree_are_counted_and_end_well() -> None:
    paths = DevicePaths()
    facts = looked(paths, level(1), 2e-4, 2e-4)
    assert (facts["compared"], facts["agree"], paths.compared) == (True, True, 1)
    paths.settle()


def test_two_disagreements_are_the_bench() -> None:
    paths = DevicePaths()
    for n in (1, 2):
        assert looked(paths, level(n), 2e-4, 2.2e-4)["agree"] is False
    looked(paths, level(3), 2e-4, 2e-4)
    with pytest.raises(BenchError, match="level 1, 2 kΩ") as raised:
        paths.settle()
    assert raised.value.code == "paths_disagree"
    assert "<" not in Reason("paths_disagree", raised.value.params).text
    paths.settle()  # said once


def test_a_disagreement_that_nothing_takes_back_is_the_bench() -> None:
    paths = DevicePaths()
    looked(paths, level(1), 2e-4, 2e-4)
    looked(paths, level(2), 2e-4, 2.2e-4)
    with pytest.raises(BenchError, match="level 2"):
        paths.settle()


def test_a_disagreement_that_the_next_point_takes_back_was_the_device() -> None:
    """It changed between record and mean; a bench does not mend itself."""
    paths = DevicePaths()
    looked(paths, level(1), 2e-4, 2.2e-4)
    looked(paths, level(2), 2e-4, 2e-4)
    looked(paths, level(3), 2e-4, 2.2e-4)
    looked(paths, level(4), 2e-4, 2e-4)
    paths.settle()


@pytest.mark.parametrize(
    ("mean", "at", "because"),
    [
        (MeanCurrent(record=steady(0.0)), level(1), "the SMU may not read it"),
        (MeanCurrent(reading=mean_reading(1e-4)), level(1), "nothing was recorded"),
        (MeanCurrent(reading=mean_reading(1e-4), refused=Reason("no_digitizer", {"quantity": "x"})), level(1), "x"),
        (
            MeanCurrent(reading=mean_reading(1e-4), record=steady(0.0)),
            replace(level(1), state="idle"),
            "delivers nothing",
        ),
    ],
    ids=["no SMU", "no record", "refused", "idle"],
)
def test_what_cannot_be_compared_is_said_why(mean: MeanCurrent, at: Point, because: str) -> None:
    paths = DevicePaths()
    facts = paths.facts(at, mean, outcome("current.mean", MeanCurrent(reading=mean_reading(1e-4)), at))
    assert facts["compared"] is False
    assert because in facts["because"]
    assert paths.compared == 0
    paths.settle()


BROKEN = Ask(name="broken", plan=SHORT, options=("--sim-fault=device_paths_disagree",))
GOOD = Ask(name="good", plan=SHORT)


@pytest.mark.parametrize("run", [BROKEN], indirect=True, ids=str)
def test_an_smu_that_is_wrong_at_the_device_only_is_found_there(run: Result) -> None:
    """Every check before and after it passes: only at the device's points do both paths differ."""
    assert (run.verdict, run.code) == ("ERROR", 1)
    assert run.case("STATION")["verdict"] == "PASS"
    reason = run.case("OC-01")["reason"]
    assert reason["code"] == "paths_disagree"
    assert reason["text"] in run.words
    assert run.record["self_checks"]["paths"]["disagreed"] > 0
    assert run.record["device_finding"] in ("PASS", "NOT_RUN"), "it says nothing against the device"
    assert "Both current paths" in run.report


@pytest.mark.parametrize("run", [GOOD], indirect=True, ids=str)
def test_a_good_bench_compares_and_stays_below_its_false_alarms(run: Result) -> None:
    assert run.verdict == "PASS"
    checks = run.record["self_checks"]
    assert checks["paths"]["disagreed"] == 0
    assert checks["paths"]["compared"] == 3, "lift at both levels, and once more up"
    assert checks["paths"]["not_comparable"] == {"the record holds fewer than two whole periods": 3}
    assert checks["false_alarm"] <= checks["allowed"]
    compared = [m["conditions"]["paths"] for m in run.measurements() if "paths" in m["conditions"]]
    assert len(compared) == 6
    assert "at 3 points of the device; not at 3" in run.report
