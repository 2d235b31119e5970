# SPDX-License-Identifier: MIT
"""Relay card with SCPI-1999 routing (volume 2, chapter 18): port, bypass, tap and shunts of the bench.

Within a group of relays of which only one may be closed, all are opened, and read back as open, before one is closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instruments.errors import BenchError
from instruments.roles import Clock
from instruments.scpi import SafeSteps, ScpiInstrument
from instruments.settings import parse_switch


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Which relay does what. All port relays open is the port ``open``; ``tap_output`` open is the tap at the shunt."""

    device: int
    short: int
    reference: int
    bypass: int
    tap_output: int

    @property
    def ports(self) -> dict[str, int]:
        """The relays of which at most one is closed."""
        return {"device": self.device, "short": self.short, "reference": self.reference}


class RelayCard(ScpiInstrument):
    """SCPI relay card.

    :param adapter: an open door, or a VISA resource string.
    :param channels: which relay does what.
    :param shunts: relay of each shunt by its nominal value in Ω.
    :param clock: waits for ``settle``.
    :param settle: bench time until contacts no longer bounce, s.
    """

    def __init__(
        self,
        adapter: Any,
        name: str = "SCPI relay card",
        *,
        channels: Channels,
        shunts: Mapping[float, int],
        clock: Clock | None = None,
        settle: float = 0.0,
        role: str = "switch",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._channels = channels
        self._shunts = dict(shunts)
        self._clock = clock
        self._settle = settle
        ports = _scpi_list(channels.ports.values())
        self.safe_steps = SafeSteps(off=(f":ROUT:OPEN {ports}",), ask=((f":ROUT:CLOS? {ports}", "0,0,0"),))

    # --- the role

    def set_port(self, port: str) -> None:
        """Connect ``device``, ``open``, ``short`` or ``reference`` to the loop."""
        relays = self._channels.ports
        if port != "open" and port not in relays:
            raise BenchError(f"{self._who} has no port {port!r}; it has open, {', '.join(relays)}", role=self.role)
        self._close_one(list(relays.values()), relays.get(port))

    def set_bypass(self, bypassed: bool) -> None:
        """Take the SMU out of the loop (True), or put it in."""
        self._throw(self._channels.bypass, bypassed)

    def set_tap(self, tap: str) -> None:
        """Connect the digitizer across the ``shunt`` or the ``output``."""
        if tap not in ("shunt", "output"):
            raise BenchError(f"{self._who} has no tap {tap!r}; it has shunt, output", role=self.role)
        self._throw(self._channels.tap_output, tap == "output")

    def select_shunt(self, ohms: float) -> None:
        """Put the shunt of that nominal value (Ω) into the loop, and no other."""
        if ohms not in self._shunts:
            known = ", ".join(f"{value:g}" for value in self._shunts)
            raise BenchError(f"{self._who} has no shunt of {ohms:g} Ω; it has {known}", role=self.role)
        self._close_one(list(self._shunts.values()), self._shunts[ohms])

    # --- inside

    def _close_one(self, group: list[int], wanted: int | None) -> None:
        """Close ``wanted`` and open the rest of the group, breaking before making. Leaves alone what is right."""
        target = tuple(relay == wanted for relay in group)
        if self._closed(group) == target:
            return
        self.write(f":ROUT:OPEN {_scpi_list(group)}")
        self._confirm(group, (False,) * len(group))
        if wanted is not None:
            self.write(f":ROUT:CLOS {_scpi_list([wanted])}")
            self._confirm(group, target)
        self._wait()

    def _throw(self, relay: int, closed: bool) -> None:
        """Close or open a relay that is no other's rival: there is nothing to break first, nor to be left alone."""
        self.write(f":ROUT:{'CLOS' if closed else 'OPEN'} {_scpi_list([relay])}")
        self._confirm([relay], (closed,))
        self._wait()

    def _wait(self) -> None:
        if self._clock and self._settle:
            self._clock.wait(self._settle)

    def _confirm(self, group: list[int], target: tuple[bool, ...]) -> None:
        found = self._closed(group)
        if found != target:
            raise self.refused(f"relays {group} were asked to be {target} and read back {found} (True is closed)")

    def _closed(self, group: list[int]) -> tuple[bool, ...]:
        query = f":ROUT:CLOS? {_scpi_list(group)}"
        (reply,) = self.ask_parts(query, 1)
        states = tuple(self.parsed(query, text, parse_switch) for text in reply.split(","))
        if len(states) != len(group):
            raise self.garbled(query, reply)
        return states


def _scpi_list(channels: Any) -> str:
    """Return a channel list: ``(@101,102)``."""
    return f"(@{','.join(f'{channel:d}' for channel in channels)})"
