# SPDX-License-Identifier: MIT
"""What the parts of the station check share: the bench, where findings go, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bench.session.inputs import Inputs
from bench.session.planner import Setup, plan_setup, ranges_in_use
from instruments.errors import BenchError
from instruments.station import Station
from stimcert.allowance import Allowance
from stimcert.quantity import show
from stimcert.reading import MeanReading, Status, Zero

# Enough to know their scatter well; at five, Student's t would ask for four times as much room.
READINGS = 10
# Room above the expected value: what is somewhat too large still shows as a value, not as an overflow.
HEADROOM = 1.2


class Report(Protocol):
    """Takes in one finding of the check."""

    def __call__(
        self, quantity: str, value: float, unit: str, *, expected: float, allowance: Allowance, **conditions: object
    ) -> None:
        """Take in that ``quantity`` was found at ``value``, where ``expected`` within ``allowance`` is right."""


@dataclass(kw_only=True)
class BenchState:
    """What the station check found, for whoever measures afterwards.

    :param zeros: the digitizer's zero per range, V.
    :param loads: measured total resistance per nominal load and shunt, Ω.
    :param load_readings: the voltage and the current behind each of them.
    :param temperature: °C; None before it was read.
    """

    zeros: dict[float, Zero] = field(default_factory=dict)
    loads: dict[tuple[float, float], float] = field(default_factory=dict)
    load_readings: dict[tuple[float, float], tuple[MeanReading, MeanReading]] = field(default_factory=dict)
    temperature: float | None = None


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """The bench under check."""

    station: Station
    inputs: Inputs
    report: Report
    state: BenchState

    def setups(self) -> list[tuple[Setup, list[float]]]:
        """Return each set-up the plan uses, one per shunt, with all loads (Ω) that are used with it."""
        plan = self.inputs.plan
        found: dict[float, tuple[Setup, list[float]]] = {}
        for case in plan.cases:
            for name in case.modes:
                setup = plan_setup(self.inputs, plan.mode_named(name))
                _, loads = found.setdefault(setup.shunt.value.si, (setup, []))
                loads += [load.si for load in case.loads if load.si not in loads]
        return list(found.values())

    def ranges(self) -> list[Setup]:
        """Return a set-up for each range of the SMU that the plan uses with each shunt."""
        return ranges_in_use(self.inputs)

    def networks(self) -> list[tuple[Setup, list[str]]]:
        """Return each set-up the plan uses with skin networks, one per shunt, with the networks' names."""
        plan = self.inputs.plan
        found: dict[float, tuple[Setup, list[str]]] = {}
        for case in plan.cases:
            for name in case.modes if case.skin else ():
                setup = plan_setup(self.inputs, plan.mode_named(name))
                _, names = found.setdefault(setup.shunt.value.si, (setup, []))
                names += [network for network in case.skin if network not in names]
        return list(found.values())


def valid(reading: MeanReading, asked: str, expected: float) -> tuple[float, ...]:
    """Return the values of a reading that must be valid, since nothing unknown is connected.

    :param asked: what was measured, in words.
    :param expected: in the reading's unit.
    :raises BenchError: ``smu_limited`` or ``smu_overrange``.
    """
    if reading.status is Status.VALID:
        return reading.values
    limited = reading.status is Status.LIMITED
    raise BenchError(
        f"the SMU reports {'its current limit' if limited else 'an overflow'} at {asked}, where "
        f"{show(expected, reading.unit)} were expected (range {show(reading.range, reading.unit)}, "
        f"limit {show(reading.limit, 'A')})",
        code="smu_limited" if limited else "smu_overrange",
        asked=asked,
        expected=show(expected, reading.unit),
    )


def scatter(values: Sequence[float]) -> tuple[float, int]:
    """Return the standard error s/√n of the mean of readings, and its degrees of freedom."""
    return float(np.std(values, ddof=1) / len(values) ** 0.5), len(values) - 1


def of_reading(reading: MeanReading, values: Sequence[float]) -> Allowance:
    """Return what the specification and the scatter of an SMU's readings allow, in the reading's unit."""
    mean, accuracy = float(np.mean(values)), reading.accuracy
    return Allowance(limit=accuracy.half_width(mean) + accuracy.resolution / 2, scatter=(scatter(values),))
