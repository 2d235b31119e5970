# SPDX-License-Identifier: MIT
"""An output mode of a device as its maker declares it.

Declared values are magnitudes; the sign of a galvanic mode is declared by ``polarity`` (desincrustation: negative,
the active electrode is the cathode) or ``ion`` (iontophoresis: the active electrode has the sign of the ion).
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from stimcert.metrics import Metric, PositiveBound
from stimcert.quantity import Ohms, PositiveAmperes, PositiveSeconds, PositiveShare, PositiveVolts, SquareMetres
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Line, Modality, ModeName, Sign

__all__ = ["SIGNS", "Declared", "Mode"]

SIGNS = {"negative": -1, "positive": +1}


class Declared(StrictModel):
    """A value the manufacturer declares for one level: a magnitude with a tolerance, over a range of loads."""

    level: int = Field(ge=1)
    metric: Metric
    value: PositiveBound
    tolerance: PositiveShare
    load_min: Ohms
    load_max: Ohms

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest magnitude that keep the declaration, A."""
        width = self.value.si * self.tolerance.si
        return self.value.si - width, self.value.si + width

    def holds_at(self, load: float) -> bool:
        """Whether a load (Ω, total) lies inside the declared range."""
        return self.load_min.si <= load <= self.load_max.si

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check that loads are in order, and that a dead device would not meet the tolerance."""
        return self._loads_in_order(), self._tolerance_means_something()

    def _loads_in_order(self) -> Iterator[Misfit]:
        if self.load_min.si > self.load_max.si:
            text = f'found load_min "{self.load_min}" above load_max "{self.load_max}"; load_min must not be greater'
            yield Misfit(("load_min",), text)

    def _tolerance_means_something(self) -> Iterator[Misfit]:
        if self.tolerance.si >= 1.0:
            yield Misfit(
                ("tolerance",), f'found "{self.tolerance}"; less than 100 % is allowed: at 100 %, no output is enough'
            )


class Mode(StrictModel):
    """One output mode of the device.

    :param levels: number of intensity levels; 1 is the lowest.
    :param cycle: declared period after which the waveform repeats.
    :param program: declared period of what is above the waveform: ON and OFF, a polarity that alternates, rates that
        change. It cannot be known from a record alone.
    :param polarity: sign of the active electrode; declared for desincrustation.
    :param ion: sign of the ion that iontophoresis drives; the active electrode has the same.
    :param alternates: declared time after which the current changes its sign, for a mode that must.
    :param alternates_tolerance: by what share each such time may be longer or shorter.
    :param treatment_time: how long one treatment lasts.
    :param auto_off: time after which the device ends its output by itself, from its start.
    :param auto_off_tolerance: by what share that may be earlier or later.
    :param treatments_per_week: of the course of treatments that the maker recommends.
    :param weeks: how long that course lasts.
    :param electrode_area: smallest contacting area of the electrodes.
    :param electrode_area_tolerance: by what share it may be larger or smaller; without one it counts as exact.
    :param active_terminal: how the operator knows the active terminal.
    :param worst_case: largest current to be ready for; ranges and shunt are chosen from it.
    :param max_voltage: largest voltage that the device can put out, its rail; without one it could reach any that the
        worst case needs at a load.
    :param symmetry: imbalance up to which the maker calls the two phases of a pulse symmetrical.
    :param balanced_by: how the maker makes the net charge zero: a transformer, a series capacitor, a symmetrical drive.
    :param features: additional features of the mode, for its output table.
    """

    name: ModeName
    modality: Modality
    levels: int = Field(ge=1, le=1000)
    cycle: PositiveSeconds | None = None
    program: PositiveSeconds | None = None
    polarity: Sign | None = None
    ion: Sign | None = None
    alternates: PositiveSeconds | None = None
    alternates_tolerance: PositiveShare | None = None
    treatment: Literal["desincrustation", "iontophoresis"] | None = None
    treatment_time: PositiveSeconds | None = None
    auto_off: PositiveSeconds | None = None
    auto_off_tolerance: PositiveShare | None = None
    treatments_per_week: int | None = Field(default=None, ge=1, le=100)
    weeks: int | None = Field(default=None, ge=1, le=1000)
    electrode_area: SquareMetres | None = None
    electrode_area_tolerance: PositiveShare | None = None
    active_terminal: Line | None = None
    worst_case: PositiveAmperes | None = None
    max_voltage: PositiveVolts | None = None
    symmetry: PositiveShare | None = None
    balanced_by: Line | None = None
    features: Line | None = None
    declared: tuple[Declared, ...] = ()

    @property
    def expected_sign(self) -> int | None:
        """Return +1 or -1 where the plan declares a sign of the mean current, else None."""
        sign = self.ion or self.polarity
        return SIGNS[sign] if sign else None

    @property
    def ends_between(self) -> tuple[float, float] | None:
        """Return between which times (s) after its start the output ends by itself; None where it does not."""
        if self.auto_off is None or self.auto_off_tolerance is None:
            return None
        width = self.auto_off.si * self.auto_off_tolerance.si
        return self.auto_off.si - width, self.auto_off.si + width

    @cached_property
    def program_period(self) -> float | None:
        """Return the declared period of what is above the waveform, s: as such, or as ON and OFF; None without any."""
        if self.program is not None:
            return self.program.si
        times = {entry.metric: entry.value.si for entry in self.declared}
        return times["program.on"] + times["program.off"] if {"program.on", "program.off"} <= times.keys() else None

    @property
    def treatments(self) -> int | None:
        """Return how many treatments the recommended course has; None where the maker recommends none."""
        if self.treatments_per_week is None or self.weeks is None:
            return None
        return self.treatments_per_week * self.weeks

    @cached_property
    def in_bursts(self) -> bool:
        """Whether the maker declares that pulses come in bursts."""
        return any(entry.metric.startswith("burst.") for entry in self.declared)

    def declared_for(self, level: int, metric: str, load: float | None = None) -> Declared | None:
        """Return what is declared for a level and metric, if anything is.

        :param load: total, Ω, for which it must hold; None for whatever load stands first.
        """
        entries = self._declared_at.get((level, metric), ())
        return next((entry for entry in entries if load is None or entry.holds_at(load)), None)

    @cached_property
    def _declared_at(self) -> dict[tuple[int, str], list[Declared]]:
        found: dict[tuple[int, str], list[Declared]] = {}
        for entry in self.declared:
            found.setdefault((entry.level, entry.metric), []).append(entry)
        return found

    def is_declared_once(self, entry: Declared) -> bool:
        """Whether a metric is declared once for its level, whatever the load."""
        return len(self._declared_at[entry.level, entry.metric]) == 1

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Signs that are declared and do not contradict; declared levels that exist, once each."""
        from stimcert.mode_checks import mode_checks

        return mode_checks(self)
