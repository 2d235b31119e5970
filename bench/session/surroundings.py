# SPDX-License-Identifier: MIT
"""What plan and station say about a point beside its record: the load it has, the electrode, what is declared."""

from bench.session.inputs import Inputs
from bench.session.load_check import CONTACTS
from bench.session.point import Point
from stimcert.plan import Mode
from stimcert.surroundings import Surroundings, Toleranced

_LONGEST_PAUSE = 2.0
"""Cycles of the waveform without output that are still no OFF of a program."""


def surroundings_of(inputs: Inputs, point: Point, shunt: float) -> Surroundings:
    """Return what is known of a point.

    :param shunt: the resistor in series with the load, a part of it, Ω.
    """
    return Surroundings(
        load=_load(inputs, point, shunt),
        area=_area(point.mode),
        bursts=point.mode.in_bursts,
        alternates=point.mode.alternates.si if point.mode.alternates is not None else None,
        pause_limit=_LONGEST_PAUSE * point.cycle if point.cycle is not None else None,
    )


def _load(inputs: Inputs, point: Point, shunt: float) -> Toleranced | None:
    """Return the load as set; the station check has measured that it is within its tolerance."""
    if point.network is not None:
        return None
    box, value = inputs.station.load_box, max(point.load, shunt)
    return Toleranced(value=value, half_width=(value - shunt) * box.tolerance.si + box.residual.si + CONTACTS)


def _area(mode: Mode) -> Toleranced | None:
    if mode.electrode_area is None:
        return None
    share = mode.electrode_area_tolerance.si if mode.electrode_area_tolerance is not None else 0.0
    return Toleranced(value=mode.electrode_area.si, half_width=share * mode.electrode_area.si)
