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
    "reference_expired": "the reference's certificates are overdue (a matter of the station file as well)",
    "load_off": "the load box is 2 % above what it is told",
    "contact_rises": "the contact of every shunt rises by 0.1 Ω each time the device is connected",
    "smu_gain": "the gain of the SMU's current readings is off by three times its specification",
    "digitizer_reversed": "the two leads of the digitizer's input are exchanged",
    "zero_drifts": "once the device was connected the digitizer's zero moves, by half of its specified offset",
    "paths_disagree": "the digitizer shows 2 % too little",
    "device_paths_disagree": "the SMU shows 2 % too little as long as the device is connected",
    "temperature_outside": "the room is at 30 °C",
    "temperature_missing": "the thermometer answers that it has no number",
    "reference_weak": "the reference delivers 2 % too little",
    "relay_map_wrong": "the relays of the ports short and reference are exchanged",
    "capacitor_wrong": "the capacitor of every skin network is 20 % too small",
}

STUCK_LOAD: Final = 1e3
"""Where the load box stays under ``load_stuck``, Ω."""

COMPLIANCE_SHARE: Final = 0.01
"""The share of its set limit at which the SMU limits under ``smu_compliance``."""


LOAD_OFF: Final = 1.02
"""What the load box is of its setting under ``load_off``."""

CONTACT_RISE: Final = 0.1
"""By how much a contact rises each time the device is connected under ``contact_rises``, Ω."""

GAIN_SPECIFICATIONS: Final = 3.0
"""How many times its specification the SMU's gain is off under ``smu_gain``."""

ZERO_DRIFT: Final = 0.5
"""By what share of its specified offset the digitizer's zero moves, towards zero, under ``zero_drifts``."""

DIGITIZER_SHORT: Final = 0.98
"""What the digitizer shows of a voltage under ``paths_disagree``."""

SMU_SHORT: Final = 0.98
"""What the SMU shows of a device's current under ``device_paths_disagree``."""

HOT_ROOM: Final = 30.0
"""Air temperature under ``temperature_outside``, °C."""

REFERENCE_SHARE: Final = 0.98
"""What the reference delivers of its current under ``reference_weak``."""

CAPACITOR_SHARE: Final = 0.8
"""What every capacitor is of its value under ``capacitor_wrong``."""


def checked(names: frozenset[str]) -> frozenset[str]:
    """Return ``names`` when all of them are known faults.

    :raises ValueError: naming the unknown ones and what there is.
    """
    unknown = sorted(names - FAULTS.keys())
    if unknown:
        raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return names
