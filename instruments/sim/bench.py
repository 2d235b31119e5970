# SPDX-License-Identifier: MIT
"""The world that all simulated instruments share: one clock, one seed, one circuit, one log."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Final, Literal

import numpy as np

from instruments.sim.circuit import Circuit
from instruments.sim.faults import checked
from instruments.sim.log import EventLog
from instruments.sim.specifications import DIGITIZER_MODEL, SMU_MODEL, TIME_BASE, figure
from instruments.sim.stimulator import Device, Stimulator

Spread = Literal["DATASHEET", "BUDGET", "NONE"]
SPREADS: Final[dict[str, str]] = {
    "DATASHEET": "gain and offset of each range, and each certified value, evenly within what is promised",
    "BUDGET": "as uncertainty budgets have it: one rectangle for gain and offset together, normal certificates",
    "NONE": "instruments without gain, offset and clock errors",
}
"""Where hidden errors come from."""


class SimulatedBench:
    """Circuit, stimulator, bench time and what is hidden from the harness.

    :param device: the device under test.
    :param seed: decides every hidden error, every true value inside its tolerance, the noise and the waveform's phase.
    :param faults: names from :data:`instruments.sim.faults.FAULTS`.
    :param dummy: a resistor in the device's place, Ω; the stimulator is connected to nothing then.
    :param wall_clock: let bench time follow the wall clock, for foreign clients; else only instruments and WAIT
        advance it.
    :param pace: real delay per reading, s, which the server adds.
    :param log: file for the event log; None keeps none.
    :ivar connections: how often the device was connected so far.
    :ivar spread: where hidden errors come from; :data:`SPREADS` says what there is.
    :ivar noise: by what the noise of every reading of an instrument is multiplied, by its model.
    :ivar observers: called with the ends (bench time, s) of each stretch that has passed; the settings of all
        instruments are still those that held over it.
    :raises ValueError: when a fault is unknown.
    """

    line_frequency = 50.0
    spread: Spread = "DATASHEET"

    def __init__(
        self,
        device: Device,
        *,
        seed: int = 0,
        faults: frozenset[str] = frozenset(),
        dummy: float | None = None,
        wall_clock: bool = False,
        pace: float = 0.0,
        log: Path | None = None,
    ) -> None:
        self.faults = checked(faults)
        self.pace = pace
        self.noise = {SMU_MODEL: 1.0, DIGITIZER_MODEL: 1.0}
        self.connections = 0
        self.on_quit: Callable[[], None] | None = None
        self.observers: list[Callable[[float, float], None]] = []
        self._passing = False
        self._origin = time.monotonic() if wall_clock else None
        self._time = 0.0
        self.reseed(seed)
        self.log = EventLog(log, lambda: self.time)
        self.stimulator = Stimulator(device, lambda: self.time, self.draw, lambda: self.circuit.load_resistance())
        self.circuit = Circuit(
            device=self.stimulator, draw=self.draw, certified=self.certified, faults=self.faults, dummy=dummy
        )
        # The device looks at its load first: what it does about it belongs to the stretch that has passed.
        self.observers.append(lambda before, _: self.stimulator.sense(before))
        self.observers.append(self.circuit.pass_time)
        self.observers.append(self.stimulator.endure)

    @property
    def time(self) -> float:
        """Return the bench time, s. On the wall clock it may run ahead by what readings took."""
        if self._origin is not None and not self._passing:
            self._pass_until(max(self._time, time.monotonic() - self._origin))
        return self._time

    def advance(self, seconds: float) -> None:
        """Let bench time pass.

        :raises ValueError: when ``seconds`` is negative or not a finite number.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"time cannot advance by {seconds} s")
        self._pass_until(self.time + seconds)

    def _pass_until(self, moment: float) -> None:
        """Move bench time on, and show the stretch to the observers before anybody changes a setting."""
        before, self._time = self._time, moment
        if not moment > before:
            return
        self._passing = True  # for whoever looks at the clock meanwhile, it stands still
        try:
            for observer in tuple(self.observers):
                observer(before, moment)
        finally:
            self._passing = False

    def reseed(self, seed: int) -> None:
        """Draw every hidden error and the noise anew."""
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self._drawn: dict[str, float] = {}

    def draw(self, key: str) -> float:
        """Return a number uniform in −1 … 1, the same one for the same seed and key, whatever was drawn before."""
        if key not in self._drawn:
            digest = hashlib.blake2b(f"{self.seed} {key}".encode(), digest_size=8).digest()
            self._drawn[key] = int.from_bytes(digest, "big") / 2**63 - 1
        return self._drawn[key]

    def hidden(self, instrument: str, function: str, full_scale: float) -> tuple[float, float]:
        """Return the gain error (fraction of reading) and offset error (unit of the function) of one range.

        :param instrument: a model of :mod:`instruments.sim.specifications`.
        :param full_scale: the range, in the unit of the function.
        :raises KeyError: when there is no such instrument, function or range.
        """
        limits = figure(instrument, function, full_scale)
        key = f"{instrument} {function} {full_scale:.3g}"
        gain, offset = self.draw(f"{key} gain"), self.draw(f"{key} offset")
        if self.spread == "NONE":
            return 0.0, 0.0
        # One rectangle for both together: at one reading their sum fills it evenly.
        return limits.gain * gain, limits.offset * (gain if self.spread == "BUDGET" else offset)

    def certified(self, key: str, tolerance: float) -> float:
        """Return the error of a certified value, as a share of it.

        :param tolerance: its bound; for the spread of a budget that is U at k = 2 of a normal distribution.
        """
        if self.spread == "BUDGET":
            return tolerance / 2 * NormalDist().inv_cdf((self.draw(key) + 1) / 2)
        return tolerance * self.draw(key)

    def time_base(self, instrument: str) -> float:
        """Return by what share an instrument's clock is slow."""
        return 0.0 if self.spread == "NONE" else TIME_BASE * self.draw(f"{instrument} time base")

    def state(self) -> dict[str, object]:
        """Return what is connected and energised, as the log's ``state`` event has it."""
        return {
            "port": self.circuit.port,
            "smu_output": self.circuit.smu.output,
            "dut_output": self.stimulator.running,
            "reference_output": self.circuit.reference is not None,
            "bypass": self.circuit.bypass,
        }

    def log_state(self) -> None:
        """Write a ``state`` event."""
        self.log.write("state", **self.state())

    def quit(self) -> None:
        """Ask the server to end."""
        if self.on_quit is not None:
            self.on_quit()
