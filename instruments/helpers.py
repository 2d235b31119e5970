# SPDX-License-Identifier: MIT
"""The processes beside a harness: the guard, and the simulator where there is one."""

from dataclasses import dataclass
from typing import Self

from instruments.embedded import EmbeddedSimulator
from instruments.safety.guard_client import Guard


@dataclass(kw_only=True)
class Helpers:
    """Started, but told nothing yet: they load while the harness does.

    :param simulator: None where none is wanted.
    """

    guard: Guard
    simulator: EmbeddedSimulator | None

    @classmethod
    def start(cls, *, simulated: bool) -> Self:
        """Start the guard, and with ``simulated`` a simulator. No instrument is touched."""
        # The simulator needs longest.
        simulator = EmbeddedSimulator() if simulated else None
        return cls(guard=Guard(), simulator=simulator)

    def fit(self, *, simulated: bool) -> Self:
        """Bring the simulator into line with what the station file says."""
        if simulated and self.simulator is None:
            self.simulator = EmbeddedSimulator()
        elif not simulated and self.simulator is not None:
            self.simulator.stop()
            self.simulator = None
        return self

    def dismiss(self) -> None:
        """End those that were told nothing; a guard that has its recipe stays at its post. Safe to call again."""
        self.guard.dismiss()
        if self.simulator is not None and not self.simulator.told:
            self.simulator.stop()
