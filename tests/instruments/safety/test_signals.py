# SPDX-License-Identifier: MIT
"""Signals end a run through one exception that nothing swallows, and never interrupt the clean-up."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.safety import signals

CHECKOUT = Path(__file__).resolve().parents[3]
PRESENT = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture
def watch() -> Iterator[signals.SignalWatch]:
    """Return installed handlers, and put the others back afterwards; nohup around the tests is no part of them."""
    outside = {name: signal.signal(signal.Signals[name], signal.SIG_DFL) for name in PRESENT}
    with signals.install() as installed:
        yield installed
    for name, handler in outside.items():
        signal.signal(signal.Signals[name], handler)


@pytest.mark.parametrize("name", PRESENT)
def test_a_signal_becomes_interrupted(watch: signals.SignalWatch, name: str) -> None:
    with pytest.raises(signals.Interrupted) as caught:
        signal.raise_signal(signal.Signals[name])
    assert caught.value.signal_name == name
    assert watch.seen == (name,)


def test_except_exception_does_not_swallow_it(watch: signals.SignalWatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        try:
            signal.raise_signal(signal.SIGTERM)
        except Exception:  # what a careless test would write
            pytest.fail("swallowed")


def test_a_swallowed_signal_stays_seen(watch: signals.SignalWatch) -> None:
    try:
        signal.raise_signal(signal.SIGINT)
    except BaseException:
        pass
    assert watch.seen == ("SIGINT",)


def test_ten_more_during_the_clean_up_are_remembered_only(watch: signals.SignalWatch) -> None:
    with signals.held():
        with signals.held():
            for _ in range(5):
                signal.raise_signal(signal.SIGINT)
        for _ in range(5):
            signal.raise_signal(signal.SIGTERM)
    assert watch.seen == ("SIGINT",) * 5 + ("SIGTERM",) * 5
    with pytest.raises(signals.Interrupted):
        signal.raise_signal(signal.SIGINT)


def test_the_previous_handlers_come_back() -> None:
    before = [signal.getsignal(signal.Signals[name]) for name in PRESENT]
    with signals.install():
        assert [signal.getsignal(signal.Signals[name]) for name in PRESENT] != before
    assert [signal.getsignal(signal.Signals[name]) for name in PRESENT] == before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="POSIX only")
def test_a_run_under_nohup_survives_the_hang_up() -> None:
    hang_up = signal.Signals["SIGHUP"]
    before = signal.signal(hang_up, signal.SIG_IGN)
    try:
        with signals.install() as watch:
            signal.raise_signal(hang_up)
        assert watch.seen == ()
    finally:
        signal.signal(hang_up, before)


def test_only_the_main_thread_may_install() -> None:
    caught: list[RuntimeError] = []

    def install() -> None:
        try:
            signals.install()
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=install)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_process_that_is_stopped_ends_by_interrupted(name: str) -> None:
    code = (
        "import threading\n"
        "from instruments.safety import signals\n"
        "try:\n"
        "    signals.install()\n"
        "    print('up', flush=True)\n"
        "    threading.Event().wait(30)\n"
        "except signals.Interrupted as error:\n"
        "    print(error.signal_name)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    process.send_signal(signal.Signals[name])
    assert process.communicate(timeout=20)[0] == f"{name}\n"
