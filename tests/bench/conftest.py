# SPDX-License-Identifier: MIT
"""Runs of the bench, shared by all tests that ask for the same one."""

from collections.abc import Iterator

import pytest

from tests.bench.calls import Calls, calls_of
from tests.bench.command import Ended
from tests.bench.runs import Ask, Result, Runner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave tests of whole runs for the end: their runs go on beside all others from the start.

    The seeds come last of all: they keep every core busy by themselves.
    """
    items.sort(key=lambda item: 2 if item.path.name == "test_seeds.py" else int(_ask_of(item) is not None))


def _ask_of(item: pytest.Item) -> Ask | None:
    """Return the run that a test is parametrized with, if any."""
    callspec = getattr(item, "callspec", None)
    ask = callspec.params.get("run") if callspec is not None else None
    return ask if isinstance(ask, Ask) else None


@pytest.fixture(scope="session", autouse=True)
def runner(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Run whatever the selected tests ask for, beginning at once, in their order."""
    made = Runner(tmp_path_factory.mktemp)
    made.start(ask for ask in map(_ask_of, request.session.items) if ask is not None)
    yield made
    made.close()


@pytest.fixture
def run(runner: Runner, request: pytest.FixtureRequest) -> Result:
    """The run that a test is parametrized with (``indirect``)."""
    return runner.result(request.param)


@pytest.fixture(scope="module")
def calls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    """Start all calls that the selected tests of a module are about, before the first one waits."""
    made = Calls(tmp_path_factory.mktemp)
    made.start(calls_of(request))
    yield made
    made.close()


@pytest.fixture
def ended(calls: Calls, request: pytest.FixtureRequest) -> Ended:
    """What came of the call that a test is about."""
    return calls.result(request.param)
