# SPDX-License-Identifier: MIT
"""Work that is put off until the next reading: done once, in order, before anything that comes after it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.backlog import Backlog

Steps = list[int | None]
"""The reading that each piece of work belongs to; None where an instrument takes its time."""


def doing(backlog: Backlog, steps: Steps, note: Callable[[Any], object]) -> None:
    """Put off a piece of work for each step."""
    readings: dict[int, object] = {}
    for number, step in enumerate(steps):
        if step is None:
            backlog.clear()
        else:
            note(("asked", number))
            backlog.add(partial(note, ("done", number, step)), readings.setdefault(step, [step]))


@given(st.lists(st.none() | st.integers(0, 3)))
def test_everything_is_done_once_and_in_order(steps: Steps) -> None:
    backlog, seen = Backlog(), []
    doing(backlog, steps, seen.append)
    backlog.settle()
    done = [number for kind, number, *_ in seen if kind == "done"]
    assert done == [number for number, step in enumerate(steps) if step is not None]


@given(st.lists(st.none() | st.integers(0, 3)))
def test_at_most_one_reading_waits(steps: Steps) -> None:
    backlog, seen = Backlog(), []
    doing(backlog, steps, seen.append)
    done = {number for kind, number, *_ in seen if kind == "done"}
    assert len({step for number, step in enumerate(steps) if step is not None and number not in done}) <= 1


def test_work_is_put_off_until_an_instrument_takes_its_time() -> None:
    backlog, seen = Backlog(), []
    doing(backlog, [0, 0, None], seen.append)
    assert seen == [("asked", 0), ("asked", 1), ("done", 0, 0), ("done", 1, 0)]


def test_what_follows_from_a_reading_waits_with_it() -> None:
    backlog, seen = Backlog(), []
    backlog.add(lambda: seen.append("reading"), object())
    backlog.add(lambda: seen.append("derived"))
    assert seen == []
    backlog.settle()
    assert seen == ["reading", "derived"]


def test_work_that_stores_does_not_start_over() -> None:
    """Storing something does first what waits; from inside of work that would turn the order round."""
    backlog, seen = Backlog(), []

    def store(name: str) -> None:
        backlog.clear()
        seen.append(name)

    reading = object()
    backlog.add(lambda: store("first"), reading)
    backlog.add(lambda: store("second"), reading)
    store("end of the case")
    assert seen == ["first", "second", "end of the case"]


def failing() -> None:
    raise ZeroDivisionError("oh dear")


def test_a_failure_is_kept_while_an_instrument_owes_its_answer_and_told_once() -> None:
    backlog, seen = Backlog(), []
    reading = object()
    backlog.add(failing, reading)
    backlog.add(lambda: seen.append("after it"), reading)
    backlog.clear()
    assert seen == ["after it"]
    with pytest.raises(ZeroDivisionError):
        backlog.add(lambda: seen.append("next"), object())
    backlog.settle()
    assert seen == ["after it", "next"]


def test_the_first_failure_is_told() -> None:
    backlog = Backlog()
    reading = object()
    for work in (failing, lambda: [].pop()):
        backlog.add(work, reading)
    with pytest.raises(ZeroDivisionError):
        backlog.settle()


def test_an_interrupt_passes_and_the_rest_waits() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    backlog, seen = Backlog(), []
    reading = object()
    backlog.add(interrupted, reading)
    backlog.add(lambda: seen.append("rest"), reading)
    with pytest.raises(KeyboardInterrupt):
        backlog.clear()
    assert seen == []
    backlog.settle()
    assert seen == ["rest"]


def test_what_a_reading_comes_to_is_brought_to_the_disk_in_one_go() -> None:
    seen: list[str] = []
    backlog = Backlog(lambda: seen.append("commit"))
    backlog.clear()
    for name in ("peak", "mean"):
        backlog.add(partial(seen.append, name))
    backlog.clear()
    assert seen == ["peak", "mean", "commit"]


def test_a_disk_that_fails_is_told_like_work_that_fails() -> None:
    backlog = Backlog(failing)
    backlog.add(lambda: None)
    backlog.clear()
    with pytest.raises(ZeroDivisionError):
        backlog.settle()


def test_spare_work_is_done_step_by_step_where_no_reading_waits() -> None:
    seen: list[str] = []
    backlog = Backlog(spare=(seen.append(f"spare {number}") for number in range(2)))
    backlog.meanwhile()
    backlog.add(lambda: seen.append("reading"), object())
    for _ in range(3):
        backlog.meanwhile()
    assert seen == ["spare 0", "reading", "spare 1"]


def test_nobody_waits_for_spare_work() -> None:
    seen: list[int] = []
    backlog = Backlog(spare=(seen.append(number) for number in range(2)))
    backlog.clear()
    backlog.settle()
    assert seen == []
