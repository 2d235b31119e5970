# SPDX-License-Identifier: MIT
"""A run of ``pytest bench/`` in a process forked from one that has loaded the libraries, and what it left behind."""

import importlib
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.forked_helpers import fork_helpers  # noqa: E402


def preload() -> None:
    """Import once what every run imports: the runs are forked from here, and so are their guards and simulators."""
    importlib.import_module("tests.bench.preloaded")
    fork_helpers()


def record_of(options: list[str]) -> tuple[int, dict[str, Any] | None, str]:
    """Run the bench in this process, which exists for nothing else; return exit code, record and the last it said.

    :returns: None instead of a record where the run left none. The run's folder is removed.
    """
    with TemporaryDirectory() as scratch:
        folder, output = Path(scratch) / "run", Path(scratch) / "output"
        os.environ["XDG_STATE_HOME"] = scratch
        code = _bench(["bench/", f"--run-dir={folder}", "-p", "no:cacheprovider", *options], output)
        said = output.read_text(errors="replace")[-300:]
        try:
            return code, json.loads((folder / "record.json").read_text(encoding="utf-8")), said
        except FileNotFoundError:
            return code, None, said


def _bench(arguments: list[str], output: Path) -> int:
    with output.open("w") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        return int(pytest.main(arguments))
