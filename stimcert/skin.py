# SPDX-License-Identifier: MIT
"""Skin-like loads: networks Rs + Rp ‖ Cp that stand for skin and electrodes.

Plausible orders of magnitude, not measured faces: two interfaces in series, Rs = 2·150 Ω·cm²/A and tissue,
Rp = 2·ρ/A with ρ about 10 kΩ·cm² wet and 100 kΩ·cm² dry, Cp = 20 nF/cm²·A/2. N0 is the body model of IEC 60990 (from
memory, unverified).
"""

from dataclasses import dataclass
from typing import Literal

NetworkName = Literal["N0", "N1", "N2", "N3", "N4"]


@dataclass(frozen=True, kw_only=True)
class SkinModel:
    """One network, nominal.

    :param series: Rs, Ω.
    :param parallel: Rp, Ω.
    :param capacitance: Cp, F.
    """

    stands_for: str
    series: float
    parallel: float
    capacitance: float

    @property
    def direct(self) -> float:
        """Return Rs + Rp, what it is at direct current, Ω."""
        return self.series + self.parallel

    @property
    def time_constant(self) -> float:
        """Return Rp·Cp, s."""
        return self.parallel * self.capacitance


SKIN_MODELS: dict[str, SkinModel] = {
    "N0": SkinModel(stands_for="body model of IEC 60990", series=500.0, parallel=1.5e3, capacitance=220e-9),
    "N1": SkinModel(stands_for="gelled face, two probes of 1 cm²", series=560.0, parallel=22e3, capacitance=10e-9),
    "N2": SkinModel(stands_for="poorly gelled face", series=1e3, parallel=220e3, capacitance=10e-9),
    "N3": SkinModel(stands_for="EMS pads of 25 cm²", series=220.0, parallel=2.2e3, capacitance=220e-9),
    "N4": SkinModel(stands_for="EMS pads of 25 cm² at tens of mA", series=220.0, parallel=470.0, capacitance=220e-9),
}
"""By name. Source of the circuit: series-parallel model of skin impedance, Rosell et al., IEEE TBME 35(8), 1988."""
