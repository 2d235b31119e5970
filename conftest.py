# SPDX-License-Identifier: MIT
"""The command line of the bench. Everything else stands in ``bench/session``."""

import pytest

from bench.session.options import add_options

pytest_plugins = ("bench.session.entry",)
# They hold no tests; to look at a hundred files takes its time.
collect_ignore = ["bench/cli", "bench/session"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the bench's options."""
    add_options(parser)
