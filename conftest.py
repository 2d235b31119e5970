# SPDX-License-Identifier: MIT
"""The command line of the bench. Everything else stands in ``bench/session``."""

import pytest

from bench.session.options import add_options

pytest_plugins = ("bench.session.entry",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the bench's options."""
    add_options(parser)
