# SPDX-License-Identifier: MIT
"""Which software measured: version, commit, a hash over our own files, and what was installed beside it."""

import hashlib
import os
import platform
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

from bench.session.options import CHECKOUT

VERSION = "0.1.0.dev0"
RELEASED = date(2026, 11, 28)
"""The day on which this version was made: no run of it can be older."""

# What decides a verdict: our packages, the shipped data and the command line.
_OURS = ("bench", "instruments", "reports", "stimcert", "test_plans")
_ENDINGS = (".py", ".toml", ".j2", ".css")

_NO_COMMIT = "(initial)"
"""What git says of a repository in which nothing was ever committed. Source: git-status(1), porcelain format 2."""

_LOOKING = threading.Lock()
"""Held by who finds the facts; whoever asks meanwhile waits for them."""


def look_ahead() -> None:
    """Begin to find the facts while a run loads everything else: most of it is git, the disk and hashes.

    Whatever goes wrong here goes wrong again, and is told, when somebody asks for them.
    """

    def look() -> None:
        with suppress(Exception):
            software()

    threading.Thread(target=look, name="software", daemon=True).start()


def software() -> dict[str, object]:
    """Return the facts about the running software, as the record keeps them; they are found once."""
    with _LOOKING:
        return _found()


@cache
def _found() -> dict[str, object]:
    commit, dirty = _commit()
    return {
        "version": VERSION,
        "released": ".dev" not in VERSION and not dirty and commit is not None,
        "commit": commit,
        "dirty": dirty,
        "files_sha256": files_sha256(CHECKOUT),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": _packages(),
    }


def _packages() -> dict[str, str]:
    """Return name and version of every installed distribution, by name."""
    return dict(sorted(_name_and_version(found) for found in distributions()))


def _name_and_version(found: Distribution) -> tuple[str, str]:
    """Read two lines of the metadata: to parse all of it, description included, takes ten times as long."""
    text = found.read_text("METADATA") or found.read_text("PKG-INFO") or ""
    fields = dict(line.partition(": ")[::2] for line in text.partition("\n\n")[0].splitlines())
    if "Name" in fields and "Version" in fields:
        return fields["Name"].strip(), fields["Version"].strip()
    return found.metadata["Name"], found.version


def files_sha256(checkout: Path) -> str:
    """Return one hash over the names and contents of our files, in a fixed order."""
    digest = hashlib.sha256()
    for name in sorted(_our_files(str(checkout)), key=lambda name: name.split("/")):
        digest.update(name.encode() + b"\0")
        with open(os.path.join(checkout, name), "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def _our_files(checkout: str) -> Iterator[str]:
    """Yield the names of our files, with ``/``. Without paths as objects: hundreds of them take half of the time."""
    yield "conftest.py"
    for folder in _OURS:
        for place, _, files in os.walk(os.path.join(checkout, folder)):
            inside = os.path.relpath(place, checkout).replace(os.sep, "/")
            yield from (f"{inside}/{file}" for file in files if file.endswith(_ENDINGS))


def _commit() -> tuple[str | None, bool | None]:
    """Return the commit and whether files differ from it; None where there is no git."""
    try:
        # One program that says both starts once.
        lines = _git("status", "--porcelain=v2", "--branch", "--untracked-files=no").splitlines()
    except (OSError, subprocess.SubprocessError):
        return None, None
    facts = dict(line.removeprefix("# ").split(" ", 1) for line in lines if line.startswith("# "))
    head = facts.get("branch.oid")
    return (None, None) if head in (None, _NO_COMMIT) else (head, any(not line.startswith("#") for line in lines))


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
