# SPDX-License-Identifier: MIT
"""``python -m bench VERB``: what there is to do around a run."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.screen import harmless_output
from instruments.sim.faults import FAULTS
from tests.bench.calls import plan_on
from tests.bench.command import CHECKOUT, PATIENCE, environment, run_verb, state_in
from tests.bench.runs import GALVANIC, MICROCURRENT, SHORT, Edited


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the verbs are called within this process."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("plan", [MICROCURRENT, GALVANIC])
def test_check_plan_says_what_a_shipped_plan_will_do(
    plan: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(["check-plan", plan]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "no certificate is possible:" in said.out
    assert "    simulated bench: nothing real was measured" in said.out.splitlines()
    assert "OC-01" in said.out
    assert "no operator action" in said.out


def test_check_plan_counts_what_a_hand_must_do(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = plan_on(here, SHORT)
    assert main(["check-plan", str(path.relative_to(here)), "--station", "example_lab"]) == 0
    said = capsys.readouterr().out
    # 2 cases, 1 mode each, levels 1 and 8, one load: 4 points on a device that is worked by hand.
    assert "4 points" in said
    assert "4 operator actions" in said
    assert "simulated bench" not in said


def test_check_plan_of_a_plan_for_another_simulated_device(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(["check-plan", "test_plans/ems_type.toml", "--sim-device", "ems_mistimed"]) == 0
    assert "OC-01" in capsys.readouterr().out
    assert main(["check-plan", MICROCURRENT, "--sim-device", "galvanic_good"]) == 4
    assert "modes of the simulated device in instruments/sim/devices/galvanic_good.toml" in capsys.readouterr().err
    assert main(["check-plan", MICROCURRENT, "--sim-device", "gin"]) == 4
    assert "--sim-device=gin: no such name" in capsys.readouterr().err
    assert main(["check-plan", MICROCURRENT, "--station", "example_lab", "--sim-device", "microcurrent_good"]) == 4
    assert "not the embedded simulated bench" in capsys.readouterr().err


def test_check_plan_refuses_with_every_mistake(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = plan_on(here, Edited(MICROCURRENT, (("480 µA", "480 MA"), ('dwell = "200 ms"', 'dwell = "0,2 s"'))))
    assert main(["check-plan", str(path), "--station", "atlantis"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("plan.toml:") == 3
    assert "--station=atlantis: no such name; shipped in instruments/stations are example_lab, sim" in said.err


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["check-plan"], ["check-plan", "a.toml", "--fast"], ["render"], ["sim", "--fault=gremlins"]],
)
def test_a_misuse_is_exit_code_4(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 4
    said = capsys.readouterr()
    assert "usage:" in said.err
    assert "gremlins" not in words[-1:] or all(fault in said.err for fault in FAULTS)


@pytest.mark.parametrize("words", [["--help"], ["check-plan", "--help"], ["sim", "--help"]])
def test_help_is_no_misuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "usage:" in capsys.readouterr().out


def test_an_unknown_device_is_refused_by_the_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "--device", "unobtainium"]) == 4
    assert "unobtainium" in capsys.readouterr().err


def test_render_refuses_what_is_no_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(here)]) == 4
    assert "record.json" in capsys.readouterr().err


def test_the_module_is_run_as_said() -> None:
    ended = run_verb("check-plan", MICROCURRENT)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("device   Example Aesthetics MC-8, claims microcurrent\nplan     microcurrent-facial")


@pytest.fixture
def served(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A simulated bench for any client."""
    command = [sys.executable, "-m", "bench", "sim", "--device", "microcurrent_hot", "--until-idle", "5"]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def test_sim_serves_any_client_until_it_is_told_to_end(served: "subprocess.Popen[str]") -> None:
    assert served.stdout is not None
    ports = json.loads(served.stdout.readline())["ports"]
    with socket.create_connection(("127.0.0.1", ports["smu"]), timeout=PATIENCE) as smu:
        smu.sendall(b"*IDN?\n")
        assert smu.makefile().readline().startswith("KEITHLEY INSTRUMENTS,MODEL 2450,SIM-")
    with socket.create_connection(("127.0.0.1", ports["control"]), timeout=PATIENCE) as control:
        control.sendall(b":QUIT\n")
        assert served.wait(PATIENCE) == 0


HOSTILE = "\x1b[2J\x1b[1;1HPASS\r\x9b\u202e"


@pytest.mark.parametrize("verb", ["verify", "render", "close", "lot"])
def test_a_name_that_would_clear_the_screen_is_only_shown(
    verb: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, f"run{HOSTILE}", *(["--operator=JV"] if verb == "close" else [])]) != 0
    said = capsys.readouterr()
    assert "run?[2J?[1;1HPASS???" in said.out + said.err
    assert not set(HOSTILE) - set("[2J1;1HPASS") & set(said.out + said.err)


def test_what_another_run_wrote_into_an_alarm_is_only_shown(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in state_in(here).items():
        monkeypatch.setenv(name, value)
    alarm = here / "stimcert" / "alarms" / "example-lab.json"
    alarm.parent.mkdir(parents=True)
    alarm.write_text(json.dumps({"run": HOSTILE, "unconfirmed": ["smu"]}), encoding="utf-8")
    assert main(["acknowledge", "example_lab", "--operator", "JV"]) == 0
    said = capsys.readouterr().out
    assert "smu unconfirmed in ?[2J?[1;1HPASS???" in said


def test_the_screen_is_a_stream_like_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    with harmless_output():
        sys.stdout.write("one\nµA\n")
        sys.stdout.flush()
        assert not sys.stdout.isatty()
    assert capsys.readouterr().out == "one\nµA\n"
