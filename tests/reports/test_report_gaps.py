# SPDX-License-Identifier: MIT
"""A run that broke off is reported too: whatever is missing is said to be missing."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import ReportError, render, write_junit, write_tables

WriteRun = Callable[..., Path]


def test_a_record_of_nothing_but_a_verdict_is_reported(write_run: WriteRun) -> None:
    folder = write_run({"verdict": "ERROR"})
    html = render(folder).read_text(encoding="utf-8")
    assert "The record holds no case." in html
    assert "nothing shows that the bench was switched off" in html
    assert "No instrument identified itself" in html
    assert write_tables(folder).read_text(encoding="utf-8").count("\n") == 1
    assert "<error" in write_junit(folder).read_text(encoding="utf-8")


def test_an_aborted_run_is_reported(record: dict[str, Any], write_run: WriteRun) -> None:
    for case in record["cases"][1:]:
        case |= {"verdict": "NOT_RUN", "started": None, "ended": None, "measurements": [], "reason": None}
    record |= {"verdict": "ABORTED", "device_finding": "NOT_RUN", "ended": None, "complete": False}
    record |= {"safe_state": None, "worst_point": None, "advisories": [], "environment": {"temperature": None}}
    record["station"] = None
    html = render(write_run(record)).read_text(encoding="utf-8")
    assert 'data-said="verdict">ABORTED<' in html
    assert html.count(">NOT RUN<") >= 3
    assert "nothing was judged" in html


def test_a_measurement_without_a_number_is_a_dash(record: dict[str, Any], write_run: WriteRun) -> None:
    found = record["cases"][1]["measurements"][0]
    found |= {"value": None, "expanded_uncertainty": None, "budget": None, "verdict": "INCONCLUSIVE"}
    found |= {"acceptance_limits": None, "reason": {"code": "no_output_proven", "text": "no output proven: 0 A"}}
    html = render(write_run(record)).read_text(encoding="utf-8")
    assert "? INCONCLUSIVE</span></td>" in html
    assert "no output proven: 0 A" in html


def test_a_censored_value_is_at_least(record: dict[str, Any], write_run: WriteRun) -> None:
    found = next(m for m in record["cases"][1]["measurements"] if m["verdict"] == "FAIL")
    found |= {"bound": ">=", "value": 0.0105, "expanded_uncertainty": None}
    html = render(write_run(record)).read_text(encoding="utf-8")
    assert "≥ 10.5 mA" in html
    assert "≤ \u22129.9 mA" in html


def test_a_lower_bound_never_keeps_advice(record: dict[str, Any], write_run: WriteRun) -> None:
    for found in record["cases"][1]["measurements"][:2]:
        found["bound"] = ">="
    html = render(write_run(record)).read_text(encoding="utf-8")
    assert html.count("advice not judged") == 1
    assert html.count("at least that much, the range ended there") == 1


def test_a_declared_value_is_a_magnitude(record: dict[str, Any], write_run: WriteRun) -> None:
    case = record["cases"][2]
    case["limits"][0]["id"] = "declared.tone.8"
    for found in case["measurements"]:
        found["value"] *= -1
        if found["kind"] == "limit":
            found |= {"limit": "declared.tone.8", "lower_limit": 2.4e-4, "upper_limit": 3.6e-4}
    html = render(write_run(record)).read_text(encoding="utf-8")
    row = html[html.index("<bdi>declared.tone.8</bdi></small>") :][:900]
    assert "<small>magnitude</small>" in row
    assert re.search("\u2212300\\.\\d\\d ± 0\\.12 µA", row)
    assert re.search(r">59\.\d\d µA <small>\+99\.\d %", row)
    assert "magnitude of absolute peak current" in html
    case["limits"][0] |= {"id": "x", "magnitude": True}
    case["measurements"] = [m | {"limit": "x"} for m in case["measurements"] if m["kind"] == "limit"]
    assert "<small>magnitude</small>" in render(write_run(record)).read_text(encoding="utf-8")


def test_next_to_nothing_is_written_in_the_unit_of_the_limit(record: dict[str, Any], write_run: WriteRun) -> None:
    for found in record["cases"][2]["measurements"]:
        found |= {"value": 1.8e-8, "expanded_uncertainty": 5.9e-7}
    html = render(write_run(record)).read_text(encoding="utf-8")
    assert "0.02 ± 0.59 µA" in html
    assert "599.98 µA" in html


def test_a_repeated_reading_says_so(record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["measurements"][0]["conditions"]["attempt"] = 2
    assert "<bdi>attempt 2</bdi>" in render(write_run(record)).read_text(encoding="utf-8")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every entry of a record."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, entry in pairs for way in [(*path, key), *leaves(entry, (*path, key))]]


def replaced(record: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value into a place, unless an earlier replacement took the place away."""
    place = record
    try:
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = copy.deepcopy(value)
    except (KeyError, TypeError, IndexError):
        return


@pytest.fixture(scope="module")
def small(factory: Any) -> "Small":
    """Make fresh copies; a function, because hypothesis writes its arguments out."""
    record = factory.RecordFactory(levels=1, loads=(500,)).record()
    ways = sorted(leaves(record), key=str)
    return lambda: (copy.deepcopy(record), ways)


Small = Callable[[], tuple[dict[str, Any], list[tuple[Any, ...]]]]
JUNK = [None, "", "x", -1, 0, 1e300, True, [], {}, [None], {"a": 1}]
PLACES = st.integers(0, 5000)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(picks=st.lists(st.tuples(PLACES, st.integers(0, len(JUNK) - 1)), max_size=6))
def test_gaps_and_wrong_types_never_end_in_a_traceback(
    picks: list[tuple[int, int]], small: Small, write_run: WriteRun
) -> None:
    record, ways = small()
    for place, kind in picks:
        replaced(record, ways[place % len(ways)], JUNK[kind])
    folder = write_run(record, waveforms=False)
    for write in (write_tables, write_junit, render):
        try:
            write(folder)
        except ReportError:
            continue


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(places=st.lists(PLACES, min_size=1, max_size=30))
def test_whatever_is_missing_beside_the_verdicts_the_report_is_made(
    places: list[int], small: Small, write_run: WriteRun
) -> None:
    record, ways = small()
    needed = ("verdict", "value", "cases", "measurements", "kind")
    optional = [way for way in ways if isinstance(way[-1], str) and way[-1] not in needed]
    for place in places:
        replaced(record, optional[place % len(optional)], None)
    assert "End of report" in render(write_run(record, waveforms=False)).read_text(encoding="utf-8")
