# SPDX-License-Identifier: MIT
"""The self-tests' strictness: a warning is an error, for them only. A run of the bench must not fall over one."""

import pytest

# What the garbage collector finds belongs to no test in particular, so it may not fail one.
_STRAYS = ("default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.removesuffix("conftest.py")):
            for line in (*_STRAYS, "error"):  # the marker nearest to the test is applied last
                item.add_marker(pytest.mark.filterwarnings(line), append=False)
