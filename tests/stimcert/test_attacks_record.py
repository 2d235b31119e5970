# SPDX-License-Identifier: MIT
"""Attacks on completeness: a bench test that leaves out a point, or the point where it would fail."""

from typing import Any

import pytest

from stimcert.completeness import not_judged

ROWS = [{"id": "ceiling", "kind": "limit"}, {"id": "advice", "kind": "advisory"}]
PLACES = [("lift", 7, 500.0, False), ("lift", 8, 500.0, False), ("lift", 8, 500.0, True)]


def _where(place: tuple[str, int, float, bool]) -> dict[str, Any]:
    return dict(zip(("mode", "level", "load", "one_more_up"), place, strict=True))


def _planned() -> dict[str, Any]:
    return {"limits": ROWS, "points": [{**_where(place), "rows": ["ceiling"]} for place in PLACES]}


def _judged(verdict: str | None = "PASS") -> list[dict[str, Any]]:
    return [{"limit": "ceiling", "verdict": verdict, "conditions": _where(place)} for place in PLACES]


def test_all_points_judged_leaves_nothing() -> None:
    assert not_judged(_planned(), _judged()) == []


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        (0, "ceiling at lift, level 7, 500 Ω"),
        (1, "ceiling at lift, level 8, 500 Ω"),
        (2, "ceiling at lift, level 8 after one more step up, 500 Ω"),
    ],
)
def test_a_point_that_was_left_out_is_named(left_out: int, words: str) -> None:
    measurements = _judged()
    del measurements[left_out]
    assert not_judged(_planned(), measurements) == [words]


def test_what_was_stored_without_a_verdict_was_not_judged() -> None:
    measurements = _judged()
    measurements[1]["verdict"] = None
    assert not_judged(_planned(), measurements) == ["ceiling at lift, level 8, 500 Ω"]


def test_a_row_that_nothing_was_held_against_is_named_once() -> None:
    assert not_judged(_planned(), _judged(None)) == ["ceiling"]


def test_many_are_counted() -> None:
    planned = _planned()
    planned["points"] = [{**_where(("lift", level, 500.0, False)), "rows": ["ceiling"]} for level in range(1, 9)]
    assert not_judged(planned, _judged()[:1])[-1] == "4 more"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"repetition": 2}, "ceiling at lift, level 8, 500 Ω, repeat 2"),
        ({"event": "switch_on", "repetition": 3}, "ceiling at lift, level 8, 500 Ω, switch_on 3"),
        ({"state": "paused"}, "ceiling at lift, level 8, 500 Ω, paused"),
        ({"network": "RC"}, "ceiling at lift, level 8, RC"),
        ({"mode": "tone"}, "ceiling at tone, level 8, 500 Ω"),
    ],
)
def test_every_mark_of_a_place_makes_it_another_and_is_named(where: dict[str, Any], words: str) -> None:
    place = {**_where(("lift", 8, 500.0, False)), **where}
    planned = {"limits": ROWS, "points": [{**place, "rows": ["ceiling"]}]}
    assert not_judged(planned, _judged()) == [words]
    assert not_judged(planned, [{"limit": "ceiling", "verdict": "PASS", "conditions": place}]) == []


def test_three_are_named_and_the_fourth_is_counted() -> None:
    planned = _planned()
    levels = [{**_where(("lift", level, 500.0, False)), "rows": ["ceiling"]} for level in range(1, 5)]
    other = [{"limit": "ceiling", "verdict": "PASS", "conditions": _where(("tone", 1, 500.0, False))}]
    planned["points"] = levels[:3]
    named = [f"ceiling at lift, level {level}, 500 Ω" for level in (1, 2, 3)]
    assert not_judged(planned, other) == named
    planned["points"] = levels
    assert not_judged(planned, other) == [*named, "1 more"]
