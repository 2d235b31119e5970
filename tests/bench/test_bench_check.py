# SPDX-License-Identifier: MIT
"""``python -m bench bench-check``: a passive dummy just above a limit must FAIL, just below it PASS."""

import json
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.dummy import bench_check
from bench.session.announcement import bench_check_objection
from bench.session.bench_check import NoCeiling, ceiling, check_dummy
from bench.session.zero_check import check_zero
from instruments.errors import BenchError
from stimcert.bench_check import intact
from stimcert.store.bench_checks import bench_check_file
from tests.bench.command import state_in
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import check_context, inputs
from tests.bench.runs import GALVANIC


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep results away from the user's own."""
    for name, value in state_in(tmp_path).items():
        monkeypatch.setenv(name, value)


def sides(loop: Loop) -> dict[str, tuple[str, float, float]]:
    """Check a dummy on a loop and return verdict, value and U of each side."""
    context = check_context(fake_station(loop))
    check_zero(context)
    found = check_dummy(context)
    assert loop.port == "open"
    assert [(point["wanted"], point["unit"], point["rule"]) for point in found] == [
        ("FAIL", "A", "guard-U"),
        ("PASS", "A", "guard-U"),
    ]
    return {point["side"]: (point["verdict"], point["value"], point["expanded_uncertainty"]) for point in found}


def test_a_good_bench_says_fail_above_and_pass_below() -> None:
    found = sides(Loop(dummy=500.0))
    for side, sign in (("above", 1), ("below", -1)):
        verdict, value, expanded = found[side]
        assert verdict == ("FAIL" if sign > 0 else "PASS")
        assert value - 600e-6 == pytest.approx(sign * 3 * expanded, rel=0.1)


@pytest.mark.parametrize(
    ("loop", "wrong"),
    [(Loop(dummy=500.0, digitizer_gain=0.98), "above"), (Loop(dummy=500.0, digitizer_gain=1.02), "below")],
)
def test_a_bench_that_measures_wrong_says_something_else(loop: Loop, wrong: str) -> None:
    found = sides(loop)
    assert found["above"][0] == ("FAIL" if wrong != "above" else "PASS")
    assert found["below"][0] == ("PASS" if wrong != "below" else "FAIL")


def test_without_a_dummy_nothing_is_judged() -> None:
    with pytest.raises(BenchError) as raised:
        sides(Loop(dummy=None, device=(0.0, 0.0)))
    assert raised.value.code == "no_dummy"


def test_a_dummy_that_needs_too_much_voltage_is_refused() -> None:
    with pytest.raises(BenchError, match="the bench has 20 V"):
        sides(Loop(dummy=50e3))


def test_a_plan_without_a_ceiling_has_nothing_to_hold_a_dummy_against() -> None:
    with pytest.raises(NoCeiling, match="galvanic-facial"):
        ceiling(inputs(GALVANIC))
    assert ceiling(inputs())[1].id == "microcurrent.ceiling"


# --- on the simulated bench, through drivers and VISA


def test_the_simulated_bench_passes_and_its_sealed_result_counts(capsys: pytest.CaptureFixture[str]) -> None:
    station = inputs().station
    assert getattr(bench_check_objection(station), "code", None) == "no_bench_check"
    assert main(["bench-check"]) == 0
    said = capsys.readouterr().out
    assert "above     " in said
    assert "FAIL, wanted FAIL" in said
    assert "PASS, wanted PASS" in said
    kept = json.loads(bench_check_file("sim").read_text(encoding="utf-8"))
    assert (kept["verdict"], kept["station"], kept["simulated"], intact(kept)) == ("PASS", "sim", True, True)
    assert bench_check_objection(station) is None


def test_a_broken_bench_does_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-check", "--sim-fault", "paths_disagree"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("bench     ERROR: ")
    assert "at the same d.c. current" in last
    assert getattr(bench_check_objection(inputs().station), "code", None) == "bench_check_failed"


def test_a_device_in_the_dummys_place_is_no_dummy() -> None:
    result = bench_check(inputs(), operator="JV", dummy=None)
    assert result["verdict"] == "ERROR"
    assert "there is no dummy in the device's place" in result["text"]
    assert intact(result)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--plan", GALVANIC], "no ceiling"),
        (["--plan", "nowhere.toml"], "nowhere.toml"),
        (["--sim-fault", "gremlins"], "no such fault"),
        (["--station", "example_lab"], "--operator: missing"),
        (["--station", "example_lab", "--operator", "JV", "--sim-seed", "1"], "only for the simulated station"),
    ],
)
def test_a_misuse_is_exit_code_4(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-check", *words]) == 4
    assert said in capsys.readouterr().err
    assert not bench_check_file("sim").exists()
