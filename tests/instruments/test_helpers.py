# SPDX-License-Identifier: MIT
"""The processes beside a harness: started early, told late, and never left behind."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from instruments.embedded import EmbeddedSimulator, SimOptions
from instruments.helpers import Helpers
from instruments.safety.recipe import Recipe


@pytest.fixture
def helpers() -> Iterator[Helpers]:
    started = Helpers.start(simulated=True)
    yield started
    started.guard.abandon()
    if started.simulator is not None:
        started.simulator.stop()


def test_those_who_were_told_nothing_are_dismissed(helpers: Helpers) -> None:
    simulator = helpers.simulator
    assert simulator is not None and helpers.guard.alive and simulator.alive
    helpers.dismiss()
    helpers.dismiss()
    assert not helpers.guard.alive
    assert not simulator.alive


def test_a_guard_with_a_recipe_stays_at_its_post(helpers: Helpers) -> None:
    helpers.guard.hand_over(Recipe(roles=()))
    helpers.dismiss()
    helpers.guard.wait_ready()
    assert helpers.guard.alive


def test_a_simulator_that_was_told_what_to_simulate_is_not_dismissed(helpers: Helpers) -> None:
    simulator = helpers.simulator
    assert simulator is not None
    simulator.hand_over(SimOptions())
    helpers.dismiss()
    assert "smu" in simulator.ports


def test_a_wrong_guess_about_the_simulator_is_put_right(helpers: Helpers) -> None:
    guessed = helpers.simulator
    assert guessed is not None
    assert helpers.fit(simulated=True).simulator is guessed
    assert helpers.fit(simulated=False).simulator is None
    assert not guessed.alive
    assert isinstance(helpers.fit(simulated=True).simulator, EmbeddedSimulator)


def test_a_simulator_that_nobody_wants_ends_by_itself() -> None:
    command = [sys.executable, "-m", "instruments.sim", "-"]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
