# SPDX-License-Identifier: MIT
"""A disk of its own for one process and those it starts: a small tmpfs in a mount namespace that nobody else sees."""

import ctypes
import multiprocessing
import os
from functools import cache
from pathlib import Path

from tests.bench.children import begin, exit_code_of

SIZE = 64
"""MB; a run asks for two thirds of it before it begins."""
# Linux, <sched.h> and <sys/mount.h>.
_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_READ_ONLY, _REMOUNT, _RECURSIVE, _PRIVATE = 1, 32, 16384, 1 << 18


def mount(path: Path) -> None:
    """Mount a small disk at a folder that exists; it is gone with the last process that sees it.

    :raises OSError: where the system does not allow that.
    """
    _own_mounts()
    _call("mount", b"none", b"/", None, _RECURSIVE | _PRIVATE, None)
    _call("mount", b"tmpfs", os.fsencode(path), b"tmpfs", 0, f"size={SIZE}m".encode())


def make_read_only(path: Path) -> None:
    """Let nothing be written to the small disk any more.

    :raises OSError: while a file on it is open for writing.
    """
    _call("mount", b"tmpfs", os.fsencode(path), b"tmpfs", _REMOUNT | _READ_ONLY, None)


def fill(folder: Path) -> None:
    """Write until there is no room for another byte."""
    descriptor, block = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), bytes(2**20)
    try:
        while True:
            os.write(descriptor, block)
    except OSError:
        return
    finally:
        os.close(descriptor)


@cache
def possible() -> bool:
    """Tell whether this machine lets a process have a disk of its own."""
    if not hasattr(os, "fork"):
        return False
    process = multiprocessing.get_context("fork").Process(target=_try)
    begin(process)
    return exit_code_of(process) == 0


def _try() -> None:
    try:
        mount(Path("/tmp"))
    except (OSError, AttributeError):
        os._exit(1)


def _own_mounts() -> None:
    user, group = os.getuid(), os.getgid()
    if user == 0:
        _call("unshare", _NEW_MOUNTS)
        return
    _call("unshare", _NEW_MOUNTS | _NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")


def _call(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
