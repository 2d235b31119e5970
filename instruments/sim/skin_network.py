# SPDX-License-Identifier: MIT
"""The networks of the skin module: a resistor in series with a resistor and a capacitor side by side.

Their values are plausible orders for electrodes on skin, not measured faces; N0 is the body model of IEC 60990.
"""

from collections.abc import Callable
from dataclasses import dataclass

from instruments.sim.specifications import SKIN_TOLERANCE


@dataclass(frozen=True, kw_only=True)
class Network:
    """Rs + Rp ‖ Cp.

    :param series: Rs, Ω, > 0.
    :param parallel: Rp, Ω, > 0.
    :param capacitance: Cp, F, > 0.
    """

    series: float
    parallel: float
    capacitance: float

    @property
    def decay(self) -> float:
        """Return how fast its charge leaves it by itself, 1/s."""
        return 1 / (self.parallel * self.capacitance)


NETWORKS = {
    "N0": Network(series=500.0, parallel=1.5e3, capacitance=220e-9),
    "N1": Network(series=560.0, parallel=22e3, capacitance=10e-9),
    "N2": Network(series=1e3, parallel=220e3, capacitance=10e-9),
    "N3": Network(series=220.0, parallel=2.2e3, capacitance=220e-9),
    "N4": Network(series=220.0, parallel=470.0, capacitance=220e-9),
}
"""Nominal values."""


def true_network(name: str, draw: Callable[[str], float], capacitors: float = 1.0) -> Network:
    """Return a network with its true values, drawn inside the tolerance of its parts.

    :param draw: returns a number in −1 … 1 for a key.
    :param capacitors: what is left of every capacitor, as a share.
    :raises KeyError: when there is no such network.
    """
    nominal = NETWORKS[name]
    return Network(
        series=nominal.series * (1 + SKIN_TOLERANCE * draw(f"skin {name} series")),
        parallel=nominal.parallel * (1 + SKIN_TOLERANCE * draw(f"skin {name} parallel")),
        capacitance=capacitors * nominal.capacitance * (1 + SKIN_TOLERANCE * draw(f"skin {name} capacitance")),
    )
