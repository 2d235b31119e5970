# SPDX-License-Identifier: MIT
"""The simulated skin module: what its commands do to the circuit."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.control import Control
from instruments.sim.device_file import read_device
from instruments.sim.skin import SkinModule
from instruments.sim.specifications import SKIN_TIME


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SimulatedBench]:
    made = SimulatedBench(read_device("galvanic_good").device(), log=tmp_path / "log.jsonl")
    yield made
    made.log.close()


def ask(module: SkinModule, message: str) -> str:
    return module.handle(message.encode()).decode().removesuffix("\n")


def test_it_says_who_it_is_and_what_it_has(bench: SimulatedBench) -> None:
    module = SkinModule(bench)
    assert SkinModule.role == "skin"
    assert ask(module, "*IDN?") == "STIMCERT,SKIN-NETWORKS,SIM-SKN-01,1.0"
    assert ask(module, "NETW:CAT?") == '"N0","N1","N2","N3","N4"'
    assert ask(module, "NETW:SEL?") == '"BOX"'


@pytest.mark.parametrize(("name", "skin"), [("N0", "N0"), ("n4", "N4"), ("OPEN", "open"), ("BOX", None)])
def test_a_network_takes_the_place_of_the_box(bench: SimulatedBench, name: str, skin: str | None) -> None:
    module = SkinModule(bench)
    assert ask(module, 'NETWork:SELect "N1"') == ""
    assert bench.circuit.skin == "N1"
    assert ask(module, f'NETW:SEL "{name}";SEL?') == f'"{name.upper()}"'
    assert bench.circuit.skin == skin


def test_a_change_takes_time_and_breaks_before_it_makes(bench: SimulatedBench) -> None:
    module, seen = SkinModule(bench), []
    bench.observers.append(lambda before, after: seen.append((bench.circuit.skin, after - before)))
    ask(module, 'NETW:SEL "N2"')
    assert seen == [(None, pytest.approx(SKIN_TIME / 2)), ("open", pytest.approx(SKIN_TIME / 2))]
    ask(module, 'NETW:SEL "N2"')
    assert len(seen) == 2


@pytest.mark.parametrize(("message", "code"), [('NETW:SEL "N9"', "-224"), ("NETW:SEL N1", "-1"), ("NETW:SEL", "-109")])
def test_what_it_does_not_know_changes_nothing(bench: SimulatedBench, message: str, code: str) -> None:
    module = SkinModule(bench)
    ask(module, message)
    assert ask(module, "SYST:ERR?").startswith(code)
    assert bench.circuit.skin is None


def test_reset_brings_the_box_back(bench: SimulatedBench) -> None:
    module = SkinModule(bench)
    ask(module, 'NETW:SEL "N3"')
    ask(module, "*RST")
    assert bench.circuit.skin is None
    assert ask(module, "NETW:SEL?") == '"BOX"'


def test_log_and_state_tell_of_it(bench: SimulatedBench, tmp_path: Path) -> None:
    module = SkinModule(bench)
    ask(module, 'NETW:SEL "N3"')
    assert json.loads(Control(bench).handle(b"STAT?"))["skin"] == "N3"
    ask(module, "*RST")
    bench.log.close()
    events = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [event["network"] for event in events if event["event"] == "skin"] == ["N3", None]
