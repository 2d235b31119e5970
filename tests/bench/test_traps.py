# SPDX-License-Identifier: MIT
"""What a naive averaging meter says to each trap, and what this bench says. The table is a page of the documentation.

pytest tests/bench/test_traps.py -s        # prints the table
"""

import math
from collections.abc import Iterator

import pytest

from stimcert.quantity import show
from tests.bench.command import CHECKOUT
from tests.bench.runs import Result, Runner
from tests.bench.trap_list import NOT_EXAMINED, TRAPS, Trap

PAGE = CHECKOUT / "docs" / "explanations" / "traps.md"


def case_of(trap: Trap) -> str:
    return f"TR-{int(trap.number.rstrip('ab')):02d}"


@pytest.fixture(params=TRAPS, ids=lambda trap: f"{trap.number} {trap.device}")
def trap(request: pytest.FixtureRequest) -> Trap:
    found: Trap = request.param
    return found


@pytest.fixture
def result(trap: Trap, runner: Runner) -> Result:
    runner.start(other.ask for other in TRAPS)
    return runner.result(trap.ask)


def test_twelve_traps_are_here_and_two_are_named_as_not_examined() -> None:
    numbers = {int(trap.number.rstrip("ab")) for trap in TRAPS}
    assert numbers | {int(number) for number in NOT_EXAMINED} == set(range(1, 15))
    assert len(numbers) == 12


def test_a_naive_meter_is_content(trap: Trap) -> None:
    assert not abs(trap.naive(trap)) > trap.bound


def test_this_bench_is_not(trap: Trap, result: Result) -> None:
    assert result.verdict == trap.verdict, result.text
    assert result.code == 1
    found = result.case(case_of(trap))
    named = result.case("STATION") if found["reason"]["code"] == "station_check_failed" else found
    assert found["verdict"] == trap.verdict
    assert named["reason"]["code"] == trap.code


def test_a_verdict_about_the_device_was_measured(trap: Trap, result: Result) -> None:
    if trap.verdict != "FAIL":
        assert result.record["device_finding"] != "FAIL"
        return
    worst = [m for m in result.measurements(case_of(trap)) if m["verdict"] == "FAIL"]
    assert worst and all(m["value"] is not None and m["expanded_uncertainty"] is not None for m in worst)


def test_what_is_not_examined_is_named_in_every_report(runner: Runner) -> None:
    page = runner.result(TRAPS[0].ask).report
    assert "not examined by this bench" in page.lower()
    assert "earth" in page and "channel" in page


def table(runner: Runner) -> Iterator[str]:
    """Yield the table, line by line."""
    yield "| trap | device or bench | averaging meter, 2 kΩ | it would say | this bench | because |"
    yield "|---|---|---|---|---|---|"
    for trap in TRAPS:
        shown = trap.naive(trap)
        meter = "9.9E37, or NaN" if math.isnan(shown) else show(round(shown, 7) + 0.0, "A")
        found = runner.result(trap.ask).case(case_of(trap))
        if found["reason"]["code"] == "station_check_failed":
            found = runner.result(trap.ask).case("STATION")
        code = found["reason"]["code"].replace("_", " ")
        yield f"| {trap.number} | {trap.setting} | {meter} | PASS | {trap.verdict} | {code} |"
    for number, setting in NOT_EXAMINED.items():
        yield f"| {number} | {setting} | – | – | *not examined by this bench* | – |"


def test_the_page_shows_what_was_found(runner: Runner) -> None:
    lines = list(table(runner))
    print("\n" + "\n".join(lines))  # noqa: T201
    page = PAGE.read_text(encoding="utf-8")
    assert [line for line in lines if line not in page.splitlines()] == []
