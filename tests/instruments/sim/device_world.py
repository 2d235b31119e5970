# SPDX-License-Identifier: MIT
"""A bench with nothing on it but a simulated device: its time and its load."""

from dataclasses import dataclass, field

from instruments.sim.behaviours import Behaviours
from instruments.sim.stimulator import Device, Mode, Stimulator
from instruments.sim.waveforms import direct, monophasic

OPEN = float("inf")
LEVELS = (1e-4, 2e-4, 4e-4)


@dataclass
class World:
    """Device, time and load."""

    behaviours: Behaviours = Behaviours()
    settling: float = 0.0
    train: str = "dc"
    mode: dict[str, object] = field(default_factory=dict)
    load: float = 1e3
    time: float = 0.0

    def __post_init__(self) -> None:
        train = direct() if self.train == "dc" else monophasic(100.0, 1e-3)
        modes = (
            Mode(name="lift", train=train, amplitudes=LEVELS, **self.mode),  # type: ignore[arg-type]
            Mode(name="tone", train=train, amplitudes=(1e-3,)),
        )
        device = Device(
            manufacturer="Maker",
            model="M1",
            firmware="1",
            rail=30.0,
            settling=self.settling,
            modes=modes,
            behaviours=self.behaviours,
        )
        self.device = Stimulator(device, lambda: self.time, lambda key: -1.0, lambda: self.load)

    def wait(self, seconds: float) -> None:
        """Let time pass as the bench does: those who watch it are told before anybody changes anything."""
        before, self.time = self.time, self.time + seconds
        self.device.sense(before)

    def at(self, moment: float) -> float:
        return float(self.device.demand(moment, moment + 1e-4).values[0])

    def now(self) -> float:
        return self.at(self.time)


def started(behaviours: Behaviours | None = None, **changes: object) -> World:
    world = World(behaviours=behaviours or Behaviours(), **changes)  # type: ignore[arg-type]
    world.wait(1.0)
    world.device.start()
    return world
