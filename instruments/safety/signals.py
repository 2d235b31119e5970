# SPDX-License-Identifier: MIT
"""Signals become one exception, so that every way out goes through the same clean-up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""SIGHUP exists on POSIX only, SIGBREAK (Ctrl-Break) on Windows only."""


_holds: list[object] = []
"""One entry for each block under way that nothing may interrupt."""


class Interrupted(KeyboardInterrupt):
    """Somebody asked this process to stop. A KeyboardInterrupt, because ``except Exception`` must not swallow it.

    :param signal_name: ``SIGINT``, ``SIGTERM``, ….
    """

    def __init__(self, signal_name: str) -> None:
        super().__init__(f"stopped by {signal_name}")
        self.signal_name = signal_name


class SignalWatch:
    """Handlers in force until :meth:`restore`, and the memory of what they saw."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._previous: dict[signal.Signals, Any] = {}

    @property
    def seen(self) -> tuple[str, ...]:
        """Return the names of all signals so far, in order. A process that saw one never ends in PASS."""
        return tuple(self._seen)

    def _install(self) -> None:
        for number in _present():
            # nohup's wish is kept: whoever ignored the hang-up before us wanted the run to go on.
            if number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._previous[number] = signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        self._seen.append(name)
        if not _holds:
            raise Interrupted(name)

    def restore(self) -> None:
        """Put the previous handlers back."""
        for number, handler in self._previous.items():
            # None: a handler that was not set from Python; Python cannot put it back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._previous.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restore()


@contextmanager
def held() -> Iterator[None]:
    """Let no signal interrupt the block: a second Ctrl-C must not stop the clean-up after the first.

    What arrives meanwhile raises nothing, then or later; it stands in :attr:`SignalWatch.seen`.
    """
    _holds.append(None)
    try:
        yield
    finally:
        _holds.pop()


def _present() -> list[signal.Signals]:
    return [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]


def install() -> SignalWatch:
    """Turn SIGINT, SIGTERM and what else this system stops a process with into :class:`Interrupted`.

    :raises RuntimeError: when called from another thread than the main one, where Python handles no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("signal handlers can be installed from the main thread only")
    watch = SignalWatch()
    watch._install()
    return watch


def ignore_all() -> None:
    """Outlive what stops a harness; for a helper process that ends with its pipe."""
    for number in _present():
        signal.signal(number, signal.SIG_IGN)
