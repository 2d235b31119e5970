# SPDX-License-Identifier: MIT
"""A plugin that empties the caches of ``stimcert`` before each test: what an earlier test was told, no mutant may hide
behind, and mutmut sees which tests reach a function only where none is answered from a cache."""

import sys

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("stimcert"):
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()
