# SPDX-License-Identifier: MIT
"""The end of a watch: a bench known to be safe is let go, any other is left to the guard with the alarm on."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from instruments.safety.alarm import Alarm
from instruments.safety.heartbeat import Heartbeat
from instruments.safety.safe_off import Confirmation, SafeState
from instruments.safety.watch import Watch

SAFE = SafeState(roles={"smu": Confirmation.CONFIRMED})
LIVE = SafeState(roles={"smu": Confirmation.NOT_CONFIRMED})


def watch(diary: list[str], *, alarm: Alarm | None = None, locked: bool = True) -> Watch:
    """Return a watch whose guard and lock write down what they are told."""

    def teller(*words: str) -> Any:
        return SimpleNamespace(**{word: lambda word=word: diary.append(word) for word in words})

    lock = SimpleNamespace(release=lambda: diary.append("unlock")) if locked else None
    guard, beat = teller("release", "abandon"), Heartbeat(lambda seconds: None)
    return Watch(guard=guard, beat=beat, lock=cast(Any, lock), alarm=alarm, run="run 7")


@pytest.mark.parametrize("locked", [True, False])
def test_a_safe_bench_is_let_go_quietly(tmp_path: Path, locked: bool) -> None:
    diary: list[str] = []
    alarm = Alarm(tmp_path / "alarm.json")
    watch(diary, alarm=alarm, locked=locked).end(SAFE)
    assert diary == ["release", *["unlock"] * locked]
    alarm.check()


@pytest.mark.parametrize("locked", [True, False])
def test_a_bench_that_may_be_live_is_locked_and_the_guard_acts(tmp_path: Path, locked: bool) -> None:
    diary: list[str] = []
    alarm = Alarm(tmp_path / "alarm.json")
    watch(diary, alarm=alarm, locked=locked).end(LIVE)
    # The lock is held until the guard has had its turn.
    assert diary == ["abandon", *["unlock"] * locked]
    with pytest.raises(Exception, match="smu.*run 7"):
        alarm.check()


def test_a_bench_that_dies_with_its_run_needs_no_alarm() -> None:
    diary: list[str] = []
    watch(diary).end(LIVE)
    assert diary == ["abandon", "unlock"]
