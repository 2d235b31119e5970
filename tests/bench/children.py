# SPDX-License-Identifier: MIT
"""Child processes of a test process in which several threads have some.

Whoever starts a child makes multiprocessing look after *all* children (``process.py: _cleanup``). An exit code can be
read only once: when two threads look at the same child, the later one finds nothing and makes 255 of it, once in 150.
"""

import threading
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

_looking = threading.Lock()


def begin(process: BaseProcess) -> None:
    """Start a process."""
    with _looking:
        process.start()


def exit_code_of(process: BaseProcess, patience: float | None = None) -> int | None:
    """Wait for the end of a process, and return its exit code; None for one that had to be ended.

    :param patience: s of wall time; None to wait as long as it takes.
    """
    hangs = not wait([process.sentinel], patience)
    if hangs:
        process.kill()
        wait([process.sentinel])
    with _looking:
        process.join()
        return None if hangs else process.exitcode
