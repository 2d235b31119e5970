# SPDX-License-Identifier: MIT
"""Keithley DMM6500 as a digitizer of voltage, 1 MS/s.

Source: DMM6500 Reference Manual, DMM6500-901-01 Rev. A, April 2018, for which the sister model's was read:
DMM7510-901-01 Rev. B, May 2015, pp. 6-13 (binary readings), 8-157 (input impedance).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instruments.data_sheets import AccuracyTable
from instruments.dmm6500_trigger import TriggeredDigitizer
from instruments.errors import BenchError
from instruments.roles import Clock
from instruments.settings import function, number, parse_word, step, word
from stimcert.reading import Accuracy, Waveform

VOLTAGE_RANGES = (0.1, 1.0, 10.0, 100.0, 1000.0)
MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 1e3, 1e6
MAX_COUNT = 7_000_000
OVERRANGE = 1.2
"""Largest reading as a share of the range; what lies beyond is reported as 9.9E37."""
HIGH_IMPEDANCE_UP_TO = 10.0
HIGH_IMPEDANCE, DIVIDER = 1e10, 1e7
"""Input resistance with ``INP AUTO``, Ω: "more than 10 GΩ" up to the 10 V range, a 10 MΩ divider above."""
TICK = 1e-6
"""Apertures are whole microseconds."""


def _data_format(reply: str) -> str:
    """Return ``SREAL`` for either form of it: the short one is ``SRE``."""
    return "SREAL" if parse_word(reply) == "SRE" else parse_word(reply)


class DMM6500(TriggeredDigitizer):
    """Keithley DMM6500. It has no energy to take away: its safe state is any state.

    :param adapter: an open door, or a VISA resource string.
    :param accuracy: the data-sheet table.
    :param clock: gives the bench time of records; without one it is 0.
    """

    def __init__(
        self,
        adapter: Any,
        name: str = "Keithley DMM6500",
        *,
        accuracy: AccuracyTable,
        clock: Clock | None = None,
        role: str = "digitizer",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._accuracy = accuracy
        self._clock = clock
        self._range = self._sample_rate = 0.0
        self._count = 0

    digitize_function = function(
        ":SENS:DIG:FUNC", """Control what is digitized (strict discrete set: ``"VOLT"``).""", "VOLT"
    )
    voltage_range = step(":SENS:DIG:VOLT:RANG", """Control the range in V (strict discrete set).""", VOLTAGE_RANGES)
    input_impedance = word(
        ":SENS:DIG:VOLT:INP",
        """Control the input impedance (strict discrete set: ``"AUTO"``, ``"MOHM10"``).""",
        "AUTO",
        "MOHM10",
    )
    sample_rate = number(
        ":SENS:DIG:VOLT:SRAT",
        """Control the samples per second (int strictly from 1000 to 1000000). Set it before the aperture.""",
        MIN_SAMPLE_RATE,
        MAX_SAMPLE_RATE,
        whole=True,
    )
    aperture = number(
        ":SENS:DIG:VOLT:APER",
        """Control over how long each sample is averaged in s (float strictly from 1e-6 to 1e-3).""",
        TICK,
        1e-3,
    )
    digitize_count = number(
        ":SENS:DIG:COUN",
        """Control the samples of one record (int strictly from 1 to 7000000).""",
        1,
        MAX_COUNT,
        whole=True,
    )
    buffer_size = number(
        ":TRAC:POIN",
        """Control how many readings the default buffer holds (int strictly from 10 to 7000000). Empties it.""",
        10,
        MAX_COUNT,
        whole=True,
    )
    data_format = word(
        ":FORM",
        """Control the format of readings (strict discrete set: ``"SREAL"``, binary of 32 bits).""",
        "SREAL",
        parse=_data_format,
    )
    byte_order = word(
        ":FORM:BORD",
        """Control the byte order of binary readings (strict discrete set: ``"SWAP"``, least significant first).""",
        "SWAP",
    )

    # --- the role

    @property
    def voltage_ranges(self) -> Sequence[float]:
        """Get the ranges in V, ascending."""
        return VOLTAGE_RANGES

    @property
    def min_sample_rate(self) -> float:
        """Get the slowest sample rate in 1/s."""
        return MIN_SAMPLE_RATE

    @property
    def max_sample_rate(self) -> float:
        """Get the fastest sample rate in 1/s."""
        return MAX_SAMPLE_RATE

    @property
    def max_samples(self) -> int:
        """Get how many samples one record can have."""
        return MAX_COUNT

    def input_resistance(self, voltage_range: float) -> float:
        """Return the input resistance on a range (V), Ω; on the lower ranges the least that is promised."""
        return HIGH_IMPEDANCE if voltage_range <= HIGH_IMPEDANCE_UP_TO else DIVIDER

    def voltage_accuracy(self, voltage_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a digitizing range (V)."""
        return self._accuracy.digitize(voltage_range)

    def configure(self, *, voltage_range: float, sample_rate: float, count: int) -> None:
        """Choose range (V), rate (1/s) and record length, and read them back.

        Each sample is the mean over the whole time up to the next, so that nothing goes by unseen; therefore only
        rates whose period is a whole number of microseconds are allowed.
        """
        aperture = round(1 / sample_rate / TICK) * TICK if sample_rate > 0 else 0.0
        if not abs(aperture * sample_rate - 1) < 1e-9:
            raise BenchError(
                f"{self._who} cannot sample {sample_rate:g} times a second without gaps: "
                "the period must be a whole number of microseconds",
                role=self.role,
            )
        self._count, self._trigger = 0, ()  # so that nothing is captured with half a configuration
        self.change(
            digitize_function="VOLT",
            voltage_range=voltage_range,
            input_impedance="AUTO",
            sample_rate=sample_rate,
            aperture=aperture,
            digitize_count=count,
            buffer_size=max(count, 10),
            data_format="SREAL",
            byte_order="SWAP",
        )
        self._range, self._sample_rate, self._count = voltage_range, sample_rate, count
        self._promised = self.voltage_accuracy(voltage_range)

    def capture(self) -> Waveform:
        """Take one record, now."""
        if not self._count:
            raise BenchError(f"{self._who} was asked for a record before it was configured")
        self._restore()
        bench_time = self._clock.now() if self._clock else 0.0
        self.read_block(':TRAC:CLE "defbuffer1";:READ:DIG? "defbuffer1"', 1, duration=self._count / self._sample_rate)
        samples = self._read_samples(1, self._count)
        return self._waveform(samples, bench_time)

    def reset(self) -> None:
        """Bring the instrument into its power-on state."""
        self._count, self._trigger = 0, ()
        super().reset()

    def _waveform(self, samples: NDArray[np.float32], bench_time: float) -> Waveform:
        """Return the record with samples beyond the converter's end put at that end: the least they can have been."""
        end = OVERRANGE * self._range
        clipped = bool(np.max(np.abs(samples)) > end)
        return Waveform(
            role=self.role,
            samples=np.clip(samples, np.float32(-end), np.float32(end)) if clipped else samples,
            clipped=clipped,
            range=self._range,
            sample_rate=self._sample_rate,
            accuracy=self._promised,
            bench_time=bench_time,
        )
