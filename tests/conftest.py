# SPDX-License-Identifier: MIT
"""The self-tests' strictness: a warning is an error, for them only. A run of the bench must not fall over one."""

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.bench.command import state_in

# The same examples on every machine, so that a build fails for what was changed in it and for nothing else.
# ``--hypothesis-profile=search`` looks for new ones. Machines are shared: how long an example takes proves nothing.
settings.register_profile("search", deadline=None, max_examples=50, print_blob=True)
settings.register_profile("same", settings.get_profile("search"), derandomize=True)
settings.load_profile("same")

HERE = Path(__file__).parent
# What the garbage collector finds belongs to no test in particular, so it may not fail one. The last one wins.
STRICT = pytest.mark.filterwarnings(
    "error", "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="session", autouse=True)
def state_of_nobody() -> Iterator[None]:
    """Keep ledgers and alarms of self-tests out of the state directory of whoever starts them."""
    with tempfile.TemporaryDirectory(prefix="stimcert-state-") as folder, pytest.MonkeyPatch.context() as patch:
        for name, value in state_in(Path(folder)).items():
            patch.setenv(name, value)
        yield


TRIALS = (
    "test_careless_bench_tests.py",
    "test_devices_end_to_end.py",
    "test_faults_end_to_end.py",
    "test_injections.py",
    "test_procedures_end_to_end.py",
    "test_programs_end_to_end.py",
    "test_resume.py",
    "test_seeds.py",
    "test_shipped_plans.py",
    "test_skin_peaks.py",
    "test_traps.py",
    "test_ways_out.py",
)
"""Modules of whole runs, one for each plan, device, seed, fault or mistake. They have an environment of their own,
``tox run -e trials``, and are left out of the others unless a command line names them."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "trial: a whole run of the bench; ``-m trial`` selects them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(STRICT, append=False)  # a test may still say otherwise of its own
            if item.path.name in TRIALS:
                item.add_marker("trial")
    named = any(name in argument for name in TRIALS for argument in config.args)
    if not config.option.markexpr and not named:
        config.hook.pytest_deselected(items=[item for item in items if item.path.name in TRIALS])
        items[:] = [item for item in items if item.path.name not in TRIALS]


def pytest_collection_finish() -> None:
    """Thousands of items are here to stay: looking for garbage among them again and again takes its time."""
    gc.collect()
    gc.freeze()
