# SPDX-License-Identifier: MIT
"""Where pytest comes in: helpers run only where a bench test will, and none is left behind."""

from types import SimpleNamespace
from typing import Any

import pytest

from bench.session import bench_session, entry, software
from bench.session.options import CHECKOUT
from instruments.helpers import Helpers


class Started:
    """Helper processes, as far as the entry knows them."""

    def __init__(self, simulated: bool) -> None:
        self.simulated = simulated
        self.dismissed = 0

    def dismiss(self) -> None:
        self.dismissed += 1


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Started]:
    """What was started."""
    found: list[Started] = []

    def start(*, simulated: bool) -> Started:
        found.append(Started(simulated))
        return found[-1]

    monkeypatch.setattr(Helpers, "start", start)
    monkeypatch.delenv("STIMCERT_STATION", raising=False)
    return found


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often somebody began to look which software this is."""
    begun: list[str] = []
    monkeypatch.setattr(software, "look_ahead", lambda: begun.append("software"))
    return begun


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What each session was given for helpers."""
    given: list[Any] = []
    monkeypatch.setattr(bench_session, "start_session", lambda config, helpers: given.append(helpers))
    return given


def config(*args: str, **options: Any) -> Any:
    """Return what pytest knows before anything is collected."""
    shown = {"help": False, "version": 0, "collectonly": False, **options}
    return SimpleNamespace(
        args=list(args),
        option=SimpleNamespace(**shown),
        getoption=lambda name, default=None: options.get(name.lstrip("-").replace("-", "_"), default),
        invocation_params=SimpleNamespace(dir=CHECKOUT),
        stash=pytest.Stash(),
        pluginmanager=SimpleNamespace(register=lambda plugin, name: None),
    )


@pytest.mark.parametrize(
    "asked", ["bench", "bench/test_polarity.py", ".", "bench/test_polarity.py::test_polarity[PO-01]"]
)
def test_a_bench_test_brings_the_helpers(
    asked: str, started: list[Started], sessions: list[Any], looks: list[str]
) -> None:
    entry.pytest_configure(config(asked))
    assert [helpers.simulated for helpers in started] == [True]
    assert sessions == started
    assert looks == ["software"]


def test_no_simulator_for_a_station_of_another_name(started: list[Started], sessions: list[Any]) -> None:
    entry.pytest_configure(config("bench", station="example_lab"))
    assert [helpers.simulated for helpers in started] == [False]


@pytest.mark.parametrize("options", [{"collectonly": True}, {"setupplan": True}])
def test_nothing_is_started_where_nothing_runs(
    options: dict[str, Any], started: list[Started], sessions: list[Any], looks: list[str]
) -> None:
    entry.pytest_configure(config("bench", **options))
    assert started == looks == []
    assert sessions == [None]


@pytest.mark.parametrize("asked", [config("tests"), config("bench", help=True), config("bench", version=1)])
def test_nothing_is_loaded_where_no_bench_test_is_asked_for(
    asked: Any, started: list[Started], sessions: list[Any]
) -> None:
    entry.pytest_configure(asked)
    entry.pytest_unconfigure(asked)
    assert started == [] and sessions == []


@pytest.mark.parametrize("error", [pytest.UsageError("bad files"), KeyboardInterrupt()])
def test_bad_files_leave_nobody_behind(
    error: BaseException, started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(config: Any, helpers: Any) -> None:
        raise error

    monkeypatch.setattr(bench_session, "start_session", refuse)
    with pytest.raises(type(error)):
        entry.pytest_configure(config("bench"))
    assert [helpers.dismissed for helpers in started] == [1]


def test_the_end_lets_go_of_helpers_that_no_run_came_to_need(started: list[Started], sessions: list[Any]) -> None:
    asked = config("bench")
    entry.pytest_configure(asked)
    entry.pytest_unconfigure(asked)
    assert [helpers.dismissed for helpers in started] == [1]
