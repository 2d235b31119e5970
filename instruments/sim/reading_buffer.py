# SPDX-License-Identifier: MIT
"""A Keithley reading buffer: named columns, a size, and what happens when it is full."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int32]


class ReadingBuffer:
    """Readings in the order they were taken.

    :param columns: dtype of each column, by element name.
    :param size: the most readings kept.
    """

    def __init__(self, columns: Mapping[str, type[np.generic]], size: int) -> None:
        self._types = dict(columns)
        self.size = size
        self.continuous = True
        self.clear()

    def __len__(self) -> int:
        return self._stop - self._start

    def clear(self) -> None:
        """Forget all readings."""
        self._start = self._stop = 0
        self._data: dict[str, NDArray[np.generic]] = {name: np.empty(0, kind) for name, kind in self._types.items()}

    def resize(self, size: int) -> None:
        """Change the size, which empties the buffer. Source: 2450-901-01 Rev. B, :TRACe:POINts."""
        self.size = size
        self.clear()

    def append(self, readings: Mapping[str, Column]) -> None:
        """Store readings. A full buffer drops its oldest ones, or the new ones when it is to be filled only once.

        :param readings: for each column an array of the same length.
        """
        count = len(next(iter(readings.values())))
        if not self.continuous:
            count = min(count, self.size - len(self))
            readings = {name: values[:count] for name, values in readings.items()}
        elif count > self.size:
            readings = {name: values[-self.size :] for name, values in readings.items()}
            count = self.size
        self._make_room(count)
        for name, values in readings.items():
            self._data[name][self._stop : self._stop + count] = values
        self._stop += count
        self._start = max(self._start, self._stop - self.size)

    def column(self, name: str, first: int, last: int) -> NDArray[np.generic]:
        """Return readings ``first`` … ``last``, counted from 1, both included."""
        return self._data[name][self._start + first - 1 : self._start + last]

    def _make_room(self, count: int) -> None:
        capacity = len(next(iter(self._data.values())))
        if self._stop + count <= capacity:
            return
        kept = slice(self._start, self._stop)
        capacity = max(2 * len(self), len(self) + count)
        for name, old in self._data.items():
            new = np.empty(capacity, old.dtype)
            new[: len(self)] = old[kept]
            self._data[name] = new
        self._start, self._stop = 0, len(self)
