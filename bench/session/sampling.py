# SPDX-License-Identifier: MIT
"""What a station's digitizer can take: rates, memory, ranges, and the shortest event that passes its bandwidth."""

import math
from dataclasses import dataclass

from instruments.data_sheets import load_accuracy
from instruments.station_file import StationFile

LONG_RATE = 1e5
"""1/s: the slowest rate at which a sample is no longer than an event of 10 µs."""

# Part of the memory that is used; the rest is for what an instrument keeps beside its readings.
_USED = 5 / 7
_MICROSECONDS = 1e6
_RISE = 0.35
_RISES_PER_EVENT = 3.0


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Capabilities of a digitizer.

    :param slowest: 1/s; what does not fit the memory even so is recorded in part.
    :param fastest: 1/s.
    :param memory: samples of the longest record that is asked for.
    :param bandwidth: −3 dB, Hz.
    """

    fastest: float
    memory: int
    bandwidth: float
    slowest: float = 1e3

    @property
    def longest(self) -> float:
        """Return the length of the longest record at the fastest rate, s."""
        return self.memory / self.fastest

    @property
    def shortest_event(self) -> float:
        """Return the shortest event whose height is seen, s: three rise times, and no less than a sample.

        Source: rise time = 0.35 / bandwidth, of a first-order response.
        """
        return max(_RISES_PER_EVENT * _RISE / self.bandwidth, 1.0 / self.fastest)

    def samples(self, seconds: float, rate: float) -> int:
        """Return the number of samples that covers so many seconds, as far as the memory goes."""
        return min(math.ceil(seconds * rate - 1e-9), self.memory)

    def rate_for(self, seconds: float, fastest: float = LONG_RATE) -> float:
        """Return the fastest rate, 1/s, up to ``fastest``, at which a record of so many seconds fits the memory.

        Its period is a whole number of microseconds, so that samples follow each other without gaps, and it is itself a
        whole number, as digitizers want it.
        """
        needed = math.ceil(seconds * _MICROSECONDS / self.memory - 1e-9)
        period = max(round(_MICROSECONDS / fastest), needed)
        while period < _MICROSECONDS and _MICROSECONDS % period:
            period += 1
        return max(_MICROSECONDS / period, self.slowest)


def sampling_of(station: StationFile) -> Sampling | None:
    """Return what the digitizer of a station can take; None without one.

    :raises ValueError: for a digitizer whose table does not say.
    """
    if station.digitizer is None:
        return None
    entry = load_accuracy(station.digitizer.driver).sampling
    if entry is None:
        raise ValueError(f"the table of {station.digitizer.driver} says nothing about its sampling")
    return Sampling(
        slowest=entry.slowest.si,
        fastest=entry.fastest.si,
        memory=int(entry.memory * _USED),
        bandwidth=entry.bandwidth.si,
    )
