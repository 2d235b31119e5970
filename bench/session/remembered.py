# SPDX-License-Identifier: MIT
"""What was worked out last: most points of a case differ in their level alone, and no instrument measures meanwhile."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The newest result of some work, and what it was worked out from."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[Any, ...], T] | None = None

    def get(self, key: tuple[Any, ...], work: Callable[[], T]) -> T:
        """Return the result of ``work``, which depends on nothing but ``key``."""
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, work())
        return self._kept[1]
