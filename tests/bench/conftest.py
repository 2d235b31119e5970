# SPDX-License-Identifier: MIT
"""Runs of the bench, shared by all tests that ask for the same one."""

from collections.abc import Iterator

import pytest

from tests.bench.calls import Calls, calls_of
from tests.bench.command import Ended
from tests.bench.runs import Ask, Result, Runner


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Run whatever is asked for."""
    made = Runner(tmp_path_factory.mktemp)
    yield made
    made.close()


@pytest.fixture(scope="module")
def started(runner: Runner, request: pytest.FixtureRequest) -> Iterator[None]:
    """Start all runs that the selected tests of a module are parametrized with, before the first one waits."""
    specs = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    params = [spec.params.get("run") for spec in specs if spec is not None]
    runner.start(ask for ask in params if isinstance(ask, Ask))
    yield
    runner.drop_pending()


@pytest.fixture
def run(runner: Runner, started: None, request: pytest.FixtureRequest) -> Result:
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
