# SPDX-License-Identifier: MIT
"""Calls of the bench that are made once for all tests about them, a few at a time.

A *call* is a function that gets a desk of its own, an empty folder, and returns the process that ended there.
"""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench.command import CHECKOUT, Ended
from tests.bench.runs import AT_A_TIME, SHORT, Edited

Call = Callable[[Path], Ended]


class Calls:
    """Makes calls, each once.

    :param new_folder: makes a new folder from a name.
    """

    def __init__(self, new_folder: Callable[[str], Path]) -> None:
        self._new_folder = new_folder
        self._pool = ThreadPoolExecutor(AT_A_TIME)
        self._made: dict[Call, Future[Ended]] = {}

    def start(self, calls: Iterable[Call]) -> None:
        """Have calls begin, as soon as there is room for them."""
        for call in calls:
            if call not in self._made:
                # Folders are made here: pytest's maker is not meant for several threads.
                self._made[call] = self._pool.submit(call, self._new_folder(call.__name__))

    def result(self, call: Call) -> Ended:
        """Wait for a call."""
        self.start([call])
        return self._made[call].result()

    def close(self) -> None:
        """Forget calls that did not begin, wait for the others, and remove waveforms, 20 MB a run."""
        self._pool.shutdown(cancel_futures=True)
        for done in self._made.values():
            if not done.cancelled() and done.exception() is None:
                shutil.rmtree(done.result().folder / "waveforms", ignore_errors=True)


def about(*calls: Call) -> pytest.MarkDecorator:
    """Say which calls a test is about; it gets what came of each as ``ended``."""
    return pytest.mark.parametrize("ended", calls, indirect=True, ids=[call.__name__ for call in calls])


def calls_of(request: pytest.FixtureRequest) -> list[Call]:
    """Return the calls that the selected tests of a module are about."""
    items = [item for item in request.session.items if item.path == request.path and isinstance(item, pytest.Function)]
    return [item.callspec.params["ended"] for item in items if "ended" in item.fixturenames]


def plan_on(desk: Path, source: Edited = SHORT) -> Path:
    """Write a plan into a folder of its own, with what it names beside it, and return its path."""
    folder = desk / "plans"
    for name in ("limits", "profiles"):
        shutil.copytree(CHECKOUT / "test_plans" / name, folder / name)
    path = folder / "plan.toml"
    path.write_text(source.text, encoding="utf-8")
    return path
