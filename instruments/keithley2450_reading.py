# SPDX-License-Identifier: MIT
"""What the 2450's buffer says, and what may be called a number: pure functions.

Source: Model 2450 Reference Manual, 2450-901-01 Rev. B, September 2013, p. 8-29 (bits of the element SOURSTATus).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from instruments.scpi import NOT_A_NUMBER, OVERFLOW
from stimcert.reading import Accuracy, MeanReading, Status

OVER_TEMPERATURE, LIMITED, OUTPUT_ON = 16, 32, 128


@dataclass(frozen=True, kw_only=True)
class Sensing:
    """How readings are taken at present.

    :param function: ``CURR`` or ``VOLT``.
    :param range: full scale, in ``unit``.
    :param aperture: s.
    :param limit: compliance limit, A.
    """

    function: str
    unit: str
    range: float
    aperture: float
    limit: float
    accuracy: Accuracy

    def bound(self, status: Status) -> float:
        """Return the largest magnitude that could show; what a reading without a number was at least.

        A source that is in its limit no longer holds its voltage, which may then be anything.
        """
        if self.function == "CURR":
            return min(self.range, self.limit)
        return 0.0 if status is Status.LIMITED else self.range


def parse_buffer(reply: str, count: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Return values and status words of ``count`` readings, which alternate in the answer.

    :raises ValueError: for anything else, "not a number" included.
    """
    numbers = [float(number) for number in reply.split(",")]
    if len(numbers) != 2 * count:
        raise ValueError(f"expected {2 * count} numbers, found {len(numbers)}")
    if any(not abs(number) < NOT_A_NUMBER for number in numbers):
        raise ValueError("found something that is not a number")
    return tuple(numbers[::2]), tuple(int(number) for number in numbers[1::2])


def unfit(flags: Sequence[int]) -> str | None:
    """Return why the readings tell nothing about the loop, if so."""
    if not all(flag & OUTPUT_ON for flag in flags):
        return "it took a reading with its output off"
    if any(flag & OVER_TEMPERATURE for flag in flags):
        return "it reports over-temperature"
    return None


def status_of(values: Sequence[float], flags: Sequence[int]) -> Status:
    """Return why the readings are no numbers, if so; one bad reading spoils the mean of all."""
    if any(flag & LIMITED for flag in flags):
        return Status.LIMITED
    return Status.OVERRANGE if any(abs(value) >= OVERFLOW for value in values) else Status.VALID


def mean_reading(
    values: tuple[float, ...], flags: Sequence[int], *, sensing: Sensing, role: str, bench_time: float
) -> MeanReading:
    """Return the readings, without their numbers where they are none."""
    status = status_of(values, flags)
    return MeanReading(
        role=role,
        unit=sensing.unit,
        status=status,
        values=values if status is Status.VALID else (),
        bound=sensing.bound(status),
        range=sensing.range,
        aperture=sensing.aperture,
        limit=sensing.limit,
        accuracy=sensing.accuracy,
        bench_time=bench_time,
    )
