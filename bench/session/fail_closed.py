# SPDX-License-Identifier: MIT
"""What could make a run say PASS without measuring, and is refused before it starts."""

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import Distribution
from pathlib import Path

import _pytest
import pluggy
import pytest

from bench.session.options import CHECKOUT

# Third-party plugins that only show, time or generate self-tests; whatever else is loaded is named and refused.
_KNOWN = {
    "anyio",
    "hypothesis",
    "platformdirs",
    "pytest-cov",
    "pytest-html",
    "pytest-metadata",
    "pytest-reportlog",
    "pytest-timeout",
}
_OURS = (CHECKOUT / "conftest.py", CHECKOUT / "bench", CHECKOUT / "tests")


def refusals(config: pytest.Config) -> list[str]:
    """Return every reason not to run bench tests in this pytest, in words."""
    found = list(_foreign_plugins(config))
    if not __debug__ or sys.flags.optimize:
        found.append("python -O removes assert statements: run without -O and without PYTHONOPTIMIZE")
    if ("terminal", None) in config.pluginmanager.list_name_plugin():
        found.append("-p no:terminal hides what happens to the device: run without it; -q says little")
    if config.getoption("setuponly", False) and not config.getoption("setupplan", False):
        found.append("--setup-only would open the bench without measuring: use --collect-only or --setup-plan")
    if config.getoption("numprocesses", None) or config.getoption("dist", "no") != "no":
        found.append("xdist would share one bench between processes: run without -n")
    return found


def late_refusals(config: pytest.Config, items: Iterable[pytest.Item]) -> list[str]:
    """Return what collection brought in beside that: a conftest in a folder below an argument, tests from elsewhere."""
    foreign = sorted({str(item.path) for item in items if not item.path.resolve().is_relative_to(CHECKOUT)})
    return refusals(config) + [
        f"{path} is not part of this checkout: what it does to the bench, nobody can tell; run it apart"
        for path in foreign
    ]


def _foreign_plugins(config: pytest.Config) -> Iterator[str]:
    """Yield a refusal for each conftest and plugin that is neither of this checkout nor known."""
    allowed = {*_OURS, *_known_folders()}
    for name, plugin in config.pluginmanager.list_name_plugin():
        if plugin is None:
            continue
        file = plugin_file(plugin)
        if file is None or allowed.isdisjoint((file, *file.parents)):
            yield (
                f"pytest loaded the plugin {name} ({file or 'no file'}), which is neither part of this checkout nor "
                "known to it; write --plan=FILE (with =): with a blank, pytest takes a conftest.py beside FILE as well"
            )


@contextmanager
def no_thread_may_fail() -> Iterator[None]:
    """Raise what a thread died of: what it was to do is missing, and nobody else would say so.

    :raises RuntimeError: at the end of the block.
    """
    died: list[threading.ExceptHookArgs] = []
    previous, threading.excepthook = threading.excepthook, died.append
    try:
        yield
    finally:
        threading.excepthook = previous
    if died:
        raise RuntimeError(f"a thread ended with {died[0].exc_type.__name__}: {died[0].exc_value}")


def plugin_file(plugin: object) -> Path | None:
    """Return the file that a plugin's code comes from; None when nobody can tell."""
    file = getattr(plugin, "__file__", None) or getattr(sys.modules.get(type(plugin).__module__), "__file__", None)
    return _resolved(file) if file else None


@cache
def _resolved(file: str) -> Path:
    """Return where a file really lies; asked for all plugins again once everything is collected."""
    return Path(file).resolve()


@cache
def _known_folders() -> frozenset[Path]:
    """Return the folders and modules of pytest itself and of the known plugins that are installed."""
    return frozenset(_installed())


def _installed() -> Iterator[Path]:
    for module in (pytest, _pytest, pluggy):
        if module.__file__ is not None:
            yield Path(module.__file__).resolve().parent
    for name in _KNOWN:
        # Without search of all metadata: that takes as long as starting pytest.
        for found in Distribution.discover(name=name):
            # A script of theirs lies in "../../bin": the folder above everybody is nobody's own.
            tops = {entry.parts[0] for entry in found.files or [] if entry.suffix == ".py"} - {".."}
            yield from (Path(str(found.locate_file(top))).resolve() for top in tops)
