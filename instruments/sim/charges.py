# SPDX-License-Identifier: MIT
"""The charge on the circuit's capacitors, kept for every moment at which a setting may have changed."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from instruments.sim.piecewise import TIME_SLACK

_KEPT = 1000
"""How many moments are kept. Who asks for a stretch asks for it when it has just passed."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """The voltages of all capacitors at one moment.

    :param networks: of each network of the skin module that is charged, V, positive as a positive current charges it.
    :param output: across the device, V, active against return as the loop sees it.
    """

    networks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    output: float = 0.0


@dataclass
class Charges:
    """The charge at ascending bench times. Before the first of them nothing is charged."""

    _times: list[float] = field(default_factory=list)
    _kept: list[Charge] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Return whether anything has been kept."""
        return bool(self._times)

    def keep(self, time: float, charge: Charge) -> None:
        """Keep what is charged at a bench time, s, not before the last one."""
        self._times.append(time)
        self._kept.append(charge)
        if len(self._times) > 2 * _KEPT:
            del self._times[:_KEPT], self._kept[:_KEPT]

    def before(self, time: float) -> tuple[float, Charge]:
        """Return the last charge kept before a bench time (s), or at it, with its moment.

        :raises ValueError: when only later ones are left.
        """
        if not self._times:
            return time, Charge()
        index = bisect_right(self._times, time + TIME_SLACK) - 1
        if index < 0:
            raise ValueError(f"asked for the charge at {time} s; what is known begins at {self._times[0]} s")
        return min(self._times[index], time), self._kept[index]
