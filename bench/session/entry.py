# SPDX-License-Identifier: MIT
"""Where pytest comes in: nothing of the bench is loaded unless a bench test is asked for.

When one is, its helper processes are started first, so that they load while everything else does.
"""

import gc
import os

import pytest

from bench.session.options import CHECKOUT, DEFAULT_STATION, STATIONS, read_options
from bench.session.rewriting import no_rewriting
from instruments.allocator import keep_freed_memory
from instruments.helpers import Helpers
from instruments.safety.spawn import NO_THREADS

_BENCH = CHECKOUT / "bench"
_HELPERS = pytest.StashKey[Helpers | None]()


def pytest_configure(config: pytest.Config) -> None:
    """Validate every file the run will stand on, before anything is opened.

    :raises pytest.UsageError: with all mistakes at once (exit code 4).
    """
    if _shows_only(config) or not _wants_bench(config):
        return
    keep_freed_memory()
    os.environ.setdefault(*NO_THREADS)
    # What a plan or a station file says is nobody else's business; and looking for plugins takes its time.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    config.stash[_HELPERS] = helpers = _start_helpers(config)
    try:
        _start_session(config, helpers)
    except BaseException:
        pytest_unconfigure(config)
        raise


def _start_session(config: pytest.Config, helpers: Helpers | None) -> None:
    with no_rewriting():
        # A tenth of the time would go into looking for garbage among things that are here to stay.
        gc.disable()
        try:
            if helpers is not None:
                from bench.session.software import look_ahead

                look_ahead()
            from bench.session import fixtures, hooks
            from bench.session.bench_session import start_session
        finally:
            gc.freeze()
            gc.enable()
        start_session(config, helpers)
    for plugin in (hooks, fixtures):
        config.pluginmanager.register(plugin, plugin.__name__)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of helpers that no run came to need."""
    helpers = config.stash.get(_HELPERS, None)
    if helpers is not None:
        helpers.dismiss()


def _shows_only(config: pytest.Config) -> bool:
    option = config.option
    return bool(option.help or option.version or getattr(option, "markers", False))


def _wants_bench(config: pytest.Config) -> bool:
    """Tell whether any argument of the command line lies in ``bench/`` or above it."""
    for argument in config.args:
        path = (config.invocation_params.dir / argument.split("::")[0]).resolve()
        if path.is_relative_to(_BENCH) or _BENCH.is_relative_to(path):
            return True
    return False


def _start_helpers(config: pytest.Config) -> Helpers | None:
    """Start what a run will need; the station file is not read yet, and a wrong guess costs a process, no more."""
    if config.option.collectonly or config.getoption("setupplan", False):
        return None
    return Helpers.start(simulated=read_options(config).station == STATIONS / f"{DEFAULT_STATION}.toml")
