# SPDX-License-Identifier: MIT
"""Memory that was freed is kept: an array that comes and goes costs no page faults after the first time."""

import os
import platform
import subprocess
import sys

import pytest

from instruments.allocator import ENVIRONMENT, keep_freed_memory
from tests.bench.command import CHECKOUT

PROGRAM = """
import resource
import numpy as np
from instruments.allocator import keep_freed_memory
if {asked}:
    keep_freed_memory()
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(250_000) + np.ones(250_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
pages()
print(pages())
"""


def pages(*, asked: bool, **more: str) -> int:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM.format(asked=asked)]
    ended = subprocess.run(command, cwd=CHECKOUT, env={**kept, **more}, capture_output=True, text=True, check=True)
    return int(ended.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no C library that understands it")
def test_an_array_that_comes_and_goes_costs_page_faults_only_once() -> None:
    assert pages(asked=True) < 500
    assert pages(asked=False, **ENVIRONMENT) < 500


def test_where_nothing_understands_it_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert keep_freed_memory() is False
