# SPDX-License-Identifier: MIT
"""Memory that was freed is kept: an array that comes and goes costs no page faults after the first time."""

import json
import os
import subprocess
import sys

import pytest

from instruments.allocator import ENVIRONMENT, keep_freed_memory
from tests.bench.command import CHECKOUT

PROGRAM = """
import json, resource, sys
import numpy as np
from instruments.allocator import keep_freed_memory
kept = keep_freed_memory() if {asked} else None
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(250_000) + np.ones(250_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
pages()
print(json.dumps([kept, pages()]))
"""


def ran(*, asked: bool, **more: str) -> tuple[bool | None, int]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", PROGRAM.format(asked=asked)]
    ended = subprocess.run(command, cwd=CHECKOUT, env={**kept, **more}, capture_output=True, text=True, check=True)
    answer, pages = json.loads(ended.stdout)
    return answer, pages


@pytest.mark.skipif(not keep_freed_memory(), reason="no C library that understands it")
def test_an_array_that_comes_and_goes_costs_page_faults_only_once() -> None:
    assert ran(asked=True)[1] < 500
    assert ran(asked=False, **ENVIRONMENT)[1] < 500


def test_where_nothing_understands_it_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert keep_freed_memory() is False
