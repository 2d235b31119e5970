# SPDX-License-Identifier: MIT
"""What the drivers are made of: the parts of pymeasure that they use.

pymeasure loads its adapter for *tests* with all the others, and with that ``unittest.mock`` and ``asyncio``: 3 % of the
time to the first measured point. Here that one module is left out until somebody asks for it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_ADAPTERS = "pymeasure.adapters"
_FOR_TESTS = f"{_ADAPTERS}.protocol"
_NAME = "ProtocolAdapter"


class _Late(type):
    """Of a class that can have no instances before the real one is loaded, and has its instances then."""

    def __instancecheck__(cls, instance: object) -> bool:
        loaded = sys.modules.get(_FOR_TESTS)
        return loaded is not None and isinstance(instance, getattr(loaded, _NAME))


class _StandIn(metaclass=_Late):
    """What ``VISAAdapter`` knows as the adapter for tests."""


@contextmanager
def _without_tests() -> Iterator[None]:
    """Load pymeasure's adapters within; nothing happens where they are loaded already."""
    if _ADAPTERS in sys.modules:
        yield
        return
    sys.modules[_FOR_TESTS] = stand_in = ModuleType(_FOR_TESTS)
    setattr(stand_in, _NAME, _StandIn)
    try:
        yield
    finally:
        del sys.modules[_FOR_TESTS]
    adapters = sys.modules[_ADAPTERS].__dict__
    del adapters[_NAME]
    # PEP 562: asked for whatever a module does not have.
    adapters["__getattr__"] = _late


def _late(name: str) -> Any:
    if name != _NAME:
        raise AttributeError(f"module {_ADAPTERS!r} has no attribute {name!r}")
    return getattr(import_module(_FOR_TESTS), name)


with _without_tests():
    from pymeasure.adapters.adapter import Adapter
    from pymeasure.instruments import Instrument, SCPIMixin
    from pymeasure.instruments.common_base import DynamicProperty
    from pymeasure.instruments.validators import strict_discrete_set, strict_range

__all__ = ["Adapter", "DynamicProperty", "Instrument", "SCPIMixin", "strict_discrete_set", "strict_range"]
