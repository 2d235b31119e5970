# SPDX-License-Identifier: MIT
"""What instruments report, before anybody judges it.

A reading that an instrument could not take carries a :class:`Status` and no number, so that an overflow
code (9.9E37) or a tripped limit can never be mistaken for a value. All quantities are SI floats; the sign of
a current follows the bench: positive leaves the device's active terminal.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Convention = Literal["one-rectangle", "two-rectangles"]
"""How the figure of a data sheet, ± (gain · reading + offset), becomes distributions."""


class Status(Enum):
    """Whether a reading is a number, and if not, why."""

    VALID = "valid"
    OVERRANGE = "overrange"
    LIMITED = "limited"


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Data-sheet accuracy of one function and range: ± (gain × |reading| + offset).

    :param gain: fraction of the reading, 0.0002 for 0.02 %.
    :param offset: in the unit of the reading.
    :param resolution: smallest step on that range, in the unit of the reading.
    :param source: document, revision and page.
    :param convention: whether gain and offset, which the data sheet bounds by one figure, are taken for one rectangle
        together or for one each.
    :param drift: share of gain and offset by which a reading may have drifted since the bench was checked.
    :param temperature_coefficient: share of gain and offset that is added for each kelvin outside 18 to 28 °C; None
        where no source gives it.
    :param kelvin_outside: how far outside a budget must allow for, K.
    """

    gain: float
    offset: float
    resolution: float
    source: str
    convention: Convention = "one-rectangle"
    drift: float = 0.0
    temperature_coefficient: float | None = None
    kelvin_outside: float = 0.0

    def half_width(self, value: float) -> float:
        """Return the half-width of the specified interval at ``value``, in the unit of the reading."""
        return self.gain * abs(value) + self.offset


@dataclass(frozen=True, kw_only=True)
class Certified:
    """A value from a calibration certificate: ``value ± expanded_uncertainty`` at coverage factor ``k``."""

    value: float
    expanded_uncertainty: float
    coverage_factor: float = 2.0
    certificate: str = ""

    @property
    def standard_uncertainty(self) -> float:
        """Return U / k."""
        return self.expanded_uncertainty / self.coverage_factor


@dataclass(frozen=True, kw_only=True)
class MeanReading:
    """One or more integrating readings of an SMU on one range.

    :param values: the readings, shape (n,), in ``unit``; empty unless ``status`` is VALID.
    :param bound: largest magnitude the range or limit could have shown; a lower bound when not VALID.
    :param range: full scale of the range, in ``unit``.
    :param aperture: integration time of each reading, s.
    :param limit: compliance limit in force, A.
    """

    role: str
    unit: str
    status: Status
    values: tuple[float, ...]
    bound: float
    range: float
    aperture: float
    limit: float
    accuracy: Accuracy
    bench_time: float


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """One record of the digitizer.

    :param samples: volts at the tap, shape (n,), float32; each is the mean over one sample period.
    :param clipped: whether any sample lies outside the range (overflow code or beyond full scale).
    :param range: full scale, V.
    :param sample_rate: 1/s.
    :param bench_time: start of the record, s.
    """

    role: str
    samples: NDArray[np.float32]
    clipped: bool
    range: float
    sample_rate: float
    accuracy: Accuracy
    bench_time: float


@dataclass(frozen=True, kw_only=True)
class Zero:
    """What the digitizer shows on one range when nothing flows.

    :param mean: V.
    :param noise: standard deviation of one sample, V.
    :param count: samples behind it.
    """

    range: float
    mean: float
    noise: float
    count: int


@dataclass(frozen=True, kw_only=True)
class CurrentRecord:
    """A waveform across the shunt, with all that turns it into a current.

    :param waveform: the record, V.
    :param shunt: the shunt's certified resistance, Ω.
    :param zero: the digitizer's zero on the same range, measured with the port open.
    """

    waveform: Waveform
    shunt: Certified
    zero: Zero = field(default_factory=lambda: Zero(range=0.0, mean=0.0, noise=0.0, count=0))
