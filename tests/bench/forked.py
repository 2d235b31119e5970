# SPDX-License-Identifier: MIT
"""Runs of the bench in processes forked from one that has loaded the libraries: two thirds of a short run are loading.

What a process does with its command line, its environment and its signals is tested on real ones; here it is what is
measured and judged that counts. Where a system cannot fork, every run is started as a user would.
"""

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import TimeoutExpired

from tests.bench.children import begin, exit_code_of
from tests.bench.command import CHECKOUT, PATIENCE, Ended, environment, run_bench, words_of
from tests.bench.forked_helpers import fork_helpers


def run_forked(folder: Path, *arguments: str, names_folder: bool = True, **more: str) -> Ended:
    """Run ``pytest bench/`` to its end, like :func:`tests.bench.command.run_bench`.

    :param folder: of the run; must not exist. What the run says is written beside it.
    :param names_folder: whether the command line names it.
    :param more: environment variables.
    """
    context = _context()
    if context is None:
        return run_bench(folder, *arguments, names_folder=names_folder, **more)
    said = [folder.with_name(f"{folder.name}.{stream}") for stream in ("out", "err")]
    words = words_of(folder if names_folder else None, *arguments)
    process = context.Process(target=_bench, args=(words, said, environment(folder, **more)))
    begin(process)
    code = exit_code_of(process, PATIENCE)
    if code is None:
        raise TimeoutExpired(["pytest", *arguments], PATIENCE)
    out, err = (path.read_text(encoding="utf-8", errors="replace") for path in said)
    return Ended(code=code, out=out, err=err, folder=folder)


@cache
def _context() -> ForkServerContext | None:
    """Return what forks, None where nothing can."""
    if sys.platform == "win32":
        return None
    # NumPy's threads would be lost in a fork, and are never wanted.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.bench.preloaded"])
    return context


def _bench(words: list[str], said: list[Path], variables: dict[str, str]) -> None:
    """Be the process that a user would have started."""
    import pytest

    for number, path in enumerate(said, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(CHECKOUT)
    sys.argv = ["pytest", *words]
    fork_helpers()
    code = int(pytest.main(words))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
