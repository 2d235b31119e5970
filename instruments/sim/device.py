# SPDX-License-Identifier: MIT
"""What a simulated stimulator is: its output stage, its modes and its habits."""

from dataclasses import dataclass
from typing import Literal

from instruments.sim.behaviours import Behaviours
from instruments.sim.programs import Program, Ripple, Waveform
from instruments.sim.waveforms import Train, direct

Regulates = Literal["current", "voltage"]


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One programme of the device.

    :param amplitudes: peak of each level, A or V as ``regulates`` says, with the sign of the (first) phase at the
        active terminal.
    :param direct: a direct current (or voltage) under the pulses, A or V, positive at the active terminal.
    :param jitter: by how much each period may begin too early or too late, s.
    """

    name: str
    train: Train
    amplitudes: tuple[float, ...]
    regulates: Regulates = "current"
    direct: float = 0.0
    program: Program | None = None
    ripple: Ripple | None = None
    jitter: float = 0.0

    def waveform(self) -> Waveform:
        """Return the waveform of unit amplitude."""
        continuous = self.train == direct()
        return Waveform(
            train=self.train, continuous=continuous, program=self.program, ripple=self.ripple, jitter=self.jitter
        )


@dataclass(frozen=True, kw_only=True)
class Device:
    """What the simulated stimulator is.

    :param rail: the largest magnitude of its output voltage, V.
    :param settling: how long the amplitude takes after a start or a change of level, s.
    :param stuck_level: the level that it delivers whatever is selected; None for a device that obeys.
    :param output_capacitance: across its terminals, F.
    """

    manufacturer: str
    model: str
    firmware: str
    rail: float
    settling: float
    modes: tuple[Mode, ...]
    stuck_level: int | None = None
    output_capacitance: float = 0.0
    behaviours: Behaviours = Behaviours()
