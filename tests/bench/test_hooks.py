# SPDX-License-Identifier: MIT
"""The hooks on the way out: what is thrown through them, and what pytest gets to see of it."""

from collections.abc import Generator
from types import SimpleNamespace, TracebackType
from typing import Any

import pytest

from bench.session import hooks
from instruments.safety.signals import Interrupted
from tests.bench.parts import case


class Session:
    """A bench session that notes what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.run = object()

    previous = None

    def begin(self, selected: list[str]) -> None:
        self.said.append(f"begin {', '.join(selected)}")

    def stumbled(self, cause: Exception) -> None:
        self.said.append(f"stumbled: {cause}")

    def finish(self) -> None:
        self.said.append("finish")


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> tuple[Session, Generator[None, object, object]]:
    """A session, and pytest's loop over its items at the point where they run."""
    session = Session()
    option = SimpleNamespace(collectonly=False)
    config = SimpleNamespace(option=option, getoption=lambda name, default: default)
    # Undone at once: the same hooks watch over this very test.
    with monkeypatch.context() as patch:
        patch.setattr(hooks, "session_of", lambda config: session)
        patch.setattr(hooks, "case_of", lambda item: case())
        patch.setattr(hooks, "late_refusals", lambda config, items: [])
        run: Any = hooks.pytest_runtestloop(SimpleNamespace(config=config, items=[None], testsfailed=0))  # type: ignore[arg-type]
        next(run)
    return session, run


def deep(depth: int) -> None:
    """Be interrupted far down, while something else was being handled."""
    if depth:
        deep(depth - 1)
    try:
        raise TimeoutError("no answer")
    except TimeoutError:
        raise Interrupted("SIGINT")  # noqa: B904  as a signal handler raises it


def frames(trace: TracebackType | None) -> int:
    """Return how many frames a traceback has."""
    return 0 if trace is None else 1 + frames(trace.tb_next)


@pytest.mark.parametrize("kind", [Interrupted, KeyboardInterrupt])
def test_pytest_gets_an_interrupt_without_its_long_way(
    loop: tuple[Session, Generator[None, object, object]], kind: type[BaseException]
) -> None:
    session, run = loop
    try:
        deep(50)
    except Interrupted as interrupt:
        thrown = interrupt if kind is Interrupted else KeyboardInterrupt().with_traceback(interrupt.__traceback__)
    assert frames(thrown.__traceback__) > 50
    with pytest.raises(kind) as raised:
        run.throw(thrown)
    assert raised.value is thrown
    # This test, the hook, and nothing of the fifty below; nor of what was being handled there.
    assert frames(raised.value.__traceback__) <= 3
    assert raised.value.__suppress_context__
    assert session.said == ["begin OC-01", "finish"]


@pytest.mark.parametrize(
    "error", [pytest.exit.Exception("enough", returncode=0), SystemExit(0), RuntimeError("broken")]
)
def test_the_run_is_finished_on_every_way_out(
    loop: tuple[Session, Generator[None, object, object]], error: BaseException
) -> None:
    session, run = loop
    with pytest.raises(type(error)) as raised:
        run.throw(error)
    assert raised.value is error
    assert session.said[-1] == "finish"


def test_the_run_is_finished_when_all_went_well(loop: tuple[Session, Generator[None, object, object]]) -> None:
    session, run = loop
    with pytest.raises(StopIteration) as stop:
        run.send(True)
    assert stop.value.value is True
    assert session.said == ["begin OC-01", "finish"]


@pytest.mark.parametrize(
    ("thrown", "said"),
    [(RuntimeError("a hook broke"), ["stumbled: a hook broke", "finish"]), (pytest.Session.Failed("-x"), ["finish"])],
)
def test_a_loop_that_breaks_in_the_middle_is_on_record_one_that_was_told_to_stop_is_not(
    loop: tuple[Session, Generator[None, object, object]], thrown: Exception, said: list[str]
) -> None:
    session, run = loop
    with pytest.raises(type(thrown)):
        run.throw(thrown)
    assert session.said == ["begin OC-01", *said]
