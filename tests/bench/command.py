# SPDX-License-Identifier: MIT
"""``pytest bench/`` and ``python -m bench`` as processes, as a user starts them, and what they leave behind."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""s of wall time until a process is given up; a loaded machine may need a good part of it."""
# Whatever the self-tests were started with must not reach the run under test.
_OURS = ("STIMCERT_", "PYTEST_", "PYTHONOPTIMIZE", "PYTHONPATH", "COV_")
# What a run needs of a checkout.
_SOURCES = ("bench", "instruments", "reports", "stimcert", "test_plans", "conftest.py", "tox.ini")


@dataclass(frozen=True)
class Ended:
    """A process that has ended. What it said stands below the test that fails.

    :param folder: of the run; need not exist.
    """

    code: int
    out: str
    err: str
    folder: Path

    def __post_init__(self) -> None:
        _log.info("exit %s of a run for %s\n%s", self.code, self.folder, self.text)

    @property
    def text(self) -> str:
        """Everything it said."""
        return self.out + self.err

    @property
    def lines(self) -> list[str]:
        """The lines of everything it said, without the blanks at their ends."""
        return [line.rstrip() for line in self.text.splitlines()]

    @property
    def words(self) -> str:
        """Everything it said as one line: a long one may have been folded anywhere."""
        return " ".join(self.text.split())

    def closing(self, label: str) -> str | None:
        """Return what a labelled line of the terminal says: ``verdict``, ``document``, ``because``; None without it."""
        starts = [place for place, line in enumerate(self.lines) if line.startswith(f"{label} ")]
        if not starts:
            return None
        # What goes on in the next line stands under the words of the first.
        said = takewhile(lambda line: line.startswith(" " * 12), self.lines[starts[-1] + 1 :])
        return " ".join([self.lines[starts[-1]].removeprefix(label).strip(), *(line.strip() for line in said)])

    @property
    def record(self) -> dict[str, Any]:
        """The contents of ``record.json``."""
        found: dict[str, Any] = json.loads((self.folder / "record.json").read_text(encoding="utf-8"))
        return found

    def case(self, name: str) -> dict[str, Any]:
        """Return one case of the record."""
        found: dict[str, Any] = next(case for case in self.record["cases"] if case["id"] == name)
        return found

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each case."""
        return {case["id"]: case["verdict"] for case in self.record["cases"]}

    @property
    def report(self) -> str:
        """The page that people read, without its markup."""
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def state_in(folder: Path) -> dict[str, str]:
    """Return the variables that make a folder the place of ledgers, alarms and results of bench checks."""
    return dict.fromkeys(("XDG_STATE_HOME", "LOCALAPPDATA"), str(folder))


def state_beside(folder: Path) -> dict[str, str]:
    """Return the variables of a run that shares its state with no other."""
    return state_in(folder.with_name(f"{folder.name}.state"))


def environment(folder: Path | None = None, **more: str) -> dict[str, str]:
    """Return the environment of a process under test.

    :param folder: of a run, beside which it has a state directory of its own unless ``more`` names one: what is told
        of earlier runs of a serial number shall not depend on the order of tests, nor on what another test does to the
        environment while this one's runs are started ahead.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    if folder is not None:
        kept |= state_beside(folder)
    return {**kept, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1", **more}


def pytest_command(folder: Path | None, *arguments: str, python: tuple[str, ...] = ()) -> list[str]:
    """Return the command line of a run; the cache of the checkout under test is left alone.

    :param folder: of the run; None to leave that open.
    :param python: options of the interpreter.
    """
    return [sys.executable, *python, "-m", "pytest", *words_of(folder, *arguments)]


def words_of(folder: Path | None, *arguments: str) -> list[str]:
    """Return what pytest is told for a run."""
    there = [] if folder is None else [f"--run-dir={folder}"]
    return ["bench/", "-p", "no:cacheprovider", *there, *arguments]


def start(folder: Path, *arguments: str, where: Path, **more: str) -> "subprocess.Popen[bytes]":
    """Start a run as the leader of a process group, as a terminal does, and return its process.

    :param where: a file for what it says.
    :param more: environment variables.
    """
    with where.open("wb") as stream:
        return subprocess.Popen(
            pytest_command(folder, *arguments),
            cwd=CHECKOUT,
            env=environment(folder, **more),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run_bench(
    folder: Path,
    *arguments: str,
    checkout: Path = CHECKOUT,
    python: tuple[str, ...] = (),
    names_folder: bool = True,
    **more: str,
) -> Ended:
    """Run ``pytest bench/`` to its end.

    :param folder: of the run; must not exist.
    :param names_folder: whether the command line names it.
    :param more: environment variables.
    """
    command = pytest_command(folder if names_folder else None, *arguments, python=python)
    return run(command, folder=folder, checkout=checkout, **more)


def run_verb(*arguments: str, **more: str) -> Ended:
    """Run ``python -m bench`` to its end."""
    return run([sys.executable, "-m", "bench", *arguments], folder=CHECKOUT, **more)


def run(command: list[str], *, folder: Path, checkout: Path = CHECKOUT, **more: str) -> Ended:
    """Run any command in a checkout to its end."""
    ended = subprocess.run(
        command,
        cwd=checkout,
        env=environment(None if folder == checkout else folder, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
        check=False,
    )
    return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr, folder=folder)


def copy_checkout(folder: Path) -> Path:
    """Copy what a run needs into a folder that must not exist, free to be spoilt."""
    folder.mkdir()
    for name in _SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder
