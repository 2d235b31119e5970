# SPDX-License-Identifier: MIT
"""What is about to happen, said before it does."""

from dataclasses import replace

import pytest

from bench.session.announcement import announcement
from bench.session.forecast import forecast, forecast_lines
from tests.bench.parts import inputs, without_digitizer
from tests.bench.runs import GALVANIC

LAB = "instruments/stations/example_lab.toml"


def test_points_and_minutes_are_those_of_the_plan() -> None:
    entries = list(forecast(inputs()))
    assert [(entry.case.id, entry.points, entry.operator_actions) for entry in entries] == [
        ("OC-01", 24, 0),
        ("OC-02", 24, 0),
    ]
    # 24 points of 200 ms dwell and 50 ms settling, and less than as much again for everything else
    assert all(24 * 0.25 / 60 < entry.minutes < 2 * 24 * 0.25 / 60 for entry in entries)


def test_the_zone_of_a_pass_is_what_the_digitizer_leaves_of_the_limit() -> None:
    """0.1 % of 60 mV + 0.05 % of 100 mV = 110 µV over 100 Ω: half-width 1.1 µA, U = 2·1.1/√3 = 1.27 µA."""
    (entry, _) = forecast(inputs())
    assert entry.decidable
    assert entry.words == "decidable: PASS below about 598.7 µA"


def test_declared_limits_are_decidable_without_a_zone() -> None:
    assert [entry.words for entry in forecast(inputs(GALVANIC))] == ["decidable", "decidable"]


def test_a_peak_without_a_digitizer_is_known_to_be_undecidable() -> None:
    entries = list(forecast(inputs(station=without_digitizer())))
    assert [entry.decidable for entry in entries] == [False, False]
    assert all(entry.words == "INCONCLUSIVE at best" for entry in entries)
    assert [entry.foreseen for entry in entries] == [
        (
            f"microcurrent.ceiling in {mode}: INCONCLUSIVE at best, bandwidth: the SMU sees means only, "
            "absolute peak current needs a digitizer",
        )
        for mode in ("lift", "tone")
    ]


def test_what_does_not_apply_says_why() -> None:
    shipped = inputs()
    first, second = shipped.plan.cases
    second = second.model_copy(update={"not_applicable": "the device has no such mode any more"})
    plan = shipped.plan.model_copy(update={"cases": (first, second)})
    entries = list(forecast(replace(shipped, plan=plan)))
    assert entries[1].words == "not applicable: the device has no such mode any more"
    assert entries[0].words != entries[1].words


def test_a_hand_at_the_device_acts_once_a_point() -> None:
    assert [entry.operator_actions for entry in forecast(inputs(station=LAB))] == [24, 24]


def test_the_lines_are_aligned_and_end_in_a_sum() -> None:
    *cases, total = forecast_lines(inputs(GALVANIC))
    assert [line.split()[0] for line in cases] == ["OC-01", "PO-01"]
    assert len({line.index(": ") - len(", ".join(["desincrustation", "iontophoresis"])) for line in cases}) == 1
    assert total.strip().startswith("42 points, about ")
    assert total.endswith("no operator action")
    assert forecast_lines(inputs(station=LAB))[-1].endswith("48 operator actions")


@pytest.mark.parametrize("serial", [None, "4711"])
def test_the_announcement_names_device_plan_station_and_what_stands_in_the_way(serial: str | None) -> None:
    lines = announcement(inputs(), serial)
    assert lines[0].startswith("device   Example Aesthetics MC-8")
    assert ("serial 4711" in lines[0]) is (serial is not None)
    assert lines[1] == "plan     microcurrent-facial revision 1, rule guard-U"
    assert lines[2] == "station  sim: Simulated bench"
    assert lines[3 : 3 + 3] == forecast_lines(inputs())
    blockers = lines[lines.index("  no certificate is possible:") + 1 :]
    assert "    simulated bench: nothing real was measured" in blockers
    assert any("microcurrent.ceiling is unverified" in line for line in blockers)
    assert any("not approved" in line for line in blockers)
