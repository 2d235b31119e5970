# SPDX-License-Identifier: MIT
"""The ways in which the simulated bench can be broken. Every one of them is the bench's fault, never the device's."""

from typing import Final

FAULTS: Final[dict[str, str]] = {
    "load_stuck": "the load box stays at 1 kΩ, whatever it is told",
    "load_wrong_decade": "the load box sets a tenth of what it is told",
    "bench_leads_swapped": "the two leads are exchanged at the far end of the lead set",
    "smu_compliance": "the SMU limits at 1 % of the limit that was set, and flags it",
    "smu_overrange": "every current reading of the SMU is an overflow",
    "smu_silent": "the SMU obeys, and answers nothing",
    "smu_power_cycled": "the SMU loses its power for a moment when the device is connected",
    "wrong_identity": "the SMU that answers is another one than the station file names",
    "calibration_expired": "the SMU's calibration is overdue (a matter of the station file; the simulator behaves)",
}

STUCK_LOAD: Final = 1e3
"""Where the load box stays under ``load_stuck``, Ω."""

COMPLIANCE_SHARE: Final = 0.01
"""The share of its set limit at which the SMU limits under ``smu_compliance``."""


def checked(names: frozenset[str]) -> frozenset[str]:
    """Return ``names`` when all of them are known faults.

    :raises ValueError: naming the unknown ones and what there is.
    """
    unknown = sorted(names - FAULTS.keys())
    if unknown:
        raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return names
