# SPDX-License-Identifier: MIT
"""What the drivers are made of: the parts of pymeasure that they use.

pymeasure loads its adapter for *tests* with all the others, and with that ``unittest.mock`` and ``asyncio``: 3 % of the
time to the first measured point. Here they wait until somebody makes such an adapter.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_MOCK = "unittest.mock"


def _magic_mock(*arguments: Any, **options: Any) -> Any:
    """Make the real one."""
    from unittest.mock import MagicMock

    return MagicMock(*arguments, **options)


@contextmanager
def _without_mock() -> Iterator[None]:
    """Load within what may want a mock one day; nothing happens where mocks are loaded already."""
    if _MOCK in sys.modules:
        yield
        return
    sys.modules[_MOCK] = stand_in = ModuleType(_MOCK)
    stand_in.__dict__["MagicMock"] = _magic_mock
    try:
        yield
    finally:
        del sys.modules[_MOCK]


with _without_mock():
    from pymeasure.adapters.adapter import Adapter
    from pymeasure.instruments import Instrument, SCPIMixin
    from pymeasure.instruments.common_base import DynamicProperty
    from pymeasure.instruments.validators import strict_discrete_set, strict_range

__all__ = ["Adapter", "DynamicProperty", "Instrument", "SCPIMixin", "strict_discrete_set", "strict_range"]
