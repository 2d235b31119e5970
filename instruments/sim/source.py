# SPDX-License-Identifier: MIT
"""What the circuit asks of a device under test: how its output regulates, how far, and what it wants when."""

from typing import Literal, Protocol

from instruments.sim.piecewise import Piecewise


class Source(Protocol):
    """The output stage of a device. Everything is seen from its active terminal; the circuit sets nothing.

    While it runs, a source that regulates a current delivers its demand as long as its voltage stays within the rail,
    counted in the direction of the demand; beyond that it delivers what the rail can drive, never a current of the
    other sign; where the demand is 0 A it is high impedance. A source that regulates a voltage holds its demand, 0 V
    included, at any current. While it does not run it is high impedance, and its demand is the current that leaks.
    """

    @property
    def regulates(self) -> Literal["current", "voltage"]:
        """Return what the demand means while the device runs: A, or V."""

    @property
    def rail(self) -> float:
        """Return the largest magnitude of the voltage that it drives, V, > 0; a demand in V is cut to it."""

    @property
    def output_capacitance(self) -> float:
        """Return what lies across its terminals, F, ≥ 0, whether or not it runs."""

    @property
    def running(self) -> bool:
        """Return whether the output is on."""

    def demand(self, start: float, stop: float) -> Piecewise:
        """Return what it regulates to between two bench times (s): A or V, positive at the active terminal.

        It is the same however a stretch is cut: the circuit asks for pieces of a stretch, and for one twice. The bench
        asks before anybody changes a setting of the device, with the settings that held over the stretch.
        """
