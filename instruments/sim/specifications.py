# SPDX-License-Identifier: MIT
"""What the simulated instruments promise: the limits inside which their hidden errors are drawn.

The simulator keeps its own copy of the data-sheet figures. The drivers have theirs, so that one wrong figure shows as a
disagreement between two copies, and cannot cancel out.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The accuracy of one range: ±(gain · reading + offset), and the noise of one reading.

    :param gain: fraction of the reading.
    :param offset: in the unit of the function.
    :param noise: standard deviation of one reading, in the unit of the function: of 1 PLC for the 2450 (it falls with
        the square root of the aperture), of one 1 µs sample for the digitizer.
    """

    gain: float
    offset: float
    noise: float


def _percent(gain: float, offset: float, noise: float) -> Figure:
    return Figure(gain=gain / 100, offset=offset, noise=noise)


SMU_MODEL: Final = "keithley2450"
DIGITIZER_MODEL: Final = "dmm6500"

SPECIFICATIONS: Final[dict[tuple[str, str], dict[float, Figure]]] = {
    # Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013: current measurement, 1 year, 23 ± 5 °C, 1 PLC.
    # The three lowest ranges were not checked in that document: unverified. Noise: the simulator's own, 1 ppm of range.
    (SMU_MODEL, "current"): {
        1e-8: _percent(0.1, 50e-12, 1e-14),
        1e-7: _percent(0.06, 100e-12, 1e-13),
        1e-6: _percent(0.025, 300e-12, 1e-12),
        1e-5: _percent(0.025, 700e-12, 1e-11),
        1e-4: _percent(0.02, 6e-9, 1e-10),
        1e-3: _percent(0.02, 60e-9, 1e-9),
        1e-2: _percent(0.02, 600e-9, 1e-8),
        1e-1: _percent(0.025, 6e-6, 1e-7),
        1.0: _percent(0.03, 500e-6, 1e-6),
    },
    # Source: the same, voltage measurement. The 20 mV range was not checked: unverified.
    (SMU_MODEL, "voltage"): {
        0.02: _percent(0.1, 150e-6, 1e-6),
        0.2: _percent(0.012, 200e-6, 1e-6),
        2.0: _percent(0.012, 300e-6, 2e-6),
        20.0: _percent(0.015, 1e-3, 2e-5),
        200.0: _percent(0.015, 10e-3, 2e-4),
    },
    # Unverified: taken no better than the measurement accuracy of the same range, with twice its offset.
    (SMU_MODEL, "source_voltage"): {
        0.02: _percent(0.1, 300e-6, 0.0),
        0.2: _percent(0.015, 400e-6, 0.0),
        2.0: _percent(0.02, 600e-6, 0.0),
        20.0: _percent(0.02, 2.4e-3, 0.0),
        200.0: _percent(0.02, 24e-3, 0.0),
    },
    # Unverified: the digitizing table of the DMM6500 data sheet could not be read. Its 10 V d.c. range is ±(25 ppm of
    # reading + 5 ppm of range) at 1 year (Keithley DMM6500-905-01 Rev. A, July 2018, p. 2-4); derated here to
    # 0.1 % of reading + 0.05 % of range for a 1 µs aperture at 16 bits. Noise is the simulator's own.
    (DIGITIZER_MODEL, "digitize"): {
        0.1: _percent(0.1, 50e-6, 10e-6),
        1.0: _percent(0.1, 500e-6, 50e-6),
        10.0: _percent(0.1, 5e-3, 400e-6),
        100.0: _percent(0.1, 50e-3, 4e-3),
        1000.0: _percent(0.1, 500e-3, 40e-3),
    },
}

SMU_LIMIT_TOLERANCE: Final = 0.003
"""The current limit acts within this fraction of its setting. Source: SPEC-2450 Rev. A, July 2013."""

SMU_OVERRANGE: Final = 1.05
"""A 2450 measures up to this multiple of its range. Source: SPEC-2450 Rev. A, July 2013."""

DIGITIZER_OVERRANGE: Final = 1.2
"""A DMM6500 measures up to this multiple of its range. Source: Keithley DMM6500 data sheet ("overrange 20 %"); for
digitizing unverified."""

DIGITIZER_BITS: Final = 16
"""The digitizer's resolution over ± its over-range. Source: Keithley DMM6500 data sheet, unverified."""

DIGITIZER_HIGH_RESISTANCE: Final = 1e10
"""Input resistance of the 100 mV, 1 V and 10 V ranges with ``INPut AUTO``, Ω: the least that is promised."""

DIGITIZER_LOW_RESISTANCE: Final = 1e7
"""Input resistance of all other ranges, and of every range with ``INPut MOHM10``, Ω."""

TIME_BASE: Final = 1e-4
"""The digitizer's clock is right within ± this fraction. The simulator's own figure."""

SHUNT_TOLERANCE: Final = 1e-4
"""A shunt's value lies within ± this fraction of nominal, as its certificate says. The simulator's own figure."""

REFERENCE_TOLERANCE: Final = 5e-5
"""The reference current lies within ± this fraction of nominal, as its certificate says. The simulator's own figure."""

PULSE_TOLERANCE: Final = 1e-4
"""Each phase of the reference's pulses lasts within ± this fraction of nominal. The simulator's own figure."""

REFERENCE_COMPLIANCE: Final = 12.0
"""The reference drives its current up to this voltage, V. The simulator's own figure."""

BOX_TOLERANCE: Final = 5e-4
"""Every step of every decade lies within ± this fraction of nominal. The simulator's own figure."""

BOX_RESIDUAL: Final = 0.1
"""The most that a load box shows at 0 Ω (wiring and switches), Ω. The simulator's own figure."""

SKIN_TOLERANCE: Final = 0.01
"""Every part of the skin module's networks lies within ± this fraction of nominal. The simulator's own figure."""

INSULATION: Final = 1e12
"""What lies across a device's output that has a capacitor, Ω. The simulator's own figure."""

CONTACT_RESISTANCE: Final = (0.03, 0.07)
"""Least and greatest resistance of a closed relay, Ω. The simulator's own figure."""

RELAY_TIME: Final = 5e-3
"""How long a relay takes to change, s. The simulator's own figure."""

SKIN_TIME: Final = 5e-3
"""How long the skin module takes to change, s. The simulator's own figure."""

BOX_TIME: Final = 10e-3
"""How long the load box takes to change, s. The simulator's own figure."""


def figure(instrument: str, function: str, full_scale: float) -> Figure:
    """Return the accuracy of one range.

    :param full_scale: the range, in the unit of the function.
    :raises KeyError: when the instrument has no such function or range.
    """
    ranges = SPECIFICATIONS[instrument, function]
    for nominal, found in ranges.items():
        if abs(nominal - full_scale) <= 1e-6 * nominal:
            return found
    raise KeyError(f"{instrument} has no {function} range of {full_scale}; it has {sorted(ranges)}")
