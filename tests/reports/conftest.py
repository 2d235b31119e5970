# SPDX-License-Identifier: MIT
"""Runs to report about."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _load(name: str) -> ModuleType:
    """Load a helper that lies beside this file: importlib mode puts no folder of the tests on the path."""
    spec = importlib.util.spec_from_file_location(f"reports_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def factory() -> ModuleType:
    """The module that makes records."""
    return _load("record_factory")


@pytest.fixture
def record(factory: ModuleType) -> dict[str, Any]:
    """A complete record of a device that is too hot at its top level; change it at will."""
    return dict(factory.RecordFactory().record())


@pytest.fixture
def write_run(factory: ModuleType, tmp_path: Path) -> Callable[..., Path]:
    """Lay a record out as a run's folder."""
    return lambda record, **options: factory.write_run(tmp_path / "run", record, **options)
