# SPDX-License-Identifier: MIT
"""The self-tests' strictness: a warning is an error, for them only. A run of the bench must not fall over one."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What the garbage collector finds belongs to no test in particular, so it may not fail one. The last one wins.
STRICT = pytest.mark.filterwarnings(
    "error", "default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(STRICT, append=False)  # a test may still say otherwise of its own
