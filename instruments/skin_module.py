# SPDX-License-Identifier: MIT
"""Skin module: RC networks that relays put in the place of the load box. An instrument of this project's own making.

The module answers ``:NETWork:SELect "N1"`` (or ``"BOX"``, ``"OPEN"``), ``:NETWork:SELect?`` and ``:NETWork:CATalog?``.
"""

from collections.abc import Sequence
from typing import Any

from instruments.errors import BenchError
from instruments.roles import OPEN_LOAD, Clock
from instruments.scpi import ScpiInstrument
from instruments.settings import parse_text, text

BOX = "BOX"
OPEN = "OPEN"


class SkinModule(ScpiInstrument):
    """The skin module. It has no energy to take away; what its capacitors hold leaves through their own resistors.

    :param adapter: an open door, or a VISA resource string.
    :param networks: the names of the networks that the station has certificates for.
    :param clock: waits for ``settle``.
    :param settle: bench time until contacts no longer bounce, s.
    """

    def __init__(
        self,
        adapter: Any,
        name: str = "skin module",
        *,
        networks: Sequence[str],
        clock: Clock | None = None,
        settle: float = 0.0,
        role: str = "skin",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._networks = tuple(networks)
        self._clock = clock
        self._settle = settle

    network = text(":NETW:SEL", """Control what is in the loop (str): a network's name, ``BOX`` or ``OPEN``.""")

    @property
    def networks(self) -> Sequence[str]:
        """Return the names of the networks that can be selected."""
        return self._networks

    def select(self, name: str | None) -> None:
        """Put a network into the loop in the place of the box, ``open`` for nothing at all; None for the box.

        :raises BenchError: for a network without a certificate; nothing was sent.
        """
        if name is not None and name != OPEN_LOAD and name not in self._networks:
            known = ", ".join((*self._networks, OPEN_LOAD))
            raise BenchError(f"{self._who} has no certified network {name!r}; it has {known}", role=self.role)
        self.change(network=BOX if name is None else OPEN if name == OPEN_LOAD else name)
        if self._clock and self._settle:
            self._clock.wait(self._settle)

    def catalog(self) -> list[str]:
        """Return the names of the networks that the module says it has."""
        (reply,) = self.ask_parts(":NETW:CAT?", 1)
        return [parse_text(name) for name in reply.split(",")]
