# SPDX-License-Identifier: MIT
"""Run the real ``pytest bench/`` in a process of its own, and read what it left behind.

An ``Ask`` says what to run; a ``Runner`` runs it, once for all tests that ask for the same, two at a time; a ``Result``
is what came out. Asks are values, so that a test can be parametrized with them and its module's runs started ahead.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

from tests.bench.command import CHECKOUT, Ended
from tests.bench.forked import run_forked

MICROCURRENT, GALVANIC = "test_plans/microcurrent_facial.toml", "test_plans/galvanic_facial.toml"
STATION = "STATION"
AT_A_TIME = 2

# No part of the bench, but imported by pytest in every run where it is installed.
_SPARED = ("-p", "no:hypothesispytest")


@dataclass(frozen=True)
class Edited:
    """A copy of a file of the checkout in which texts are replaced, everywhere and each at least once."""

    origin: str
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The edited text."""
        text = (CHECKOUT / self.origin).read_text(encoding="utf-8")
        for old, new in self.changes:
            if old not in text:
                raise ValueError(f"{self.origin} has no {old!r} to replace")
            text = text.replace(old, new)
        return text


def shortened(origin: str, levels: str, loads: str, *more: tuple[str, str]) -> Edited:
    """Return a shipped plan with fewer points and short dwells: a run of it takes about two seconds."""
    text = (CHECKOUT / origin).read_text(encoding="utf-8")
    found = re.findall(r"^(?:levels = (?:\[.*\]|\"all\")|loads = .*)$", text, re.MULTILINE)
    words = {"levels": f"levels = {levels}", "loads": f"loads = {loads}"}
    changes = dict.fromkeys((line, words[line.split()[0]]) for line in found)
    return Edited(origin, (*changes, ('dwell = "200 ms"', 'dwell = "20 ms"'), *more))


SHORT = shortened(MICROCURRENT, "[1, 8]", '["2 kΩ"]')
SHORT_GALVANIC = shortened(GALVANIC, "[1, 5]", '["500 Ω", "10 kΩ"]')


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What to run.

    :param name: of the run, for test ids and folders.
    :param device: a shipped device, or an edited copy of a file.
    :param options: further words of the command line.
    :param waveforms: keep them until the tests have ended; else they are removed at once, 20 MB a run.
    """

    name: str
    device: str | Edited = "microcurrent_good"
    plan: str | Edited = MICROCURRENT
    station: str | Edited = "sim"
    options: tuple[str, ...] = ()
    waveforms: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Result(Ended):
    """A run that has ended, and what it left behind.

    :param desk: the folder with the edited files it was given.
    """

    ask: Ask
    desk: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """The contents of ``record.json``."""
        assert (self.folder / "record.json").is_file(), f"the run left no record:\n{self.text}"
        return super().record

    @cached_property
    def simulator_log(self) -> list[dict[str, Any]]:
        """What the instruments of the simulated bench did, event by event."""
        lines = (self.folder / "simulator.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @property
    def verdict(self) -> str:
        """The verdict of the whole run."""
        return str(self.record["verdict"])

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        """The cases of the plan by id, without that of the station check."""
        return {case["id"]: case for case in self.record["cases"] if case["id"] != STATION}

    @property
    def case_verdicts(self) -> dict[str, str]:
        """The verdict of each case of the plan."""
        return {name: case["verdict"] for name, case in self.cases.items()}

    def measurements(self, case: str | None = None, **wanted: object) -> list[dict[str, Any]]:
        """Return the measurements of one case of the plan, or of all, by keys of theirs or of their conditions."""
        found = [m for name, entry in self.cases.items() if case in (None, name) for m in entry["measurements"]]
        return [m for m in found if all({**m["conditions"], **m}[key] == value for key, value in wanted.items())]

    def said(self, what: str) -> str:
        """Return what the report says in a marked place: ``verdict``, ``finding``, ``document``."""
        html = (self.folder / "report.html").read_text(encoding="utf-8")
        found = re.search(rf'<(\w+)[^>]*data-said="{re.escape(what)}"[^>]*>(.*?)</\1>', html, re.DOTALL)
        assert found, f"the report does not say its {what}"
        return " ".join(unescape(re.sub(r"<[^>]*>", "", found[2])).split())


class Runner:
    """Runs what is asked for, each ask once.

    :param new_folder: makes a new folder from a name.
    """

    def __init__(self, new_folder: Callable[[str], Path]) -> None:
        self._new_folder = new_folder
        self._pool = ThreadPoolExecutor(AT_A_TIME)
        self._runs: dict[Ask, Future[Result]] = {}

    def start(self, asks: Iterable[Ask]) -> None:
        """Have runs begin, as soon as there is room for them."""
        for ask in asks:
            if ask not in self._runs:
                # Folders are made here: pytest's maker is not meant for several threads.
                self._runs[ask] = self._pool.submit(run, ask, self._new_folder(re.sub(r"\W+", "_", ask.name)))

    def result(self, ask: Ask) -> Result:
        """Wait for a run."""
        self.start([ask])
        return self._runs[ask].result()

    def results(self, asks: Iterable[Ask]) -> list[Result]:
        """Wait for several runs."""
        asks = list(asks)
        self.start(asks)
        return [self.result(ask) for ask in asks]

    def close(self) -> None:
        """End, and remove what waveforms were kept."""
        self._pool.shutdown(cancel_futures=True)
        for done in self._runs.values():
            if not done.cancelled() and done.exception() is None:
                shutil.rmtree(done.result().folder / "waveforms", ignore_errors=True)


def run(ask: Ask, scratch: Path) -> Result:
    """Run ``pytest bench/`` in ``scratch``: the edited files in ``desk``, the run in ``run``."""
    folder, desk = scratch / "run", scratch / "desk"
    ended = run_forked(folder, *_SPARED, *_options(ask, desk))
    if not ask.waveforms:
        shutil.rmtree(folder / "waveforms", ignore_errors=True)
    return Result(ask=ask, desk=desk, **vars(ended))


def _options(ask: Ask, desk: Path) -> list[str]:
    desk.mkdir()
    given = {"plan": ask.plan, "station": ask.station, "sim-device": ask.device}
    words = [f"--{name}={_path(value, name, desk)}" for name, value in given.items()]
    return [*words, *ask.options]


def _path(value: str | Edited, name: str, desk: Path) -> str:
    """Return what to write on the command line: the value itself, or the path of the edited copy."""
    if isinstance(value, str):
        return value
    if name == "plan":
        # A plan names its limits and its profile relative to itself.
        for folder in ("limits", "profiles"):
            shutil.copytree(CHECKOUT / "test_plans" / folder, desk / folder)
    path = desk / f"{name}.toml"
    path.write_text(value.text, encoding="utf-8")
    return str(path)
